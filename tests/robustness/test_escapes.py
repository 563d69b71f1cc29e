"""Control characters of files, names and options are shown, never sent to the terminal."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import polars as pl
import pytest
from test_broken_data_files import their_data

from command_line import run
from willing.casebook.cases import FOLDER

EXAMPLES = Path(__file__).parents[2] / "examples"
ESC, SHOWN = "\x1b[31mred", "\\x1b[31mred"
SCENARIOS = {
    "solve": EXAMPLES / "gulf.toml",
    "wider signals": EXAMPLES / "wider" / "signals-weak.toml",
    "wider crisis": EXAMPLES / "wider" / "crisis-kosovo.toml",
    "wider bidding": EXAMPLES / "wider" / "bidding-italy.toml",
    "wider invitations": EXAMPLES / "wider" / "invitations-iraq.toml",
    "wider expansion": EXAMPLES / "wider" / "expansion-korea.toml",
    "forecast": FOLDER / "scenarios" / "libya-2011.toml",
}


def assert_shown(*arguments: str | Path, code: int = 2) -> None:
    """The command ends with this code and shows the control character as an escape."""
    done = run(*arguments)
    printed = done.stdout + done.stderr
    assert done.returncode == code, printed
    assert "\x1b" not in printed
    assert SHOWN in printed


@pytest.mark.parametrize("command", SCENARIOS)
def test_a_scenario_file_colours_nothing(command: str, tmp_path: Path):
    """Not by a title, a value or a key, nor by what the file is called."""
    text = SCENARIOS[command].read_text(encoding="utf-8")
    escaped = '"\\u001b[31mred"'
    lines = {
        start: next((line for line in text.splitlines() if line.startswith(start)), "")
        for start in ("title", "name")
    }
    shown = [f"{escaped} = 1\n{text}"]
    if lines["name"]:
        shown.append(text.replace(lines["name"], f"name = {escaped}", 1))
    unseen = [
        f"{ESC} = 1\n{text}",
        f"title = {escaped}\n{text.replace(lines['title'] or '#', '#', 1)}",
    ]
    file = tmp_path / "scenario.toml"
    for each in shown:
        file.write_text(each, encoding="utf-8")
        assert_shown(*command.split(), file)
    for each in unseen:
        file.write_text(each, encoding="utf-8")
        done = run(*command.split(), file)
        assert "\x1b" not in done.stdout + done.stderr
        assert done.returncode in (0, 2)
    assert_shown(*command.split(), tmp_path / f"{ESC}.toml")


def test_a_file_of_a_coloured_name_is_written_and_named(tmp_path: Path):
    """What a command says of its own output is shown as well."""
    shutil.copy(EXAMPLES / "gulf.toml", tmp_path / f"{ESC}.toml")
    assert run("solve", tmp_path / f"{ESC}.toml").returncode == 0
    assert_shown("data", "export", "--out", tmp_path / ESC, "wars", code=0)
    assert_shown("solve", tmp_path / f"{ESC}.toml", "--plot", tmp_path / ESC / "no" / "x.png")


def test_columns_and_values_of_a_data_file_are_shown(tmp_path: Path):
    """A column that is not the authors' colours nothing, nor a text among numbers."""
    frame = their_data()
    columns = tmp_path / f"{ESC}.csv"
    frame.rename({"join": f"join{ESC}"}).write_csv(columns)
    assert_shown("replicate", "--models", "--data", columns)
    frame.cast({"LPallies": str}).with_columns(LPallies=pl.lit(ESC)).write_csv(columns)
    assert_shown("replicate", "--models", "--data", columns)


@pytest.mark.parametrize("place", ["crisis", "reason"])
def test_overrides_colour_nothing(place: str, tmp_path: Path):
    """Nor do the words with which somebody judges who joined."""
    fields = {
        "crisis": "393", "target": "645", "state": "663", "joined": "true",
        "reason": '"for the sake of argument"', "citation": '"nobody"',
    }  # fmt: skip
    fields[place] = '"\\u001b[31mred"'
    file = tmp_path / f"{ESC}.toml"
    file.write_text("[[override]]\n" + "\n".join(f"{k} = {v}" for k, v in fields.items()))
    done = run("data", "agree", "--list", "--overrides", file)
    assert "\x1b" not in done.stdout + done.stderr


def test_a_command_and_an_option_that_do_not_exist_are_shown():
    """The parser of the command line quotes them too."""
    assert_shown(ESC)
    assert_shown("solve", f"--{ESC}")
    assert_shown("check", "--claim", ESC)


def test_colours_of_our_own_reach_a_terminal(monkeypatch: pytest.MonkeyPatch):
    """Rich's heads stay bold, and a name among them is shown."""
    from willing.cli import streams
    from willing.report.terminal import console

    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    plain = sys.stdout
    streams.make_safe()
    assert console().file is plain
    assert sys.stdout is not plain
