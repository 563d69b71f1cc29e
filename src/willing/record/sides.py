"""Sides: the states that face one target in one crisis."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from willing.record.acts import Named
from willing.record.codings import CODINGS, KEY, SIDE, Coding, CodingName
from willing.sources.keys import look_up
from willing.sources.states import add_membership


def possible_sides(acts: pl.DataFrame, named: Named) -> pl.DataFrame:
    """List whom anybody faces in each crisis, and by what.

    Parameters
    ----------
    acts
        What `willing.record.acts.code_acts` gave.
    named
        What ICB and Hewitt say.

    Returns
    -------
    polars.DataFrame
        One row a side: ``side``, `SIDE` and ``side_by``: the target is a crisis actor's source of
        ``threat``; or, if not that, an ``opponent`` of a crisis actor that acted in the crisis, in
        Hewitt's dyads or by an act in its disputes; or a crisis actor that is ``attacked`` by a
        state without a crisis of its own.
    """
    states = named.responses.select("crisno", "ccode")
    by_actors = acts.filter("did").join(states, on=["crisno", "ccode"], how="semi")
    doers = by_actors.select("crisno", "ccode").unique()
    void = acts.filter(pl.col("basis") == "void")
    opponents = named.dyads.join(void, on=KEY, how="anti").join(
        doers, on=["crisno", "ccode"], how="semi"
    )
    attacked = (
        acts.filter("did")
        .join(states, on=["crisno", "ccode"], how="anti")
        .join(states.rename({"ccode": "target"}), on=SIDE, how="semi")
    )
    found = [
        frame.select(*SIDE, side_by=pl.lit(by))
        for by, frame in (
            ("threat", named.icb.named),
            ("opponent", opponents),
            ("opponent", by_actors),
            ("attacked", attacked),
        )
    ]
    return (
        pl.concat(found)
        .unique(SIDE, keep="first", maintain_order=True)
        .sort(SIDE)
        .select(side_name(), *SIDE, "side_by")
    )


def side_members(
    acts: pl.DataFrame,
    blocs: pl.DataFrame,
    codings: Mapping[CodingName, Coding],
    named: Named,
    crises: pl.DataFrame,
    capabilities: pl.DataFrame,
    *,
    system: pl.DataFrame,
) -> pl.DataFrame:
    """List the states that face each target with the evidence that put them there.

    Parameters
    ----------
    acts
        What `willing.record.acts.code_acts` gave.
    blocs
        What `willing.record.blocs.blocs_coding` gave.
    codings
        What each source alone says.
    named
        What ICB and Hewitt say.
    crises
        ``crisno``, ``year`` and ``start``.
    capabilities
        ``ccode``, ``year`` and ``cinc`` (as known before a crisis of that year).
    system
        The state system, as `willing.sources.states.state_system` gives it.

    Returns
    -------
    polars.DataFrame
        One row a (target of a crisis, state), ordered by target, strongest first: ``side``,
        `KEY`, ``year``, ``in_system`` (it was a member of the state system on the day the crisis
        began), ``actor`` (it is a crisis actor), ``trigger`` (its first trigger date, if so),
        ``cinc``, ``acted`` (0/1), ``basis``, ``kind`` and ``first_day`` (of `code_acts`; a state of
        `blocs` alone has the basis ``bloc`` and did not act), ``acted_blocs``, ``sources`` (those
        that alone say that it acted), and ``by_<coding>`` (that source names it) and
        ``act_<coding>`` (0/1; missing if that source does not name it or does not tell).
    """
    members = acts.join(blocs, on=KEY, how="full", coalesce=True, validate="1:1").with_columns(
        side_name(), pl.col("did").fill_null(False), pl.col("basis").fill_null("bloc")
    )
    for name in CODINGS:
        said = codings[name].named.select(
            *KEY,
            pl.lit(True).alias(f"by_{name}"),
            pl.col("act").cast(pl.Int8).alias(f"act_{name}"),
        )
        members = look_up(members, said, KEY).with_columns(pl.col(f"by_{name}").fill_null(False))
    members = look_up(members, crises.select("crisno", "year", "start"), ["crisno"])
    members = add_membership(members, code="ccode", when="start", name="in_system", system=system)
    triggers = named.responses.select("crisno", "ccode", "trigger", actor=pl.lit(True))
    members = look_up(members, triggers, ["crisno", "ccode"])
    members = look_up(members, capabilities.select("ccode", "year", "cinc"), ["ccode", "year"])
    return (
        members.with_columns(
            pl.col("actor").fill_null(False),
            acted=pl.col("did").cast(pl.Int8),
            sources=_sources(),
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
            "acted",
            "basis",
            "kind",
            "first_day",
            "sources",
            "acted_blocs",
            *(f"by_{name}" for name in CODINGS),
            *(f"act_{name}" for name in CODINGS),
        )
    )


def genuine_sides(sides: pl.DataFrame, leaders: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """Drop the sides that nobody may lead, or that only answer a joiner.

    Those of a source of threat stay. A target that merely joined another state against the leader
    of the side is answered, not chosen: thirty states fought Iraq, which did not lead thirty
    sides.

    Parameters
    ----------
    sides
        What `possible_sides` gave.
    leaders
        The foremost of what `willing.record.leading.leaders_of_sides` gave.
    joined
        What `willing.record.joining.ties_to_leaders` gave for these leaders.

    Returns
    -------
    polars.DataFrame
        Rows of `sides`.
    """
    foremost = leaders.select("side", "leader")
    joiners = (
        joined.filter("joined")
        .select("crisno", leader="target", target="ccode")
        .unique()
        .with_columns(joiner=pl.lit(True))
    )
    known = look_up(look_up(sides, foremost, ["side"]), joiners, [*SIDE, "leader"])
    genuine = pl.col("leader").is_not_null() & pl.col("joiner").is_null()
    return known.filter((pl.col("side_by") == "threat") | genuine).select(sides.columns)


def side_name() -> pl.Expr:
    """Name a side after its crisis and target."""
    return pl.format("{}-{}", "crisno", "target").alias("side")


def _sources() -> pl.Expr:
    """The sources that alone say that the state acted, in the order of `CODINGS`."""
    said = [
        pl.when((pl.col(f"act_{name}") == 1).fill_null(False)).then(pl.lit(name))
        for name in CODINGS
    ]
    text = pl.concat_str(said, separator=" ", ignore_nulls=True)
    return pl.when(text != "").then(text)
