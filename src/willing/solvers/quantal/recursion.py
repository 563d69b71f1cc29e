"""All coalitions at fixed prices: a recursion over the partners, compiled.

Partners decide one after another, the weakest first. With strength `x` committed, the log of the
sum over everything that the `k` strongest partners may still do is the inclusive value

    L_0(x) = F(x),    L_{k+1}(x) = L_k(x) + log(1 + exp(a_k + L_k(x + m_k) - L_k(x))),

with partners counted from the strongest. `L_k` is a smooth function on `[0, R_k]`, `R_k` being the
strength of all partners but the `k` strongest, and is kept on panels, which are halved where they
do not resolve it and merged where they need not be so fine. Every step adds positive numbers, so
nothing cancels, however small the noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.panels import (
    NODES,
    ORDER,
    Ints,
    interpolate,
    transform,
    truncation,
)
from willing.solvers.quantal.reach import bound_reach, log_sum

# What rounding leaves in the last coefficients of values of size 1; no panel can go below it, and
# it does not add up over stages as what a series misses does.
_ROUNDING = 1e-14
# A panel this much narrower than the whole range is left as it is.
_NARROW = 1e-12
# Halvings of a panel in one step.
_MOST_HALVINGS = 48
# Panels of all stages together; what is not resolved then shows in the error.
_MOST_PANELS = 1 << 16
# What a series may miss where coalitions hardly ever pass.
_LOOSEST = 1e-3
# The greatest log that is taken; past it a panel may miss the most anyway.
_MOST_LOG = 700.0
# Two panels that so many coefficients resolve are tried as one.
_EASY = 10


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


@njit(cache=True, nogil=True)
def logistic(advantage: float) -> float:
    """Give ``1 / (1 + exp(-advantage))`` without overflow."""
    small = np.exp(-abs(advantage))
    chance: float = (1.0 if advantage > 0.0 else small) / (1.0 + small)
    return chance


@njit(cache=True, nogil=True)
def _longer(array: Floats) -> Floats:
    grown = np.empty((2 * array.shape[0], *array.shape[1:]), array.dtype)
    grown[: array.shape[0]] = array
    return grown


@njit(cache=True, nogil=True)
def _all_nodes(edges: Floats) -> Floats:
    nodes = np.empty((edges.shape[0] - 1, ORDER))
    for panel in range(nodes.shape[0]):
        middle, half = edges[panel] + edges[panel + 1], edges[panel + 1] - edges[panel]
        for s in range(ORDER):
            nodes[panel, s] = (middle + half * NODES[s]) / 2.0
    return nodes.ravel()


@njit(cache=True, nogil=True)
def holding(right: Floats, panel: int, stop: int, x: float) -> int:
    """Give the panel that holds `x`, at or after `panel`."""
    while panel < stop - 1 and right[panel] <= x:
        panel += 1
    return panel


@njit(cache=True, nogil=True)
def _choose(appeal: float, stay: Floats, gain: Floats, policy: Floats, value: Floats) -> None:
    """Fill the probability of joining, and the inclusive value, from the values of both choices."""
    for s in range(ORDER):
        advantage = appeal + gain[s] - stay[s]
        small = np.exp(-abs(advantage))
        policy[s] = (1.0 if advantage > 0.0 else small) / (1.0 + small)
        # What log1p would add is lost in the sum.
        value[s] = stay[s] + max(advantage, 0.0) + np.log(1.0 + small)


@njit(cache=True, nogil=True)
def _largest(series: Floats, start: int) -> float:
    largest = 0.0
    for q in range(start, ORDER):
        largest = max(largest, abs(series[q]))
    return largest


@njit(cache=True, nogil=True)
def _missed(series: Floats, value: Floats) -> float:
    """Estimate what a series misses beyond rounding; values are monotone."""
    rounding = _ROUNDING * max(abs(value[0]), abs(value[ORDER - 1]))
    return truncation(series, rounding)


@njit(cache=True, nogil=True)
def _allow(tolerance: float, low: float, value: Floats, slope: Floats, bound: Floats) -> float:
    """Give what a panel from `low` on may miss: more where coalitions hardly ever pass."""
    least = 0.0
    largest = max(value[0], value[ORDER - 1])
    for j in range(slope.shape[0]):
        least = min(least, bound[j] - slope[j] * low + largest)
    allowed: float = min(tolerance * np.exp(min(-least, _MOST_LOG)), max(tolerance, _LOOSEST))
    return allowed


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
        Panels that cover `[0, sum(strength)]` and the monotone :math:`F` at their nodes, shape
        (panels, ORDER).
    tolerance
        What the series of :math:`L_k` may miss on a panel, times the probability that coalitions
        pass through it.
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
    # Values at the nodes, row by row beside the series: a panel that a step keeps needs them.
    value = np.empty((room, ORDER))
    # Whether `_EASY` coefficients resolve a panel.
    easy = np.zeros(room, dtype=np.bool_)
    left[:count], right[:count], value[:count] = edges[:-1], edges[1:], terminal
    slope, bound = bound_reach(strength, appeal, _all_nodes(edges), terminal.ravel())
    for panel in range(count):
        transform(value[panel], series[panel])
        allowed = _allow(tolerance, left[max(panel - 1, 0)], value[panel], slope, bound[0])
        missed[panel] = _missed(series[panel], value[panel])
        easy[panel] = _largest(series[panel], _EASY) <= allowed
    stay, gain, upper = np.empty((1, ORDER)), np.empty((1, ORDER)), np.empty(_MOST_HALVINGS)
    for k in range(n - 1):
        panel, stop, end = first[k], first[k + 1], reach[k + 1]
        here, there = panel, panel
        reached = False
        while not reached:
            low, taken = left[panel], panel
            reached = panel == stop - 1 or right[panel] > end - narrow
            if not reached and easy[panel] and easy[panel + 1]:
                taken += 1
                reached = taken == stop - 1 or right[taken] > end - narrow
            whole = end if reached else right[taken]
            upper[0], waiting = whole, 1
            while waiting > 0:
                high = upper[waiting - 1]
                if count == left.shape[0]:
                    left, right, missed = _longer(left), _longer(right), _longer(missed)
                    series, policy, value = _longer(series), _longer(policy), _longer(value)
                    easy = _longer(easy)
                here = holding(right, here, stop, low)
                if low == left[here] and high == right[here]:
                    stay[0] = value[here]
                else:
                    interpolate(left, right, series, here, stop, low, high, stay)
                there = holding(right, there, stop, low + strength[k])
                shift = strength[k]
                interpolate(left, right, series, there, stop, low + shift, high + shift, gain)
                _choose(appeal[k], stay[0], gain[0], policy[count], value[count])
                transform(value[count], series[count])
                missed[count] = _missed(series[count], value[count])
                before = left[count - 1] if count > stop else low
                allowed = _allow(tolerance, before, value[count], slope, bound[k + 1])
                if (
                    missed[count] > allowed
                    and high - low > narrow
                    and waiting < _MOST_HALVINGS
                    and count < _MOST_PANELS
                ):
                    joint = taken > panel and low == left[panel] and high == whole
                    upper[waiting] = right[panel] if joint else (low + high) / 2.0
                    waiting += 1
                    continue
                easy[count] = _largest(series[count], _EASY) <= allowed
                left[count], right[count] = low, high
                count += 1
                low = high
                waiting -= 1
            panel = taken + 1
        first[k + 2] = count
    begin = first[n - 1]
    x = strength[n - 1]
    interpolate(left, right, series, begin, first[n], 0.0, 0.0, stay)
    interpolate(left, right, series, holding(right, begin, first[n], x), first[n], x, x, gain)
    advantage = appeal[n - 1] + gain[0, 0] - stay[0, 0]
    return Stages(
        first,
        left[:count],
        right[:count],
        series[:count],
        policy[:count],
        missed[:count],
        logistic(advantage),
        stay[0, 0] + log_sum(advantage),
    )
