"""Who met whom in which dispute, on how many days of a crisis, and how near to it."""

from __future__ import annotations

import polars as pl

from willing.record.codings import KEY
from willing.sources.states import code_on

# A show of force, its use, or war; and its use, or war.
HOSTILE = 3
FORCE = 4
# How far from a crisis a meeting may lie to be looked at: that far a later one tells that a
# state which Hewitt lists entered the quarrel only after the crisis.
REACH_DAYS = 365
# A pair has met in a crisis if both are in the dispute on two of its days. One day is what two
# spells share when one state leaves on the day on which the other comes; with five, Grenada
# would be lost.
COMMON_DAYS = 2


def meetings(disputes: pl.DataFrame, crises: pl.DataFrame) -> pl.DataFrame:
    """Pair the states on the two sides of each dispute near each crisis, both ways.

    Parameters
    ----------
    disputes
        What `willing.sources.mid.read_disputes` gave.
    crises
        ``crisno``, ``start`` and ``end``; a crisis without an end is its first day.

    Returns
    -------
    polars.DataFrame
        One row a (crisis, dispute, spell of a state, overlapping spell of an opponent):

        - ``crisno``, ``dispnum``, ``ccode`` and ``target`` (the state and the opponent, by the
          codes of the crisis's first day), ``side_a`` (of the state);
        - ``level`` and ``target_level`` (hostility of the one and of the other, 1 to 5), and
          ``earnest``: the opponent began the dispute or showed force in it. A great power that
          only protests in another's long war has not met its rival there;
        - ``began`` (first day of the dispute), ``since`` and ``until`` (of the common spell);
        - ``start`` and ``end`` of the crisis, ``days`` (of the crisis on which they met),
          ``needed`` (days for it to count: `COMMON_DAYS`, or all if the crisis is shorter) and
          ``gap`` (days between the common spell and the crisis, 0 if they met in it).
    """
    reach = pl.duration(days=REACH_DAYS)
    windows = crises.select(
        "crisno", "start", end=pl.col("end").fill_null(pl.col("start"))
    ).with_columns(opens=pl.col("start") - reach, closes=pl.col("end") + reach)
    spells = code_on(
        disputes.with_columns(began=pl.col("since").min().over("dispnum")).join_where(
            windows, pl.col("since") <= pl.col("closes"), pl.col("until") >= pl.col("opens")
        ),
        code="ccode",
        when="start",
        name="ccode",
    )
    opponents = spells.select(
        "crisno",
        "dispnum",
        target="ccode",
        against="side_a",
        target_since="since",
        target_until="until",
        target_level="hostility",
        earnest=(pl.col("originator") | (pl.col("hostility") >= HOSTILE)).fill_null(False),
    )
    together = (
        # Many to many: every spell with every spell of the other side.
        spells.join(opponents, on=["crisno", "dispnum"], validate="m:m")
        .filter(pl.col("side_a") != pl.col("against"), pl.col("ccode") != pl.col("target"))
        .with_columns(
            since=pl.max_horizontal("since", "target_since"),
            until=pl.min_horizontal("until", "target_until"),
        )
        .filter(pl.col("since") <= pl.col("until"))
    )
    before = (pl.col("start") - pl.col("until")).dt.total_days()
    after = (pl.col("since") - pl.col("end")).dt.total_days()
    length = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    return together.select(
        "crisno",
        "dispnum",
        "ccode",
        "target",
        "side_a",
        "target_level",
        "earnest",
        "began",
        "since",
        "until",
        "start",
        "end",
        level="hostility",
        days=days_of_crisis("since", "until"),
        needed=pl.min_horizontal(pl.lit(COMMON_DAYS), length),
        gap=pl.max_horizontal(before, after, pl.lit(0)),
    ).sort(*KEY, "dispnum", "since", "until", "side_a")


def days_of_crisis(since: str, until: str) -> pl.Expr:
    """Count the days of the crisis from `since` to `until`, both included (0 if none)."""
    first, last = pl.max_horizontal(since, "start"), pl.min_horizontal(until, "end")
    return ((last - first).dt.total_days() + 1).clip(0)
