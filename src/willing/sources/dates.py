"""Dates in text, and dates known in part, read as the interval they stand for."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.errors import DataError

# ICB marks a third of a month in place of the day: its first and last day.
THIRDS = {66: (1, 10), 77: (11, 20), 88: (21, 31)}


def first_day(year: str, month: str, day: str) -> pl.Expr:
    """Give the first day that a date known in part can mean.

    Parameters
    ----------
    year, month, day
        Columns of whole numbers. A missing month or day is null; a day may be one of ICB's thirds
        of a month (66, 77, 88), and is taken for the last of its month if it lies beyond.

    Returns
    -------
    polars.Expr
        A date; missing where the year is.
    """
    third = pl.col(day).replace({code: first for code, (first, _) in THIRDS.items()})
    return _date(pl.col(year), pl.col(month).fill_null(1), third.fill_null(1))


def last_day(year: str, month: str, day: str) -> pl.Expr:
    """Give the last day that a date known in part can mean; parameters as in `first_day`."""
    third = pl.col(day).replace({code: last for code, (_, last) in THIRDS.items()})
    return _date(pl.col(year), pl.col(month).fill_null(12), third.fill_null(31))


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


def require_dates(table: pl.DataFrame, month: str, day: str, *, what: object) -> None:
    """Raise if a month or day cannot be one.

    Parameters
    ----------
    table
        The table to check.
    month, day
        Two of its columns.
    what
        What the table is, for the message.

    Raises
    ------
    DataError
        If a month is not 1 to 12, or a day not 1 to 31 or a third of a month.
    """
    for name, allowed in ((month, range(1, 13)), (day, [*range(1, 32), *THIRDS])):
        column = table[name].drop_nulls()
        wrong = column.filter(~column.is_in(list(allowed)))
        if len(wrong):
            raise DataError(f"{what}, column '{name}': {wrong[0]} is no part of a date")


def as_dates(path: Path, column: pl.Series, form: str) -> pl.Series:
    """Parse a column of dates, or raise a `DataError` that shows the first that is none."""
    dates = column.str.to_date(form, strict=False)
    bad = column.filter(dates.is_null())
    if len(bad):
        raise DataError(
            f"{path}, column '{column.name}': {bad[0]!r} is not a date of the form {form}; "
            "fetch the published file again"
        )
    return dates


def _date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    length = pl.date(year, month, 1).dt.month_end().dt.day().cast(pl.Int64)
    return pl.date(year, month, pl.min_horizontal(day, length))
