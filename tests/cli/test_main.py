"""The command itself."""

import subprocess
import sys

import pytest

import willing


@pytest.mark.parametrize("asked", [["--version"], ["--help"]])
def test_the_package_runs_as_the_command(asked: list[str]) -> None:
    """`python -m willing` answers as `willing` does, with the package's version if asked."""
    command = [sys.executable, "-m", "willing", *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    expected = f"willing {willing.__version__}" if asked == ["--version"] else "Usage: "
    assert done.stdout.startswith(expected)


def test_a_process_ends_without_a_word_from_the_libraries_it_loaded(tmp_path) -> None:
    """DuckDB complains on standard error of a process that ends with its objects still held."""
    options = ["data", "export", "crises", "--format", "duckdb", "--out", str(tmp_path)]
    command = [sys.executable, "-m", "willing", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
