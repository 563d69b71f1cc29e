"""Exact random coalitions: each partner's choice is drawn given those before her."""

from __future__ import annotations

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.payoffs import Masks
from willing.solvers.quantal.choices import Routes, fold_panel, stage_weights
from willing.solvers.quantal.panels import ORDER, Ints, evaluate, fill_basis
from willing.solvers.quantal.recursion import Stages, logistic


@njit(cache=True, nogil=True)
def sample(stages: Stages, strength: Floats, appeal: Floats, uniform: Floats) -> Masks:
    """Draw coalitions, the weakest partner first, each choice given those before.

    Parameters
    ----------
    stages, strength, appeal
        The recursion.
    uniform
        Uniform random numbers, shape (draws, n).
    """
    n = strength.shape[0]
    members = np.zeros(uniform.shape, dtype=np.bool_)
    at, basis, value = np.empty(2, dtype=np.int64), np.empty((ORDER, 2)), np.empty(2)
    ends = np.empty(2)
    for draw in range(uniform.shape[0]):
        x = 0.0
        for k in range(n - 1, -1, -1):
            ends[0], ends[1] = x, x + strength[k]
            start, stop = stages.first[k], stages.first[k + 1]
            fill_basis(stages.left, stages.right, start, stop, ends, at, basis)
            evaluate(stages.series, at, basis, value)
            if uniform[draw, k] < logistic(appeal[k] + value[1] - value[0]):
                members[draw, k] = True
                x += strength[k]
    return members


@njit(cache=True, nogil=True)
def sample_panels(
    edges: Floats,
    nodes: Floats,
    strength: Floats,
    targets: Ints,
    routes: Routes,
    chance: Floats,
    weight: Floats,
    uniform: Floats,
) -> Masks:
    """Draw coalitions, the strongest partner first, each choice given those before.

    Parameters
    ----------
    edges, nodes, strength
        What the routes were planned for.
    targets, routes, chance
        Of the recursion (`willing.solvers.quantal.choices.Panels`).
    weight
        What each node's :math:`V_n(0, g)` counts for, shape (targets, order).
    uniform
        Uniform random numbers, shape (draws, n).
    """
    n, many, order = chance.shape
    rows = (targets.max() + 1) * order
    # Nodes last, so that one interpolation serves them all.
    V = np.zeros((n + 1, rows, many, order))
    lowest = np.empty(n + 1, dtype=np.int64)
    for t in range(many):
        own = np.ascontiguousarray(chance[:, t, :])
        one = np.empty((n + 1, (targets[t] + 1) * order, order))
        fold_panel(targets[t], routes, 1.0 - own, own, one, lowest)
        V[:, : one.shape[1], t, :] = one
    members = np.zeros(uniform.shape, dtype=np.bool_)
    weights = np.empty(order)
    stay_weight, join_weight = np.empty((many, order)), np.empty((many, order))
    for draw in range(uniform.shape[0]):
        x, carried = 0.0, weight.copy()
        for j in range(n - 1, -1, -1):
            count, last = routes.held[j], routes.last[j]
            stay_weight[:, :], join_weight[:, :] = 0.0, 0.0
            base = stage_weights(edges, count, last, nodes, x, weights) * order
            for q in range(order):
                stay_weight += weights[q] * V[j, base + q]
            base = stage_weights(edges, count, last, nodes, x + strength[j], weights) * order
            for q in range(order):
                join_weight += weights[q] * V[j, base + q]
            stays = (carried * (1.0 - chance[j]) * stay_weight).sum()
            joins = (carried * chance[j] * join_weight).sum()
            # Interpolation may leave a choice of no weight just below zero.
            if uniform[draw, j] * (max(stays, 0.0) + max(joins, 0.0)) < joins:
                members[draw, j] = True
                x += strength[j]
                carried *= chance[j] / joins
            else:
                carried *= (1.0 - chance[j]) / stays
    return members
