"""A folder of a record in which something is not as it was written."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import pytest

from command_line import run

OWN = Path(str(files("willing.record") / "data"))


def write(text: str | bytes):
    return lambda place: place.write_bytes(text.encode() if isinstance(text, str) else text)


DAMAGES = {
    "no record": ("manifest.json", lambda place: None),
    "nested": ("manifest.json", write("[" * 5000 + "]" * 5000)),
    "digits": ("manifest.json", write('{"years": ' + "9" * 6000 + "}")),
    "list": ("manifest.json", write("[]")),
    "folder": ("manifest.json", lambda place: place.mkdir()),
    "pipe": ("leaders.parquet", os.mkfifo),
    "gone": ("triads.parquet", lambda place: None),
    "cut": (
        "triads.parquet",
        lambda place: write((OWN / "triads.parquet").read_bytes()[:999])(place),
    ),
    "another": ("sides.parquet", lambda place: place.symlink_to(OWN / "wars.parquet")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_named_and_not_used(damage: str, tmp_path: Path):
    """The file is named in one line, and a pipe is not waited for."""
    name, harm = DAMAGES[damage]
    for file in OWN.iterdir():
        if file.name != name and file.is_file():
            (tmp_path / file.name).symlink_to(file)
    harm(tmp_path / name)
    done = run("data", "describe", "--record", tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert len(done.stderr) < 500
