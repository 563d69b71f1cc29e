"""Moments of the coalition from the recursion's stages: statistics, and the number of members."""

from __future__ import annotations

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.flow import Flow
from willing.solvers.quantal.panels import ORDER, TRANSFORM, Ints, fill_basis, fill_nodes
from willing.solvers.quantal.recursion import Stages


@njit(cache=True, nogil=True)
def _evaluate_rows(series: Floats, at: Ints, basis: Floats, out: Floats) -> None:
    out[:] = 0.0
    for s in range(out.shape[0]):
        for q in range(ORDER):
            weight = basis[q, s]
            for c in range(out.shape[1]):
                out[s, c] += weight * series[at[s], q, c]


@njit(cache=True, nogil=True)
def _to_series_rows(values: Floats, series: Floats) -> None:
    series[:] = 0.0
    for q in range(ORDER):
        for s in range(ORDER):
            weight = TRANSFORM[q, s]
            for c in range(values.shape[1]):
                series[q, c] += weight * values[s, c]


@njit(cache=True, nogil=True)
def innovations(
    stages: Stages, strength: Floats, design: Floats, terminal: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give what each choice changes in the expectation of the statistics.

    The statistics are :math:`t(M) + \\sum_{i \\in S} z_i`, row vectors of length c.

    Parameters
    ----------
    stages
        The recursion.
    strength
        :math:`m_i`, falling, shape (n,).
    design
        :math:`z_i`, shape (n, c), in the order of `strength`.
    terminal
        :math:`t` at the nodes of the terminal panels, shape (panels of stage 0, ORDER, c).

    Returns
    -------
    expectation
        Shape (c,).
    first_change
        What the weakest partner's joining adds to the expectation, shape (c,).
    change
        What joining adds at the nodes of each stage, shape (panels, ORDER, c).
    """
    n: int = design.shape[0]
    c: int = design.shape[1]
    first, left, right = stages.first, stages.left, stages.right
    panels = left.shape[0]
    value, series = np.empty((panels, ORDER, c)), np.empty((panels, ORDER, c))
    change = np.zeros((panels, ORDER, c))
    stay, taken = np.empty((ORDER, c)), np.empty((ORDER, c))
    x, at = np.empty(ORDER), np.empty(ORDER, dtype=np.int64)
    basis = np.empty((ORDER, ORDER))
    for panel in range(first[1]):
        value[panel] = terminal[panel]
        _to_series_rows(value[panel], series[panel])
    for k in range(n - 1):
        start, stop = first[k], first[k + 1]
        for panel in range(first[k + 1], first[k + 2]):
            fill_nodes(left[panel], right[panel], 0.0, x)
            fill_basis(left, right, start, stop, x, at, basis)
            if left[at[0]] == left[panel] and right[at[0]] == right[panel]:
                stay[:] = value[at[0]]
            else:
                _evaluate_rows(series, at, basis, stay)
            fill_nodes(left[panel], right[panel], strength[k], x)
            fill_basis(left, right, start, stop, x, at, basis)
            _evaluate_rows(series, at, basis, taken)
            for s in range(ORDER):
                chance = stages.policy[panel, s]
                for j in range(c):
                    change[panel, s, j] = design[k, j] + taken[s, j] - stay[s, j]
                    value[panel, s, j] = stay[s, j] + chance * change[panel, s, j]
            _to_series_rows(value[panel], series[panel])
    ends = np.array([0.0, strength[n - 1]])
    fill_basis(left, right, first[n - 1], first[n], ends, at, basis)
    _evaluate_rows(series, at[:2], basis[:, :2], stay[:2])
    first_change = design[n - 1] + stay[1] - stay[0]
    return stay[0] + stages.first_policy * first_change, first_change, change


def covariance(stages: Stages, passing: Flow, first_change: Floats, change: Floats) -> Floats:
    """Give the covariance of the statistics, shape (c, c).

    The choices are a martingale: the covariance is the sum over choices of their variance times
    what they change, squared.
    """
    spread = passing.mass * stages.policy * (1.0 - stages.policy)
    flat = change.reshape(-1, change.shape[-1])
    matrix = flat.T @ (flat * spread.reshape(-1, 1))
    first_spread = stages.first_policy * (1.0 - stages.first_policy)
    matrix += first_spread * np.outer(first_change, first_change)
    result: Floats = (matrix + matrix.T) / 2.0
    return result


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
