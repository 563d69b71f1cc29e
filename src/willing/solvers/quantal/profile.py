"""Which final strengths matter, by a mean-field bound on the weight of the coalitions there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.weights import Weights

# Coalitions that together weigh less than this, in logs, are left out.
NEGLIGIBLE = 28.0
_GRID = 33
_NEWTON_STEPS = 60
_STEP, _NEAR = 1e-6, 1e-9


@njit(cache=True, nogil=True)
def mean_field(strength: Floats, cost: Floats, x: Floats, slope: Floats) -> Floats:
    """Find tilts at which independent partners reach about the strengths asked for.

    They join with log odds :math:`\\theta m_i - w_i`. The sum of the weights of coalitions of
    strength `x` is at most :math:`\\prod_i (1 + e^{\\theta m_i - w_i}) e^{-\\theta x}` for every
    :math:`\\theta`; those given bring its log to within about one half of its least value.

    Parameters
    ----------
    strength
        :math:`m_i`, shape (n,).
    cost
        :math:`w_i` at each strength, shape (points, n).
    x
        Strengths beyond the leader's, shape (points,).
    slope
        Tilts that are kept where they are good enough, shape (points,).
    """
    tilt, total = slope.copy(), strength.sum()
    for g in range(x.shape[0]):
        low, high, theta = -np.inf, np.inf, slope[g]
        step = 1.0 / total
        for _ in range(_NEWTON_STEPS):
            mean, spread = -x[g], 0.0
            for i in range(strength.shape[0]):
                q = 1.0 / (1.0 + np.exp(min(cost[g, i] - theta * strength[i], 700.0)))
                mean += q * strength[i]
                spread += q * (1.0 - q) * strength[i] ** 2
            # Some strengths, as that of all together, are reached in the limit only.
            if mean * mean <= spread + (_NEAR * total) ** 2:
                break
            if mean > 0.0:
                high = theta
            else:
                low = theta
            move = -mean / spread if spread > 0.0 else -mean * np.inf
            if np.isfinite(low) and np.isfinite(high):
                theta = theta + move if low < theta + move < high else (low + high) / 2.0
            else:
                theta += min(max(move, -step), step)
                step *= 4.0
        tilt[g] = theta
    return tilt


@njit(cache=True, nogil=True)
def independent(odds: Floats) -> tuple[Floats, Floats]:
    """Give the chances, shape (points, n), that belong to log odds, and their log sums, (points,).

    The log sum is :math:`\\sum_i \\log(1 + e^{odds_i})`.
    """
    chance, log_sum = np.empty_like(odds), np.zeros(odds.shape[0])
    for g in range(odds.shape[0]):
        product = 1.0
        for i in range(odds.shape[1]):
            small = np.exp(-abs(odds[g, i]))
            chance[g, i] = (1.0 if odds[g, i] > 0.0 else small) / (1.0 + small)
            log_sum[g] += max(odds[g, i], 0.0)
            product *= 1.0 + small
            if product > 1e200:
                log_sum[g] += np.log(product)
                product = 1.0
        log_sum[g] += np.log(product)
    return chance, log_sum


@dataclass(frozen=True, eq=False)
class Profile:
    """What coalitions of each final strength weigh.

    Attributes
    ----------
    x
        Strengths beyond the leader's, increasing, shape (points,).
    tilt
        :math:`\\theta` at which independent partners are expected to have this strength, (points,).
    bound
        Bound on the log weight of the coalitions of this strength, shape (points,).
    typical
        Estimate of what coalitions near this strength weigh: the expected log weight of the
        independent partners' coalition plus its entropy, shape (points,). Far below the bound
        where strong partners who may or may not join leave strengths between that nobody reaches.
    chance
        Join probabilities of these independent partners, shape (points, free).
    spent
        :math:`\\sum_i q_i w_i` of these, shape (points,).
    floor
        Log weight of one coalition, which :math:`\\log Z` cannot fall below.
    reference
        Estimate of :math:`\\log Z`.
    low, high
        The range that matters.
    """

    x: Floats
    tilt: Floats
    bound: Floats
    typical: Floats
    chance: Floats
    spent: Floats
    floor: float
    reference: float
    low: float
    high: float


def profile_strengths(weights: Weights, reference: float | None = None) -> Profile:
    """Find the final strengths whose coalitions carry weight, by their mean-field bound.

    Parameters
    ----------
    weights
        The game; some free partner has strength.
    reference
        Estimate of :math:`\\log Z`; by default one is made.
    """
    strength = weights.strength
    most = strength.sum()
    start = weights.own + weights.terms.target_strength
    x = np.geomspace(start, start + most, _GRID) - start
    x[0], x[-1] = 0.0, most
    cost = weights.cost(x)
    tilt = mean_field(strength, cost, x, _slope(weights, x))
    # A coalition's own weight is one that the sum cannot fall below. Those that the mean field
    # leans to are tried.
    members = np.unique(tilt[:, np.newaxis] * strength > cost, axis=0)
    reached = np.minimum(members @ strength, most)
    own = weights.reward(reached) - (members * weights.cost(reached)).sum(axis=1)
    x = np.union1d(x, reached)
    cost = weights.cost(x)
    tilt = mean_field(strength, cost, x, _slope(weights, x))
    odds = tilt[:, np.newaxis] * strength - cost
    chance, log_sum = independent(odds)
    bound = log_sum - tilt * x + weights.reward(x)
    typical = log_sum - (chance * odds).sum(axis=1)
    mean = chance @ strength
    spread = np.sqrt((chance * (1.0 - chance)) @ strength**2)
    # Gauss-Hermite: three strengths with the mean and variance of the independent partners'.
    for step, share in ((-np.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (np.sqrt(3.0), 1 / 6)):
        y = np.clip(mean + step * spread, 0.0, most)
        typical += share * (weights.reward(y) - (chance * weights.cost(y)).sum(axis=1))
    floor = float(own.max())
    if reference is None:
        reference = max(floor, min(float(typical.max()), float(bound.max())))
    active = np.flatnonzero(bound > reference - NEGLIGIBLE)
    low, high = x[max(active[0] - 1, 0)], x[min(active[-1] + 1, len(x) - 1)]
    spent = (chance * cost).sum(axis=1)
    return Profile(
        x, tilt, bound, typical, chance, spent, floor, reference, float(low), float(high)
    )


def _slope(weights: Weights, x: Floats) -> Floats:
    """How fast the leader's reward grows with strength, shape (points,)."""
    step = _STEP * weights.own
    slope: Floats = (weights.reward(x + step) - weights.reward(x)) / step
    return slope
