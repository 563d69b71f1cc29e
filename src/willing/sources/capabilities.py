"""Read national material capabilities and the list of major powers."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.reading import read_table


def read_capabilities(raw: Path) -> pl.DataFrame:
    """Read the Correlates of War national material capabilities.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a state-year: ``ccode``, ``year``, ``cinc`` (share of the system's capabilities,
        0 to 1), ``milex`` (military expenditure, thousands of current pounds before 1914 and of
        current US dollars since), ``milper`` (military personnel, thousands) and ``tpop``
        (population, thousands).

    Raises
    ------
    DataError
        If the file cannot be read or a state-year occurs twice.
    """
    return read_table(
        SOURCES["capabilities"].path(raw),
        {
            "ccode": pl.Int64,
            "year": pl.Int64,
            "cinc": pl.Float64,
            "milex": pl.Float64,
            "milper": pl.Float64,
            "tpop": pl.Float64,
        },
        key=("ccode", "year"),
        missing=("", "NA", "-9"),
    )


def read_majors(raw: Path) -> pl.DataFrame:
    """Read the spells in which a state was a major power.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a spell: ``ccode``, ``start`` and ``end`` (first and last day). Spells still open
        end on the day the list was closed.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    parts = ("styear", "stmonth", "stday", "endyear", "endmonth", "endday")
    table = read_table(SOURCES["majors"].path(raw), dict.fromkeys(("ccode", *parts), pl.Int64))
    return table.select(
        "ccode",
        start=pl.date("styear", "stmonth", "stday"),
        end=pl.date("endyear", "endmonth", "endday"),
    )


def majors_by_year(spells: pl.DataFrame) -> pl.DataFrame:
    """List who was a major power as each year began.

    Parameters
    ----------
    spells
        As `read_majors` gives them.

    Returns
    -------
    polars.DataFrame
        ``ccode``, ``year``: one row a state that was a major power on 1 January of that year.
    """
    first = pl.col("start").dt.year() + (pl.col("start").dt.ordinal_day() > 1)
    last = pl.col("end").dt.year()
    return (
        spells.select("ccode", year=pl.int_ranges(first, last + 1, dtype=pl.Int64))
        .explode("year")
        .drop_nulls()
        .unique()
        .sort("ccode", "year")
    )
