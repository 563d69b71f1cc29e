"""Which final strengths matter, by a mean-field bound on the weight of the coalitions there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.weights import Weights

# Coalitions that together weigh less than this, in logs, are left out.
NEGLIGIBLE = 32.0
_GRID = 129
_NEWTON_STEPS = 60


@njit(cache=True, nogil=True)
def mean_field(strength: Floats, cost: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Bound the weight of all coalitions of about a strength, prices frozen there.

    Parameters
    ----------
    strength
        :math:`m_i`, shape (n,).
    cost
        :math:`w_i` at each strength, shape (points, n).
    x
        Strengths beyond the leader's, shape (points,).

    Returns
    -------
    tilt
        :math:`\\theta` at which independent partners, who join with log odds
        :math:`\\theta m_i - w_i`, have expected strength `x`, shape (points,).
    bound
        :math:`\\sum_i \\log(1 + \\exp(\\theta m_i - w_i)) - \\theta x`, shape (points,).
    """
    tilt, bound = np.zeros(x.shape[0]), np.zeros(x.shape[0])
    total = strength.sum()
    for g in range(x.shape[0]):
        # The ends of the range are reached in the limit only.
        aim = min(max(x[g], 1e-9 * total), (1.0 - 1e-9) * total)
        low, high, theta = -np.inf, np.inf, tilt[max(g - 1, 0)]
        step = 1.0 / total
        for _ in range(_NEWTON_STEPS):
            mean, spread = -aim, 0.0
            for i in range(strength.shape[0]):
                q = 1.0 / (1.0 + np.exp(min(cost[g, i] - theta * strength[i], 700.0)))
                mean += q * strength[i]
                spread += q * (1.0 - q) * strength[i] ** 2
            if abs(mean) < 1e-6 * aim:
                break
            if mean > 0.0:
                high = theta
            else:
                low = theta
            move = theta - mean / spread if spread > 0.0 else np.inf
            if low < move < high:
                theta = move
            elif np.isfinite(low) and np.isfinite(high):
                theta = (low + high) / 2.0
            else:
                step *= 4.0
                theta = low + step if np.isfinite(low) else high - step
        tilt[g] = theta
        bound[g] = -theta * x[g]
        for i in range(strength.shape[0]):
            odds = theta * strength[i] - cost[g, i]
            bound[g] += max(odds, 0.0) + np.log1p(np.exp(-abs(odds)))
    return tilt, bound


@dataclass(frozen=True, eq=False)
class Window:
    """The final strengths that matter.

    Attributes
    ----------
    low, high
        Their range.
    tilt
        :math:`\\theta` where coalitions weigh most.
    chance
        Mean-field join probabilities there, shape (free,).
    floor
        Log weight of one coalition, which :math:`\\log Z` cannot fall below.
    """

    low: float
    high: float
    tilt: float
    chance: Floats
    floor: float


def find_window(weights: Weights) -> Window:
    """Find the final strengths whose coalitions carry weight, by their mean-field bound."""
    strength = weights.strength
    start = weights.terms.leader_strength + weights.terms.target_strength
    x = np.geomspace(start, start + strength.sum(), _GRID) - start
    x[-1] = strength.sum()
    cost = weights.cost(x)
    tilt, _ = mean_field(strength, cost, x)
    # The bound is no estimate where a few strong partners matter; a coalition's own weight is one
    # that the sum cannot fall below. Those that the mean field leans to are tried.
    members = tilt[:, np.newaxis] * strength > cost
    reached = members @ strength
    own = weights.reward(reached) - (members * weights.cost(reached)).sum(axis=1)
    floor = float(own.max())
    x = np.unique(np.concatenate([x, reached]))
    cost = weights.cost(x)
    tilt, bound = mean_field(strength, cost, x)
    bound += weights.reward(x)
    best, last = int(np.argmax(bound)), len(x) - 1
    active = np.flatnonzero(bound > floor - NEGLIGIBLE)
    chance = np.exp(-np.logaddexp(0.0, cost[best] - tilt[best] * strength))
    # Any tilt is right, up to rounding. That of the typical coalition is the mean field's inside
    # the range, and finite at its ends.
    before, after = max(best - 1, 0), min(best + 1, last)
    typical = weights.reward(x) - cost @ chance
    slope = float((typical[after] - typical[before]) / (x[after] - x[before]))
    low, high = x[max(active[0] - 1, 0)], x[min(active[-1] + 1, last)]
    return Window(float(low), float(high), slope, chance, floor)
