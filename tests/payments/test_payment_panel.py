"""Which year is year 0, who is compared, and what a missing year does."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from willing.payments.panel import AFTER, BEFORE, Panel, event_year, fiscal_year, values_in

ROUNDING = 1e-12


def year(day, alignment):
    """The event year of one day."""
    return pl.select(event_year(pl.lit(day), alignment)).item()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1976, 6, 30), 1976),
        (date(1976, 7, 1), 1976),  # the transition quarter
        (date(1976, 9, 30), 1976),
        (date(1976, 10, 1), 1977),
        (date(1975, 7, 1), 1976),
        (date(1975, 6, 30), 1975),
        (date(2001, 9, 30), 2001),
        (date(2001, 10, 1), 2002),
    ],
)
def test_fiscal_years(day, expected):
    """July to June until 1976, October to September from 1977."""
    assert pl.select(fiscal_year(pl.lit(day))).item() == expected


def test_a_crisis_is_paid_for_half_a_year_on():
    """The terror of September 2001 falls in fiscal 2002, Kuwait in 1991, Iraq's in 2003."""
    assert year(date(2001, 9, 11), "half_year_on") == 2002
    assert year(date(1990, 8, 2), "half_year_on") == 1991
    assert year(date(2002, 9, 12), "half_year_on") == 2003
    assert year(date(2001, 9, 11), "of_start") == 2001
    assert year(date(2001, 9, 11), "calendar") == 2001


def test_germany_is_followed_across_1990():
    """The Federal Republic of 1989 is Germany in 1992, in both directions of time."""
    paid = pl.DataFrame({"ccode": [260, 255, 255], "fy": [1989, 1992, 1944], "value": [1.0, 2, 3]})
    west = pl.Series([260])
    assert values_in(west, 1989, paid).to_list() == [1.0]
    assert values_in(west, 1992, paid).to_list() == [2.0]
    assert values_in(pl.Series([255]), 1989, paid).to_list() == [1.0]
    assert values_in(pl.Series([255]), 1944, paid).to_list() == [3.0]


def test_nobody_on_another_side_is_compared(aid, record):
    """Targets of the leader are no potential partners of hers."""
    targets = record.sides.filter(pl.col("leader") == 2).select("crisno", partner="target")
    assert aid.rows.join(targets, on=["crisno", "partner"], how="semi").is_empty()
    assert not aid.rows.select("crisno", "partner").is_duplicated().any()
    assert 2 not in aid.rows["partner"]


def test_a_year_without_coverage_is_left_out_of_the_mean():
    """A missing year is no zero, and cancelled promises count as nothing."""
    values = np.full((2, 11), np.nan)
    values[0, [2, 4]] = [np.e - 1, -50.0]
    panel = Panel(pl.DataFrame({"join": [1.0, 0.0]}), values, "aid")
    mean = panel.mean_log(BEFORE)
    assert mean[0] == pytest.approx(0.5, abs=ROUNDING)
    assert np.isnan(mean[1])
    assert np.isnan(panel.total(AFTER)).all()


def test_a_first_join_has_none_before_it(aid, record):
    """A joiner kept in the primary sample joined no other crisis in the five years before."""
    kept = aid.rows.filter(~pl.col("recent"), pl.col("join") == 1)
    joins = record.triads.filter(pl.col("leader") == 2, pl.col("join") == 1)
    other = kept.join(joins.select("partner", then="year", other="crisno"), on="partner")
    gap = pl.col("then") - pl.col("year")
    assert other.filter(gap.is_between(-5, 0), pl.col("other") != pl.col("crisno")).is_empty()
