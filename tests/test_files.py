"""Files are written whole or not at all."""

import pytest

from willing.errors import DataError
from willing.files import replacing, require_folder


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


def test_a_folder_is_made_before_work_begins(tmp_path):
    """It is there afterwards, and empty."""
    require_folder(tmp_path / "deep" / "out")
    assert list((tmp_path / "deep" / "out").iterdir()) == []
