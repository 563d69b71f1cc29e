"""Triads: a leader, her target, and every other state that might have joined her."""

from __future__ import annotations

import polars as pl

from willing.record.joins import CODINGS, CodingName
from willing.record.keys import look_up, require_unique

TRIAD = ("side", "leader", "partner")


def build_triads(
    sides: pl.DataFrame, leaders: pl.DataFrame, members: pl.DataFrame, system: pl.DataFrame
) -> pl.DataFrame:
    """Pair every possible leader of every side with every potential partner.

    Parameters
    ----------
    sides, leaders, members
        What `willing.record.sides` gave.
    system
        The state system, as `willing.record.states.state_system` gives it.

    Returns
    -------
    polars.DataFrame
        One row a `TRIAD`; partners are the members of the state system on the day the crisis
        began, leader and target excepted. Columns: ``side``, ``crisno``, ``crisname``, ``year``,
        ``start``, ``leader``, ``target``, ``partner``, ``strongest``, ``first``,
        ``victims_only``, ``on_side`` (the partner is on the leader's side by any source),
        ``join`` (recommended coding, 0/1) and ``join_<coding>`` (0/1; missing where the source
        does not speak of the side, or names the partner without telling whether it acted).
    """
    led = leaders.join(
        sides.select("side", "crisname", "year", "start", "victims_only", "^speaks_.*$"),
        on="side",
        validate="m:1",
        maintain_order="left",
    )
    days = sides.select("start").unique()
    present = days.join_where(
        system.select(partner="ccode", since="start", until="end"),
        pl.col("since") <= pl.col("start"),
        pl.col("until").is_null() | (pl.col("until") >= pl.col("start")),
    ).select("start", "partner")
    # Many to many: every leader of a crisis with every state of its first day.
    triads = led.join(present, on="start", validate="m:m").filter(
        pl.col("partner") != pl.col("leader"), pl.col("partner") != pl.col("target")
    )
    evidence = members.select(
        "side",
        "acted",
        "^(by|act)_.*$",
        partner="ccode",
        on_side=pl.lit(True),
    )
    triads = look_up(triads, evidence, ["side", "partner"])
    require_unique(triads, TRIAD, what="the triads")
    return triads.sort("crisno", "target", "leader", "partner").select(
        "side",
        "crisno",
        "crisname",
        "year",
        "start",
        "leader",
        "target",
        "partner",
        "strongest",
        "first",
        "victims_only",
        pl.col("on_side").fill_null(False),
        pl.col("acted").fill_null(0).alias("join"),
        *(_joined(name).alias(f"join_{name}") for name in CODINGS),
    )


def _joined(coding: CodingName) -> pl.Expr:
    """What a coding says: nothing outside its sides, 0 of a state that it does not name."""
    named = pl.col(f"by_{coding}").fill_null(False)
    says = pl.when(named).then(f"act_{coding}").otherwise(pl.lit(0, pl.Int8))
    return pl.when(f"speaks_{coding}").then(says)
