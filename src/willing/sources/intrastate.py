"""Read wars inside states."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.dates import last_day
from willing.sources.reading import read_table

_ONGOING = -7
_NOBODY = "-8"
_PARTS = ("Year", "Month", "Day")


def read_civil_wars(raw: Path) -> pl.DataFrame:
    """Read when the government of a state fought a war against somebody inside it.

    States that helped one side or the other from outside are left out.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a spell of fighting (a war that stopped and began again has two): ``ccode`` (COW)
        of the state, ``since`` and ``until`` (dates; an unknown day or month is read as the first
        and the last it can be; ``until`` is missing for wars still going on when the list closed,
        and a spell whose last year is unknown is left out).

    Raises
    ------
    DataError
        If the file is not as published.
    """
    names = [f"{edge}{part}{i}" for i in (1, 2) for edge in ("Start", "End") for part in _PARTS]
    table = read_table(
        SOURCES["wars_intrastate"].path(raw),
        {"CcodeA": pl.Int64, "SideB": pl.String} | dict.fromkeys(names, pl.Int64),
        encoding="latin-1",
    )
    # The rows of helpers from outside name nobody on the other side.
    governments = table.filter(pl.col("CcodeA") > 0, pl.col("SideB") != _NOBODY)
    return (
        pl.concat(_spells(governments, number) for number in (1, 2))
        .unique()
        .sort("ccode", "since", "until")
    )


def _spells(table: pl.DataFrame, number: int) -> pl.DataFrame:
    start, end = ([f"{edge}{part}{number}" for part in _PARTS] for edge in ("Start", "End"))
    ongoing = pl.col("ongoing")
    return (
        table.with_columns(ongoing=pl.col(end[0]) == _ONGOING)
        .with_columns(pl.when(pl.col(name) > 0).then(name).alias(name) for name in (*start, *end))
        .with_columns(pl.col(start[1:]).fill_null(1))
        .filter(pl.col(start[0]).is_not_null(), ongoing | pl.col(end[0]).is_not_null())
        .select(
            ccode="CcodeA",
            # The list has a 29 February 1894: `last_day` keeps to the days that a month has.
            since=last_day(*start),
            until=pl.when(~ongoing).then(last_day(*end)),
        )
    )
