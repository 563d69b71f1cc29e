"""Put the covariates of Wolford and Ritter's models on the triads, under their names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from willing.record.covariates import dyad_year_covariates
from willing.sources.geography import read_contiguity_spells
from willing.sources.keys import look_up

# First year counted as after the Cold War.
COLD_WAR_ENDED = 1990

# The names by role: what is known of each state, and of each pair of them.
STATES: dict[str, dict[str, str]] = {
    "leader": {
        "cinc": "cinc_ell",
        "milex": "milex_ell",
        "gdppc": "gdppc_ell",
        "democracy": "demL",
        "major": "Lmaj",
    },
    "target": {"cinc": "cinc_tee", "milex": "milex_tee", "gdppc": "gdppc_tee", "major": "Tmaj"},
    "partner": {
        "cinc": "cinc_pee",
        "milex": "milex_pee",
        "gdppc": "gdppc_pee",
        "democracy": "demP",
    },
}
DYADS: dict[tuple[str, str], dict[str, str]] = {
    ("leader", "partner"): {
        "ideal_distance": "difLPv",
        "affinity": "affLP",
        "allies": "LPallies",
        "distance_km": "LPdist",
        "contiguous": "LPcontig",
    },
    ("target", "partner"): {
        "ideal_distance": "difTPv",
        "affinity": "affTP",
        "allies": "PTallies",
        "distance_km": "PTdist",
        "contiguous": "PTcontig",
    },
    ("leader", "target"): {
        "distance_km": "LTdist",
        "allies": "LTallies",
        "contiguous": "LTcontig",
    },
}


def add_states(triads: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of leader, target and partner before the crisis (many to one).

    Parameters
    ----------
    triads
        What `willing.record.triads.build_triads` gave.
    states
        What `willing.record.covariates.state_year_covariates` gave.

    Returns
    -------
    polars.DataFrame
        `triads` with the columns of `STATES`; facts are 0/1.
    """
    for role, names in STATES.items():
        table = states.select(pl.col("ccode").alias(role), "year", *_renamed(names))
        triads = look_up(triads, table, [role, "year"])
    return triads


def add_dyads(triads: pl.DataFrame, raw: Path) -> pl.DataFrame:
    """Add what is known of the three pairs of states before the crisis (many to one).

    Parameters
    ----------
    triads
        What `willing.record.triads.build_triads` gave.
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        `triads` with the columns of `DYADS`; facts are 0/1. All are symmetric in the pair.
        Contiguity is that of the month in which the crisis began.
    """
    first, second = "ccode1", "ccode2"
    pairs = {
        roles: triads.select(
            pl.min_horizontal(roles).alias(first),
            pl.max_horizontal(roles).alias(second),
            "year",
            "start",
        )
        for roles in DYADS
    }
    every = pl.concat(pairs.values())
    known = dyad_year_covariates(
        raw, every.select(first, second, "year").unique(maintain_order=True)
    )
    close = _close_on(every.drop("year").unique(), read_contiguity_spells(raw))
    columns = [triads]
    for roles, names in DYADS.items():
        found = look_up(pairs[roles], known, [first, second, "year"])
        found = look_up(found, close, [first, second, "start"]).with_columns(
            contiguous=pl.when(pl.col("contiguous").is_not_null()).then(
                pl.col("close").fill_null(False)
            )
        )
        columns.append(found.select(_renamed(names)))
    return pl.concat(columns, how="horizontal")


def _close_on(pairs: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose territories came close on a day: ``ccode1``, ``ccode2``, ``start``, ``close``."""
    # Many to many: a pair has several crises and several relations.
    return (
        pairs.join(spells, on=["ccode1", "ccode2"], validate="m:m")
        .filter(pl.col("start").is_between("since", "until"))
        .select("ccode1", "ccode2", "start", close=pl.lit(True))
        .unique()
    )


def add_un_support(triads: pl.DataFrame, actors: pl.DataFrame) -> pl.DataFrame:
    """Add `unsupport` (the United Nations took L's side) and `pcw` (after the Cold War).

    ICB tells whether the organisation did anything in a crisis and how each crisis actor looked
    on that. It took L's side if it acted and L looked on that with favour while T, if a crisis
    actor, did not. It did not if it never acted, if L did not favour what it did, or if T did; the
    value is missing otherwise, where ICB does not know L's view, as of a leader that is no crisis
    actor.

    Parameters
    ----------
    triads
        Frame with ``crisno``, ``leader``, ``target`` and ``year``.
    actors
        What `willing.sources.icb.read_actors` gave.

    Returns
    -------
    polars.DataFrame
        `triads` with ``unsupport`` and ``pcw`` (0/1).
    """
    views = actors.group_by("crisno", "ccode").agg(
        pl.col("un_active").any(ignore_nulls=False),
        favours=(pl.col("un_view") == "favourable").any(),
        unknown=pl.col("un_view").is_null().all(),
    )
    crises = actors.group_by("crisno").agg(
        crisis_active=pl.col("un_active").any(ignore_nulls=False)
    )
    leaders = views.rename({"ccode": "leader"})
    targets = views.select("crisno", pl.col("ccode").alias("target"), target_favours="favours")
    known = look_up(look_up(triads, leaders, ["crisno", "leader"]), targets, ["crisno", "target"])
    known = look_up(known, crises, ["crisno"])
    for_target = pl.col("target_favours").fill_null(False)
    one_sided = pl.col("favours").fill_null(False) & ~for_target
    active = pl.coalesce("un_active", "crisis_active")
    unknown = pl.col("unknown").fill_null(True) & ~for_target
    not_known = active.is_null() | (active & unknown)
    support = pl.when(~not_known).then((active & one_sided).cast(pl.Int8))
    return triads.with_columns(
        known.select(support.alias("unsupport")).to_series(),
        pcw=(pl.col("year") >= COLD_WAR_ENDED).cast(pl.Int8),
    )


def _renamed(names: dict[str, str]) -> Iterable[pl.Expr]:
    """The columns under their names in the models, facts as 0/1."""
    facts = ("democracy", "major", "allies", "contiguous")
    for name, alias in names.items():
        yield (pl.col(name).cast(pl.Int8) if name in facts else pl.col(name)).alias(alias)
