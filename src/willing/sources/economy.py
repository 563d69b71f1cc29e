"""Read income and trade of states."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.keys import look_up
from willing.sources.reading import read_table

STATE_YEAR = ("ccode", "year")


def read_income(raw: Path) -> pl.DataFrame:
    """Read the latent estimates of GDP and work out growth.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a state-year: ``ccode``, ``year``, ``gdppc`` (GDP per capita, constant US
        dollars), ``growth`` (its log less its log a year earlier; missing where the state has no
        row for the year before) and ``gdp`` (millions of constant US dollars).

    Raises
    ------
    DataError
        If the file cannot be read or a state-year occurs twice.
    """
    table = read_table(
        SOURCES["gdp"].path(raw),
        {"ccode": pl.Int64, "year": pl.Int64, "mrgdppc": pl.Float64, "pwtrgdp": pl.Float64},
        key=STATE_YEAR,
    )
    before = table.select("ccode", pl.col("year") + 1, earlier="mrgdppc")
    return look_up(table, before, STATE_YEAR).select(
        *STATE_YEAR,
        gdppc="mrgdppc",
        growth=pl.col("mrgdppc").log() - pl.col("earlier").log(),
        gdp="pwtrgdp",
    )


def read_trade(raw: Path) -> pl.DataFrame:
    """Read the Correlates of War national trade.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a state-year: ``ccode``, ``year``, ``imports`` and ``exports`` (millions of
        current US dollars).

    Raises
    ------
    DataError
        If the file cannot be read or a state-year occurs twice.
    """
    return read_table(
        SOURCES["trade"].path(raw),
        {"ccode": pl.Int64, "year": pl.Int64, "imports": pl.Float64, "exports": pl.Float64},
        key=STATE_YEAR,
        missing=("", "NA", "-9"),
    )
