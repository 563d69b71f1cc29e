"""A record is loaded whole or not at all."""

import json
import pickle
import shutil
from pathlib import Path

import polars as pl
import pytest

from willing.errors import DataError
from willing.record import store
from willing.record.codebook import check_columns, codebook, look_up_column
from willing.record.contents import Contents, read_contents
from willing.record.manifest import EMBEDDED, Manifest, read_manifest
from willing.record.store import FRAMES, Record, load_record
from willing.record.units import tables
from willing.sources.catalogue import SOURCES

MEGABYTE = 1_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EMBEDDED, tmp_path / "record"))


def test_the_embedded_record_is_small() -> None:
    """The package carries the record, so that nothing need be fetched."""
    assert sum(path.stat().st_size for path in EMBEDDED.iterdir()) < 4 * MEGABYTE


def test_every_column_is_in_the_codebook_and_every_entry_is_used() -> None:
    """The codebook and the tables of the record hold the same columns."""
    frames = tables(load_record(leader="every", years="all")).values()
    assert {name for frame in frames for name in frame.columns} == set(codebook())


def test_every_source_in_the_codebook_is_in_the_manifest() -> None:
    """A column names the files it comes from, and the manifest says which releases they were."""
    inputs = {entry.key for entry in load_record(years="all").manifest.inputs}
    named = {source for entry in codebook().values() for source in entry.sources}
    assert named <= inputs
    assert inputs <= set(SOURCES)


@pytest.mark.parametrize("rule", ["acted", "strongest", "first", "hostile"])
def test_a_leader_rule_leaves_one_leader_a_side(rule: str) -> None:
    """Each rule gives every side that somebody may lead one leader."""
    record = load_record(leader=rule, years="all")  # type: ignore[arg-type]
    leaders = record.triads.select("side", "leader").unique()
    assert leaders["side"].is_unique().all()
    column = "leader" if rule == "acted" else f"leader_{rule}"
    assert set(leaders.iter_rows()) == set(
        record.sides.select("side", column).drop_nulls().iter_rows()
    )


def test_every_leader_in_turn_is_all_of_them() -> None:
    """The record keeps every crisis actor as a possible leader."""
    record = load_record(leader="every", years="all")
    assert record.triads.select("side", "leader").n_unique() > record.sides.height


def test_a_record_says_what_it_is() -> None:
    """Its text has the numbers of crises, sides and triads."""
    record = load_record(years="all")
    assert f"{record.crises.height} crises" in str(record)
    assert f"{record.triads.height:,} triads" in str(record)
    assert json.dumps(record.to_dict())


def test_attrition_adds_up() -> None:
    """What a step keeps is what the step before kept, less what it lost."""
    record = load_record(years="all")
    for unit in ("crises", "triads"):
        steps = record.attrition.filter(pl.col("unit") == unit)
        lost = steps["lost"].fill_null(0)
        assert (steps["rows"].diff().drop_nulls() == -lost[1:]).all()
    triads = record.attrition.filter(pl.col("unit") == "triads")
    assert triads["rows"][0] == record.triads.height


def test_years_outside_the_record_are_refused() -> None:
    """The message says which years there are."""
    with pytest.raises(DataError, match="has crises of 1946-2019"):
        load_record(years=(1990, 2030))


def test_an_unknown_leader_rule_is_refused() -> None:
    """The message says which rules there are."""
    with pytest.raises(DataError, match="acted, strongest, first, hostile or every"):
        load_record(leader="weakest", years="all")  # type: ignore[arg-type]


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    """The message says how to write a record."""
    with pytest.raises(DataError, match="holds no record"):
        load_record(tmp_path, years="all")


@pytest.mark.parametrize("name", FRAMES)
def test_a_damaged_frame_is_refused(folder: Path, name: str) -> None:
    """A file that is not the one of the manifest is named."""
    path = folder / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DataError, match=f"{name}.parquet is not the file of its manifest"):
        load_record(folder, years="all")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"years": 3}'])
def test_a_damaged_manifest_is_refused(folder: Path, content: str) -> None:
    """A manifest that is none is named."""
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"manifest\.json is not a manifest"):
        load_record(folder, years="all")


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        ({"join": [2]}, "column 'join': 2 is outside 0 to 1"),
        ({"join": [None]}, "column 'join': holds values of type Null"),
        ({"crisno": [1, None]}, "column 'crisno': 1 values are missing"),
        ({"insecurity_leader": [float("nan")]}, "column 'insecurity_leader': nan is outside"),
        ({"crisname": [3]}, "column 'crisname': holds values of type integer"),
        ({"start_precision": ["week"]}, "column 'start_precision': 'week' is not one of"),
        ({"jion": [1]}, "no column 'jion'; nearest: join"),
    ],
)
def test_a_frame_against_the_codebook_is_refused(frame: dict[str, object], fault: str) -> None:
    """The message names the column and what is wrong with it."""
    with pytest.raises(DataError, match=fault):
        check_columns(pl.DataFrame(frame), "a frame")


def test_an_entry_reads_well() -> None:
    """Meaning, type, unit, range, sources and the meaning of a missing value are all there."""
    text = str(look_up_column("join_gml"))
    for part in ("join_gml:", "integer", "0/1", "gml_participants", "does not speak of the side"):
        assert part in text


def test_describe_shows_all_frames() -> None:
    """Every frame and every column is in the description of a record."""
    record = load_record(years="all")
    text = record.describe()
    assert isinstance(record, Record)
    for name, frame in record.frames().items():
        assert f"{name} (" in text
        assert all(column in text for column in frame.columns)


def test_a_table_is_read_when_first_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the record in the package reads no table; asking for one reads what it needs."""
    read: list[str] = []
    real = store._read_frame

    def noting(folder: Path, name: str, manifest: Manifest) -> pl.DataFrame:
        read.append(name)
        return real(folder, name, manifest)

    monkeypatch.setattr(store, "_read_frame", noting)
    record = load_record()
    assert read == []
    assert record.sides.height < record.triads.height
    assert record.sides.height == record.sides.height
    assert read == ["sides", "triads", "security"]


def test_what_is_kept_of_the_contents_is_counted_in_the_record() -> None:
    """Describing the record in the package says what counting its tables says."""
    manifest = read_manifest(EMBEDDED)
    counted = Contents.of(load_record(leader="every", years="all").frames())
    kept = read_contents(EMBEDDED, manifest)
    assert kept is not None
    assert kept.to_json(manifest) == counted.to_json(manifest)


def test_a_record_is_the_same_read_or_not() -> None:
    """A record is equal to its copy through a file, and to itself after its tables were read."""
    record = load_record(years=(1990, 1995))
    copied = pickle.loads(pickle.dumps(record))
    assert copied == record == load_record(years=(1990, 1995))
    assert copied != load_record(years=(1990, 1996))


def test_a_changed_record_leaves_the_other_as_it_was() -> None:
    """A change of a table is made in the new record only, before or after the old one is read."""
    record = load_record(years=(1990, 1995))
    before = record.changed(sides=lambda sides: sides.head(3))
    rows = record.sides.height
    after = record.changed(sides=lambda sides: sides.head(3))
    assert before.sides.equals(after.sides)
    assert record.sides.height == rows > 3
