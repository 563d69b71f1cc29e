"""Who might have joined whom against whom, and who did, before any covariate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from willing.record.blocs import bloc_leaders, blocs_coding
from willing.record.codings import (
    SIDE,
)
from willing.record.corrections import Correction, correct_ties, words_frame
from willing.record.covariates import state_year_covariates
from willing.record.coverage import speaking
from willing.record.joining import LED, ties_to_leaders
from willing.record.leading import leaders_of_sides
from willing.record.side_summary import describe_sides
from willing.record.sides import genuine_sides, possible_sides, side_members, side_name
from willing.record.triads import build_triads
from willing.record.weighing import Evidence, weigh_evidence
from willing.sources.icb import read_actors
from willing.sources.keys import look_up
from willing.sources.state_system import read_state_system


@dataclass(frozen=True)
class Layout:
    """Who might have joined whom against whom, and who did, before any covariate.

    Attributes
    ----------
    system
        What `willing.sources.state_system.read_state_system` gave.
    actors
        What `willing.sources.icb.read_actors` gave.
    states
        What `willing.record.covariates.state_year_covariates` gave, for every member of the
        system in the year of every crisis.
    members, sides, triads
        What `willing.record.sides`, `willing.record.side_summary` and `willing.record.triads`
        made of them.
    """

    system: pl.DataFrame
    actors: pl.DataFrame
    states: pl.DataFrame
    members: pl.DataFrame
    sides: pl.DataFrame
    triads: pl.DataFrame


def lay_out(raw: Path, crises: pl.DataFrame, words: Sequence[Correction] = ()) -> Layout:
    """Find the sides, the leaders and the potential partners of the crises given.

    Parameters
    ----------
    raw
        The folder of published files.
    crises
        Rows of what `willing.sources.icb.read_crises` gave.
    words
        Corrections, of which those of other crises are left out.

    Raises
    ------
    DataError
        If a correction names a side that nobody knows, or a state that was no member.
    """
    numbers = set(crises["crisno"])
    words = [word for word in words if word.crisis in numbers]
    system = read_state_system(raw)
    actors = read_actors(raw, crises)
    states = state_year_covariates(raw, _states_of(crises, system))
    evidence = weigh_evidence(raw, crises, actors, words)
    blocs = blocs_coding(
        evidence.spells, evidence.named, actors, crises, gml_until=evidence.gml_until
    )
    facing = side_members(
        evidence.acts, blocs, evidence.codings, evidence.named, crises, states, system=system
    )
    possible = possible_sides(evidence.acts, evidence.named)
    named = words_frame(words).filter("leads").select(side_name(), "ccode")
    foremost = leaders_of_sides(_on(facing, possible), named).filter("foremost")
    sides = genuine_sides(possible, foremost, _ties(foremost, evidence, exchanged=False))
    members = _on(facing, sides)
    leaders = leaders_of_sides(members, named)
    ties = _ties(leaders, evidence, exchanged=True)
    members = _add_joined(members, leaders, ties)
    described = describe_sides(
        speaking(sides, evidence.codings, evidence.covered),
        members,
        leaders,
        crises,
        bloc_leaders(members),
        evidence.named.responses,
    )
    triads = build_triads(
        described,
        leaders,
        facing,
        ties,
        actors=evidence.named.responses,
        covered=evidence.covered,
        system=system,
    )
    return Layout(system, actors, states, members, described, triads)


def _on(members: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Members of the sides given."""
    return members.join(sides.select(SIDE), on=SIDE, how="semi", maintain_order="left")


def _ties(leaders: pl.DataFrame, evidence: Evidence, *, exchanged: bool) -> pl.DataFrame:
    """What ties those who acted to the leaders and, on demand, to their targets against them."""
    led = leaders.select(LED)
    if exchanged:
        other = led.select("crisno", target="leader", leader="target")
        led = pl.concat([led, other]).unique(maintain_order=True)
    ties = ties_to_leaders(led, evidence.acts, evidence.deciding, evidence.pairs)
    return correct_ties(ties, evidence.words)


def _add_joined(members: pl.DataFrame, leaders: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """Add what ties each member to the foremost leader, and whether it joined her.

    Nobody joins who was no member of the state system, and of the leader herself it is missing.
    """
    foremost = leaders.filter("foremost").select("side", "leader")
    known = look_up(look_up(members, foremost, ["side"]), ties, [*LED, "ccode"])
    other = pl.col("ccode") != pl.col("leader")
    joined = (pl.col("joined").fill_null(False) & pl.col("in_system")).cast(pl.Int8)
    return known.with_columns(joined=pl.when(other).then(joined)).drop("leader", "led")


def _states_of(crises: pl.DataFrame, system: pl.DataFrame) -> pl.DataFrame:
    """Every member of the state system in the year of every crisis."""
    years = crises.select("year").unique()
    first = pl.col("start").dt.year()
    last = pl.col("end").dt.year().fill_null(crises["year"].max())
    return (
        system.select("ccode", first=first, last=last)
        .join_where(years, pl.col("first") <= pl.col("year"), pl.col("last") >= pl.col("year"))
        .select("ccode", "year")
        .unique()
        .sort("ccode", "year")
    )
