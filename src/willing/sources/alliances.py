"""Read alliance commitments."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.reading import read_table

OBLIGATIONS = {
    "atop_defense": "defence",
    "atop_offense": "offence",
    "atop_neutral": "neutrality",
    "atop_nonagg": "nonaggression",
    "atop_consul": "consultation",
}


def read_alliances(raw: Path) -> pl.DataFrame:
    """Read the alliance commitments of ATOP, directed dyad by year.

    A commitment counts in every year in which it was in force on any day.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a directed dyad-year with an alliance: ``ccode1``, ``ccode2``, ``year`` and
        Boolean columns ``defence``, ``offence``, ``neutrality``, ``nonaggression``,
        ``consultation``: what ``ccode1`` has promised ``ccode2``. No row means no alliance, from
        the first to the last year of the file.

    Raises
    ------
    DataError
        If the file cannot be read or a dyad-year occurs twice.
    """
    key = ("ccode1", "ccode2", "year")
    table = read_table(
        SOURCES["atop"].path(raw), dict.fromkeys((*key, *OBLIGATIONS), pl.Int64), key=key
    )
    return table.select(*key, **{name: pl.col(code) == 1 for code, name in OBLIGATIONS.items()})


def commitments(alliances: pl.DataFrame) -> pl.DataFrame:
    """Sum up what two states have promised each other.

    Parameters
    ----------
    alliances
        As `read_alliances` gives them.

    Returns
    -------
    polars.DataFrame
        ``ccode1``, ``ccode2``, ``year`` and three Boolean columns: ``pledge`` (``ccode1`` has
        promised ``ccode2`` active military help, in defence or offence), ``allies`` (either has
        promised it to the other) and ``alliance_any`` (either has promised anything, neutrality,
        nonaggression and consultation included). The last two are symmetric.
    """
    key = ["ccode1", "ccode2", "year"]
    promised = alliances.select(
        *key,
        pledge=pl.col("defence") | pl.col("offence"),
        anything=pl.any_horizontal(OBLIGATIONS.values()),
    )
    returned = promised.rename({"ccode1": "ccode2", "ccode2": "ccode1"})
    both = promised.join(returned, on=key, how="full", coalesce=True, suffix="_back").with_columns(
        pl.exclude(key).fill_null(False)
    )
    return both.select(
        *key,
        "pledge",
        allies=pl.col("pledge") | pl.col("pledge_back"),
        alliance_any=pl.col("anything") | pl.col("anything_back"),
    ).sort(key)
