"""A recursion over the partners at prices that depend on the final strength, for exact draws.

On a panel of final strengths the weight of a coalition is a polynomial, but for the error of
interpolation:

    exp(F(x) - sum_S w_i(x)) = sum_g l_g(x) exp(F(x_g) - sum_S w_i(x_g)),    x = sum_S m_i.

At each node `g` prices are frozen and partners join independently but for `l_g`. With partners
counted from the weakest and tilted probabilities `q_j(g) = b / (1 + b)`,
`b = exp(theta m_j - w_j(x_g))`,

    V_0(x_h, g) = 1 if h = g else 0,
    V_{j+1}(x, g) = (1 - q_j(g)) V_j(x, g) + q_j(g) V_j(x + m_j, g),
    Z = sum_g exp(F(x_g) - theta x_g) prod_j (1 + b_j(g)) V_n(0, g).

Between nodes `V_j(., g)` is interpolated with the same polynomials for every `g`. That of one node
is not smooth, but the sum over nodes that belongs to a coalition is, and interpolation is linear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.nodes import Branch
from willing.solvers.quantal.panels import Ints, chebyshev_nodes, panel_nodes, resolve
from willing.solvers.quantal.profile import independent

# Nodes on a panel, and the accuracy to which they give the weight of the typical coalition, which
# peaks at 1. What panels miss of a coalition's weight is what draws are off by.
_ORDER, _ACCURACY = 14, 1e-6
# A panel cut shorter than this share of the range is joined to the one before.
_NARROW = 1e-12


@dataclass(frozen=True, eq=False)
class Panels:
    """The recursion, ready to draw from.

    Attributes
    ----------
    rising
        The free partners' indices, weakest first, shape (free,).
    edges, nodes
        Ends of the panels, from 0, and the nodes of a panel on [-1, 1], shape (order,).
    routes
        The plan of the recursion.
    targets
        The panels of final strengths that matter, shape (targets,).
    chance
        Tilted join probabilities at the nodes, shape (free, targets, order), weakest first.
    scale
        What :math:`V_n(0, g)` counts for, relative to the most, shape (targets, order).
    """

    rising: Ints
    edges: Floats
    nodes: Floats
    routes: Routes
    targets: Ints
    chance: Floats
    scale: Floats


class Routes(NamedTuple):
    """Where each step of the recursion reads, and with which weights.

    Attributes
    ----------
    held
        Panels of stage `j`, shape (n + 1,); of stage `n` only the point 0 matters.
    last
        Strength of the partners not yet folded in, where stage `j` ends, shape (n + 1,).
    join_panel, join_weights
        For row `h` of stage `j + 1`: the panel of stage `j` that holds `x_h + m_j`, and the weights
        of its nodes, shapes (n, rows) and (n, rows, order).
    stay_panel, stay_weights
        The same for `x_h` in the last panel of stage `j + 1`, whose nodes move with its end;
        shapes (n, order) and (n, order, order).
    """

    held: Ints
    last: Floats
    join_panel: Ints
    join_weights: Floats
    stay_panel: Ints
    stay_weights: Floats


@njit(cache=True, nogil=True)
def stage_weights(
    edges: Floats, count: int, last: float, nodes: Floats, x: float, out: Floats
) -> int:
    """Fill barycentric weights of `x` on the panels of a stage; give the panel."""
    panel = min(max(int(np.searchsorted(edges[:count], x)) - 1, 0), count - 1)
    right = last if panel == count - 1 else edges[panel + 1]
    t = 2.0 * (x - edges[panel]) / (right - edges[panel]) - 1.0
    order, total = nodes.shape[0], 0.0
    for s in range(order):
        distance = t - nodes[s]
        if distance == 0.0:
            out[:] = 0.0
            out[s] = 1.0
            return panel
        out[s] = (1.0 - 2.0 * (s % 2)) * np.sqrt(1.0 - nodes[s] ** 2) / distance
        total += out[s]
    out /= total
    return panel


@njit(cache=True, nogil=True)
def plan(strength: Floats, edges: Floats, nodes: Floats) -> Routes:
    """Plan the recursion for strengths that rise, shape (n,), on panels from 0 to what matters."""
    n, order, panels = strength.shape[0], nodes.shape[0], edges.shape[0] - 1
    count = np.empty(n + 1, dtype=np.int64)
    last = np.zeros(n + 1)
    for j in range(n - 1, -1, -1):
        last[j] = last[j + 1] + strength[j]
    narrow, end = _NARROW * edges[panels], edges[panels] * (1.0 + _NARROW)
    last = np.minimum(last, edges[panels])
    for j in range(n + 1):
        count[j] = max(1, int(np.searchsorted(edges[:panels], last[j] - narrow)))
    join_panel = np.zeros((n, panels * order), dtype=np.int64)
    join_weights = np.zeros((n, panels * order, order))
    stay_panel = np.zeros((n, order), dtype=np.int64)
    stay_weights = np.zeros((n, order, order))
    for j in range(n):
        for panel in range(count[j + 1]):
            final = panel == count[j + 1] - 1
            low, high = edges[panel], last[j + 1] if final else edges[panel + 1]
            for s in range(order):
                x = (low + high) / 2.0 + (high - low) / 2.0 * nodes[s]
                row = panel * order + s
                # Beyond the last panel nothing matters: no target holds what is read there.
                join_panel[j, row] = panels
                if x + strength[j] <= end:
                    join_panel[j, row] = stage_weights(
                        edges, count[j], last[j], nodes, x + strength[j], join_weights[j, row]
                    )
                if final:
                    stay_panel[j, s] = stage_weights(
                        edges, count[j], last[j], nodes, x, stay_weights[j, s]
                    )
    return Routes(count, last, join_panel, join_weights, stay_panel, stay_weights)


@njit(cache=True, nogil=True)
def fold_panel(
    target: int, routes: Routes, stay: Floats, go: Floats, V: Floats, lowest: Ints
) -> None:
    """Fill V, shape (n + 1, rows, order), for the final strengths on one panel."""
    n, order = go.shape
    V[0] = 0.0
    for s in range(order):
        V[0, target * order + s, s] = 1.0
    lowest[0] = target
    taken = np.empty(order)
    for j in range(n):
        final = routes.held[j + 1] - 1
        low = min(lowest[j], final)
        while low > 0 and routes.join_panel[j, low * order - 1] >= lowest[j]:
            low -= 1
        lowest[j + 1] = low
        old, new = V[j], V[j + 1]
        new[:, :] = 0.0
        for row in range(low * order, min(final, target + 1) * order):
            for g in range(order):
                new[row, g] = stay[j, g] * old[row, g]
        if final <= target:
            for s in range(order):
                # Where the last panel was joined to the one before, a node may lie beyond.
                if routes.stay_panel[j, s] > target:
                    continue
                base = routes.stay_panel[j, s] * order
                for q in range(order):
                    weight = routes.stay_weights[j, s, q]
                    for g in range(order):
                        new[final * order + s, g] += weight * stay[j, g] * old[base + q, g]
        for row in range(low * order, (min(final, target) + 1) * order):
            panel = routes.join_panel[j, row]
            if panel < lowest[j] or panel > target:
                continue
            _read(routes.join_weights[j, row], old[panel * order : (panel + 1) * order], taken)
            for g in range(order):
                new[row, g] += go[j, g] * taken[g]


@njit(cache=True, nogil=True)
def _read(weights: Floats, rows: Floats, out: Floats) -> None:
    out[:] = 0.0
    for q in range(weights.shape[0]):
        for g in range(out.shape[0]):
            out[g] += weights[q] * rows[q, g]


def pose(branch: Branch) -> Panels:
    """Prepare the recursion of a branch."""
    weights, profile = branch.weights, branch.profile
    heaviest = int(np.argmax(profile.bound))
    tilt = float(profile.tilt[heaviest])
    chance = profile.chance[heaviest]

    def typical(x: Floats) -> Floats:
        log = weights.reward(x) - tilt * x - weights.cost(x) @ chance
        relative: Floats = np.exp(log - log.max(axis=-1, keepdims=True))
        return relative

    kinks = np.unique(branch.kinks.within(0.0, profile.high).at)
    edges = resolve(typical, np.array([0.0, *kinks, profile.high]), tolerance=_ACCURACY)
    nodes = chebyshev_nodes(_ORDER)
    targets = np.flatnonzero(edges[1:] > profile.low)
    x = panel_nodes(edges, nodes)[targets]
    odds = tilt * weights.strength - weights.cost(x)
    joins, log_sum = independent(odds.reshape(-1, odds.shape[-1]))
    log_scale = weights.reward(x) - tilt * x + log_sum.reshape(x.shape)
    rising = branch.order[::-1].copy()
    return Panels(
        rising=rising,
        edges=edges,
        nodes=nodes,
        routes=plan(weights.strength[rising], edges, nodes),
        targets=targets,
        chance=np.ascontiguousarray(np.moveaxis(joins.reshape(odds.shape), -1, 0)[rising]),
        scale=np.exp(log_scale - log_scale.max()),
    )
