"""Build the record from the published files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.record.attrition import count_attrition
from willing.record.covariates import state_year_covariates
from willing.record.joins import (
    KEY,
    Coding,
    CodingName,
    dispute_coding,
    hewitt_coding,
    icb_coding,
    link_disputes,
)
from willing.record.manifest import take_inputs
from willing.record.profile import add_dyads, add_insecurity, add_states, add_un_support
from willing.record.readers.icb import read_actors, read_crises, read_dyads
from willing.record.readers.mid import MidSource, read_disputes
from willing.record.readers.system import read_state_system
from willing.record.sides import leaders_of_sides, side_members, summarise_sides
from willing.record.sources import SOURCES
from willing.record.store import Record, write_record
from willing.record.triads import build_triads
from willing.security.scores import survival_of_leaders

FIRST_YEAR = 1946
# The published files that a record is made from.
INPUTS = (
    "icb_crises",
    "icb_actors",
    "icb_dyads",
    "gml_participants",
    "mid_participants",
    "state_system",
    "majors",
    "capitals",
    "contiguity",
    "capabilities",
    "ideal_points",
    "un_votes",
    "atop",
    "democracy",
    "polity",
    "gdp",
    "trade",
    "archigos",
    "lead",
    "chisols",
    "reign_elections",
    "reign_regimes",
    "wars_intrastate",
)


def build_record(
    raw: str | Path, out: str | Path, *, years: tuple[int, int] | None = None
) -> Record:
    """Build the record from the published files and write it.

    Parameters
    ----------
    raw
        The folder of published files, laid out as `willing.record.sources.SOURCES` says.
    out
        The folder to write to.
    years
        First and last year of the crises; from 1946 to the last year of ICB's file by default.

    Returns
    -------
    Record
        What was written. The same files give the same bytes.

    Raises
    ------
    DataError
        If a file is missing or not as published, or `years` are outside ICB's coverage. Nothing
        is written then.
    """
    raw = Path(raw)
    if not raw.is_dir():
        raise DataError(f"{raw} is not a folder; give the one that holds the published files")
    found = read_crises(raw)
    years = _covered(found, years, SOURCES["icb_crises"].path(raw))
    frames = build_frames(raw, found, years)
    return write_record(frames, out, years=years, inputs=take_inputs(raw, INPUTS))


def build_frames(raw: Path, found: pl.DataFrame, years: tuple[int, int]) -> dict[str, pl.DataFrame]:
    """Build the frames of the record.

    Parameters
    ----------
    raw
        The folder of published files.
    found
        What `willing.record.readers.icb.read_crises` gave.
    years
        First and last year of the crises wanted.

    Returns
    -------
    dict of str to polars.DataFrame
        The frames of `willing.record.store.Record` by name.
    """
    crises = found.filter(pl.col("year").is_between(*years))
    layout = lay_out(raw, crises)
    survival = survival_of_leaders(raw)
    triads = add_states(layout.triads, layout.states)
    triads = add_un_support(add_dyads(triads, raw), layout.actors)
    triads = add_insecurity(triads, survival)
    return {
        "crises": crises,
        "sides": layout.sides,
        "members": layout.members,
        "triads": triads,
        "leaders": survival.leaders_table(),
        "states": layout.system,
        "attrition": count_attrition(found, crises, layout.sides, triads),
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
    codings, gml_until = _code(raw, crises, actors)
    members = side_members(codings, actors, crises, states, system=system, gml_until=gml_until)
    leaders = leaders_of_sides(members)
    sides = summarise_sides(members, leaders, crises, codings)
    triads = build_triads(sides, leaders, members, system)
    return Layout(system, actors, states, members, sides, triads)


def _code(
    raw: Path, crises: pl.DataFrame, actors: pl.DataFrame
) -> tuple[dict[CodingName, Coding], int]:
    """The four codings, and the last year in which a dispute of GML's file began."""
    icb = icb_coding(actors)
    hewitt = hewitt_coding(read_dyads(raw, crises), actors, icb.speaks)
    opponents = pl.concat([icb.named, hewitt.named]).select(KEY).unique()
    codings: dict[CodingName, Coding] = {"icb": icb, "hewitt": hewitt}
    until: dict[MidSource, int] = {}
    for source in ("gml", "mid"):
        disputes = read_disputes(raw, source)
        until[source] = disputes.select(pl.col("since").dt.year().max()).item()
        covered = crises.filter(pl.col("year") <= until[source])
        links = link_disputes(disputes, opponents, covered)
        codings[source] = dispute_coding(disputes, links, covered, actors, opponents)
    return codings, until["gml"]


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
