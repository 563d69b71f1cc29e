"""Files are written whole or not at all."""

import os
import platform
import subprocess
import sys

import pytest

from willing.errors import DataError
from willing.files import replacing, replacing_all, require_folder


def test_a_failure_leaves_the_old_file_and_no_litter(tmp_path):
    """When the block raises, the file is as it was and nothing lies beside it."""
    path = tmp_path / "table.csv"
    path.write_text("old")

    def fail_in_the_middle():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_in_the_middle()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_a_success_replaces_the_file(tmp_path):
    """The new content takes the old one's place, in a folder made for it if need be."""
    path = tmp_path / "deep" / "table.csv"
    for text in ("first", "second"):
        with replacing(path) as temporary:
            temporary.write_text(text)
    assert path.read_text() == "second"
    assert [p.name for p in path.parent.iterdir()] == ["table.csv"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    """A folder that is a file gives a `DataError` with the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot write"), replacing(tmp_path / "file" / "x") as _:
        pass
    with pytest.raises(DataError, match="cannot write"):
        require_folder(tmp_path / "file")


def test_a_pipe_or_device_is_never_replaced(tmp_path):
    """Whoever may write to /dev would otherwise leave a file where the device was."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe or a device"), replacing(tmp_path / "pipe") as file:
        file.write_text("new")
    assert [place.is_fifo() for place in tmp_path.iterdir()] == [True]


def test_a_folder_is_made_before_work_begins(tmp_path):
    """It is there afterwards, and empty."""
    require_folder(tmp_path / "deep" / "out")
    assert list((tmp_path / "deep" / "out").iterdir()) == []


def test_files_that_belong_together_are_replaced_together(tmp_path):
    """If one cannot take its place, those before it are put back, and new ones are gone."""
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "c.csv").mkdir()

    def write(*names, missing=()):
        with replacing_all(tmp_path) as place:
            for name in names:
                place(name).write_text("new")
            for name in missing:
                place(name)

    with pytest.raises(DataError, match="nothing was replaced"):
        write("a.csv", "b.csv", "c.csv")
    with pytest.raises(DataError, match="nothing was replaced"):
        write("a.csv", "b.csv", missing=["d.csv"])
    assert (tmp_path / "a.csv").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "c.csv"]


def test_what_a_killed_process_left_is_swept(tmp_path):
    """The next file written beside it takes its scratch folder away, but not that of others."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    here = platform.node()
    gone, lives = tmp_path / f".writing-{here}-{dead.pid}-x", tmp_path / f".writing-{here}-1-x"
    elsewhere = tmp_path / f".writing-elsewhere-{dead.pid}-x"
    for folder in (gone, lives, elsewhere):
        folder.mkdir()
    with replacing(tmp_path / "a.csv") as temporary:
        temporary.write_text("new")
    assert [folder.exists() for folder in (gone, lives, elsewhere)] == [False, True, True]


FULL_DISK = """
import resource, sys
from pathlib import Path
from willing.errors import DataError
from willing.record.export import export_record
from willing.record.store import load_record

record, out = load_record(years="all"), Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for format in ("parquet", "csv", "stata", "duckdb"):
    try:
        export_record(record, out, format=format, names=["sides"])
    except DataError as error:
        print(format, error)
"""


def test_a_full_disk_leaves_the_export_as_it_was(tmp_path):
    """Whatever library writes, one message says why, and nothing half-written stays."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["parquet", "csv", "stata", "duckdb"]
    assert all("cannot write" in line and "nothing was replaced" in line for line in lines)
    assert list(tmp_path.iterdir()) == []
