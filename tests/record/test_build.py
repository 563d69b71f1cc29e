"""The record is rebuilt from the published files, and grows with newer ones."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from willing.errors import DataError
from willing.record.build import build_record, lay_out
from willing.record.manifest import MANIFEST
from willing.record.store import FRAMES, Record, load_record
from willing.record.writing import write_record
from willing.sources.icb import read_crises

# Scores of the survival model are kept to five digits; another machine may round the last one
# differently.
ROUNDING = 2e-5
LIBYA = 464


@pytest.fixture(scope="module")
def built(
    raw: Path,
    tmp_path_factory: pytest.TempPathFactory,
    fitted_once: Callable[[], AbstractContextManager[None]],
) -> tuple[Path, Record]:
    """The record of the published files, in a folder."""
    folder = tmp_path_factory.mktemp("record")
    with fitted_once():
        return folder, build_record(raw, folder)


@pytest.fixture(scope="module")
def embedded() -> dict[str, pl.DataFrame]:
    """The frames of the record in the package."""
    return load_record(leader="every", years="all").frames()


@pytest.mark.parametrize("name", FRAMES)
def test_the_embedded_record_is_what_the_files_say(
    built: tuple[Path, Record], embedded: dict[str, pl.DataFrame], name: str
) -> None:
    """Rebuilding from the published files gives the record in the package, column for column."""
    assert_frame_equal(built[1].frames()[name], embedded[name], rel_tol=0, abs_tol=ROUNDING)


def test_what_is_written_is_what_is_loaded(built: tuple[Path, Record]) -> None:
    """A record comes back from its folder as it went in."""
    folder, record = built
    loaded = load_record(folder, leader="every", years="all")
    assert loaded.manifest == record.manifest
    for name, frame in record.frames().items():
        assert_frame_equal(loaded.frames()[name], frame)


def test_the_same_frames_give_the_same_bytes(built: tuple[Path, Record], tmp_path: Path) -> None:
    """Writing a record twice gives identical files."""
    folder, record = built
    manifest = record.manifest
    write_record(record.frames(), tmp_path, years=manifest.years, inputs=manifest.inputs)
    names = sorted(path.name for path in folder.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert all((folder / name).read_bytes() == (tmp_path / name).read_bytes() for name in names)


def test_the_manifest_says_what_the_record_was_made_from(built: tuple[Path, Record]) -> None:
    """Every file read is named with version, citation and checksum, and every frame counted."""
    content = json.loads((built[0] / MANIFEST).read_text(encoding="utf-8"))
    assert {entry["file"] for entry in content["inputs"]} > {"icb/icb1v15.csv", "icb/icb2v15.csv"}
    assert all(len(entry["sha256"]) == 64 and entry["citation"] for entry in content["inputs"])
    assert content["outputs"]["triads"]["rows"] == built[1].triads.height


def with_files(raw: Path, folder: Path, *changed: str) -> Path:
    """A folder like `raw` of links, but with copies of the files named, to be changed."""
    for path in sorted(raw.rglob("*")):
        name = path.relative_to(raw)
        if path.is_dir():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if str(name) in changed:
            (folder / name).write_bytes(path.read_bytes())
        else:
            (folder / name).symlink_to(path)
    return folder


def test_a_crisis_past_the_end_of_a_file_is_coded_from_the_others(raw: Path) -> None:
    """Libya 2011 lies past the end of GML's file, so COW's disputes speak in its place."""
    crises = read_crises(raw).filter(pl.col("crisno") == LIBYA)
    triads = lay_out(raw, crises).triads.filter((pl.col("target") == 620) & pl.col("strongest"))
    assert triads["join_gml"].count() == 0
    assert triads["join_mid"].count() > 0
    assert {200, 220} <= set(triads.filter(pl.col("join") == 1)["partner"])
    assert 626 not in triads["partner"].to_list()  # South Sudan, a member from July 2011


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("icb/icb1v15.csv", lambda text: text.replace("yrtrig", "yrbegn", 1), "column 'yrtrig'"),
        ("icb/icb2v15.csv", lambda text: text[: len(text) // 2], "icb2v15.csv"),
        ("gml_mid/gml_part_2.2.1.csv", lambda text: "", "gml_part_2.2.1.csv has 0 bytes"),
        ("icb/icbdy_v15.csv", lambda text: text.replace("9999", "x999", 1), "column 'actnum"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_written(
    raw: Path, tmp_path: Path, name: str, damage: object, message: str
) -> None:
    """The message says which file and column are wrong, and no record is left behind."""
    folder = with_files(raw, tmp_path / "raw", name)
    text = (folder / name).read_bytes().decode("utf-8")
    (folder / name).write_bytes(damage(text).encode())  # type: ignore[operator]
    with pytest.raises(DataError, match=message):
        build_record(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_years_that_the_file_lacks_are_refused(raw: Path, tmp_path: Path) -> None:
    """A year outside ICB's coverage is no silent gap."""
    with pytest.raises(DataError, match=r"icb1v15.csv, column 'yrtrig': has crises of 1918-2019"):
        build_record(raw, tmp_path / "out", years=(1946, 2030))


def test_a_wrong_folder_is_refused(tmp_path: Path) -> None:
    """A folder without the files, or none at all, is named."""
    with pytest.raises(DataError, match=r"icb1v15.csv does not exist"):
        build_record(tmp_path, tmp_path / "out")
    with pytest.raises(DataError, match="is not a folder"):
        build_record(tmp_path / "nowhere", tmp_path / "out")
