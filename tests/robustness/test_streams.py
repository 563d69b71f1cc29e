"""The command line ends with a line and an exit code whatever its streams are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GULF = Path(__file__).parents[2] / "examples" / "gulf.toml"


def run(redirection, *, command="solve", file=GULF, **environment):
    """Run the command in a shell, which closes and redirects streams as users do."""
    return subprocess.run(
        ["sh", "-c", f'"$0" -m willing {command} "$1" {redirection}', sys.executable, str(file)],
        capture_output=True,
        env=os.environ | environment,
        check=False,
    )


def test_a_stream_that_cannot_show_a_character_replaces_it(tmp_path):
    """An ASCII terminal gets the table all the same."""
    file = tmp_path / "names.toml"
    file.write_text(GULF.read_text(encoding="utf-8").replace("Egypt", "Égypte"), encoding="utf-8")
    done = run("", file=file, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"?gypte" in done.stdout


def test_without_standard_output_the_command_still_works(tmp_path):
    """Nothing is printed, and no file takes the place of the closed stream."""
    tree = tmp_path / "tree.svg"
    done = run(f'--plot "{tree}" >&-')
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert tree.read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_in_one_line():
    """The table, and JSON, which fits the buffer until the end."""
    for redirection in (">/dev/full", "--json >/dev/full"):
        done = run(redirection)
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1
        assert b"No space left on device" in done.stderr


def test_a_reader_who_leaves_is_no_error():
    """`willing solve ... | head -1` prints no traceback."""
    assert run("| head -1").stderr == b""
