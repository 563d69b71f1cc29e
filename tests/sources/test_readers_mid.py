"""Both codings of militarized disputes are read into the same columns."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_series_equal

from willing.sources.mid import MidSource, read_disputes

BOTH: tuple[MidSource, ...] = ("gml", "mid")


def test_hostility_is_what_cow_codes_itself(raw: Path) -> None:
    """The level of hostility that follows from the highest action is COW's own."""
    published = pl.read_csv(raw / "cow_mid" / "MIDB 5.0.csv")
    keys = ["dispnum", "ccode"]
    once = published.filter(~published.select(keys).is_duplicated())
    both = once.join(read_disputes(raw, "mid"), on=keys)
    assert both.height == once.height
    assert_series_equal(both["hostility"], both["hostlev"], check_names=False)


@pytest.mark.parametrize("source", BOTH)
def test_a_state_may_come_twice_into_one_dispute(raw: Path, source: MidSource) -> None:
    """Spells are kept apart: only dispute, state and dates together say which row it is."""
    disputes = read_disputes(raw, source)
    assert disputes.select("dispnum", "ccode").is_duplicated().any()


@pytest.mark.parametrize("source", BOTH)
def test_no_missing_code_is_taken_for_a_value(raw: Path, source: MidSource) -> None:
    """The -9 of unknown days becomes the first or last day of the month, never a value."""
    disputes = read_disputes(raw, source)
    assert disputes.select("since", "until").null_count().row(0) == (0, 0)
    assert disputes.filter(pl.col("until") < pl.col("since")).is_empty()
    assert set(disputes["hostility"].drop_nulls()) <= {1, 2, 3, 4, 5}


def test_an_unknown_day_is_the_whole_month(raw: Path) -> None:
    """Niger's part in the Gulf dispute begins on an unknown day of December 1990."""
    disputes = read_disputes(raw, "mid")
    niger = disputes.filter(pl.col("dispnum") == 3957, pl.col("ccode") == 436)
    assert niger.select("since", "until").row(0) == (date(1990, 12, 1), date(1991, 3, 3))


def test_grenada_was_invaded_by_seven(raw: Path) -> None:
    """Both codings have the USA and six Caribbean states against Grenada and Cuba in 1983."""
    for source in BOTH:
        dispute = read_disputes(raw, source).filter(pl.col("dispnum") == 3058)
        sides = dict(dispute.select("ccode", "side_a").iter_rows())
        assert {code for code, side in sides.items() if side != sides[55]} == {
            2, 51, 53, 54, 56, 57, 58,
        }  # fmt: skip
