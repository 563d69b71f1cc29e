"""Build the record from the published files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.record.attrition import count_attrition
from willing.record.choices import Choices
from willing.record.corrections import corrections
from willing.record.episodes import episode_partners, find_episodes
from willing.record.histories import add_histories, with_leads
from willing.record.layout import lay_out
from willing.record.leading import PICKED
from willing.record.manifest import check_inputs, take_inputs
from willing.record.measured import add_measures, leader_days
from willing.record.outcome import follow, override
from willing.record.pool import add_relevance, in_pool
from willing.record.state_payments import arms_deliveries, state_payments
from willing.record.store import Record
from willing.record.triad_covariates import add_dyads, add_states, add_un_support
from willing.record.wars import war_coalitions
from willing.record.writing import write_record
from willing.security.fates import leaders_fates
from willing.security.leader_scores import survival_of_leaders
from willing.sources.catalogue import INPUTS, SOURCES
from willing.sources.fetch import raw_folder
from willing.sources.icb import read_crises

FIRST_YEAR = 1946


def build_record(
    raw: str | Path | None,
    out: str | Path,
    *,
    years: tuple[int, int] | None = None,
    choices: Choices | None = None,
    accept_unknown: Collection[str] = (),
) -> Record:
    """Build the record from the published files and write it.

    Parameters
    ----------
    raw
        The folder of published files, laid out as `willing.sources.catalogue.SOURCES` says; the
        cache that `willing data fetch` fills by default.
    out
        The folder to write to.
    years
        First and last year of the crises; from 1946 to the last year of ICB's file by default.
    choices
        Coding of the outcome, leaders, candidate pool, crises and overrides; by default the
        recommended coding and all of the others.
    accept_unknown
        Keys of sources whose files are taken although they are shorter than every version known,
        or another source's.

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
    check_inputs(raw, INPUTS, accept_unknown)
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
        What `willing.sources.icb.read_crises` gave.
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
    layout = lay_out(raw, crises, corrections() if choices.corrections else ())
    survival = survival_of_leaders(raw, as_of=choices.last_fate)
    triads = add_states(layout.triads, layout.states)
    triads = add_un_support(add_dyads(triads, raw), layout.actors)
    triads = add_histories(triads, with_leads(layout.members, layout.sides), found, raw)
    triads = add_relevance(triads, layout.states)
    episodes, sent = find_episodes(raw, layout.system)
    helpers = episode_partners(raw, episodes, sent, layout.system)
    security = survival.on(leader_days([triads, helpers])).drop("tenure_days").drop_nulls("obsid")
    frames = {
        "crises": crises,
        "sides": layout.sides,
        "members": layout.members,
        "triads": triads,
        "leaders": survival.leaders_table(),
        "security": security,
        "outcomes": leaders_fates(raw, survival.files.spells),
        "states": layout.system,
        "wars": war_coalitions(raw, since=FIRST_YEAR),
        "payments": state_payments(raw, layout.system),
        "arms": arms_deliveries(raw),
        "episodes": episodes,
        "episode_partners": helpers,
    }
    frames = override(follow(frames, choices), choices.overrides)
    every = frames["triads"]
    pooled = in_pool(every, choices.pool)
    return {
        **frames,
        "triads": pooled if choices.leader == "every" else pooled.filter(PICKED[choices.leader]),
        "attrition": count_attrition(
            found,
            crises,
            frames["sides"],
            add_measures(every, frames["security"], measure=choices.measure),
            pooled=add_measures(pooled, frames["security"], measure=choices.measure),
            choices=choices,
        ),
    }


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
