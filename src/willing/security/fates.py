"""What became of leaders after the crises, disputes and wars that they led their states through."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from willing.security.leader_units import leaders_on, punished
from willing.sources.keys import look_up
from willing.sources.outcomes import read_outcomes

# Archigos begins here.
FIRST_LEADERS = date(1840, 1, 1)
# A leader who leaves up to so many days after the end is taken to answer for the outcome.
AFTER_DAYS = 365
_LEADER = ("obsid", "leadid", "leader_name")


def leaders_fates(raw: Path, spells: pl.DataFrame) -> pl.DataFrame:
    """Join the outcomes of crises, disputes and wars to what became of the leaders.

    Parameters
    ----------
    raw
        The folder of published files.
    spells
        What `willing.sources.leaders.read_leaders` gave.

    Returns
    -------
    polars.DataFrame
        The rows of `willing.sources.outcomes.read_outcomes`, with the leader in office on
        the day before it began (``obsid``, ``leadid``, ``leader_name``; missing if nobody is known
        to be), and of her ``exit_kind`` (Archigos' word), ``left_on`` (the day; missing while
        Archigos has her in office still), ``days_after_end`` (from the end to that day, negative
        if she left earlier), ``fate`` (of the year after office), and ``lost_office``,
        ``forced_out``, ``punished_after`` (0/1): she lost office, was forced out, or lost it and
        was exiled, jailed or killed, between the beginning and `AFTER_DAYS` after the end. These
        are missing if she died a natural death, fell ill or the file ends before that;
        ``punished_after`` also if her fate is unknown.
    """
    outcomes = read_outcomes(raw)
    days = outcomes.select("ccode", date="start").drop_nulls().unique(maintain_order=True)
    leaders = leaders_on(spells, days, since=FIRST_LEADERS).select(
        "ccode",
        *_LEADER,
        "exit",
        "fate",
        _lost="lost_office",
        _forced="forced_out",
        start="date",
        left_on="end",
    )
    horizon = pl.col("end") + pl.duration(days=AFTER_DAYS)
    gone = pl.col("left_on") <= horizon
    lost = pl.when(gone & ~pl.col("_lost")).then(None).otherwise(gone)
    in_office_still = pl.col("exit") == "Still in Office"
    return look_up(outcomes, leaders, ["ccode", "start"]).select(
        *outcomes.columns,
        *_LEADER,
        exit_kind="exit",
        left_on=pl.when(~in_office_still).then("left_on"),
        days_after_end=pl.when(~in_office_still).then(
            (pl.col("left_on") - pl.col("end")).dt.total_days()
        ),
        fate="fate",
        lost_office=lost.cast(pl.Int8),
        forced_out=(lost & pl.col("_forced")).cast(pl.Int8),
        punished_after=punished(lost).cast(pl.Int8),
    )
