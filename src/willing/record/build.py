"""Build the record from the published files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.record.attrition import count_attrition
from willing.record.choices import Choices
from willing.record.covariates import state_year_covariates
from willing.record.episodes import episode_partners, find_episodes
from willing.record.fetch import raw_folder
from willing.record.joins import (
    KEY,
    Coding,
    CodingName,
    dispute_coding,
    hewitt_coding,
    icb_coding,
    link_disputes,
)
from willing.record.manifest import INPUTS, take_inputs
from willing.record.outcome import follow_coding, override
from willing.record.pool import in_pool
from willing.record.profile import add_dyads, add_insecurity, add_states, add_un_support
from willing.record.readers.icb import read_actors, read_crises, read_dyads
from willing.record.readers.mid import MidSource, read_disputes
from willing.record.readers.system import read_state_system
from willing.record.sides import leaders_of_sides, side_members, summarise_sides
from willing.record.sources import SOURCES
from willing.record.state_payments import arms_deliveries, state_payments
from willing.record.store import Record, write_record
from willing.record.triads import build_triads
from willing.security.scores import survival_of_leaders

FIRST_YEAR = 1946


def build_record(
    raw: str | Path | None,
    out: str | Path,
    *,
    years: tuple[int, int] | None = None,
    choices: Choices | None = None,
) -> Record:
    """Build the record from the published files and write it.

    Parameters
    ----------
    raw
        The folder of published files, laid out as `willing.record.sources.SOURCES` says; the
        cache that `willing data fetch` fills by default.
    out
        The folder to write to.
    years
        First and last year of the crises; from 1946 to the last year of ICB's file by default.
    choices
        Coding of the outcome, leaders, candidate pool, crises and overrides; by default the
        recommended coding and all of the others.

    Returns
    -------
    Record
        What was written. The same files give the same bytes.

    Raises
    ------
    DataError
        If a file is missing or not as published, `years` are outside ICB's coverage, or a crisis
        or an override speaks of what is not there. Nothing is written then.
    """
    raw = raw_folder(raw)
    choices = choices or Choices()
    found = read_crises(raw)
    years = _covered(found, years, SOURCES["icb_crises"].path(raw))
    frames = build_frames(raw, found, years, choices)
    inputs = take_inputs(raw, INPUTS)
    return write_record(frames, out, years=years, inputs=inputs, choices=choices)


def build_frames(
    raw: Path, found: pl.DataFrame, years: tuple[int, int], choices: Choices
) -> dict[str, pl.DataFrame]:
    """Build the frames of the record.

    Parameters
    ----------
    raw
        The folder of published files.
    found
        What `willing.record.readers.icb.read_crises` gave.
    years
        First and last year of the crises wanted.
    choices
        What else was chosen.

    Returns
    -------
    dict of str to polars.DataFrame
        The frames of `willing.record.store.Record` by name.

    Raises
    ------
    DataError
        If a crisis chosen is not in these years, or an override does not fit the record.
    """
    crises = _chosen(found.filter(pl.col("year").is_between(*years)), choices.crises, years)
    layout = lay_out(raw, crises)
    survival = survival_of_leaders(raw)
    triads = add_states(layout.triads, layout.states)
    triads = add_un_support(add_dyads(triads, raw), layout.actors)
    triads = add_insecurity(triads, survival)
    episodes, sent = find_episodes(raw, layout.system)
    frames = {
        "crises": crises,
        "sides": layout.sides,
        "members": layout.members,
        "triads": triads,
        "leaders": survival.leaders_table(),
        "states": layout.system,
        "payments": state_payments(raw, layout.system),
        "arms": arms_deliveries(raw),
        "episodes": episodes,
        "episode_partners": episode_partners(raw, episodes, sent, layout.system, survival),
    }
    if choices.coding is not None:
        frames = follow_coding(frames, choices.coding)
    frames = override(frames, choices.overrides)
    every = frames["triads"]
    pooled = in_pool(every, layout.states, choices.pool)
    return {
        **frames,
        "triads": pooled if choices.leader == "every" else pooled.filter(choices.leader),
        "attrition": count_attrition(
            found, crises, frames["sides"], every, pooled=pooled, choices=choices
        ),
    }


@dataclass(frozen=True)
class Layout:
    """Who might have joined whom against whom, and who did, before any covariate.

    Attributes
    ----------
    system
        What `willing.record.readers.system.read_state_system` gave.
    actors
        What `willing.record.readers.icb.read_actors` gave.
    states
        What `willing.record.covariates.state_year_covariates` gave, for every member of the
        system in the year of every crisis.
    members, sides, triads
        What `willing.record.sides` and `willing.record.triads` made of them.
    """

    system: pl.DataFrame
    actors: pl.DataFrame
    states: pl.DataFrame
    members: pl.DataFrame
    sides: pl.DataFrame
    triads: pl.DataFrame


def lay_out(raw: Path, crises: pl.DataFrame) -> Layout:
    """Find the sides, the leaders and the potential partners of the crises given.

    Parameters
    ----------
    raw
        The folder of published files.
    crises
        Rows of what `willing.record.readers.icb.read_crises` gave.
    """
    system = read_state_system(raw)
    actors = read_actors(raw, crises)
    states = state_year_covariates(raw, _states_of(crises, system))
    evidence = weigh_evidence(raw, crises, actors)
    members = side_members(
        evidence.codings, actors, crises, states, system=system, gml_until=evidence.gml_until
    )
    leaders = leaders_of_sides(members)
    sides = summarise_sides(members, leaders, crises, evidence.codings)
    triads = build_triads(sides, leaders, members, system)
    return Layout(system, actors, states, members, sides, triads)


@dataclass(frozen=True)
class Evidence:
    """What the sources say of who acted against whom.

    Attributes
    ----------
    codings
        The four codings.
    disputes, links
        What `willing.record.readers.mid.read_disputes` and `willing.record.joins.link_disputes`
        gave, by source.
    gml_until
        The last year in which a dispute of GML's file began.
    """

    codings: dict[CodingName, Coding]
    disputes: dict[MidSource, pl.DataFrame]
    links: dict[MidSource, pl.DataFrame]
    gml_until: int


def weigh_evidence(raw: Path, crises: pl.DataFrame, actors: pl.DataFrame) -> Evidence:
    """Code who acted against whom in the crises given, source by source."""
    icb = icb_coding(actors)
    hewitt = hewitt_coding(read_dyads(raw, crises), actors, icb.speaks)
    opponents = pl.concat([icb.named, hewitt.named]).select(KEY).unique()
    codings: dict[CodingName, Coding] = {"icb": icb, "hewitt": hewitt}
    disputes, links = {}, {}
    gml_until = 0
    sources: tuple[MidSource, ...] = ("gml", "mid")
    for source in sources:
        disputes[source] = read_disputes(raw, source)
        until = disputes[source].select(pl.col("since").dt.year().max()).item()
        covered = crises.filter(pl.col("year") <= until)
        links[source] = link_disputes(disputes[source], opponents, covered)
        codings[source] = dispute_coding(
            disputes[source], links[source], covered, actors, opponents
        )
        gml_until = until if source == "gml" else gml_until
    return Evidence(codings, disputes, links, gml_until)


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


def _covered(crises: pl.DataFrame, years: tuple[int, int] | None, path: Path) -> tuple[int, int]:
    """The years wanted, if the file covers them."""
    first, last = crises.select(first=pl.col("year").min(), last=pl.col("year").max()).row(0)
    chosen = (FIRST_YEAR, last) if years is None else years
    if not first <= chosen[0] <= chosen[1] <= last:
        raise DataError(
            f"{path}, column 'yrtrig': has crises of {first}-{last}, but years "
            f"{chosen[0]}:{chosen[1]} were asked for; choose years within, first one first"
        )
    return chosen


def _chosen(crises: pl.DataFrame, wanted: tuple[int, ...], years: tuple[int, int]) -> pl.DataFrame:
    """The crises wanted, if all of them are there."""
    if absent := [crisis for crisis in wanted if crisis not in crises["crisno"]]:
        raise DataError(
            f"crisis {absent[0]} is not among the crises of {years[0]}-{years[1]}; "
            "give the number that ICB has for it"
        )
    return crises.filter(pl.col("crisno").is_in(wanted)) if wanted else crises
