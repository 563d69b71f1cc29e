"""Who acted against whom in a crisis: disputes first, then ICB and Hewitt."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from willing.record.codings import KEY, Coding
from willing.record.meetings import HOSTILE
from willing.sources.keys import look_up

# The kinds of act by the level of hostility of a dispute.
KINDS = {2: "threat", 3: "display", 4: "force", 5: "war"}


@dataclass(frozen=True)
class Named:
    """What ICB and Hewitt say of a crisis.

    Attributes
    ----------
    icb, hewitt
        The two codings.
    dyads
        What `willing.record.codings.directed_dyads` gave.
    responses
        What `willing.record.codings.responses_of` gave: the crisis actors.
    """

    icb: Coding
    hewitt: Coding
    dyads: pl.DataFrame
    responses: pl.DataFrame


def code_acts(disputes: pl.DataFrame, named: Named) -> pl.DataFrame:
    """Say of each pair of opponents whether the one acted against the other.

    A *crisis actor* acted if it met the opponent in a dispute of the crisis, on enough days and
    at hostility `HOSTILE` or more, the opponent being in it in earnest and the pair named by ICB
    or Hewitt: a dispute lists everybody on two sides, also those who meet there for other
    reasons. If it has no such act, but disputes of the crisis have it facing only others in
    earnest, its military response was to those, and it did not act. Otherwise ICB's military
    response decides, for its source of threat and for its opponents in Hewitt's dyads.

    *Any other state* acted if a dispute of the crisis says so. A state that no such dispute has
    meet the opponent acted if Hewitt has a dyad of the two, since it has no crisis of its own in
    which something was done to it. The dyad is void if a dispute of the crisis has the two meet
    within a year, but not on enough days of the crisis: then they met before or later.

    Parameters
    ----------
    disputes
        What `willing.record.crisis_disputes.belonging` gave.
    named
        What ICB and Hewitt say.

    Returns
    -------
    polars.DataFrame
        One row a pair of opponents (``KEY``): ``did`` (it acted), ``basis`` (what decided:
        ``dispute``, ``elsewhere``, ``response`` of ICB, ``dyad`` of Hewitt, ``void`` or
        ``none``), ``level`` (its highest hostility in the disputes of the crisis), ``kind`` (of
        the act: threat, display, force or war by a dispute; by ICB's response force, or
        ``military`` for what is short of it; ``hostile`` by a dyad alone) and ``first_day`` (the
        day from which it is known to have acted).
    """
    met = _met(disputes)
    dyads = _valid_dyads(named.dyads, disputes)
    states = named.responses.select("crisno", "ccode")
    actors = _of_actors(met, dyads, disputes, named)
    others = _of_others(met, dyads, states)
    acts = pl.concat([actors, others]).filter(pl.col("ccode") != pl.col("target"))
    acts = look_up(acts, named.responses, ["crisno", "ccode"])
    response = pl.when("violent").then(pl.lit("force")).otherwise(pl.lit("military"))
    by_dispute = pl.col("level").replace_strict(KINDS, default=None, return_dtype=pl.String)
    basis = pl.col("basis")
    return (
        acts.with_columns(
            kind=pl.when(basis == "dispute")
            .then(by_dispute)
            .when(basis == "response")
            .then(response)
            .when(basis == "dyad")
            .then(pl.lit("hostile")),
            first_day=pl.when(basis == "dispute")
            .then("first_met")
            .when(basis == "response")
            .then("trigger")
            .when(basis == "dyad")
            .then("dyad_since"),
        )
        .select(*KEY, "did", "basis", "level", "kind", "first_day")
        .sort(KEY)
    )


def dispute_acts(disputes: pl.DataFrame) -> pl.DataFrame:
    """Say what the disputes alone say of each pair that meets in a crisis.

    Returns
    -------
    polars.DataFrame
        ``KEY`` and ``act``: at hostility `HOSTILE` or more against an opponent in earnest; missing
        if the level is unknown. A pair that met on too few days of the crisis is not there.
    """
    hostile = (pl.col("level") >= HOSTILE) & pl.col("earnest")
    return (
        disputes.filter(pl.col("days") >= pl.col("needed"))
        .group_by(KEY)
        .agg(act=hostile.any(ignore_nulls=False))
        .sort(KEY)
    )


def _met(disputes: pl.DataFrame) -> pl.DataFrame:
    """Pairs that met on enough days of the crisis, and what the state did against the other."""
    hostile = (pl.col("level") >= HOSTILE).fill_null(False) & pl.col("earnest")
    day = pl.max_horizontal("since", "start")
    return (
        disputes.filter(pl.col("days") >= pl.col("needed"))
        .group_by(*KEY, "named", "actor")
        .agg(
            act=hostile.any(),
            level=pl.coalesce(pl.col("level").filter(hostile).max(), pl.col("level").max()),
            first_met=pl.coalesce(day.filter(hostile).min(), day.min()),
        )
    )


def _valid_dyads(dyads: pl.DataFrame, disputes: pl.DataFrame) -> pl.DataFrame:
    """Mark Hewitt's dyads of a crisis actor with another state that a dispute shows to be void."""
    apart = (
        disputes.group_by(KEY)
        .agg(days=pl.col("days").max(), needed=pl.col("needed").max())
        .select(*KEY, apart=pl.col("days") < pl.col("needed"))
    )
    both = pl.col("actor") & pl.col("target_actor")
    return look_up(dyads, apart, KEY).select(
        *KEY, dyad_since="since", void=~both & pl.col("apart").fill_null(False)
    )


def _of_actors(
    met: pl.DataFrame, dyads: pl.DataFrame, disputes: pl.DataFrame, named: Named
) -> pl.DataFrame:
    """Acts of crisis actors against those whom ICB or Hewitt names."""
    states = named.responses.select("crisno", "ccode")
    facing = disputes.filter("actor", "earnest", pl.col("days") >= 1).select(KEY).unique()
    busy = facing.select("crisno", "ccode").unique().with_columns(busy=pl.lit(True))
    threats = named.icb.named.select(
        *KEY, answered=pl.col("act").fill_null(False), threat=pl.lit(True)
    )
    fought = met.filter("named", "actor")
    pairs = pl.concat([frame.select(KEY) for frame in (threats, dyads, fought)]).unique()
    known = pairs.join(states, on=["crisno", "ccode"], how="semi").sort(KEY)
    for table, on in (
        (fought.select(*KEY, "act", "level", "first_met"), KEY),
        (facing.with_columns(facing=pl.lit(True)), KEY),
        (busy, ("crisno", "ccode")),
        (threats, KEY),
        (dyads.with_columns(dyad=pl.lit(True)), KEY),
        (named.responses.select("crisno", "ccode", "military"), ("crisno", "ccode")),
    ):
        known = look_up(known, table, on)
    known = known.with_columns(
        pl.col("act", "facing", "busy", "answered", "threat", "dyad", "military", "void").fill_null(
            False
        )
    )
    answered = pl.col("answered") | (pl.col("dyad") & pl.col("military"))
    return known.with_columns(
        basis=pl.when("act")
        .then(pl.lit("dispute"))
        .when(pl.col("void") & ~pl.col("threat"))
        .then(pl.lit("void"))
        .when(pl.col("busy") & ~pl.col("facing"))
        .then(pl.lit("elsewhere"))
        .when(answered)
        .then(pl.lit("response"))
        .otherwise(pl.lit("none"))
    ).select(
        *KEY,
        "basis",
        "level",
        "first_met",
        "dyad_since",
        did=pl.col("basis").is_in(["dispute", "response"]),
    )


def _of_others(met: pl.DataFrame, dyads: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Acts of states without a crisis of their own."""
    fought = met.filter(~pl.col("actor")).select(*KEY, "act", "level", "first_met")
    listed = dyads.join(states, on=["crisno", "ccode"], how="anti")
    return (
        fought.join(listed, on=KEY, how="full", coalesce=True, validate="1:1")
        .with_columns(
            basis=pl.when("act")
            .then(pl.lit("dispute"))
            .when("void")
            .then(pl.lit("void"))
            .when(pl.col("act").is_null())
            .then(pl.lit("dyad"))
            .otherwise(pl.lit("none"))
        )
        .select(
            *KEY,
            "basis",
            "level",
            "first_met",
            "dyad_since",
            did=pl.col("basis").is_in(["dispute", "dyad"]),
        )
    )
