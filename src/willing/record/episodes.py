"""Coalitions against rebels: who sent troops to help a government, and who might have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from willing.errors import DataError
from willing.manner import Result
from willing.record.covariates import dyad_year_covariates, state_year_covariates
from willing.record.triad_covariates import COLD_WAR_ENDED
from willing.sources.armed_conflict import read_foreign_support
from willing.sources.keys import look_up
from willing.sources.states import to_cow

# Troops that come back within two years belong to the same episode.
LONGEST_GAP = 2
# From when the file lists the contributors to a UN mission that was told to fight with the
# government: MINUSMA in Mali, MINUSCA in the Central African Republic, and the intervention brigade
# of MONUSCO in the Democratic Republic of the Congo.
UN_MISSIONS = {432: 2013, 482: 2014, 490: 2013}

EPISODE_COLUMNS = (
    "episode",
    "conflict",
    "rebels",
    "host",
    "place",
    "year",
    "last_year",
    "start",
    "strongest_state",
    "n_partners",
    "un_mission",
)


@dataclass(frozen=True, repr=False)
class Episode(Result):
    """One episode with the states that had troops there in its first year.

    Attributes
    ----------
    facts
        The row of `Record.episodes`.
    host, strongest
        Names of the government helped and of the strongest state present.
    partners
        Names of the states with troops there, in the order of their codes.
    """

    facts: Mapping[str, Any]
    host: str
    strongest: str
    partners: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        names = {"host_name": self.host, "strongest_name": self.strongest}
        return {**self.facts, **names, "partners": list(self.partners)}

    def __str__(self) -> str:
        facts = self.facts
        un = " (contributors to a mission of the United Nations)" if facts["un_mission"] else ""
        return (
            f"Episode {facts['episode']}: {self.host} against {facts['rebels']}, foreign troops "
            f"{facts['year']}-{facts['last_year']}\n"
            f"  strongest state present: {self.strongest}\n"
            f"  {facts['n_partners']} states in {facts['year']}{un}: {', '.join(self.partners)}"
        )


def look_up_episode(
    episodes: pl.DataFrame, partners: pl.DataFrame, states: pl.DataFrame, name: str
) -> Episode:
    """Give one episode of the record.

    Parameters
    ----------
    episodes, partners, states
        The frames `episodes`, `episode_partners` and `states` of the record.
    name
        Its name, as ``259-2014``.

    Raises
    ------
    DataError
        If there is no such episode; those of the conflict are given.
    """
    found = episodes.filter(pl.col("episode") == name)
    if found.is_empty():
        near = episodes.filter(pl.col("episode").str.starts_with(name.split("-")[0] + "-"))
        hint = f"; of that conflict: {', '.join(near['episode'])}" if near.height else ""
        raise DataError(f"no episode '{name}'{hint}. `willing data export` lists all")
    called = dict(states.unique("ccode", keep="last").select("ccode", "name").iter_rows())
    there = partners.filter(pl.col("episode") == name, pl.col("host_leads"), pl.col("join") == 1)
    facts = found.row(0, named=True)
    return Episode(
        facts,
        called[facts["host"]],
        called[facts["strongest_state"]],
        tuple(called[code] for code in there["partner"]),
    )


def find_episodes(raw: Path, system: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the episodes in which foreign troops helped a government against rebels.

    An episode is a run of years of one conflict with foreign troops on the government's side, with
    gaps of `LONGEST_GAP` years at most from one to the next.

    Parameters
    ----------
    raw
        The folder of published files.
    system
        The state system, as `willing.sources.states.state_system` gives it.

    Returns
    -------
    episodes : polars.DataFrame
        One row an episode, with `EPISODE_COLUMNS`: ``episode`` (``conflict-year``), ``rebels``,
        ``host`` (the government helped), ``place`` (the country fought in), ``year`` and
        ``last_year``, ``start`` (the day the fighting began, 1 January where it is older than the
        foreign troops), ``strongest_state`` (by CINC, of host and partners), ``n_partners`` (of
        the first year) and ``un_mission``.
    partners : polars.DataFrame
        One row a (episode, state) with troops there in the first year: ``episode``, ``partner``.
    """
    rows = read_foreign_support(raw)
    gap = pl.col("year") - pl.col("year").shift(1).over("conflict")
    begins = (gap > LONGEST_GAP).fill_null(True)
    rows = rows.with_columns(run=begins.cast(pl.Int64).cum_sum())
    first = rows.group_by("run", maintain_order=True).agg(
        pl.col("conflict", "target", "host", "place", "since", "supporters", "year").first(),
        last_year=pl.col("year").max(),
    )
    first = first.with_columns(
        episode=pl.format("{}-{}", "conflict", "year"),
        start=pl.max_horizontal("since", pl.date(pl.col("year"), 1, 1)),
    )
    for name in ("host", "place"):
        first = to_cow(first, code=name, when="year", name=name)
    listed = first.select("episode", "year", gw="supporters").explode("gw")
    partners = to_cow(listed, code="gw", when="year", name="partner")
    partners = partners.select("episode", "year", "partner").unique(maintain_order=True)
    present = pl.concat(
        [partners, first.select("episode", "year", partner="host")], how="vertical"
    ).rename({"partner": "ccode"})
    keys = present.select("ccode", "year").unique(maintain_order=True)
    strength = state_year_covariates(raw, keys).select("ccode", "year", "cinc")
    strongest = (
        look_up(present, strength, ["ccode", "year"])
        .sort("cinc", "ccode", nulls_last=True, descending=[True, False])
        .group_by("episode", maintain_order=True)
        .agg(strongest_state=pl.col("ccode").first())
    )
    un = pl.any_horizontal(
        (pl.col("place") == place) & (pl.col("year") >= since)
        for place, since in UN_MISSIONS.items()
    )
    counted = partners.group_by("episode").agg(n_partners=pl.len().cast(pl.Int64))
    episodes = look_up(look_up(first, strongest, ["episode"]), counted, ["episode"])
    episodes = episodes.with_columns(un_mission=un).rename({"target": "rebels"})
    return (
        episodes.sort("year", "conflict").select(EPISODE_COLUMNS),
        partners.select("episode", "partner"),
    )


def episode_partners(
    raw: Path,
    episodes: pl.DataFrame,
    partners: pl.DataFrame,
    system: pl.DataFrame,
) -> pl.DataFrame:
    """Pair both leaders of every episode with every state that might have sent troops.

    Parameters
    ----------
    raw
        The folder of published files.
    episodes, partners
        What `find_episodes` gave.
    system
        The state system, as `willing.sources.states.state_system` gives it.

    Returns
    -------
    polars.DataFrame
        One row an (episode, leader, partner): the leader is the host (``host_leads``), the
        strongest state present (``strongest_leads``), or both in one; partners are the members of
        the state system on the first day, leader and host excepted. ``join`` (it had troops there
        in the first year) and covariates as in the triads, measured before the first year, with
        distances to the place instead of a target, who is no state.
    """
    led = pl.concat(
        [
            episodes.select("episode", leader="host", host_leads=True, strongest_leads=False),
            episodes.select(
                "episode", leader="strongest_state", host_leads=False, strongest_leads=True
            ),
        ]
    )
    led = led.group_by("episode", "leader", maintain_order=True).agg(
        pl.col("host_leads", "strongest_leads").any()
    )
    known = episodes.select("episode", "year", "start", "host", "place", "un_mission")
    led = look_up(led, known, ["episode"])
    days = led.select("start").unique()
    # Many to many: every leader with every member of the system on the day.
    present = days.join_where(
        system.select(partner="ccode", since="start", until="end"),
        pl.col("since") <= pl.col("start"),
        pl.col("until").is_null() | (pl.col("until") >= pl.col("start")),
    ).select("start", "partner")
    rows = led.join(present, on="start", validate="m:m").filter(
        pl.col("partner") != pl.col("leader"), pl.col("partner") != pl.col("host")
    )
    joined = partners.with_columns(join=pl.lit(1, pl.Int8))
    rows = look_up(rows, joined, ["episode", "partner"])
    rows = rows.with_columns(pl.col("join").fill_null(0)).sort(
        "year", "episode", "leader", "partner"
    )
    rows = _add_pairs(_add_states(rows, raw), raw)
    return rows.select(
        "episode",
        "year",
        "start",
        "leader",
        "partner",
        "host_leads",
        "strongest_leads",
        "join",
        "un_mission",
        "cinc_ell",
        "demL",
        "cinc_pee",
        "gdppc_pee",
        "demP",
        "difLPv",
        "affLP",
        "LPallies",
        "LPdist",
        "host_ally",
        "place_km",
        "place_contig",
        pcw=(pl.col("year") >= COLD_WAR_ENDED).cast(pl.Int8),
    )


def _add_states(rows: pl.DataFrame, raw: Path) -> pl.DataFrame:
    """Add strength, income and regime of leader and partner."""
    keys = pl.concat([rows.select("year", ccode=role) for role in ("leader", "partner")])
    states = state_year_covariates(raw, keys.select("ccode", "year").unique(maintain_order=True))
    democracy = pl.col("democracy").cast(pl.Int8)
    leaders = states.select("year", leader="ccode", cinc_ell="cinc", demL=democracy)
    others = states.select(
        "year", "gdppc", partner="ccode", cinc_pee="cinc", demP=democracy
    ).rename({"gdppc": "gdppc_pee"})
    return look_up(look_up(rows, leaders, ["leader", "year"]), others, ["partner", "year"])


def _add_pairs(rows: pl.DataFrame, raw: Path) -> pl.DataFrame:
    """Add what is known of leader and partner, and of host, place and partner."""
    named: dict[str, dict[str, str]] = {
        "leader": {
            "ideal_distance": "difLPv",
            "affinity": "affLP",
            "allies": "LPallies",
            "distance_km": "LPdist",
        },
        "host": {"allies": "host_ally"},
        "place": {"distance_km": "place_km", "contiguous": "place_contig"},
    }
    low, high = "ccode1", "ccode2"
    pairs = {
        role: rows.select(
            pl.min_horizontal(role, "partner").alias(low),
            pl.max_horizontal(role, "partner").alias(high),
            "year",
        )
        for role in named
    }
    distinct = pl.concat(pairs.values()).unique(maintain_order=True)
    known = dyad_year_covariates(raw, distinct.filter(pl.col(low) != pl.col(high)))
    for role, names in named.items():
        found = look_up(pairs[role], known, [low, high, "year"])
        facts = ("allies", "contiguous")
        rows = rows.with_columns(
            (found[name].cast(pl.Int8) if name in facts else found[name]).alias(alias)
            for name, alias in names.items()
        )
    return rows
