"""Read the COW state-system lists into one dated table with COW and Gleditsch-Ward codes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.dates import as_dates
from willing.sources.reading import read_table
from willing.sources.states import RECODES


def read_state_system(raw: Path) -> pl.DataFrame:
    """Read the COW state system, one row a spell of membership.

    The list gives the day it was closed (2016-12-31) as the end of every spell that was still
    open. No member has left the system since, so that day is read as "no end".

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        Columns ``ccode``, ``gwcode``, ``abbreviation``, ``name``, ``start``, ``end`` as in
        `willing.sources.states.state_system`, ordered by ``ccode`` and ``start``.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    path = SOURCES["state_system"].path(raw)
    table = read_table(
        path,
        {
            "ccode": pl.Int64,
            "cw_abb": pl.String,
            "cw_name": pl.String,
            "start": pl.String,
            "end": pl.String,
        },
    )
    table = table.with_columns(as_dates(path, table[day], "%Y-%m-%d") for day in ("start", "end"))
    closed = table["end"].max()
    return (
        table.with_columns(pl.when(pl.col("end") < closed).then("end").alias("end"))
        .with_columns(_gw_code().cast(pl.Int64).alias("gwcode"))
        .rename({"cw_abb": "abbreviation", "cw_name": "name"})
        .select("ccode", "gwcode", "abbreviation", "name", "start", "end")
        .sort("ccode", "start")
    )


def _gw_code() -> pl.Expr:
    """The Gleditsch-Ward code of a COW spell: `RECODES` read backwards.

    Serbia is 340 in Gleditsch and Ward before 1915 and again from 2006; its COW spells, which
    include Yugoslavia, keep 345.
    """
    code = pl.col("ccode").cast(pl.Int64)
    backwards = {cow: gw for gw, _, cow in RECODES if cow is not None and gw not in (219, 340)}
    # Imperial Germany and the Reich are 255 in both lists.
    undivided = (pl.col("ccode") == 255) & (pl.col("start") < date(1945, 5, 8))
    return pl.when(undivided).then(code).otherwise(code.replace(backwards))
