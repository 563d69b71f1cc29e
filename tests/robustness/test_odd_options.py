"""Options with odd values: a result or a message, never another exception."""

from __future__ import annotations

import random
from pathlib import Path

from typer.testing import CliRunner

from willing.cli import app
from willing.errors import WillingError

GULF = str(Path(__file__).parents[2] / "examples" / "gulf.toml")
SEED, CALLS = 21, 80
VALUES = [
    "",
    "-1",
    "0",
    "nan",
    "inf",
    "1e400",
    "9" * 40,
    "x",
    "\x1b[31m",
    "../..",
    "0:1:5",
    "1:0:-3",
    "é",
]
# Commands that answer at once; what they need stands first.
COMMANDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("solve", GULF): ("--security", "--near", "--quantal", "--time-limit", "--plot", "--format"),
    ("check", "--claim", "h1-one"): ("--games", "--seed"),
    ("data", "describe"): ("", "--record"),
    ("data", "cite"): ("", "--record"),
    ("serve", "--no-open"): ("--port", "--allow-frame", "--host"),
}


def test_odd_options_give_a_result_or_a_message(tmp_path: Path, monkeypatch):
    """80 calls (seed 21) end with exit code 0, 1 or 2, or with a message of ours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("willing.web.app.serve", lambda *_: None)
    monkeypatch.setattr("willing.web.app.warm_up", lambda *_: None)
    chance = random.Random(SEED)
    for _ in range(CALLS):
        command = chance.choice(list(COMMANDS))
        option, value = chance.choice(COMMANDS[command]), chance.choice(VALUES)
        call = [*command, option, value] if option else [*command, value]
        # Ten games are enough to be wrong with.
        call += ["--games", "10"] if command[0] == "check" and option != "--games" else []
        if option == "--games" and value.startswith("9"):
            continue  # as many games as were asked for
        done = CliRunner().invoke(app, call)
        assert done.exception is None or isinstance(done.exception, WillingError | SystemExit), (
            call,
            done.exception,
        )
        assert done.exit_code in (0, 1, 2), call
