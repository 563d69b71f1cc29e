"""The recursion at prices that depend on the final strength of the coalition.

A coalition's weight is interpolated from the nodes of final strength by the grid's own stencils,

    exp(F(x) - theta x - sum_S w_i(x)) = sum_g l_g(x) exp(F(x_g) - theta x_g - sum_S w_i(x_g)),

at `x` its strength. At each node `g` prices are frozen and partners join independently but for
`l_g`. With partners counted from the strongest and :math:`q_k(g) = b / (1 + b)`,
:math:`b = \\exp(\\theta m_k - w_k(x_g))`,

    V_0(x_h, g) = 1 if h = g else 0,
    V_{k+1}(x, g) = (1 - q_k(g)) V_k(x, g) + q_k(g) V_k(x + m_k, g),
    Z = sum_g exp(F(x_g) - theta x_g) prod_k (1 + b_k(g)) V_n(0, g).

`V` of a single node is not smooth in `x`, but the sum over nodes that belongs to a coalition is,
and interpolation is linear. One tilt `theta` serves all nodes: it makes the weights that are
interpolated flat where the sum has its bulk, and independent partners as strong as coalitions are
there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from willing.numbers import Floats, Ints
from willing.theory.engine.grid import ORDER
from willing.theory.engine.plan import Plan

# Nodes of final strength that are followed together: memory grows with them, and small batches
# leave time to the interpreter.
_BLOCK = 64


@dataclass(frozen=True, eq=False)
class FrozenSum:
    """The sum over coalitions, by the node of final strength at which prices are frozen.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    weight
        Share of `Z` that belongs to each node, shape (points,); sums to one. Interpolation may
        give a node less than nothing.
    joined
        The part of `weight` from coalitions with each partner, shape (n, points).
    """

    log_partition: float
    weight: Floats
    joined: Floats


@dataclass(frozen=True, eq=False)
class Odds:
    """Independent partners at the prices of each node.

    Attributes
    ----------
    chance, stay
        :math:`q_k(g)` and :math:`1 - q_k(g)`, each to full precision, shape (n, nodes).
    log_scale
        :math:`F - \\theta x + \\sum_k \\log(1 + b_k)` at the nodes, shape (nodes,).
    """

    chance: Floats
    stay: Floats
    log_scale: Floats

    def take(self, nodes: Ints) -> Odds:
        """Give those of some nodes."""
        return Odds(self.chance[:, nodes], self.stay[:, nodes], self.log_scale[nodes])


def freeze(strength: Floats, x: Floats, reward: Floats, cost: Floats, tilt: float) -> Odds:
    """Give each partner's tilted odds at the prices of some final strengths.

    Parameters
    ----------
    strength
        :math:`m_k`, shape (n,).
    x
        The final strengths, such as the nodes of the grid, shape (points,).
    reward, cost
        :math:`F` and :math:`w_k` there, shapes (points,) and (n, points).
    tilt
        :math:`\\theta`.
    """
    log_odds = tilt * strength[:, np.newaxis] - cost
    small = np.exp(-np.abs(log_odds))
    likely = log_odds > 0.0
    chance = np.where(likely, 1.0, small) / (1.0 + small)
    stay = np.where(likely, small, 1.0) / (1.0 + small)
    log_sum = (np.maximum(log_odds, 0.0) + np.log1p(small)).sum(axis=0)
    return Odds(chance, stay, reward - tilt * x + log_sum)


def sum_frozen(plan: Plan, odds: Odds, nodes: Ints) -> FrozenSum:
    """Sum over all coalitions whose strength is near some nodes.

    Parameters
    ----------
    plan
        The steps.
    odds
        At the prices of the nodes of the grid.
    nodes
        Those that matter, rising; the others weigh nothing.
    """
    points, highest = len(plan.grid.x), float(odds.log_scale[nodes].max())
    weight, joined = np.zeros(points), np.zeros((len(plan.strength), points))
    steps = sparse_steps(plan)
    for start in range(0, len(nodes), _BLOCK):
        chosen = nodes[start : start + _BLOCK]
        own = odds.take(chosen)
        hit, with_her = _follow(plan, steps, own, chosen)
        scale = np.exp(own.log_scale - highest)
        weight[chosen], joined[:, chosen] = scale * hit, scale * with_her
    total = float(weight.sum())
    if not total > 0.0:
        return FrozenSum(-np.inf, weight, joined)
    return FrozenSum(highest + float(np.log(total)), weight / total, joined / total)


def sparse_steps(plan: Plan) -> list[Any]:
    """Give the shift by each partner as a sparse matrix, shape (rows[k + 1], rows[k])."""
    from scipy.sparse import csr_array

    return [
        csr_array(
            (
                weights.ravel(),
                (first[:, np.newaxis] + np.arange(ORDER)).ravel().clip(max=plan.rows[k] - 1),
                np.arange(len(first) + 1) * ORDER,
            ),
            shape=(len(first), int(plan.rows[k])),
        )
        for k, (first, weights) in enumerate(zip(plan.first, plan.weights, strict=True))
    ]


def arrive(
    plan: Plan, steps: list[Any], odds: Odds, nodes: Ints
) -> Iterator[tuple[Floats, Floats]]:
    """Give, partner by partner, V after her choice and what it is where she has joined.

    Parameters
    ----------
    plan, steps
        The steps, and as sparse matrices.
    odds, nodes
        The chosen nodes and the odds there.

    Yields
    ------
    V, taken
        :math:`V_{k+1}` and :math:`V_k(x + m_k)`, shapes (rows[k + 1], chosen).
    """
    V = np.zeros((int(plan.rows[0]), len(nodes)))
    V[nodes, np.arange(len(nodes))] = 1.0
    for k, step in enumerate(steps):
        taken = step @ V
        V = odds.stay[k] * V[: len(taken)] + odds.chance[k] * taken
        yield V, taken


def _follow(plan: Plan, steps: list[Any], odds: Odds, nodes: Ints) -> tuple[Floats, Floats]:
    """Give :math:`V_n(0, g)`, (chosen,), and the part of it with each partner, (n, chosen)."""
    stages = list(arrive(plan, steps, odds, nodes))
    hit, joined = stages[-1][0][0], np.empty_like(odds.chance)
    mass = np.ones((1, len(nodes)))
    for k in range(len(steps) - 1, -1, -1):
        joining = odds.chance[k] * mass
        joined[k] = (joining * stages[k][1]).sum(axis=0)
        passed = steps[k].T @ joining
        passed[: len(mass)] += odds.stay[k] * mass
        mass = passed
    return hit, joined
