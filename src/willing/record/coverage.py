"""Who speaks: a zero is something that a source says, so elsewhere joining is missing."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from willing.record.codings import CODINGS, KEY, SIDE, Coding, CodingName
from willing.record.crisis_disputes import RECENT_DAYS
from willing.sources.keys import look_up


def speaking(
    sides: pl.DataFrame, codings: Mapping[CodingName, Coding], covered: pl.DataFrame
) -> pl.DataFrame:
    """Say which sources speak of each side.

    Parameters
    ----------
    sides
        Sides, with `SIDE`.
    codings
        What each source alone says, and of what it speaks.
    covered
        What `covered_states` gave.

    Returns
    -------
    polars.DataFrame
        `sides` with ``speaks_<coding>`` and ``covered`` (the disputes that decide speak of the
        side, so that a state without an act did not join).
    """
    for name in CODINGS:
        speaks = codings[name].speaks
        flag = speaks.with_columns(pl.lit(True).alias(f"speaks_{name}"))
        sides = look_up(sides, flag, speaks.columns).with_columns(
            pl.col(f"speaks_{name}").fill_null(False)
        )
    told = covered.select("crisno", target="ccode", covered=pl.lit(True))
    return look_up(sides, told, SIDE).with_columns(pl.col("covered").fill_null(False))


def covered_states(meetings: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """List the states of whose opponents a file of disputes speaks.

    It speaks of them if it has the state meet one whom ICB or Hewitt names against it, in any
    dispute within `RECENT_DAYS` days of the crisis: then its coders have looked at the quarrel, and
    a state that they do not list against the same opponent did not act. Where the file does not
    know the quarrel, as where it does not cover the year, its silence about others says nothing.

    Parameters
    ----------
    meetings
        What `willing.record.meetings.meetings` gave.
    named
        What `willing.record.codings.named_pairs` gave.

    Returns
    -------
    polars.DataFrame
        ``crisno`` and ``ccode``, each pair once.
    """
    near = meetings.filter(pl.col("gap") <= RECENT_DAYS).join(named, on=KEY, how="semi")
    return near.select("crisno", ccode="target").unique().sort("crisno", "ccode")


def speakers() -> pl.Expr:
    """List the sources that speak of a partner, missing where none does.

    Of every partner the disputes of the side speak; ICB speaks of the crisis actors, Hewitt of a
    state that it has in a dyad with the target.
    """
    said = [
        pl.when(condition).then(pl.lit(name))
        for name, condition in (
            ("icb", pl.col("partner_actor")),
            ("hewitt", pl.col("by_hewitt").fill_null(False)),
            ("gml", pl.col("speaks_gml")),
            ("mid", pl.col("speaks_mid")),
        )
    ]
    text = pl.concat_str(said, separator=" ", ignore_nulls=True)
    return pl.when(text != "").then(text).alias("speaks")
