"""Sums over all coalitions of many sides, compiled.

Side `s` has the candidates from ``start[s]`` to ``start[s + 1]`` - 1, strongest first, and the
panels of `willing.structural.likelihood.Panels`. Functions fill the part of their result that
belongs to the sides from `low` to `high` - 1 and hold no lock, so that threads share the sides.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.flow import flow
from willing.solvers.quantal.moments import covariance as martingale_covariance
from willing.solvers.quantal.moments import innovations
from willing.solvers.quantal.panels import Ints
from willing.solvers.quantal.reach import log_sum
from willing.solvers.quantal.recursion import logistic, recurse

# What the recursion's series may miss, in units of log-likelihood; with the value of victory it
# falls to this share at most.
TOLERANCE = 1e-10
_STRICTEST = 1e-3


@njit(cache=True)
def _edges(left: Floats, right: Floats) -> Floats:
    edges = np.empty(left.shape[0] + 1)
    edges[:-1] = left
    edges[-1] = right[-1]
    return edges


@njit(cache=True)
def _positive(strength: Floats) -> int:
    """How many of the strengths, which fall, are positive."""
    count = 0
    while count < strength.shape[0] and strength[count] > 0.0:
        count += 1
    return count


@njit(cache=True)
def _tolerance(value: float) -> float:
    """What the series may miss: :math:`E[p]` is their slope in the value of victory."""
    return TOLERANCE * min(max(abs(value), _STRICTEST), 1.0)


@njit(cache=True, nogil=True)
def fill_expectations(
    low: int,
    high: int,
    start: Ints,
    strength: Floats,
    appeal: Floats,
    panel_start: Ints,
    left: Floats,
    right: Floats,
    victory: Floats,
    alone: Floats,
    value: Floats,
    log_partition: Floats,
    expected_victory: Floats,
    join: Floats,
) -> None:
    """Fill the log partition function and the expectations over all coalitions.

    Parameters
    ----------
    low, high
        The sides to do.
    start, strength, appeal
        Candidates: shape (S + 1,), and :math:`m_i` and :math:`a_i`, shape (N,).
    panel_start, left, right, victory, alone
        The fields of `Panels`.
    value
        What :math:`p` is worth in units of the noise, shape (S,).
    log_partition
        Filled with :math:`\\log \\sum_S \\exp(v p(M(S)) + \\sum_{i \\in S} a_i)`, shape (S,).
    expected_victory
        Filled with :math:`E[p]`, shape (S,).
    join
        Filled with join probabilities, shape (N,).
    """
    for s in range(low, high):
        first, last = start[s], start[s + 1]
        n = _positive(strength[first:last])
        log_partition[s], expected_victory[s] = value[s] * alone[s], alone[s]
        if n > 0:
            m, a = strength[first : first + n], appeal[first : first + n]
            own = slice(panel_start[s], panel_start[s + 1])
            edges, p = _edges(left[own], right[own]), victory[own]
            stages = recurse(m, a, edges, value[s] * p, _tolerance(value[s]))
            passing = flow(stages, m)
            log_partition[s] = stages.log_partition
            expected_victory[s] = (passing.mass[: p.shape[0]] * p).sum()
            join[first : first + n] = passing.join
        for i in range(first + n, last):
            log_partition[s] += log_sum(appeal[i])
            join[i] = logistic(appeal[i])


@njit(cache=True, nogil=True)
def fill_covariances(
    low: int,
    high: int,
    start: Ints,
    strength: Floats,
    appeal: Floats,
    design: Floats,
    panel_start: Ints,
    left: Floats,
    right: Floats,
    victory: Floats,
    value: Floats,
    covariance: Floats,
) -> None:
    """Fill the covariance of :math:`(p, \\sum_{i \\in S} z_i)` over all coalitions.

    Parameters
    ----------
    low, high, start, strength, appeal, panel_start, left, right, victory, value
        As in `fill_expectations`.
    design
        :math:`z_i`, shape (N, k).
    covariance
        Filled, shape (S, 1 + k, 1 + k).
    """
    k = design.shape[1]
    for s in range(low, high):
        first, last = start[s], start[s + 1]
        n = _positive(strength[first:last])
        total = np.zeros((1 + k, 1 + k))
        if n > 0:
            m, a = strength[first : first + n], appeal[first : first + n]
            own = slice(panel_start[s], panel_start[s + 1])
            edges, p = _edges(left[own], right[own]), victory[own]
            stages = recurse(m, a, edges, value[s] * p, _tolerance(value[s]))
            passing = flow(stages, m)
            rows = np.zeros((n, 1 + k))
            rows[:, 1:] = design[first : first + n]
            terminal = np.zeros((1 + k, *p.shape))
            terminal[0] = p
            _, weakest, change = innovations(stages, m, rows, terminal)
            total = martingale_covariance(stages, passing, weakest, change)
        row = np.zeros(1 + k)
        for i in range(first + n, last):
            row[1:] = design[i]
            chance = logistic(appeal[i])
            _add_square(row, chance * (1.0 - chance), total)
        covariance[s] = total


@njit(cache=True)
def _add_square(row: Floats, weight: float, total: Floats) -> None:
    for j in range(row.shape[0]):
        scaled = weight * row[j]
        for l in range(row.shape[0]):  # noqa: E741
            total[j, l] += scaled * row[l]
