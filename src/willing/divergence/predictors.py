"""What tells of a state's ideal point in a year in which it did not vote.

Every value of a state-year comes from others: it is never made from the state's own ideal points.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from willing.divergence.portfolios import Portfolios, kappa_scores, portfolios_by_year, s_scores
from willing.numbers import Floats
from willing.sources.alliances import read_alliances
from willing.sources.capabilities import read_capabilities
from willing.sources.economy import read_income
from willing.sources.geography import read_contiguity
from willing.sources.keys import look_up
from willing.sources.regime import read_regimes

STATE_YEAR = ("ccode", "year")
# States that stand for the blocs, regions and rifts of the Assembly; all but three vote throughout.
ANCHORS = {
    "usa": 2,
    "cuba": 40,
    "brazil": 140,
    "britain": 200,
    "france": 220,
    "poland": 290,
    "yugoslavia": 345,
    "russia": 365,
    "south_africa": 560,
    "egypt": 651,
    "israel": 666,
    "china": 710,
    "india": 750,
}
# Alike states: the nearest so many by S, weighted by exp(S / the scale).
NEAREST, SCALE = 15, 0.05
# Acts of the same or the opposite side within so many years tell of preferences.
ACTS_WITHIN = 5
# A gap in a neighbour's own series is bridged in a straight line up to so many years; longer ones
# are the absences that are to be filled in.
BRIDGED = 3


def predictors(
    raw: Path, members: pl.DataFrame, points: pl.DataFrame, acts: pl.DataFrame
) -> pl.DataFrame:
    """Give the predictors of every state-year.

    Parameters
    ----------
    raw
        The folder of published files.
    members
        ``ccode`` and ``year`` of the members of the system, each once.
    points
        What `willing.sources.unga.read_ideal_points` gives.
    acts
        ``year``, ``ccode``, ``other`` and ``with``: the two acted in a crisis on the same side
        (true) or on opposite ones. Whoever uses the completed points to explain who joined must
        have the joining among the predictors, or its tie to divergence is pulled towards zero.

    Returns
    -------
    polars.DataFrame
        `members` and a column a predictor: similarity to each of `ANCHORS`; mean ideal points of
        allies, of states with alike portfolios, of neighbours, of the region, of states on the
        same and on the opposite side; region; regime, income, population, capabilities; year.
    """
    known = _bridged(points, members)
    frame = _add_states(raw, members)
    neighbours = read_contiguity(raw).filter(pl.col("contiguity") == 1)
    frame = look_up(frame, _of_alliances(raw, members, known), STATE_YEAR)
    for name, pairs in (
        ("near", neighbours.select("ccode1", "ccode2", "year")),
        ("with", _around(acts.filter("with"))),
        ("against", _around(acts.filter(~pl.col("with")))),
    ):
        frame = look_up(frame, _mean_of_others(pairs, known, name), STATE_YEAR)
    region = pl.col("ccode") // 100
    others = known.with_columns(region=region)
    sums = others.group_by("region", "year").agg(total=pl.col("ideal_point").sum(), number=pl.len())
    frame = look_up(frame.with_columns(region=region), sums, ["region", "year"])
    own = look_up(frame.select(STATE_YEAR), known, STATE_YEAR)["ideal_point"]
    voted = own.is_not_null()
    rest = pl.col("number") - voted.cast(pl.Int64)
    return frame.with_columns(
        region_mean=pl.when(rest > 0).then((pl.col("total") - own.fill_null(0)) / rest)
    ).drop("total", "number")


def _bridged(points: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Ideal points of members, short gaps such as the session of 1964 bridged."""
    grid = look_up(members.sort(STATE_YEAR), points, STATE_YEAR)
    year = pl.col("year")
    at = pl.when(pl.col("ideal_point").is_not_null()).then(year)
    return (
        grid.with_columns(
            straight=pl.col("ideal_point").interpolate_by("year").over("ccode"),
            first=pl.col("ideal_point").fill_null(strategy="backward").over("ccode"),
            since=year - at.fill_null(strategy="forward").over("ccode"),
            until=at.fill_null(strategy="backward").over("ccode") - year,
        )
        .with_columns(
            ideal_point=pl.when(pl.col("since") + pl.col("until") <= BRIDGED)
            .then("straight")
            # A state that voted from its second year on counts in its first.
            .when(pl.col("since").is_null() & (pl.col("until") <= BRIDGED - 1))
            .then("first")
            .otherwise("ideal_point")
        )
        .select(*STATE_YEAR, "ideal_point")
        .drop_nulls()
    )


def _add_states(raw: Path, members: pl.DataFrame) -> pl.DataFrame:
    """Add regime, income, population and capabilities."""
    frame = members.select(STATE_YEAR)
    for table in (
        read_regimes(raw).select(*STATE_YEAR, "polity2", "v2x_polyarchy", "euds"),
        read_income(raw).select(*STATE_YEAR, pl.col("gdppc", "gdp").log()),
        read_capabilities(raw).select(
            *STATE_YEAR, (pl.col("tpop") + 1).log(), cinc=(pl.col("cinc") + 1e-6).log()
        ),
    ):
        frame = look_up(frame, table, STATE_YEAR)
    return frame


def _of_alliances(raw: Path, members: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Similarity to the anchors, and ideal points of allies and of alike states."""
    points = {int(str(year)): part for (year,), part in known.group_by("year")}
    parts = []
    for year, portfolios in portfolios_by_year(read_alliances(raw), members):
        if year not in points or not len(portfolios.states):
            continue
        own = look_up(pl.DataFrame({"ccode": portfolios.states}), points[year], ["ccode"])
        parts.append(
            _of_year(portfolios, own["ideal_point"].to_numpy()).insert_column(
                1, pl.Series("year", [year] * len(portfolios.states), dtype=pl.Int64)
            )
        )
    return pl.concat(parts)


def _of_year(portfolios: Portfolios, points: Floats) -> pl.DataFrame:
    levels = portfolios.levels
    alike, kappa = s_scores(levels), kappa_scores(levels)
    voted = np.isfinite(points)
    x = np.where(voted, points, 0.0)
    apart = ~np.eye(len(x), dtype=bool) & voted[None, :]

    def mean(weights: Floats) -> Floats:
        weights = np.where(apart, weights, 0.0)
        total = weights.sum(axis=1)
        return np.asarray(
            np.divide(weights @ x, total, out=np.full(len(x), np.nan), where=total > 0)
        )

    near = np.where(apart, alike, -np.inf)
    least = np.sort(near, axis=1)[:, -NEAREST][:, None] if len(x) > NEAREST else -1.0
    weights = np.where(near >= least, np.exp((alike - 1) / SCALE), 0.0)
    columns = {
        "ccode": portfolios.states,
        "allies": mean((levels == 3).astype(float)),
        "pacts": mean(((levels > 0) & (levels < 3)).astype(float)),
        "alike": mean(weights),
        "number_allied": ((levels == 3).sum(axis=1) - 1).astype(float),
    }
    for name, code in ANCHORS.items():
        at = np.flatnonzero(portfolios.states == code)
        for kind, score in (("s", alike), ("kappa", kappa)):
            column = score[:, at[0]] if len(at) else np.full(len(x), np.nan)
            # A state is no measure of itself.
            columns[f"{kind}_{name}"] = np.where(portfolios.states == code, np.nan, column)
    return pl.DataFrame(columns, nan_to_null=True)


def _around(acts: pl.DataFrame) -> pl.DataFrame:
    """Pairs that acted within some years of a year."""
    years = pl.int_ranges(pl.col("year") - ACTS_WITHIN, pl.col("year") + ACTS_WITHIN + 1)
    return (
        acts.select(ccode1="ccode", ccode2="other", year=years).explode("year").drop_nulls("year")
    )


def _mean_of_others(pairs: pl.DataFrame, known: pl.DataFrame, name: str) -> pl.DataFrame:
    """Mean ideal point of the second states of pairs."""
    other = known.rename({"ccode": "ccode2"})
    return (
        look_up(pairs, other, ["ccode2", "year"])
        .group_by(pl.col("ccode1").alias("ccode"), "year")
        .agg(pl.col("ideal_point").mean().alias(name))
    )


def crisis_acts(triads: pl.DataFrame) -> pl.DataFrame:
    """List the acts that tell of preferences, for the imputation of ideal points.

    Parameters
    ----------
    triads
        The record's triads.

    Returns
    -------
    polars.DataFrame
        ``year``, ``ccode``, ``other`` and ``with``: leader and partner that joined her acted with
        each other, and both against the target; every pair in both directions.
    """
    joined = triads.filter(pl.col("join") == 1)
    pairs = (("leader", "partner", True), ("leader", "target", False), ("partner", "target", False))
    parts = [
        joined.select(
            pl.col("year").cast(pl.Int64),
            ccode=pl.col(a).cast(pl.Int64),
            other=pl.col(b).cast(pl.Int64),
            **{"with": pl.lit(same)},
        )
        for first, second, same in pairs
        for a, b in ((first, second), (second, first))
    ]
    return pl.concat(parts).unique(maintain_order=True)
