"""Read which states were strategic rivals."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.reading import read_table


def read_rivalries(raw: Path) -> pl.DataFrame:
    """Read the strategic rivalries of Thompson, Sakuwa and Suhas.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a pair of rivals and year: ``ccode1`` (the lower code), ``ccode2``, ``year``.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    path = SOURCES["rivalry_strategic"].path(raw)
    table = read_table(path, dict.fromkeys(["ccode1", "ccode2", "start", "end"], pl.Int64))
    return (
        table.select(
            ccode1=pl.min_horizontal("ccode1", "ccode2"),
            ccode2=pl.max_horizontal("ccode1", "ccode2"),
            year=pl.int_ranges("start", pl.col("end") + 1, dtype=pl.Int64),
        )
        .explode("year")
        .drop_nulls()
        .unique()
        .sort("ccode1", "ccode2", "year")
    )
