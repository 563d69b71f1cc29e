"""Where the choices lead: the probability of passing through each strength, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.panels import NODES, ORDER, TRANSFORM, within
from willing.solvers.quantal.recursion import Stages, holding


class Flow(NamedTuple):
    """The probability of passing through each stage's nodes.

    Attributes
    ----------
    mass
        Shape (panels, ORDER): probability of each committed strength, spread on the nodes.
    join
        Shape (n,): probability of joining, strongest partner first.
    missed
        Estimate of the error of :math:`\\log Z`: what the series that are read miss, weighted with
        the mass that reads them. Values that a stage takes over from the one before are not read.
    """

    mass: Floats
    join: Floats
    missed: float


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def _spread_one(
    spread: Floats,
    panel: int,
    moving: Floats,
    start: int,
    stop: int,
    shift: float,
    scale: float,
) -> float:
    """Add the mass from node `start` to `stop` - 1 to a panel's coefficients; give its size."""
    # An accumulator for each coefficient: in an array each step would wait for memory.
    size = c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = 0.0
    c8 = c9 = c10 = c11 = c12 = c13 = c14 = c15 = 0.0
    for s in range(ORDER):
        x = min(max(shift + scale * NODES[s], -1.0), 1.0)
        even = moving[s] if start <= s < stop else 0.0
        size += abs(even)
        odd = x * even
        x *= 2.0
        c0 += even
        c1 += odd
        even = x * odd - even
        c2 += even
        odd = x * even - odd
        c3 += odd
        even = x * odd - even
        c4 += even
        odd = x * even - odd
        c5 += odd
        even = x * odd - even
        c6 += even
        odd = x * even - odd
        c7 += odd
        even = x * odd - even
        c8 += even
        odd = x * even - odd
        c9 += odd
        even = x * odd - even
        c10 += even
        odd = x * even - odd
        c11 += odd
        even = x * odd - even
        c12 += even
        odd = x * even - odd
        c13 += odd
        even = x * odd - even
        c14 += even
        odd = x * even - odd
        c15 += odd
    row = spread[panel]
    row[0], row[1], row[2], row[3] = row[0] + c0, row[1] + c1, row[2] + c2, row[3] + c3
    row[4], row[5], row[6], row[7] = row[4] + c4, row[5] + c5, row[6] + c6, row[7] + c7
    row[8], row[9], row[10], row[11] = row[8] + c8, row[9] + c9, row[10] + c10, row[11] + c11
    row[12], row[13], row[14], row[15] = row[12] + c12, row[13] + c13, row[14] + c14, row[15] + c15
    return size


@njit(cache=True, nogil=True)
def _move(
    left: Floats,
    right: Floats,
    missed: Floats,
    panel: int,
    stop: int,
    low: float,
    high: float,
    moving: Floats,
    spread: Floats,
) -> float:
    """Spread mass on the coefficients of the panels that it reaches: `interpolate` transposed.

    Gives the error of :math:`\\log Z` from what the panels read miss.
    """
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    node, error = 0, 0.0
    while node < ORDER:
        beyond = within(right, panel, stop - 1, middle, half, node)
        if beyond > node:
            center, radius = (left[panel] + right[panel]) / 2.0, (right[panel] - left[panel]) / 2.0
            shift, scale = (middle - center) / radius, half / radius
            size = _spread_one(spread, panel, moving, node, beyond, shift, scale)
            error += size * missed[panel]
            node = beyond
        panel += 1
    return error


@njit(cache=True, nogil=True, fastmath={"contract"})
def _settle(spread: Floats, mass: Floats, panel: int) -> None:
    """Turn mass on coefficients into mass on nodes."""
    for s in range(ORDER):
        total = 0.0
        for q in range(ORDER):
            total += TRANSFORM[q, s] * spread[panel, q]
        mass[panel, s] += total


@njit(cache=True, nogil=True)
def flow(stages: Stages, strength: Floats) -> Flow:
    """Follow the partners' choices forward, from nobody committed to the final strength."""
    n: int = strength.shape[0]
    first, left, right, missed = stages.first, stages.left, stages.right, stages.missed
    spread, mass = np.zeros_like(stages.series), np.zeros_like(stages.series)
    join = np.zeros(n)
    moving = np.zeros(ORDER)
    join[n - 1] = stages.first_policy
    begin, stop = first[n - 1], first[n]
    moving[0] = 1.0 - join[n - 1]
    error = _move(left, right, missed, begin, stop, 0.0, 0.0, moving, spread)
    moving[0], x = join[n - 1], strength[n - 1]
    error += _move(left, right, missed, holding(right, begin, stop, x), stop, x, x, moving, spread)
    for k in range(n - 1, -1, -1):
        begin = first[max(k - 1, 0)]
        here, there = begin, begin
        for panel in range(first[k], first[k + 1]):
            _settle(spread, mass, panel)
            if k == 0:
                continue
            for s in range(ORDER):
                moving[s] = mass[panel, s] * stages.policy[panel, s]
                join[k - 1] += moving[s]
            low, high, shift = left[panel], right[panel], strength[k - 1]
            there = holding(right, there, first[k], low + shift)
            error += _move(
                left,
                right,
                missed,
                there,
                first[k],
                low + shift,
                high + shift,
                moving,
                spread,
            )
            for s in range(ORDER):
                moving[s] = mass[panel, s] - moving[s]
            here = holding(right, here, first[k], low)
            if low == left[here] and high == right[here]:
                mass[here] += moving
            else:
                error += _move(left, right, missed, here, first[k], low, high, moving, spread)
    return Flow(mass, join, error)
