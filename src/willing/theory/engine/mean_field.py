"""Which final strengths matter where prices depend on it, by a bound on what coalitions weigh.

For every tilt :math:`\\theta` the coalitions of strength `x` weigh no more together than
:math:`e^{F(x) - \\theta x} \\prod_i (1 + e^{\\theta m_i - w_i(x)})` (Chernoff). The best
tilt is that at which independent partners are expected to have strength `x`, as in a mean field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats, Masks, logistic

NEGLIGIBLE = 40.0
"""Strengths whose coalitions weigh less than this below a known coalition, in logs, are left out:
all of them together are lost in the rounding of the sum."""

_STEPS = 60
# How near the expected strength must come: to a standard deviation, or this share of the total.
_NEAR = 1e-9
# Where the bound exceeds a coalition's weight and the entropy by more than this, in logs, a strong
# partner stands between joining and staying out, and the mean field is like no coalition. The
# tilt is then that at which the best coalition's weight is flat, if it is the flatter one.
_APART = 10.0
# Over what share of strength slopes are taken: kinks of prices nearby are averaged.
_SLOPE_STEP = 1e-2
# Strengths at which the bound is looked at; it is smooth on the scale between them.
_STRENGTHS = 96


@dataclass(frozen=True, eq=False)
class MovingPrices:
    """What coalitions weigh: :math:`\\exp(F(x) - \\sum_S w_i(x))`, `x` being their strength.

    Attributes
    ----------
    own
        Strength of the leader and of all who are in for certain.
    strength
        :math:`m_i`, not all 0, shape (n,).
    reward, cost
        :math:`F` and :math:`w_i` at strengths beyond `own`, shapes (points,) and (points, n).
    log_weight
        :math:`F - \\sum_S w_i` of masks, shape (k,).
    """

    own: float
    strength: Floats
    reward: Callable[[Floats], Floats]
    cost: Callable[[Floats], Floats]
    log_weight: Callable[[Masks], Floats]


@dataclass(frozen=True, eq=False)
class Bulk:
    """Where the sum over coalitions has its bulk.

    Attributes
    ----------
    low, high
        The strengths that matter.
    tilt
        The tilt at the strength of the highest bound, or where the mean field misleads that of the
        best coalition at hand.
    floor
        Log weight of one coalition, which :math:`\\log Z` cannot fall below.
    bound
        The highest bound on the weight of coalitions of one strength.
    entropy
        Entropy of the independent partners' coalition there: the log of how many coalitions
        matter, roughly.
    """

    low: float
    high: float
    tilt: float
    floor: float
    bound: float
    entropy: float


def tilts(strength: Floats, cost: Floats, x: Floats) -> Floats:
    """Find the tilts at which independent partners are expected to have given strengths.

    Parameters
    ----------
    strength
        :math:`m_i`, shape (n,).
    cost
        :math:`w_i` at each strength, shape (points, n).
    x
        The strengths, shape (points,).
    """
    total = float(strength.sum())
    theta, low, high = np.zeros_like(x), np.full_like(x, -np.inf), np.full_like(x, np.inf)
    step = np.full_like(x, 1.0 / total)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for _ in range(_STEPS):
            q = logistic(theta[:, np.newaxis] * strength - cost)
            mean, spread = q @ strength - x, (q * (1.0 - q)) @ strength**2
            # Some strengths, as that of all together, are reached in the limit only.
            far = mean**2 > spread + (_NEAR * total) ** 2
            if not far.any():
                break
            high, low = np.where(mean > 0.0, theta, high), np.where(mean > 0.0, low, theta)
            move = np.where(spread > 0.0, -mean / spread, -mean * np.inf)
            inside = (theta + move > low) & (theta + move < high)
            bracketed = np.isfinite(low) & np.isfinite(high)
            halved = np.where(inside, theta + move, (low + high) / 2.0)
            longer = theta + np.clip(move, -step, step)
            theta = np.where(far, np.where(bracketed, halved, longer), theta)
            step *= 4.0
    return theta


def find_bulk(game: MovingPrices) -> Bulk:
    """Find the final strengths whose coalitions carry weight."""
    own, strength, most = game.own, game.strength, float(game.strength.sum())
    x = own * np.expm1(np.linspace(0.0, np.log1p(most / own), _STRENGTHS))
    x[-1] = most
    prices = game.cost(x)
    theta = tilts(strength, prices, x)
    # Coalitions that the mean field leans to are real ones.
    leaning = np.unique(theta[:, np.newaxis] * strength > prices, axis=0)
    weights = game.log_weight(leaning)
    floor = float(weights.max())
    odds = theta[:, np.newaxis] * strength - prices
    softplus = np.maximum(odds, 0.0) + np.log1p(np.exp(-np.abs(odds)))
    bound = game.reward(x) - theta * x + softplus.sum(axis=1)
    top = int(np.argmax(bound))
    tilt, highest = float(theta[top]), float(bound[top])
    entropy = float((softplus[top] - logistic(odds[top]) * odds[top]).sum())
    if highest - floor > entropy + _APART:
        members, floor = _climb(game, leaning[int(np.argmax(weights))], floor)
        tilt = min(tilt, _slope(game, members), key=abs)
    matter = np.flatnonzero(bound > floor - NEGLIGIBLE)
    first, last = (int(matter[0]), int(matter[-1])) if len(matter) else (top, top)
    return Bulk(
        low=float(x[max(first - 1, 0)]),
        high=float(x[min(last + 1, _STRENGTHS - 1)]),
        tilt=tilt,
        floor=floor,
        bound=highest,
        entropy=entropy,
    )


def _climb(game: MovingPrices, members: Masks, weight: float) -> tuple[Masks, float]:
    """Let the one partner change sides who adds most, until none adds anything."""
    flips = np.eye(len(members), dtype=np.bool_)
    while True:
        near = members ^ flips
        weights = game.log_weight(near)
        best = int(np.argmax(weights))
        if not weights[best] > weight:
            return members, weight
        members, weight = near[best], float(weights[best])


def _slope(game: MovingPrices, members: Masks) -> float:
    """Give the slope in strength of what a coalition would weigh at the prices of others."""
    x = float(game.strength @ members)
    step = _SLOPE_STEP * (game.own + x)
    ends = np.array([max(x - step, 0.0), x + step])
    logs = game.reward(ends) - game.cost(ends) @ members
    return float((logs[1] - logs[0]) / (ends[1] - ends[0]))
