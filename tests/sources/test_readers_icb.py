"""ICB's files are read as published, with every irregularity in them."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from willing.errors import DataError
from willing.sources.icb import read_actors, read_crises, read_dyads
from willing.sources.states import to_cow


@pytest.fixture(scope="module")
def crises(raw: Path) -> pl.DataFrame:
    return read_crises(raw)


def crisis(crises: pl.DataFrame, number: int) -> dict[str, object]:
    return crises.row(by_predicate=pl.col("crisno") == number, named=True)


def test_the_byte_order_mark_hides_no_column(crises: pl.DataFrame) -> None:
    """The first column is read although the file begins with a byte-order mark."""
    assert crises["crisno"].is_unique().all()
    assert crises.filter(pl.col("year") <= 1999).height == 433


def test_crises_are_ordered_by_number_and_dated_by_year(crises: pl.DataFrame) -> None:
    """Kisangani is crisis 483 and yet of 1999, among the 430s in the file."""
    assert crises["crisno"].is_sorted()
    assert crisis(crises, 483)["year"] == 1999


@pytest.mark.parametrize(
    ("number", "start", "end", "start_precision", "end_precision"),
    [
        (132, date(1950, 6, 25), date(1950, 9, 30), "day", "day"),
        (139, date(1953, 3, 24), date(1953, 12, 31), "day", "year"),
        (324, date(1981, 1, 1), date(1981, 6, 19), "month", "day"),
        (135, date(1951, 7, 7), date(1951, 8, 31), "day", "month"),
        (408, date(1993, 3, 1), date(1994, 10, 21), "third", "day"),
        (161, date(1957, 12, 1), None, "day", None),
    ],
)
def test_a_date_known_in_part_is_the_interval_it_can_mean(
    crises: pl.DataFrame,
    number: int,
    start: date,
    end: date | None,
    start_precision: str,
    end_precision: str | None,
) -> None:
    """A start is its first possible day, an end its last; a third of a month is ten days."""
    row = crisis(crises, number)
    assert (row["start"], row["end"]) == (start, end)
    assert (row["start_precision"], row["end_precision"]) == (start_precision, end_precision)


def test_only_one_crisis_has_no_end(crises: pl.DataFrame) -> None:
    """West Irian I is the one; no other end is lost on the way."""
    assert crises.filter(pl.col("end").is_null())["crisno"].to_list() == [161]


def test_every_crisis_ends_on_or_after_its_first_day(crises: pl.DataFrame) -> None:
    """Reading partial dates as intervals never turns a crisis around."""
    assert crises.filter(pl.col("end") < pl.col("start")).is_empty()


def test_actor_cases_are_unique_and_actors_are_not(raw: Path, crises: pl.DataFrame) -> None:
    """A state may have two spells in one crisis, so that only the case number is a key."""
    actors = read_actors(raw, crises)
    assert actors["cracno"].is_unique().all()
    assert actors.filter(pl.struct("crisno", "ccode").is_duplicated()).height > 0


def test_a_threat_that_is_no_state_is_missing(raw: Path, crises: pl.DataFrame) -> None:
    """Over reparations Germany faced several states, ICB's 997; the target is never 995 to 997."""
    actors = read_actors(raw, crises)
    assert actors["target"].max() < 995  # type: ignore[operator]
    reparations = actors.filter(pl.col("crisno") == 20)
    assert reparations.filter(pl.col("ccode") == 255)["target"].to_list() == [None]


def test_actors_carry_the_cow_code_of_the_day(raw: Path, crises: pl.DataFrame) -> None:
    """ICB's 260 is united Germany over Kosovo and its 678 united Yemen over the Hanish Islands."""
    actors = read_actors(raw, crises)
    assert 255 in actors.filter(pl.col("crisno") == 430)["ccode"].to_list()
    assert 679 in actors.filter(pl.col("crisno") == 416)["ccode"].to_list()
    assert 260 in actors.filter(pl.col("crisno") == 185)["ccode"].to_list()
    assert not {219, 671, 672} & set(actors["ccode"].drop_nulls())


def test_a_military_response_is_a_military_act_in_either_variable(
    raw: Path, crises: pl.DataFrame
) -> None:
    """Over the Gulf Saudi Arabia answered with violence and Qatar without any military act."""
    actors = read_actors(raw, crises)
    gulf = dict(actors.filter(pl.col("crisno") == 393).select("ccode", "military").iter_rows())
    assert gulf[670] is True
    assert gulf[694] is False
    assert actors["military"].null_count() == 0


def test_dyads_stand_once(raw: Path, crises: pl.DataFrame) -> None:
    """The ten published duplicates and the rows of single years are put together."""
    dyads = read_dyads(raw, crises)
    assert dyads.select("crisno", "ccode1", "ccode2").is_unique().all()
    gulf = dyads.filter(pl.col("crisno") == 393)
    canada = gulf.filter(pl.col("ccode1") == 20)
    assert canada.select("ccode2", "actor1", "actor2").rows() == [(645, False, True)]
    assert gulf.height == 30


def test_who_is_no_crisis_actor_is_what_the_older_release_called_one_sided(
    raw: Path, crises: pl.DataFrame
) -> None:
    """ONESIDE of the 2003 release says nothing that the later release does not."""
    old = pl.read_csv(raw / "icb" / "icbdy_20.dat", separator="\t", infer_schema_length=None)
    # From 428 on the older release numbers crises one lower.
    number = pl.when(pl.col("CRISNO") >= 428).then(pl.col("CRISNO") + 1).otherwise("CRISNO")
    old = old.with_columns(crisno=number).join(crises, on="crisno")
    for code, name in (("STATEA", "ccode1"), ("STATEB", "ccode2")):
        old = to_cow(old, code=code, when="start", name=name)
    one_sided = old.group_by("crisno", "ccode1", "ccode2").agg(
        old1=(pl.col("ONESIDE") != 1).any(), old2=(pl.col("ONESIDE") != 2).any()
    )
    both = read_dyads(raw, crises).join(one_sided, on=["crisno", "ccode1", "ccode2"])
    assert both.height > 800
    assert both.filter(
        (pl.col("actor1") != pl.col("old1")) | (pl.col("actor2") != pl.col("old2"))
    ).is_empty()


def test_files_of_different_length_are_refused(raw: Path, crises: pl.DataFrame) -> None:
    """A crisis that has no actor means that one of the two files is cut short."""
    extra = crises.tail(1).with_columns(crisno=pl.lit(9000, pl.Int64))
    with pytest.raises(DataError, match=r"icb2v15.csv, column 'crisno': no actor of crisis 9000"):
        read_actors(raw, pl.concat([crises, extra]))


def test_an_impossible_date_is_refused(raw: Path, tmp_path: Path) -> None:
    """A month of 13 is an error in the file, and the message says in which column."""
    text = (raw / "icb" / "icb1v15.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "icb").mkdir()
    (tmp_path / "icb" / "icb1v15.csv").write_text(text.replace(",1918,5,25,", ",1918,13,25,"))
    with pytest.raises(DataError, match=r"icb1v15\.csv, column 'motrig': 13 is no part of a date"):
        read_crises(tmp_path)
