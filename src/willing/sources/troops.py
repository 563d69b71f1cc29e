"""Read how many US troops were stationed where."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.reading import read_table
from willing.sources.states import UNITED_STATES, state_system


def read_troops(raw: Path) -> pl.DataFrame:
    """Read the US troops on active duty in each state.

    The file gives both Germanies' successor its own code from 1950 and both Vietnams one code:
    the troops in Germany were in the Federal Republic until 1990, those in Vietnam in the South
    until 1975.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a (state, calendar year): ``ccode`` (COW), ``year`` and ``troops``. Territories
        and the United States themselves are left out.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    table = read_table(
        SOURCES["troops"].path(raw),
        {"ccode": pl.Int64, "year": pl.Int64, "troops_ad": pl.Int64},
    )
    ccode, year = pl.col("ccode"), pl.col("year")
    dated = table.with_columns(
        ccode=pl.when(ccode == 255, year <= 1990)
        .then(260)
        .when(ccode == 816, year <= 1975)
        .then(817)
        .otherwise(ccode)
    )
    known = state_system()["ccode"].unique()
    return (
        dated.filter(ccode != UNITED_STATES, ccode.is_in(known.implode()))
        # Some states stand twice in a year under two spellings, the second with a zero.
        .group_by("ccode", "year")
        .agg(troops=pl.col("troops_ad").sum())
        .sort("ccode", "year")
    )
