"""All coalitions at prices that depend on the final strength, compiled.

A partner's price depends on the coalition only through its final strength. On a panel of final
strengths the weight of a coalition is a polynomial, but for the error of interpolation:

    exp(F(x) - sum_S w_i(x)) = sum_g l_g(x) exp(F(x_g) - sum_S w_i(x_g)),    x = sum_S m_i.

At each node `g` prices are frozen, partners join independently but for `l_g`, and the sum over
coalitions is a recursion. With partners counted from the weakest and tilted probabilities
`q_j(g) = b / (1 + b)`, `b = exp(theta m_j - w_j(x_g))`,

    V_0(x_h, g) = 1 if h = g else 0,
    V_{j+1}(x, g) = (1 - q_j(g)) V_j(x, g) + q_j(g) V_j(x + m_j, g),
    Z = sum_g exp(F(x_g) - theta x_g) prod_j (1 + b_j(g)) V_n(0, g).

Between nodes `V_j(., g)` is interpolated with the same polynomials for every `g`. That of one node
is not smooth, but the sum over nodes that belongs to a coalition is, and interpolation is linear.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from willing.crisis import Floats
from willing.solvers.quantal.panels import Ints

Numbers = NDArray[Any]

# A panel cut shorter than this share of the range is joined to the one before.
_NARROW = 1e-12


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
    target: int, routes: Routes, stay: Numbers, go: Numbers, V: Numbers, lowest: Ints
) -> None:
    """Fill V, shape (n + 1, rows, order), for the final strengths on one panel."""
    n, order = go.shape
    V[0] = 0.0
    for s in range(order):
        V[0, target * order + s, s] = 1.0
    lowest[0] = target
    taken = np.empty(order, dtype=go.dtype)
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
def _read(weights: Floats, rows: Numbers, out: Numbers) -> None:
    out[:] = 0.0
    for q in range(weights.shape[0]):
        for g in range(out.shape[0]):
            out[g] += weights[q] * rows[q, g]


@njit(cache=True, nogil=True)
def _write(weights: Floats, moving: Floats, rows: Floats) -> None:
    for q in range(weights.shape[0]):
        for g in range(moving.shape[0]):
            rows[q, g] += weights[q] * moving[g]


@njit(cache=True, nogil=True)
def _unfold_panel(
    target: int, routes: Routes, chance: Floats, V: Floats, lowest: Ints, joined: Floats
) -> None:
    """Fill `joined`, shape (n, order): the sum over coalitions with each partner in them."""
    n, order = chance.shape
    passing = np.zeros((V.shape[1], order))
    before = np.zeros((V.shape[1], order))
    passing[0] = 1.0
    taken = np.empty(order)
    moving = np.empty(order)
    joined[:] = 0.0
    for j in range(n - 1, -1, -1):
        old, final = V[j], routes.held[j + 1] - 1
        first = lowest[j + 1] * order
        last = 1 if j == n - 1 else (min(final, target) + 1) * order
        for row in range(lowest[j] * order, (target + 1) * order):
            before[row] = 0.0
        for row in range(first, last):
            panel = routes.join_panel[j, row]
            for g in range(order):
                moving[g] = chance[j, g] * passing[row, g]
                passing[row, g] -= moving[g]
            if row >= final * order:
                at = row - final * order
                if routes.stay_panel[j, at] <= target:
                    weights, base = routes.stay_weights[j, at], routes.stay_panel[j, at] * order
                    _write(weights, passing[row], before[base : base + order])
            else:
                before[row] += passing[row]
            if lowest[j] <= panel <= target:
                weights, base = routes.join_weights[j, row], panel * order
                _read(weights, old[base : base + order], taken)
                joined[j] += moving * taken
                _write(weights, moving, before[base : base + order])
        passing, before = before, passing


@njit(cache=True, nogil=True)
def solve_panels(targets: Ints, routes: Routes, chance: Floats) -> tuple[Floats, Floats]:
    """Sum over all coalitions at prices frozen at every node of the panels asked for.

    Parameters
    ----------
    targets
        The panels of final strength, shape (targets,).
    routes
        The plan of the recursion.
    chance
        :math:`q_j(g)` at the nodes of the targets, weakest partner first, shape
        (n, targets, order).

    Returns
    -------
    total
        :math:`V_n(0, g)`, shape (targets, order).
    joined
        Its part from coalitions with each partner, shape (n, targets, order).
    """
    n, many, order = chance.shape
    total, joined = np.empty((many, order)), np.empty((n, many, order))
    for t in range(many):
        rows = (targets[t] + 1) * order
        V = np.empty((n + 1, rows, order))
        lowest = np.empty(n + 1, dtype=np.int64)
        own = np.ascontiguousarray(chance[:, t, :])
        share = np.empty((n, order))
        fold_panel(targets[t], routes, 1.0 - own, own, V, lowest)
        _unfold_panel(targets[t], routes, own, V, lowest, share)
        total[t] = V[n, 0]
        joined[:, t, :] = share
    return total, joined


@njit(cache=True, nogil=True)
def fold_panels(targets: Ints, routes: Routes, stay: Numbers, go: Numbers) -> Numbers:
    """Give :math:`V_n(0, g)` for factors of any kind, shape (targets, order).

    Parameters
    ----------
    targets, routes
        As for `solve_panels`.
    stay, go
        What a coalition's weight is multiplied with when a partner stays out or joins, real or
        complex, shape (n, targets, order).
    """
    n, many, order = go.shape
    total = np.empty((many, order), dtype=go.dtype)
    for t in range(many):
        V = np.empty((n + 1, (targets[t] + 1) * order, order), dtype=go.dtype)
        lowest = np.empty(n + 1, dtype=np.int64)
        fold_panel(
            targets[t],
            routes,
            np.ascontiguousarray(stay[:, t, :]),
            np.ascontiguousarray(go[:, t, :]),
            V,
            lowest,
        )
        total[t] = V[n, 0]
    return total
