"""Dates that are known in part, read as the interval they stand for."""

from __future__ import annotations

import polars as pl

# ICB marks a third of a month in place of the day: its first and last day.
THIRDS = {66: (1, 10), 77: (11, 20), 88: (21, 31)}


def first_day(year: str, month: str, day: str) -> pl.Expr:
    """Give the first day that a date known in part can mean.

    Parameters
    ----------
    year, month, day
        Columns of whole numbers. A missing month or day is null; a day may be one of ICB's thirds
        of a month (66, 77, 88).

    Returns
    -------
    polars.Expr
        A date; missing where the year is.
    """
    third = pl.col(day).replace({code: first for code, (first, _) in THIRDS.items()})
    return pl.date(pl.col(year), pl.col(month).fill_null(1), third.fill_null(1))


def last_day(year: str, month: str, day: str) -> pl.Expr:
    """Give the last day that a date known in part can mean; parameters as in `first_day`."""
    third = pl.col(day).replace({code: last for code, (_, last) in THIRDS.items()})
    month_end = pl.date(pl.col(year), pl.col(month).fill_null(12), 1).dt.month_end()
    return pl.date(
        pl.col(year),
        pl.col(month).fill_null(12),
        pl.min_horizontal(third.fill_null(31), month_end.dt.day().cast(pl.Int64)),
    )


def precision(year: str, month: str, day: str) -> pl.Expr:
    """Say how much of a date is known: ``day``, ``third`` (of a month), ``month`` or ``year``."""
    return (
        pl.when(pl.col(year).is_null())
        .then(None)
        .when(pl.col(month).is_null())
        .then(pl.lit("year"))
        .when(pl.col(day).is_null())
        .then(pl.lit("month"))
        .when(pl.col(day).is_in(list(THIRDS)))
        .then(pl.lit("third"))
        .otherwise(pl.lit("day"))
    )
