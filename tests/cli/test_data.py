"""`willing data` prints what it did, or what is wrong, and exits accordingly."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from willing.cli.data.options import parse_years
from willing.errors import DataError


def willing(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from willing.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_describe_a_column() -> None:
    """One column is described in a few lines."""
    done = willing("data", "describe", "unsupport")
    assert done.returncode == 0
    assert "United Nations" in done.stdout


def test_describe_the_record_as_json() -> None:
    """With --json there is JSON and nothing else on standard output."""
    content = json.loads(willing("data", "describe", "--json").stdout)
    assert content["rows"]["crises"] == 324
    assert {"name", "meaning", "missing"} <= set(content["columns"]["triads"][0])


def test_an_unknown_column_is_bad_input() -> None:
    """The nearest name is given, the exit code is 2, and there is no traceback."""
    done = willing("data", "describe", "jion")
    assert done.returncode == 2
    assert "nearest: join" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_folder_is_bad_input(tmp_path: Path) -> None:
    """The file that is not there is named, the exit code is 2, and nothing is written."""
    out = tmp_path / "out"
    done = willing("data", "build", "--raw", str(tmp_path), "--out", str(out))
    assert done.returncode == 2
    assert "icb1v15.csv does not exist" in done.stderr
    assert not out.exists()


def test_years_are_two_numbers() -> None:
    """First and last year with a colon between, nothing else."""
    assert parse_years("1951:1999") == (1951, 1999)
    for text in ("1951", "1951-1999", "a:b", ":", "1951:1999:2001"):
        with pytest.raises(DataError, match="as 1946:1999"):
            parse_years(text)
