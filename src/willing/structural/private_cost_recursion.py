"""A likelihood whose noise is the partners': nobody but they know what fighting costs them.

The leader asks the candidates one after another, the strongest first, as in
`willing.theory.invitations`. Candidate `i` asks for her cost, drawn from an exponential
distribution of mean :math:`K_i` with :math:`\\log K_i = z_i'c`, and takes the outcome as given
(additive pricing). To a leader for whom victory is worth :math:`B = \\exp(\\psi h)`, `h` being her
insecurity, her acceptance is worth :math:`G = V(x + m_i) - V(x)` once `x` is committed. The best
offer is `u K_i` with :math:`u + e^u = 1 + G / K_i`; it is accepted with probability
:math:`q = 1 - e^{-u}`, and

    V'(x) = V(x) + q (G - u K_i),

so that each side's joins have a probability, the product of `q` over those who joined and of
`1 - q` over those who did not. Victory is worth 1 to a leader without insecurity: of `B` and `K`
only the ratio counts. H1 is :math:`\\psi > 0`. Small offers are half of what help is worth, as with
the uniform costs of the game; but uniform costs end somewhere, and strong states that stayed out
would have been sure to accept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats, Ints, Masks
from willing.structural.leader_sides import Sides
from willing.theory.contest import Contest
from willing.theory.engine.grid import make_grid

POINTS = 64
"""Nodes of each side's grid of strength. Three times as many move the log-likelihood by 1e-6."""
# Below, the third power of what help is worth counts for less than a Newton step takes away.
_SMALL = 0.02
# Least probability, or help, of which a logarithm is taken.
LEAST = 1e-300


@dataclass(frozen=True, eq=False)
class PrivateCostSides:
    """Leader sides with what the recursion reads, candidates without strength left out.

    Attributes
    ----------
    sides
        The data.
    start
        Side `s` has the rows from ``start[s]`` to ``start[s + 1]`` - 1, the strongest first.
    rows
        Positions of the candidates in the data, shape (N,).
    moved
        Where a node of strength is once she has joined, in units of nodes, shape (N, points).
    here, there
        Where the strength is that was committed when she was asked, without and with her, (N,).
    final
        :math:`p` at the nodes of each side's grid, shape (S, points).
    joined
        Whether each joined, shape (N,).
    """

    sides: Sides
    start: Ints
    rows: Ints
    moved: Floats
    here: Floats
    there: Floats
    final: Floats
    joined: Masks


def lay_out(sides: Sides, contest: Contest, points: int = POINTS) -> PrivateCostSides:
    """Lay each side's grid and find where every step of its recursion reads."""
    start, final = [0], np.empty((sides.count, points))
    rows, moved, here, there = [], [], [], []
    for s in range(sides.count):
        own = np.arange(sides.start[s], sides.start[s + 1])
        own = own[sides.strength[own] > 0.0]
        m = sides.strength[own]
        grid = make_grid(float(sides.leader_strength[s]), float(m.sum()), points)
        final[s] = contest(grid.own + grid.x, float(sides.target_strength[s]))
        joined = np.where(sides.joined[own], m, 0.0)
        committed = np.cumsum(joined) - joined
        rows.append(own)
        moved.append(grid.place(grid.x + m[:, np.newaxis]))
        here.append(grid.place(committed))
        there.append(grid.place(committed + m))
        start.append(start[-1] + len(own))
    kept = np.concatenate(rows)
    return PrivateCostSides(
        sides=sides,
        start=np.array(start),
        rows=kept,
        moved=np.concatenate(moved),
        here=np.concatenate(here),
        there=np.concatenate(there),
        final=final,
        joined=sides.joined[kept],
    )


@kernel
def read_weights(place, rows, weights):  # type: ignore[no-untyped-def]
    """Fill Lagrange's weights as `engine.grid.stencil` has them; give the first node read."""
    place = min(place, rows - 1.0)
    first = min(max(int(place) - 2, 0), rows - 6)
    a = place - first
    b, c, d, e, f = a - 1.0, a - 2.0, a - 3.0, a - 4.0, a - 5.0
    ab, cd, ef = a * b, c * d, e * f
    weights[0] = b * cd * ef / -120.0
    weights[1] = a * cd * ef / 24.0
    weights[2] = ab * d * ef / -12.0
    weights[3] = ab * c * ef / 12.0
    weights[4] = ab * cd * f / -24.0
    weights[5] = ab * cd * e / 120.0
    return first


@kernel
def best_offer(gain):  # type: ignore[no-untyped-def]
    """Give the best offer where costs are exponential of mean 1 and help is worth `gain > 0`.

    It solves :math:`u + e^u = 1 + G` by Newton's method. Five steps leave rounding, and one does
    from the start of the series in `G` where that is small, as it mostly is.
    """
    if gain < _SMALL:
        u = gain * (0.5 - gain / 16.0)
        return u - (u + np.expm1(u) - gain) / (1.0 + np.exp(u))
    u = np.log1p(0.5 * gain)
    for _ in range(5):
        u -= (u + np.expm1(u) - gain) / (1.0 + np.exp(u))
    return u


@kernel(nogil=True)
def fill_values(start, moved, here, there, final, joined, value, cost, found, by_value, by_cost):  # type: ignore[no-untyped-def]
    """Fill each side's log-likelihood and its derivatives by log `B`, (S,), and log `K`, (N,).

    The derivatives go back through the recursion: `slope` is that of the log-likelihood in the
    values at the nodes, once the partners before `i` have been asked.
    """
    points = final.shape[1]
    most = 1
    for s in range(len(value)):
        most = max(most, start[s + 1] - start[s])
    policy, paid = np.empty((most, points)), np.empty((most, points))
    observed = np.empty((most, 2))
    V, then = np.empty(points), np.empty(points)
    slope, before = np.empty(points), np.empty(points)
    w, u = np.empty(6), np.empty(6)
    for s in range(len(value)):
        n = start[s + 1] - start[s]
        for node in range(points):
            V[node] = value[s] * final[s, node]
        total = 0.0
        for j in range(n - 1, -1, -1):
            i = start[s] + j
            gain = 0.0
            at = read_weights(there[i], points, w)
            for k in range(6):
                gain += w[k] * V[at + k]
            at = read_weights(here[i], points, w)
            for k in range(6):
                gain -= w[k] * V[at + k]
            gain = max(gain / cost[i], LEAST)
            offer = best_offer(gain)
            rate = 1.0 / (1.0 + np.exp(offer))
            if joined[i]:
                q = -np.expm1(-offer)
                total += np.log(q)
                rate *= np.exp(-offer) / q
            else:
                total -= offer
                rate = -rate
            observed[j, 0], observed[j, 1] = rate / cost[i], -rate * gain
            for node in range(points):
                at = read_weights(moved[i, node], points, w)
                gain = -V[node]
                for k in range(6):
                    gain += w[k] * V[at + k]
                q, surplus = 0.0, 0.0
                if gain > 0.0:
                    offer = best_offer(gain / cost[i])
                    q = -np.expm1(-offer)
                    surplus = q * (gain - offer * cost[i])
                policy[j, node], paid[j, node] = q, q * gain - surplus
                then[node] = V[node] + surplus
            V, then = then, V
        found[s] = total
        for node in range(points):
            slope[node] = 0.0
        for j in range(n):
            i = start[s] + j
            moved_by = observed[j, 1]
            for node in range(points):
                before[node] = 0.0
            for node in range(points):
                q = policy[j, node]
                moved_by -= slope[node] * paid[j, node]
                before[node] += slope[node] * (1.0 - q)
                if q > 0.0:
                    at = read_weights(moved[i, node], points, w)
                    for k in range(6):
                        before[at + k] += w[k] * slope[node] * q
            at = read_weights(there[i], points, w)
            other = read_weights(here[i], points, u)
            for k in range(6):
                before[at + k] += w[k] * observed[j, 0]
                before[other + k] -= u[k] * observed[j, 0]
            by_cost[i] = moved_by
            slope, before = before, slope
        total = 0.0
        for node in range(points):
            total += slope[node] * value[s] * final[s, node]
        by_value[s] = total


def log_likelihoods(laid: PrivateCostSides, params: Floats) -> tuple[Floats, Floats]:
    """Give each side's log-likelihood, (S,), and its derivative, (S, 1 + k)."""
    sides = laid.sides
    value = np.exp(params[0] * sides.insecurity)
    z = sides.design[laid.rows]
    cost = np.exp(z @ params[1:])
    found, by_value = np.empty(sides.count), np.empty(sides.count)
    by_cost = np.empty(len(laid.rows))
    fill_values(
        laid.start, laid.moved, laid.here, laid.there, laid.final, laid.joined, value, cost,
        found, by_value, by_cost,
    )  # fmt: skip
    scores = np.zeros((sides.count, len(params)))
    scores[:, 0] = by_value * sides.insecurity
    np.add.at(scores[:, 1:], owner_of(laid), z * by_cost[:, np.newaxis])
    return found, scores


def owner_of(laid: PrivateCostSides) -> Ints:
    """Give the side of each candidate laid out, shape (N,)."""
    return np.repeat(np.arange(laid.sides.count), np.diff(laid.start))
