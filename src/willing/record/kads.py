"""Coalitions as k-ads: every one observed, and a sample of those that did not come about.

A coalition is an event of k states at once, and cutting it into dyads biases what is learnt from it
(Poast 2010, (Mis)Using Dyadic Data to Analyze Multilateral Events, Political Analysis 18(4):
403-425). All possible k-ads are too many, so that events are kept and non-events sampled, with
weights that undo the sampling (King and Zeng 2001, Logistic Regression in Rare Events Data,
Political Analysis 9(2): 137-163).
"""

from __future__ import annotations

from math import comb

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.errors import DataError
from willing.sources.keys import look_up

PER_COALITION = 5
Kad = tuple[int, tuple[int, ...]]


def sample_kads(
    triads: pl.DataFrame, *, per_coalition: int = PER_COALITION, seed: int = 0
) -> pl.DataFrame:
    """Take every observed coalition of each size, and sample others of that size.

    A k-ad is a leader on a side with k - 1 of her potential partners. Of each size k that occurs,
    `per_coalition` k-ads are drawn for every one observed, all k-ads of all sides being equally
    likely; fewer if there are no more.

    Parameters
    ----------
    triads
        Triads of one leader a side, with ``side``, ``partner`` and ``join``.
    per_coalition
        How many non-coalitions to draw for each coalition.
    seed
        Seed of the random numbers.

    Returns
    -------
    polars.DataFrame
        One row a (k-ad, partner): ``kad`` (number), ``side``, ``partner``, ``k``, ``observed``
        (0/1) and ``weight``: 1 for a coalition; for the others, how many unobserved k-ads of that
        size one drawn stands for.

    Raises
    ------
    DataError
        If `per_coalition` is negative.
    """
    if per_coalition < 0:
        raise DataError(f"per_coalition={per_coalition}; it is a number of k-ads, 0 or more")
    rng = np.random.default_rng(seed)
    sides = triads.group_by("side", maintain_order=True).agg(
        "partner", joined=pl.col("partner").filter(pl.col("join") == 1)
    )
    pools = [np.array(pool, dtype=np.int64) for pool in sides["partner"]]
    seen = [np.flatnonzero(np.isin(p, j)) for p, j in zip(pools, sides["joined"], strict=True)]
    rows: list[tuple[int, str, int, int, int, float]] = []
    number = 0
    for size in sorted({len(chosen) for chosen in seen} - {0}):
        events = {
            (side, tuple(int(place) for place in chosen))
            for side, chosen in enumerate(seen)
            if len(chosen) == size
        }
        possible = [comb(len(pool), size) for pool in pools]
        left = sum(possible) - len(events)
        drawn = _draw(pools, size, events, min(per_coalition * len(events), left), rng)
        for kads, observed, weight in (
            (sorted(events), 1, 1.0),
            (drawn, 0, left / max(len(drawn), 1)),
        ):
            for side, chosen in kads:
                number += 1
                name = sides["side"][side]
                rows += [
                    (number, name, int(pools[side][place]), size + 1, observed, weight)
                    for place in chosen
                ]
    schema = {
        "kad": pl.Int64,
        "side": pl.String,
        "partner": pl.Int64,
        "k": pl.Int64,
        "observed": pl.Int8,
        "weight": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def describe_kads(members: pl.DataFrame, triads: pl.DataFrame) -> pl.DataFrame:
    """Describe each k-ad by its leader and by what its partners are together.

    Parameters
    ----------
    members
        What `sample_kads` gave.
    triads
        The triads they were drawn from: one leader a side, with their covariates.

    Returns
    -------
    polars.DataFrame
        One row a k-ad: ``kad``, ``side``, crisis, leader, target, ``k``, ``observed``,
        ``weight``, ``partners`` (their COW codes), what is known of L and T, and over the
        partners: ``cinc_kad`` (capabilities of leader and partners together), ``difLP_mean``,
        ``difLP_max``, ``difTP_mean``, ``LPdist_mean``, ``allies_share`` and ``dem_share``. A value
        over the partners is missing where that of any of them is.
    """
    leader = ["leader", "target", "cinc_ell", "cinc_tee", "demL", "Lmaj", "LTdist", "unsupport"]
    shared = ["crisno", "crisname", "year", "start", *leader, "pcw", "Lobsid", "insecurity_leader"]
    together = look_up(members, triads, ["side", "partner"])
    return (
        together.group_by("kad", maintain_order=True)
        .agg(
            pl.col("side", *shared, "k", "observed", "weight").first(),
            partners=pl.col("partner").cast(pl.String).str.join(" "),
            cinc_kad=pl.col("cinc_ell").first() + _whole("cinc_pee").sum(),
            difLP_mean=_whole("difLPv").mean(),
            difLP_max=_whole("difLPv").max(),
            difTP_mean=_whole("difTPv").mean(),
            LPdist_mean=_whole("LPdist").mean(),
            allies_share=_whole("LPallies").mean(),
            dem_share=_whole("demP").mean(),
        )
        .sort("kad")
    )


def _whole(column: str) -> pl.Expr:
    """A column as numbers, all of them missing if one is."""
    return pl.when(pl.col(column).null_count() == 0).then(pl.col(column).cast(pl.Float64))


def _draw(
    pools: list[NDArray[np.int64]],
    size: int,
    events: set[Kad],
    wanted: int,
    rng: np.random.Generator,
) -> list[Kad]:
    """Draw k-ads other than those observed, each at most once, all equally likely."""
    counts = np.array([float(comb(len(pool), size)) for pool in pools])
    chances = counts / counts.sum()
    drawn: set[Kad] = set()
    while len(drawn) < wanted:
        side = int(rng.choice(len(pools), p=chances))
        chosen = np.sort(rng.choice(len(pools[side]), size, replace=False))
        kad = (side, tuple(int(place) for place in chosen))
        if kad not in events:
            drawn.add(kad)
    return sorted(drawn)
