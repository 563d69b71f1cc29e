"""All coalitions at fixed prices: a recursion over the partners, compiled.

Partners decide one after another, the weakest first. With strength `x` committed, the log of the
sum over everything that the `k` strongest partners may still do is the inclusive value

    L_0(x) = F(x),    L_{k+1}(x) = L_k(x) + log(1 + exp(a_k + L_k(x + m_k) - L_k(x))),

with partners counted from the strongest. `L_k` is a smooth function on `[0, R_k]`, `R_k` being the
strength of all partners but the `k` strongest, and is kept on panels. Every step adds positive
numbers, so nothing cancels, however small the noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.panels import (
    ORDER,
    TRANSFORM,
    Ints,
    evaluate,
    fill_basis,
    fill_nodes,
    to_series,
    truncation,
)

# What rounding leaves in the last coefficients of values of size 1; no panel can go below it, and
# it does not add up over stages as what a series misses does.
_ROUNDING = 1e-14
# A panel this much narrower than the whole range is left as it is.
_NARROW = 1e-12
# Halvings of a panel in one step.
_MOST_HALVINGS = 48
# Panels of all stages together; what is not resolved then shows in the error.
_MOST_PANELS = 1 << 16


class Stages(NamedTuple):
    """The recursion's functions on their panels; stage `k` has the `k` strongest undecided.

    Attributes
    ----------
    first
        Shape (n + 1,): stage `k < n` has the panels from `first[k]` to `first[k + 1]` - 1. Stage
        `n`, where nobody has decided, is the single point 0.
    left, right
        Ends of the panels, shape (panels,).
    series
        Chebyshev coefficients of :math:`L_k`, shape (panels, ORDER).
    policy
        Probability that partner `k - 1` joins, at the nodes of stage `k`, shape (panels, ORDER).
    missed
        What the series of :math:`L_k` misses, shape (panels,).
    first_policy
        Probability that the weakest partner, who decides first, joins.
    log_partition
        :math:`\\log Z = L_n(0)`.
    """

    first: Ints
    left: Floats
    right: Floats
    series: Floats
    policy: Floats
    missed: Floats
    first_policy: float
    log_partition: float


class Flow(NamedTuple):
    """The probability of passing through each stage's nodes.

    Attributes
    ----------
    mass
        Shape (panels, ORDER): probability of each committed strength, spread on the nodes.
    join
        Shape (n,): probability of joining, strongest partner first.
    missed
        Bound on the error of :math:`\\log Z` by interpolation.
    """

    mass: Floats
    join: Floats
    missed: float


@njit(cache=True, nogil=True)
def log_sum(advantage: float) -> float:
    """Give ``log(1 + exp(advantage))`` without overflow."""
    log: float = max(advantage, 0.0) + np.log1p(np.exp(-abs(advantage)))
    return log


@njit(cache=True, nogil=True)
def logistic(advantage: float) -> float:
    """Give ``1 / (1 + exp(-advantage))`` without overflow."""
    small = np.exp(-abs(advantage))
    chance: float = (1.0 if advantage > 0.0 else small) / (1.0 + small)
    return chance


@njit(cache=True, nogil=True)
def _longer(array: Floats) -> Floats:
    grown = np.empty((2 * array.shape[0], *array.shape[1:]))
    grown[: array.shape[0]] = array
    return grown


@njit(cache=True, nogil=True)
def recurse(
    strength: Floats, appeal: Floats, edges: Floats, terminal: Floats, tolerance: float
) -> Stages:
    """Run the recursion from the strongest partner to the weakest.

    Parameters
    ----------
    strength
        :math:`m_i > 0`, falling, shape (n,), n >= 1.
    appeal
        :math:`a_i`, minus the price over the noise, shape (n,).
    edges, terminal
        Panels on `[0, sum(strength)]` and :math:`F` at their nodes, shape (panels, ORDER).
    tolerance
        What the series of :math:`L_k` may miss on a panel.
    """
    n: int = strength.shape[0]
    reach = np.zeros(n + 1)
    for k in range(n - 1, -1, -1):
        reach[k] = reach[k + 1] + strength[k]
    narrow = _NARROW * reach[0]
    count = edges.shape[0] - 1
    first = np.zeros(n + 1, dtype=np.int64)
    first[1] = count
    room = 4 * max(count, n)
    left, right, missed = np.empty(room), np.empty(room), np.empty(room)
    series, policy = np.empty((room, ORDER)), np.zeros((room, ORDER))
    left[:count], right[:count] = edges[:-1], edges[1:]
    # Values at the nodes, row by row beside the series: a panel that a step keeps needs them.
    value = np.empty((room, ORDER))
    value[:count] = terminal
    for panel in range(count):
        to_series(value[panel], series[panel])
        missed[panel] = truncation(series[panel])
    x, stay, gain = np.empty(ORDER), np.empty(ORDER), np.empty(ORDER)
    at, basis = np.empty(ORDER, dtype=np.int64), np.empty((ORDER, ORDER))
    upper = np.empty(_MOST_HALVINGS)
    for k in range(n - 1):
        start, stop, end = first[k], first[k + 1], reach[k + 1]
        for panel in range(start, stop):
            low = left[panel]
            last = right[panel] > end - narrow or panel == stop - 1
            upper[0], waiting = (end if last else right[panel]), 1
            while waiting > 0:
                high = upper[waiting - 1]
                if count == left.shape[0]:
                    left, right, missed = _longer(left), _longer(right), _longer(missed)
                    series, policy, value = _longer(series), _longer(policy), _longer(value)
                if low == left[panel] and high == right[panel]:
                    stay[:] = value[panel]
                else:
                    fill_nodes(low, high, 0.0, x)
                    fill_basis(left, right, start, stop, x, at, basis)
                    evaluate(series, at, basis, stay)
                fill_nodes(low, high, strength[k], x)
                fill_basis(left, right, start, stop, x, at, basis)
                evaluate(series, at, basis, gain)
                largest = 0.0
                for s in range(ORDER):
                    advantage = appeal[k] + gain[s] - stay[s]
                    small = np.exp(-abs(advantage))
                    policy[count, s] = (1.0 if advantage > 0.0 else small) / (1.0 + small)
                    value[count, s] = stay[s] + max(advantage, 0.0) + np.log1p(small)
                    largest = max(largest, abs(value[count, s]))
                to_series(value[count], series[count])
                missed[count] = max(truncation(series[count]) - _ROUNDING * largest, 0.0)
                if (
                    missed[count] > tolerance
                    and high - low > narrow
                    and waiting < _MOST_HALVINGS
                    and count < _MOST_PANELS
                ):
                    upper[waiting] = (low + high) / 2.0
                    waiting += 1
                    continue
                left[count], right[count] = low, high
                count += 1
                low = high
                waiting -= 1
            if last:
                break
        first[k + 2] = count
    ends = np.array([0.0, strength[n - 1]])
    fill_basis(left, right, first[n - 1], first[n], ends, at, basis)
    evaluate(series, at[:2], basis[:, :2], stay[:2])
    advantage = appeal[n - 1] + stay[1] - stay[0]
    return Stages(
        first,
        left[:count],
        right[:count],
        series[:count],
        policy[:count],
        missed[:count],
        logistic(advantage),
        stay[0] + log_sum(advantage),
    )


@njit(cache=True, nogil=True)
def _spread(spread: Floats, at: Ints, basis: Floats, moving: Floats) -> None:
    """Add mass `moving` to points, shape (points,): the transpose of `evaluate`."""
    points = moving.shape[0]
    if at[0] == at[points - 1]:
        row = spread[at[0]]
        for q in range(ORDER):
            total = 0.0
            for s in range(points):
                total += moving[s] * basis[q, s]
            row[q] += total
        return
    for q in range(ORDER):
        for s in range(points):
            spread[at[s], q] += moving[s] * basis[q, s]


@njit(cache=True, nogil=True)
def flow(stages: Stages, strength: Floats) -> Flow:
    """Follow the partners' choices forward, from nobody committed to the final strength."""
    n: int = strength.shape[0]
    first, left, right, missed = stages.first, stages.left, stages.right, stages.missed
    # Mass moves as the transpose of interpolation: it is spread on the coefficients of the stage
    # that it reaches, and they are turned into mass on that stage's nodes.
    spread = np.zeros_like(stages.series)
    mass = np.zeros_like(stages.series)
    join = np.zeros(n)
    x, moving = np.empty(ORDER), np.empty(ORDER)
    at, basis = np.empty(ORDER, dtype=np.int64), np.empty((ORDER, ORDER))
    error = 0.0
    join[n - 1] = stages.first_policy
    ends = np.array([0.0, strength[n - 1]])
    fill_basis(left, right, first[n - 1], first[n], ends, at, basis)
    moving[0], moving[1] = 1.0 - join[n - 1], join[n - 1]
    _spread(spread, at[:2], basis[:, :2], moving[:2])
    for k in range(n - 1, -1, -1):
        start, stop = first[k], first[k + 1]
        for panel in range(start, stop):
            arriving = 0.0
            for q in range(ORDER):
                for s in range(ORDER):
                    mass[panel, s] += TRANSFORM[q, s] * spread[panel, q]
            for s in range(ORDER):
                arriving += abs(mass[panel, s])
            error += arriving * missed[panel]
            if k == 0:
                continue
            for s in range(ORDER):
                moving[s] = mass[panel, s] * stages.policy[panel, s]
                join[k - 1] += moving[s]
            fill_nodes(left[panel], right[panel], strength[k - 1], x)
            fill_basis(left, right, first[k - 1], first[k], x, at, basis)
            _spread(spread, at, basis, moving)
            for s in range(ORDER):
                moving[s] = mass[panel, s] - moving[s]
            fill_nodes(left[panel], right[panel], 0.0, x)
            fill_basis(left, right, first[k - 1], first[k], x, at, basis)
            same = at[0]
            if left[same] == left[panel] and right[same] == right[panel]:
                mass[same] += moving
            else:
                _spread(spread, at, basis, moving)
    return Flow(mass, join, error)
