"""A record is not built from a file that is cut off, or of another source."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import DataError
from willing.record.manifest import check_inputs
from willing.sources.catalogue import INPUTS, SOURCES


@pytest.fixture
def copies(raw, tmp_path):
    """The published files as links, some of which a test replaces."""
    for key in INPUTS:
        place = SOURCES[key].path(tmp_path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(SOURCES[key].path(raw).resolve())
    return tmp_path


def replace(place, content):
    place.unlink()
    place.write_bytes(content)


def test_the_published_files_are_taken(copies):
    """As they are, and larger releases too, which nobody can know yet."""
    check_inputs(copies, INPUTS)
    place = SOURCES["capabilities"].path(copies)
    replace(place, place.read_bytes() + b"\n")
    check_inputs(copies, INPUTS)


@pytest.mark.parametrize("key", ["capabilities", "gml_participants", "icb_dyads"])
def test_a_file_cut_between_lines_is_refused(key, copies):
    """It reads well, and would change leaders in silence; the user may insist."""
    place = SOURCES[key].path(copies)
    lines = place.read_bytes().splitlines(keepends=True)
    replace(place, b"".join(lines[: len(lines) * 2 // 3]))
    with pytest.raises(DataError, match=f"looks cut off.*--accept-unknown {key}"):
        check_inputs(copies, INPUTS)
    check_inputs(copies, INPUTS, accept=[key])


def test_a_source_under_the_name_of_another_is_refused(copies):
    """MIDB where GML should be is told by its content."""
    replace(
        SOURCES["gml_participants"].path(copies),
        SOURCES["mid_participants"].path(copies).read_bytes(),
    )
    with pytest.raises(DataError, match="is the file of 'mid_participants'"):
        check_inputs(copies, INPUTS)


def test_a_crisis_to_explain_is_looked_up_before_anything_is_written(raw, tmp_path):
    """A name that is none ends the command at once."""
    out = tmp_path / "out"
    command = ["data", "build", "--raw", str(raw), "--out", str(out), "--explain", "nosuch"]
    assert "no crisis 'nosuch'" in str(CliRunner().invoke(app, command).exception)
    assert not out.exists()


def test_a_picture_in_no_folder_is_refused_and_makes_none(tmp_path):
    """A typing error in a path makes no folder of that name."""
    done = CliRunner().invoke(app, ["solve", "x.toml", "--plot", str(tmp_path / "no" / "x.png")])
    assert "there is no folder" in str(done.exception)
    assert not (tmp_path / "no").exists()
