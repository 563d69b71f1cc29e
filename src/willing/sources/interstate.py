"""Read who fought on which side of which war between states."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.outcomes import WAR
from willing.sources.reading import read_table


def read_war_sides(raw: Path) -> pl.DataFrame:
    """Read the participants of wars between states, from the dyads that fought.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a state on a side of a war (one that changed sides is on both), ordered by war, side
        and state: ``warnum``, ``war_side`` (1 or 2), ``ccode``, ``war_began`` and ``war_ended``
        (first and last year of its fighting), ``initiator`` (it began the war) and ``war_outcome``
        (for its side: victory, compromise, stalemate or defeat; missing for other endings).

    Raises
    ------
    DataError
        If the file is not as published.
    """
    names = ("warnum", "ccode1", "year", "sidea1", "initiator1", "outcome1")
    table = read_table(
        SOURCES["wars_interstate"].path(raw),
        dict.fromkeys(names, pl.Int64),
        missing=("", "NA", "-9", "-8", "-7"),
    )
    outcome = pl.col("outcome1").replace_strict(WAR, default=None, return_dtype=pl.String)
    return (
        table.group_by("warnum", war_side="sidea1", ccode="ccode1")
        .agg(
            war_began=pl.col("year").min(),
            war_ended=pl.col("year").max(),
            initiator=(pl.col("initiator1") == 1).any(),
            war_outcome=outcome.sort_by("year").last(),
        )
        .sort("warnum", "war_side", "ccode")
    )
