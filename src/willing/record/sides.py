"""Leader sides: the states that face one target in one crisis, and who leads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl

from willing.record.joins import CODINGS, KEY, SIDE, Coding, CodingName
from willing.record.keys import look_up
from willing.record.states import add_membership

LeaderRule = Literal["strongest", "first", "every"]


def side_members(
    codings: Mapping[CodingName, Coding],
    actors: pl.DataFrame,
    crises: pl.DataFrame,
    capabilities: pl.DataFrame,
    *,
    system: pl.DataFrame,
    gml_until: int,
) -> pl.DataFrame:
    """List the states on each side with the evidence that put them there.

    Parameters
    ----------
    codings
        The four codings of `willing.record.joins`.
    actors
        What `willing.record.readers.icb.read_actors` gave.
    crises
        ``crisno``, ``year`` and ``start``.
    capabilities
        ``ccode``, ``year`` and ``cinc`` (as known before a crisis of that year).
    system
        The state system, as `willing.record.states.state_system` gives it.
    gml_until
        Last year that the GML disputes cover.

    Returns
    -------
    polars.DataFrame
        One row a (side, state), ordered by side, strongest first: ``side`` (``crisno-target``),
        `KEY`, ``year``, ``in_system`` (it was a member of the state system on the day the crisis
        began), ``actor`` (it is a crisis actor), ``trigger`` (its first trigger date, if so),
        ``cinc``, ``by_<coding>`` (that source names it), ``act_<coding>`` (0/1; missing if
        that source does not name it or does not tell) and ``acted``: the recommended coding. It
        is 1 if ICB, Hewitt or the disputes say so, and 0 if none does. The disputes are GML's up
        to `gml_until`, because they correct COW's, and COW's own after that.
    """
    members = pl.concat([coding.named.select(KEY) for coding in codings.values()]).unique()
    for name in CODINGS:
        named = codings[name].named.select(
            *KEY,
            pl.lit(True).alias(f"by_{name}"),
            pl.col("act").cast(pl.Int8).alias(f"act_{name}"),
        )
        members = look_up(members, named, KEY).with_columns(pl.col(f"by_{name}").fill_null(False))
    spells = actors.group_by("crisno", "ccode").agg(pl.col("trigger").min(), actor=pl.lit(True))
    members = look_up(members, crises.select("crisno", "year", "start"), ["crisno"])
    members = add_membership(members, code="ccode", when="start", name="in_system", system=system)
    members = look_up(members, spells, ["crisno", "ccode"])
    members = look_up(members, capabilities.select("ccode", "year", "cinc"), ["ccode", "year"])
    disputes = pl.when(pl.col("year") <= gml_until).then("act_gml").otherwise("act_mid")
    acted = pl.max_horizontal("act_icb", "act_hewitt", disputes).fill_null(0)
    return (
        members.with_columns(
            side_name(), actor=pl.col("actor").fill_null(False), acted=acted.cast(pl.Int8)
        )
        .sort(*SIDE, "cinc", "ccode", descending=[False, False, True, False], nulls_last=True)
        .select(
            "side",
            *KEY,
            "year",
            "in_system",
            "actor",
            "trigger",
            "cinc",
            *(f"by_{name}" for name in CODINGS),
            *(f"act_{name}" for name in CODINGS),
            "acted",
        )
    )


def leaders_of_sides(members: pl.DataFrame) -> pl.DataFrame:
    """Say who may lead each side, with the two rules that pick one.

    A leader is a crisis actor that was a member of the state system when the crisis began.

    Parameters
    ----------
    members
        What `side_members` gave.

    Returns
    -------
    polars.DataFrame
        One row a (side, possible leader), in the order of `members`: ``side``, `SIDE`,
        ``leader``, ``strongest`` (it had the highest CINC the year before) and ``first`` (its own
        crisis was triggered first; of several on one day, one whom ICB itself has facing the
        target, then the strongest). Each rule picks one leader a side.
    """
    first = ("trigger", "by_icb", "cinc", "ccode")
    return (
        members.filter("actor", "in_system")
        .with_columns(strongest=pl.int_range(pl.len()).over("side") == 0)
        .sort(first, descending=[False, True, True, False], nulls_last=True)
        .with_columns(first=pl.int_range(pl.len()).over("side") == 0)
        .sort(*SIDE, "cinc", "ccode", descending=[False, False, True, False], nulls_last=True)
        .select("side", *SIDE, pl.col("ccode").alias("leader"), "strongest", "first")
    )


def summarise_sides(
    members: pl.DataFrame,
    leaders: pl.DataFrame,
    crises: pl.DataFrame,
    codings: Mapping[CodingName, Coding],
) -> pl.DataFrame:
    """Describe each side in a row.

    Parameters
    ----------
    members, leaders
        What `side_members` and `leaders_of_sides` gave.
    crises
        ``crisno``, ``crisname``, ``year`` and ``start``.
    codings
        The four codings of `willing.record.joins`.

    Returns
    -------
    polars.DataFrame
        One row a side, ordered by crisis and target: ``side``, `SIDE`, ``crisname``, ``year``,
        ``start``, ``leader`` (the strongest), ``leader_first``, ``n_members``, ``side_actors``,
        ``victims_only`` (no member threatened or used force in any coding), ``speaks_<coding>``
        and ``coalition`` (members of the state system that joined the strongest leader, by the
        recommended coding; missing if nobody may lead).
    """
    acts = pl.any_horizontal(pl.col(f"act_{name}") == 1 for name in CODINGS).fill_null(False)
    counts = members.group_by("side", *SIDE, "year").agg(
        n_members=pl.len().cast(pl.Int64),
        side_actors=pl.col("actor").sum().cast(pl.Int64),
        victims_only=~acts.any(),
        acted=pl.col("acted").filter("in_system").sum().cast(pl.Int64),
    )
    sides = look_up(counts, crises.select("crisno", "crisname", "start"), ["crisno"])
    for rule, name in (("strongest", "leader"), ("first", "leader_first")):
        chosen = leaders.filter(rule).select("side", pl.col("leader").alias(name))
        sides = look_up(sides, chosen, ["side"])
    own = members.select("side", leader="ccode", led="acted")
    sides = look_up(sides, own, ["side", "leader"])
    for coding in CODINGS:
        speaks, name = codings[coding].speaks, f"speaks_{coding}"
        sides = look_up(sides, speaks.with_columns(pl.lit(True).alias(name)), speaks.columns)
        sides = sides.with_columns(pl.col(name).fill_null(False))
    return sides.sort(SIDE).select(
        "side",
        *SIDE,
        "crisname",
        "year",
        "start",
        "leader",
        "leader_first",
        "n_members",
        "side_actors",
        "victims_only",
        *(f"speaks_{coding}" for coding in CODINGS),
        coalition=pl.col("acted") - pl.col("led"),
    )


def side_name() -> pl.Expr:
    """Name a side after its crisis and target."""
    return pl.format("{}-{}", "crisno", "target").alias("side")
