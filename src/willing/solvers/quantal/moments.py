"""Moments of the coalition from the recursion's stages: statistics, and the number of members."""

from __future__ import annotations

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.flow import Flow
from willing.solvers.quantal.panels import (
    ORDER,
    TRANSFORM,
    fill_basis,
    fill_nodes,
    interpolate,
    transform,
)
from willing.solvers.quantal.recursion import Stages, holding


@njit(cache=True, nogil=True)
def innovations(
    stages: Stages, strength: Floats, design: Floats, terminal: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give what each choice changes in the expectation of the statistics.

    The statistics are :math:`t(M) + \\sum_{i \\in S} z_i`, vectors of length c.

    Parameters
    ----------
    stages
        The recursion.
    strength
        :math:`m_i`, falling, shape (n,).
    design
        :math:`z_i`, shape (n, c), in the order of `strength`.
    terminal
        :math:`t` at the nodes of the terminal panels, shape (c, panels of stage 0, ORDER).

    Returns
    -------
    expectation
        Shape (c,).
    first_change
        What the weakest partner's joining adds to the expectation, shape (c,).
    change
        What joining adds at the nodes of each stage, shape (c, panels, ORDER).
    """
    n: int = design.shape[0]
    c: int = design.shape[1]
    first, left, right = stages.first, stages.left, stages.right
    panels = left.shape[0]
    series, change = np.empty((panels * c, ORDER)), np.zeros((c, panels, ORDER))
    stay, gain, value = np.empty((c, ORDER)), np.empty((c, ORDER)), np.empty(ORDER)
    for panel in range(first[1]):
        for j in range(c):
            transform(terminal[j, panel], series[panel * c + j])
    for k in range(n - 1):
        stop, shift = first[k + 1], strength[k]
        here, there = first[k], first[k]
        for panel in range(first[k + 1], first[k + 2]):
            low, high = left[panel], right[panel]
            here = holding(right, here, stop, low)
            interpolate(left, right, series, here, stop, low, high, stay)
            there = holding(right, there, stop, low + shift)
            interpolate(left, right, series, there, stop, low + shift, high + shift, gain)
            for j in range(c):
                for s in range(ORDER):
                    change[j, panel, s] = design[k, j] + gain[j, s] - stay[j, s]
                    value[s] = stay[j, s] + stages.policy[panel, s] * change[j, panel, s]
                transform(value, series[panel * c + j])
    begin, stop, x = first[n - 1], first[n], strength[n - 1]
    interpolate(left, right, series, begin, stop, 0.0, 0.0, stay)
    interpolate(left, right, series, holding(right, begin, stop, x), stop, x, x, gain)
    first_change = design[n - 1] + gain[:, 0] - stay[:, 0]
    expectation = stay[:, 0] + stages.first_policy * first_change
    return expectation, first_change, change


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def covariance(stages: Stages, passing: Flow, first_change: Floats, change: Floats) -> Floats:
    """Give the covariance of the statistics, shape (c, c).

    The choices are a martingale: the covariance is the sum over choices of their variance times
    what they change, squared.
    """
    c: int = change.shape[0]
    spread = (passing.mass * stages.policy * (1.0 - stages.policy)).ravel()
    first_spread = stages.first_policy * (1.0 - stages.first_policy)
    matrix = np.empty((c, c))
    for j in range(c):
        weighted = change[j].ravel() * spread
        for l in range(j + 1):  # noqa: E741
            other = change[l].ravel()
            total = first_spread * first_change[j] * first_change[l]
            for s in range(spread.shape[0]):
                total += weighted[s] * other[s]
            matrix[j, l] = matrix[l, j] = total
    return matrix


@njit(cache=True, nogil=True)
def size_distribution(stages: Stages, strength: Floats) -> Floats:
    """Give the probability of each number of members, shape (n + 1,).

    The distribution of how many of the `k` strongest join is a function of committed strength, as
    the inclusive value is.
    """
    n: int = strength.shape[0]
    first, left, right = stages.first, stages.left, stages.right
    widest = 0
    for k in range(n):
        widest = max(widest, first[k + 1] - first[k])
    # Coefficients of the stage that is read and of the one that is filled.
    read, filled = np.zeros((widest, ORDER, n + 1)), np.zeros((widest, ORDER, n + 1))
    read[: first[1], 0, 0] = 1.0
    x, at = np.empty(ORDER), np.empty(ORDER, dtype=np.int64)
    basis = np.empty((ORDER, ORDER))
    values = np.empty((ORDER, n + 1))
    for k in range(n):
        start, stop = first[k], first[k + 1]
        begin = k == n - 1
        for panel in range(first[k + 1], first[k + 1] + 1 if begin else first[k + 2]):
            values[:] = 0.0
            for joins in range(2):
                if begin:
                    x[:] = joins * strength[k]
                else:
                    fill_nodes(left[panel], right[panel], joins * strength[k], x)
                fill_basis(left, right, start, stop, x, at, basis)
                for s in range(ORDER):
                    chance = stages.first_policy if begin else stages.policy[panel, s]
                    chance = chance if joins else 1.0 - chance
                    for q in range(ORDER):
                        weight = chance * basis[q, s]
                        for c in range(k + 1):
                            values[s, c + joins] += weight * read[at[s] - start, q, c]
            if begin:
                break
            row = filled[panel - stop]
            row[:, : k + 2] = 0.0
            for q in range(ORDER):
                for s in range(ORDER):
                    for c in range(k + 2):
                        row[q, c] += TRANSFORM[q, s] * values[s, c]
        read, filled = filled, read
    chances: Floats = values[0]
    return chances
