"""In which fiscal or calendar year a crisis falls."""

from __future__ import annotations

from typing import Literal

import polars as pl

Alignment = Literal["half_year_on", "of_start", "calendar"]

# From 1977 the US fiscal year begins on 1 October of the year before, until 1976 on 1 July; the
# quarter between counts with 1976 in the record.
_FIRST_OF_OCTOBER = 1977


def fiscal_year(day: pl.Expr) -> pl.Expr:
    """Give the US fiscal year that a day is in; July to September 1976 are in 1976."""
    year, month = day.dt.year().cast(pl.Int64), day.dt.month()
    until_1976 = pl.min_horizontal(year + (month >= 7), _FIRST_OF_OCTOBER - 1)
    since_1977 = year + (month >= 10)
    return pl.when(since_1977 >= _FIRST_OF_OCTOBER).then(since_1977).otherwise(until_1976)


def event_year(start: pl.Expr, alignment: Alignment) -> pl.Expr:
    """Give the year that counts as year 0 of a crisis.

    Parameters
    ----------
    start
        First day of the crisis.
    alignment
        ``half_year_on``: the fiscal year that contains the day six months after the start, because
        money is promised after a partner joins and budgets need time: 11 September 2001 is in
        2002, 2 August 1990 in 1991. ``of_start``: the fiscal year that contains the start, which
        for 11 September 2001 had nineteen days to run. ``calendar``: the calendar year of the
        start, for arms and troops.
    """
    if alignment == "calendar":
        return start.dt.year().cast(pl.Int64)
    return fiscal_year(start.dt.offset_by("6mo") if alignment == "half_year_on" else start)
