"""Random coalitions: the backward pass of the recursion, one partner's choice after another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from willing.numbers import Floats, Ints, Masks
from willing.theory.engine.frozen_prices import Odds, arrive, sparse_steps
from willing.theory.engine.grid import ORDER, Grid, stencil
from willing.theory.engine.plan import Plan
from willing.theory.engine.recursion import Recursion

# By this share a coalition's exact weight may exceed that of the recursion and still be drawn as
# often as it should be. The price is that the same share of draws is thrown away.
_EXCESS = 0.05
# Draws at a time, for which the memory stays small.
_BATCH = 2048


def draw_coalitions(done: Recursion, uniform: Floats) -> Masks:
    """Draw coalitions at fixed prices.

    Parameters
    ----------
    done
        The recursion, of one set of parameters.
    uniform
        Uniform random numbers, shape (draws, n).

    Returns
    -------
    ndarray
        Masks over the partners in the recursion's order, shape (draws, n).
    """
    plan, n = done.plan, len(done.advantage)
    members = np.zeros(uniform.shape, dtype=np.bool_)
    x = np.zeros(len(uniform))
    for k in range(n - 1, -1, -1):
        advantage = _read(plan.grid, done.advantage[k][:, np.newaxis], x)[:, 0]
        members[:, k] = uniform[:, k] < 1.0 / (1.0 + np.exp(-np.clip(advantage, -700.0, 700.0)))
        x += np.where(members[:, k], plan.strength[k], 0.0)
    return members


def draw_at_moving_prices(
    plan: Plan,
    odds: Odds,
    nodes: Ints,
    log_weight: Callable[[Masks], Floats],
    log_partition: float,
    size: int,
    generator: np.random.Generator,
) -> Masks:
    """Draw coalitions whose prices depend on their strength.

    Partners' choices are drawn from the recursion, and a coalition so drawn is kept with a chance
    in proportion to what it weighs over how often the recursion draws it (von Neumann 1951), so
    that draws follow the law itself and not its interpolation.

    Parameters
    ----------
    plan, odds, nodes
        The recursion; a coarse grid will do.
    log_weight
        :math:`F - \\sum_S w_i` of masks in the recursion's order, shape (draws, n).
    log_partition
        :math:`\\log Z`.
    size
        How many coalitions to draw.
    generator
        Where random numbers come from.

    Returns
    -------
    ndarray
        Masks in the recursion's order, shape (size, n).
    """
    steps, own = sparse_steps(plan), odds.take(nodes)
    stages = [np.eye(int(plan.rows[0]))[:, nodes]]
    stages += [V for V, _ in arrive(plan, steps, own, nodes)]
    scale = np.exp(own.log_scale - own.log_scale.max())
    drawn: list[Masks] = []
    missing = size
    while missing > 0:
        uniform = generator.random((min(missing, _BATCH), len(steps) + 1))
        members, log_chance = _propose(plan, own, stages, scale, uniform)
        excess = log_weight(members) - log_partition - log_chance
        drawn.append(members[np.log(uniform[:, -1]) <= excess - np.log1p(_EXCESS)])
        missing -= len(drawn[-1])
    return np.concatenate(drawn) if drawn else np.zeros((0, len(steps)), dtype=np.bool_)


def _propose(
    plan: Plan, odds: Odds, stages: list[Floats], scale: Floats, uniform: Floats
) -> tuple[Masks, Floats]:
    """Draw coalitions from the recursion; give them and the logs of their probabilities."""
    draws, n = len(uniform), len(odds.chance)
    members, log_chance = np.zeros((draws, n), dtype=np.bool_), np.zeros(draws)
    x, carried = np.zeros(draws), np.tile(scale, (draws, 1))
    for k in range(n - 1, -1, -1):
        stays = carried * odds.stay[k] * _read(plan.grid, stages[k], x)
        joins = carried * odds.chance[k] * _read(plan.grid, stages[k], x + plan.strength[k])
        # Interpolation may leave a choice of no weight just below zero.
        stay_weight = np.maximum(stays.sum(axis=1), 0.0)
        join_weight = np.maximum(joins.sum(axis=1), 0.0)
        q = join_weight / (stay_weight + join_weight)
        joined = uniform[:, k] < q
        members[:, k] = joined
        log_chance += np.log(np.where(joined, q, 1.0 - q))
        x += np.where(joined, plan.strength[k], 0.0)
        carried *= np.where(joined[:, np.newaxis], odds.chance[k], odds.stay[k])
        carried /= carried.max(axis=1, keepdims=True)
    return members, log_chance


def _read(grid: Grid, values: Floats, x: Floats) -> Floats:
    """Interpolate functions, shape (rows, r), at strengths of shape (draws,); shape (draws, r)."""
    first, weights = stencil(grid.place(x), len(values))
    total = weights[:, 0, np.newaxis] * values[first]
    for s in range(1, min(ORDER, len(values))):
        total += weights[:, s, np.newaxis] * values[first + s]
    return total
