"""Coalitions in wars between states: who fought beside whom, and how it ended for them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.capabilities import read_capabilities
from willing.sources.interstate import read_war_sides
from willing.sources.keys import look_up


def war_coalitions(raw: Path, *, since: int) -> pl.DataFrame:
    """Give the states on the sides of wars between states, one row a (war, side, state).

    Parameters
    ----------
    raw
        The folder of published files.
    since
        First year in which the wars began.

    Returns
    -------
    polars.DataFrame
        The columns of `willing.sources.interstate.read_war_sides`, ``war_first`` (year in which the
        war began), ``cinc`` (the year before that), ``leads`` (the strongest of those that were in
        it on its side from the first year) and ``coalition`` (other states on its side). The file
        ends with the war of 2003.
    """
    sides = read_war_sides(raw).with_columns(
        war_first=pl.col("war_began").min().over("warnum"),
        coalition=(pl.len().over("warnum", "war_side") - 1).cast(pl.Int64),
    )
    before = read_capabilities(raw).select(
        "ccode", "cinc", war_first=pl.col("year").cast(pl.Int64) + 1
    )
    ranked = (
        look_up(sides.filter(pl.col("war_first") >= since), before, ["ccode", "war_first"])
        .with_columns(late=pl.col("war_began") > pl.col("war_first"))
        .sort("late", "cinc", "ccode", descending=[False, True, False], nulls_last=True)
        .with_columns(leads=pl.int_range(pl.len()).over("warnum", "war_side") == 0)
    )
    return ranked.sort("warnum", "war_side", "ccode").select(
        "warnum",
        "war_side",
        "ccode",
        "war_first",
        "war_began",
        "war_ended",
        "initiator",
        "cinc",
        "leads",
        "coalition",
        "war_outcome",
    )
