"""What is written for other programs opens there, labelled and whole."""

import re
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyreadstat
import pytest
from polars.testing import assert_frame_equal

from willing.errors import DataError
from willing.record.cite import citations, sources_behind
from willing.record.codebook import codebook
from willing.record.export import LABEL, Format, export_record, label
from willing.record.store import Record, load_record
from willing.record.units import TABLES, tables

NAMES = ("crises", "sides", "members", "actors", "leader_sides", "kads")
# Triads and spells of leaders have dates that most rows lack, also the first.
STATA = (*NAMES, "triads", "leaders", "payments", "episodes", "episode_partners", "wars")
# Words that Stata keeps for itself.
RESERVED = {"_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_se", "_skip"}
RESERVED |= {"byte", "double", "float", "if", "in", "int", "long", "str", "strL", "using", "with"}


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(years=(1990, 1999))


def test_every_name_is_one_that_stata_allows() -> None:
    """Letters, digits and underscores, no more than 32, and no reserved word."""
    names = [*codebook(), *TABLES]
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,31}", name) for name in names)
    assert not RESERVED & set(names)


def test_every_label_fits() -> None:
    """A label is the meaning, or its beginning where Stata has no room for all."""
    for name, entry in codebook().items():
        assert len(label(name)) <= LABEL
        assert entry.meaning.startswith(label(name).removesuffix("..."))


@pytest.mark.parametrize("name", STATA)
def test_a_stata_file_opens_with_labels_and_values_intact(
    record: Record, tmp_path: Path, name: str
) -> None:
    """Every column comes back: numbers and their gaps, dates, texts, labels."""
    export_record(record, tmp_path, format="stata", names=[name])
    frame = tables(record, [name])[name]
    data, meta = pyreadstat.read_dta(tmp_path / f"{name}.dta")
    assert meta.column_names_to_labels == {column: label(column) for column in frame.columns}
    for column in frame:
        back = data[column.name]
        if column.dtype == pl.String:
            assert back.to_list() == column.fill_null("").to_list()
        elif column.dtype == pl.Date:
            assert [day if isinstance(day, date) else None for day in back] == column.to_list()
        else:
            numbers = pl.Series(back.to_numpy(dtype=float), nan_to_null=True)
            assert numbers.eq_missing(column.cast(pl.Float64)).all()


def test_parquet_keeps_everything(record: Record, tmp_path: Path) -> None:
    """A frame comes back as it went."""
    export_record(record, tmp_path, names=NAMES)
    for name, frame in tables(record, NAMES).items():
        assert_frame_equal(pl.read_parquet(tmp_path / f"{name}.parquet"), frame)


def test_csv_leaves_missing_cells_empty(record: Record, tmp_path: Path) -> None:
    """As many empty cells as missing values, none of them 0."""
    export_record(record, tmp_path, format="csv", names=["crises"])
    back = pl.read_csv(tmp_path / "crises.csv", infer_schema=False)
    assert back.null_count().equals(record.crises.null_count())


def test_duckdb_holds_all_tables_with_comments(record: Record, tmp_path: Path) -> None:
    """One database, a table each, every column with its meaning."""
    written = export_record(record, tmp_path, format="duckdb")
    assert [path.name for path in written] == ["willing.duckdb", "references.bib"]
    with duckdb.connect(str(written[0]), read_only=True) as database:
        counts = {
            name: database.execute(f'select count(*) from "{name}"').fetchall() for name in TABLES
        }
        comments = dict(
            database.execute(
                "select column_name, comment from duckdb_columns() where table_name = 'triads'"
            ).fetchall()
        )
    assert counts == {name: [(frame.height,)] for name, frame in tables(record).items()}
    assert comments["unsupport"] == codebook()["unsupport"].meaning


def test_references_are_those_behind_the_tables(record: Record, tmp_path: Path) -> None:
    """With the crises comes ICB, and nobody who has no part in them."""
    export_record(record, tmp_path, names=["crises"])
    bib = (tmp_path / "references.bib").read_text(encoding="utf-8")
    assert "{brecher2023," in bib
    assert "goemans" not in bib


def test_citations_name_each_publication_once(record: Record) -> None:
    """The triads rest on disputes, votes and alliances; the whole record on every input."""
    behind = [source.key for source in sources_behind(record, "triads")]
    assert {"gml_participants", "ideal_points", "atop"} <= set(behind)
    assert "icb_crises" in [source.key for source in sources_behind(record, "crises")]
    every = sources_behind(record)
    assert len(every) == len(record.manifest.inputs)
    assert citations(every) == sorted(set(citations(every)))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"format": "spss"}, "format='spss'; it is parquet, csv, stata, duckdb"),
        ({"names": ["dyads"]}, "no table 'dyads'"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    record: Record, tmp_path: Path, wrong: dict[str, Format], message: str
) -> None:
    """The message gives what there is, and nothing is written."""
    with pytest.raises(DataError, match=message):
        export_record(record, tmp_path / "out", **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_pandas_frames_for_those_who_want_them(record: Record) -> None:
    """The same rows and columns, by name."""
    frames = record.to_pandas()
    assert set(frames) == set(record.frames())
    assert frames["sides"].shape == record.sides.shape


def test_partners_of_episodes_have_their_leaders_names(record):
    """Obama was in office when the United States might have helped in Ivory Coast."""
    found = tables(record, ["episode_partners"])["episode_partners"]
    row = found.filter(episode="442-2010", partner=2).row(0, named=True)
    assert (row["Lname"], row["Pname"]) == ("Sarkozy", "Obama")
