"""The sum over all coalitions at prices that depend on final strength, as fine as need be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats, Ints
from willing.theory.engine.frozen_prices import FrozenSum, Odds, freeze, sum_frozen
from willing.theory.engine.grid import ORDER, PADDING, stencil
from willing.theory.engine.mean_field import Bulk, MovingPrices, find_bulk
from willing.theory.engine.plan import Plan, make_plan

POINTS = (64, 128, 256, 512, 1024)
"""Nodes that are tried in turn. Time grows with their square: with 190 partners the last take most
of a second, and kinks of prices gain little from more."""

# A sum is wrong, however well two grids agree on who joins, if it is below a known coalition by
# more than this in logs, above the bound by more than that, or moves by more than the last.
_BELOW, _ABOVE, _MOVED = 1e-6, 10.0, 0.05
# The error estimate is the change from half as many nodes, times the first number; from grid to
# grid it is trusted to fall by the second at most. With kinks the error falls fourfold on average,
# but unevenly: in 173 games of up to 24 partners it was up to six times the plain change.
_SAFETY, _FALL = 2.0, 8.0
# Where the change before was not less than half of that before it, nothing falls yet, and it counts
# in full: giants a million times as strong as others may leave a step between two nodes.
_FELL = 2.0
# Of the share of the sum that interpolation misses half way between nodes, this part is taken for
# an error: what is missed here comes back there, and with 190 partners a fifth to two hundredths of
# it is left. More than the second number is a step, of which few partners leave all. Where more
# than `_MOVED` is missed, the sum says nothing.
_LEFT, _STEP = 0.05, 1e-2
# Rounding of the summed logarithms, in units of the last place of the largest: each of n steps
# rounds once, and so do payoffs of that size. In 8,000 random games of up to 12 partners the worst
# was 13 of them.
_ULPS = 32.0
# Two grids that differ by more than this say nothing about the sum: its error is given as 1.
_LARGEST_ERROR = 0.05


@dataclass(frozen=True, eq=False)
class Frozen:
    """The recursion at the prices of one grid.

    Attributes
    ----------
    order
        The partners, strongest first, shape (n,).
    plan, odds, nodes
        Its steps, the partners' odds, and the nodes of final strength that matter.
    found
        The sum.
    """

    order: Ints
    plan: Plan
    odds: Odds
    nodes: Ints
    found: FrozenSum

    @property
    def join(self) -> Floats:
        """Join probabilities in the caller's order, shape (n,)."""
        join = np.empty(len(self.order))
        join[self.order] = self.found.joined.sum(axis=1)
        return join


@dataclass(frozen=True, eq=False)
class MovingSum:
    """The finest sum and how far it can be trusted.

    Attributes
    ----------
    finest
        The sum on the finest grid.
    bulk
        Where it has its bulk.
    error
        Estimate of the largest error of join probabilities, and of that of nobody: twice the
        change from half as many nodes, or a quarter of the change before that if it is more, and
        twice of it where changes were not falling, because kinks of prices may happen to lie well
        on one grid; what interpolation misses between nodes; and what join probabilities are
        outside their range. It is 1 where the sum itself is beyond its bounds, moves, or is missed.
    log_error
        Twice the change of :math:`\\log Z`, which may be more.
    """

    finest: Frozen
    bulk: Bulk
    error: float
    log_error: float


def sum_at_moving_prices(
    game: MovingPrices, *, tolerance: float, points: Sequence[int] = POINTS
) -> MovingSum:
    """Sum over all coalitions on finer and finer grids until the tolerance is met.

    Parameters
    ----------
    game
        What coalitions weigh.
    tolerance
        Absolute, on join probabilities.
    points
        The nodes to try, at least two grids.
    """
    bulk = find_bulk(game)
    found = freeze_on(game, bulk, points[0])
    error, earlier, before, log_error = 1.0, np.inf, 0.0, np.inf
    alone = float(game.reward(np.zeros(1))[0])
    for finer in points[1:]:
        coarse, found = found, freeze_on(game, bulk, finer)
        change, log_error = (_SAFETY * c for c in _changes(found, coarse, alone))
        falling = before <= earlier / _FELL
        missed = _missed(game, found, bulk.tilt)
        told = max(change, before / _FALL if falling else before)
        told = max(told, missed if missed > _STEP else _LEFT * missed)
        moved = max(log_error, missed)
        error = _error(found, told, moved, bulk)
        if error <= tolerance:
            break
        earlier, before = before, change
    return MovingSum(found, bulk, error, log_error + _rounding(found))


def freeze_on(game: MovingPrices, bulk: Bulk, points: int) -> Frozen:
    """Sum on one grid of so many nodes."""
    order = np.argsort(-game.strength, kind="stable")
    plan = make_plan(game.own, game.strength[order], points, bulk.high)
    x = plan.grid.x
    low, high = plan.grid.place(np.array([bulk.low, bulk.high]))
    first, last = max(int(low) - PADDING, 0), min(int(np.ceil(high)) + PADDING, points - 1)
    nodes = np.arange(first, last + 1)
    odds = _odds(game, plan, order, x, bulk.tilt)
    return Frozen(order, plan, odds, nodes, sum_frozen(plan, odds, nodes))


def _odds(game: MovingPrices, plan: Plan, order: Ints, x: Floats, tilt: float) -> Odds:
    cost = np.ascontiguousarray(game.cost(x).T[order])
    return freeze(plan.strength, x, game.reward(x), cost, tilt)


def _missed(game: MovingPrices, found: Frozen, tilt: float) -> float:
    """Give the share of the sum that interpolation misses half way between nodes.

    What independent partners weigh there is set beside what the nodes around say of it, each
    place counted by the weight of those nodes. It is no bound, but sees what two grids that leave
    the same step between two of their nodes do not.
    """
    grid, points = found.plan.grid, len(found.plan.grid.x)
    place = np.arange(0.5, points - 1)
    between = grid.own * np.expm1(grid.step * place)
    log_scale = _odds(game, found.plan, found.order, between, tilt).log_scale
    first, weights = stencil(place, points)
    read = first[:, np.newaxis] + np.arange(ORDER)
    around = found.odds.log_scale[read]
    highest = np.maximum(around.max(axis=1), log_scale)
    told = (weights * np.exp(around - highest[:, np.newaxis])).sum(axis=1)
    missed = np.abs(told - np.exp(log_scale - highest))
    return float(missed @ np.abs(found.found.weight)[read].sum(axis=1))


def _changes(found: Frozen, coarse: Frozen, alone: float) -> tuple[float, float]:
    """Give the largest change in probabilities, of joining or of nobody, and that in log Z."""
    logs = np.array([found.found.log_partition, coarse.found.log_partition])
    if not np.isfinite(logs).all():
        return 1.0, np.inf
    nobody = np.exp(np.minimum(alone - logs, 0.0))
    moved = max(float(np.abs(found.join - coarse.join).max()), float(abs(nobody[0] - nobody[1])))
    return moved, float(abs(logs[0] - logs[1]))


def _error(found: Frozen, change: float, moved: float, bulk: Bulk) -> float:
    join, logs = found.join, found.found.log_partition
    if moved > _MOVED or not bulk.floor - _BELOW <= logs <= bulk.bound + _ABOVE:
        return 1.0
    error = max(change, float(-join.min()), float(join.max()) - 1.0) + _rounding(found)
    return error if error <= _LARGEST_ERROR else 1.0


def _rounding(found: Frozen) -> float:
    logs = abs(found.found.log_partition)
    return _ULPS * float(np.finfo(float).eps) * (len(found.order) + logs)
