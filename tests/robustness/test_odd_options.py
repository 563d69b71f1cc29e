"""Every option of every command met with nonsense: a message and exit code 2, nothing written."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from command_line import run
from willing.cli import app

EXAMPLES = Path(__file__).parents[2] / "examples"
SEED = 21
NONSENSE = (
    "", "nan", "x", "\x1b[31mno such", "../..", "1:0:-3", "é", "/dev/null/x", "1951:1940", "[/x]",
    "-1", "inf", "1e400", "9" * 40, ",", "a:b",
)  # fmt: skip
LONG = "9" * 40
# What some options may well be.
SENSE = {
    "--as-of": {""},  # every fate known
    "--noise-growth": {"-1"},
    "--workers": {"-1", LONG},  # all cores; looked at with --bootstrap only
    "--bootstrap": {LONG},
    "--sample": {LONG},  # all there are
    "--seed": {LONG},
    "--draws": {LONG},  # of the forecasts, as many as are kept
    "--allow-host": {"nan", "x", "é", "-1", "inf", "1e400", LONG, ","},
}
# A file or folder of any name can be made, except below a file.
PLACES = ("--out", "--cache", "--efg")
# What a command needs besides the option tried. A page that is served answers until it is stopped.
GIVEN: dict[tuple[str, ...], tuple[str, ...]] = {
    ("solve",): (str(EXAMPLES / "gulf.toml"),),
    ("scenario",): ("USA", "Iraq", "--year", "2014", "--all"),
    ("forecast",): ("393",),
    ("casebook",): ("gulf",),
    ("payments",): ("393",),
    ("episodes",): ("259-2014",),
    ("check",): ("--claim", "h1-one", "--games", "10"),
    ("serve",): ("--no-open", "--port", "0"),
    ("data", "fetch"): ("icb1", "--cache", "cache", "--base", "http://127.0.0.1:9"),
    ("data", "build"): ("--out", "built", "--raw", "/nosuch"),
    ("data", "describe"): ("join",),
    ("data", "explain"): ("393",),
    ("data", "export"): ("sides", "--out", "exported"),
    ("data", "cite"): ("sides",),
    ("data", "renew"): ("--check",),
    ("wider", "signals"): (str(EXAMPLES / "wider" / "signals-weak.toml"),),
    ("wider", "crisis"): (str(EXAMPLES / "wider" / "crisis-kosovo.toml"),),
    ("wider", "bidding"): (str(EXAMPLES / "wider" / "bidding-italy.toml"),),
    ("wider", "invitations"): (str(EXAMPLES / "wider" / "invitations-iraq.toml"),),
    ("wider", "expansion"): (str(EXAMPLES / "wider" / "expansion-korea.toml"),),
}
# Letters that are a part of some crisis's name find it.
PARTS_OF_NAMES = {"", "nan", "inf", "x", ","}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give each command and its parameters."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))
    if not hasattr(command, "commands"):
        yield path, command.params


def calls() -> list[list[str]]:
    """Give for each option that takes a value, and each argument, a call with a nonsensical one."""
    chance = random.Random(SEED)
    found = []
    for path, parameters in commands(typer.main.get_command(app)):
        for each in parameters:
            option = each.opts[0] if each.param_type_name == "option" else ""
            if getattr(each, "is_flag", False):
                continue
            if option in PLACES:
                values = ["/dev/null/x"]
            else:
                sense = SENSE.get(option, set()) if option else PARTS_OF_NAMES
                values = [value for value in NONSENSE if value not in sense]
            value, given = chance.choice(values), list(GIVEN.get(path, ()))
            if option in given:
                place = given.index(option)
                del given[place : place + 2]
            if option:
                found.append([*path, *given, option, *[value] * each.nargs])
            else:
                if given and not given[0].startswith("-"):
                    del given[0]
                found.append([*path, *given, "--", value])
    return found


@pytest.mark.parametrize("call", calls(), ids=" ".join)
def test_nonsense_gets_a_message_and_writes_nothing(call, tmp_path, monkeypatch):
    """Exit code 2 and a line on standard error; no file, no folder, and no control character."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("willing.web.app.serve", lambda *_: None)
    monkeypatch.setattr("willing.web.app.warm_up", lambda *_: None)
    done = run(*call)
    assert done.returncode == 2, done
    assert done.stderr or done.stdout.startswith("failed")
    assert "\x1b" not in done.stdout + done.stderr
    assert not list(tmp_path.iterdir())
