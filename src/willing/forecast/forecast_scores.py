"""Scores of probability forecasts: of who joins, of whole coalitions and of their size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.estimation.logit import fit_logit
from willing.later import special
from willing.numbers import Floats, Masks
from willing.structural.leader_sides import Sides

_TENTHS = 10
_RESAMPLES = 200
# No finite record proves an event impossible; a probability of 0 would make the score infinite.
LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model foresaw for leader sides it was not estimated from.

    Attributes
    ----------
    join
        Each candidate's probability of joining, shape (N,).
    set_log
        Log probability of the coalition built, shape (S,).
    size
        For each side the probabilities of its number of partners.
    likeliest
        Whether the coalition built was held the likeliest, shape (S,).
    """

    join: Floats
    set_log: Floats
    size: tuple[Floats, ...]
    likeliest: Masks


@dataclass(frozen=True)
class Scores:
    """How good predictions were; lower is better but for precision and exact, 1 for the last two.

    Attributes
    ----------
    brier
        Mean squared error of the probabilities of joining, times 1,000.
    log
        Mean negative log probability of what candidates did, times 1,000.
    coalition
        Mean negative log probability of the whole coalition, a side.
    size
        Ranked probability score of the number of partners, a side.
    build
        Brier score of whether any coalition forms, a side.
    precision
        Average precision: area under precision over recall of joiners.
    exact
        Share of the sides that built a coalition whose very coalition was held the likeliest.
    ratio
        Joins expected for each observed.
    slope
        Calibration slope: of a logit of joining on the log odds foretold; below 1 where forecasts
        were too sure.
    """

    brier: float
    log: float
    coalition: float
    size: float
    build: float
    precision: float
    exact: float
    ratio: float
    slope: float


def independent(join: Floats, sides: Sides) -> Predictions:
    """Make predictions of coalitions from probabilities with which candidates join independently.

    Parameters
    ----------
    join
        Probabilities of joining, shape (N,).
    sides
        What happened.
    """
    join = np.clip(join, LEAST, 1.0 - LEAST)
    own = np.log(np.where(sides.joined, join, 1.0 - join))
    wrong = (join > 0.5) != sides.joined
    return Predictions(
        join=join,
        set_log=np.bincount(sides.owner, weights=own, minlength=sides.count).astype(float),
        size=tuple(sum_of_indicators(join[sides.rows(s)]) for s in range(sides.count)),
        likeliest=np.bincount(sides.owner[wrong], minlength=sides.count) == 0,
    )


def sum_of_indicators(chance: Floats) -> Floats:
    """Give the distribution of a sum of independent indicators, shape (n + 1,)."""
    size = np.ones(1)
    for p in chance:
        size = np.convolve(size, [1.0 - p, p])
    return size


def score(predictions: Predictions, sides: Sides) -> Scores:
    """Score predictions against what happened."""
    y = sides.joined.astype(float)
    join = np.clip(predictions.join, LEAST, 1.0 - LEAST)
    built = sides.sizes > 0
    nobody = np.array([size[0] for size in predictions.size])
    own = np.where(sides.joined, join, 1.0 - join)
    return Scores(
        brier=1000 * float(np.mean((join - y) ** 2)),
        log=-1000 * float(np.mean(np.log(own))),
        coalition=-float(np.mean(predictions.set_log)),
        size=float(
            np.mean([ranked(p, k) for p, k in zip(predictions.size, sides.sizes, strict=True)])
        ),
        build=float(np.mean((1.0 - nobody - built) ** 2)),
        precision=average_precision(join, sides.joined),
        exact=float(predictions.likeliest[built].mean()),
        ratio=float(join.sum() / max(y.sum(), 1.0)),
        slope=calibration_slope(join, sides.joined),
    )


def calibration_slope(chance: Floats, happened: Masks) -> float:
    """Give the slope of a logit of events on the log odds foretold; missing if those are equal.

    References
    ----------
    Cox, D. R. 1958. Two further applications of a model for binary regression. Biometrika 45(3-4):
    562-565.
    """
    odds = special.logit(np.clip(chance, LEAST, 1.0 - LEAST))
    if np.ptp(odds) < LEAST or not 0 < happened.sum() < len(happened):
        return float("nan")
    X = np.column_stack([np.ones_like(odds), odds])
    try:
        fit = fit_logit(X, happened.astype(float), np.ones(len(odds)), ridge=0.0)
    except EstimationError:
        return float("nan")
    return float(fit.coefficients[1])


def ranked(probability: Floats, outcome: int) -> float:
    """Give the ranked probability score: squared error of the distribution function, summed.

    References
    ----------
    Epstein, E. S. 1969. A Scoring System for Probability Forecasts of Ranked Categories. Journal
    of Applied Meteorology 8(6): 985-987.
    """
    reached = np.arange(len(probability)) >= outcome
    return float(np.sum((np.cumsum(probability) - reached) ** 2))


def average_precision(chance: Floats, happened: Masks) -> float:
    """Give the mean precision at the rank of each event; equal chances share a rank."""
    if not happened.any():
        return float("nan")
    values, where = np.unique(-chance, return_inverse=True)
    of_value = np.bincount(where, minlength=len(values))
    events = np.bincount(where, weights=happened, minlength=len(values))
    precision = np.cumsum(events) / np.cumsum(of_value)
    return float(events @ precision / events.sum())


def difference(one: Predictions, other: Predictions, sides: Sides) -> tuple[float, float]:
    """Give how much more log probability a side `one` gave the coalitions than `other` did.

    Returns
    -------
    tuple of float
        The mean over sides, and its standard error with sides of one crisis as one cluster.
    """
    gain = one.set_log - other.set_log
    mean = float(gain.mean())
    by_crisis = np.bincount(sides.cluster, weights=gain - mean)
    return mean, float(np.sqrt(by_crisis @ by_crisis)) / sides.count


def calibration(predictions: Predictions, sides: Sides, *, seed: int = 1) -> pl.DataFrame:
    """Compare expected with observed joins in parts that each hold a tenth of the expected ones.

    Returns
    -------
    polars.DataFrame
        ``tenth``, ``candidates``, ``expected`` and ``observed`` rates of joining, and ``low`` and
        ``high``, the 95 % band of the observed rate over crises drawn with replacement.
    """
    join, y = predictions.join, sides.joined.astype(float)
    order = np.argsort(join, kind="stable")
    filled = np.cumsum(join[order])
    part = np.empty(len(join), dtype=np.int64)
    part[order] = np.minimum((filled / filled[-1] * _TENTHS).astype(int), _TENTHS - 1)
    cluster = sides.cluster[sides.owner]
    crises = int(sides.cluster.max()) + 1
    cells = part * crises + cluster
    many, joins = (
        np.bincount(cells, weights=w, minlength=_TENTHS * crises).reshape(_TENTHS, crises)
        for w in (np.ones_like(y), y)
    )
    times = np.random.default_rng(seed).multinomial(
        crises, np.full(crises, 1 / crises), size=_RESAMPLES
    )
    drawn_joins, drawn_many = joins @ times.T, many @ times.T
    rates = np.divide(
        drawn_joins, drawn_many, out=np.full_like(drawn_many, np.nan), where=drawn_many > 0
    )
    low, high = np.nanquantile(rates, [0.025, 0.975], axis=1)
    return pl.DataFrame(
        {
            "tenth": np.arange(1, _TENTHS + 1),
            "candidates": many.sum(axis=1).astype(int),
            "expected": np.bincount(part, weights=join, minlength=_TENTHS) / many.sum(axis=1),
            "observed": joins.sum(axis=1) / many.sum(axis=1),
            "low": low,
            "high": high,
        }
    )
