"""The sums of many sides at fixed prices, and of one side at many parameters.

A side is a leader with the partners who may join her. The sides stand one after another: side `s`
has the partners from ``start[s]`` to ``start[s + 1]`` - 1, strongest first. Thousands of sums are
taken by compiled loops of the same shape (`willing.theory.engine.compiled_batches`), which cost
some seconds once; few are taken here.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from willing.numbers import Floats, Ints, logistic
from willing.theory.engine.compiled_batches import fill_sides
from willing.theory.engine.grid import PADDING
from willing.theory.engine.plan import make_plan
from willing.theory.engine.recursion import flow, recurse
from willing.theory.engine.second_pass import covariance, size_distribution

# With more partners together than this sums are left to compiled loops, and so are all once these
# are there.
_MANY = 2000
# Blocks of sides that threads share; more than threads, because sides differ in work.
_BLOCKS = 16
# Parameters that are summed over together: memory grows with them.
_TOGETHER = 64


@dataclass(frozen=True, eq=False)
class Sides:
    """Partners of many sides, and the probability of victory on the grid of each.

    Attributes
    ----------
    start
        Shape (S + 1,).
    strength
        :math:`m_i`, falling within a side, shape (N,).
    own
        Strength of the leaders, shape (S,).
    victory
        :math:`p` at the nodes of each side's grid, shape (S, points).
    """

    start: Ints
    strength: Floats
    own: Floats
    victory: Floats

    @property
    def points(self) -> int:
        """Nodes of each grid."""
        return int(self.victory.shape[1])

    @property
    def count(self) -> int:
        """Number of sides S."""
        return len(self.own)


@dataclass(frozen=True, eq=False)
class SideSums:
    """Sums over all coalitions of every side.

    Attributes
    ----------
    log_partition, victory
        :math:`\\log Z` and :math:`E[p]`, shape (S,).
    join
        Join probabilities, shape (N,).
    covariance
        That of :math:`(p, \\sum_{i \\in S} z_i)`, shape (S, 1 + k, 1 + k); empty if not asked for.
    size
        Probability of each number of members up to one less than the columns, shape (S, columns).
    """

    log_partition: Floats
    victory: Floats
    join: Floats
    covariance: Floats
    size: Floats


def side_nodes(start: Ints, strength: Floats, own: Floats, points: int) -> Floats:
    """Give the nodes of every side's grid, strengths beyond the leader's, shape (S, points)."""
    total = np.add.reduceat(np.append(strength, 0.0), start[:-1]) * (np.diff(start) > 0)
    step = np.log1p(total / own) / (points - 1 - PADDING)
    nodes: Floats = own[:, np.newaxis] * np.expm1(step[:, np.newaxis] * np.arange(points))
    return nodes


def sum_sides(
    sides: Sides,
    appeal: Floats,
    value: Floats,
    *,
    design: Floats | None = None,
    sizes: int = 0,
    threads: int = 1,
    compiled: bool | None = None,
) -> SideSums:
    """Sum over all coalitions of every side.

    Parameters
    ----------
    sides
        The sides.
    appeal
        :math:`a_i`, shape (N,).
    value
        What :math:`p` is worth in units of the noise, shape (S,).
    design
        :math:`z_i`, shape (N, k), if their covariance is asked for.
    sizes
        How many numbers of members, from 0 on, to give the probabilities of.
    threads
        How many share the sides; -1 for all cores.
    compiled
        Whether by compiled loops; by default where there are many sums to take, or have been.
    """
    N, S = len(sides.strength), sides.count
    k = 0 if design is None else 1 + design.shape[1]
    sums = SideSums(
        np.empty(S), np.empty(S), np.empty(N), np.zeros((S, k, k)), np.zeros((S, sizes))
    )
    columns = np.zeros((N, 0)) if design is None else np.ascontiguousarray(design, dtype=float)
    fill: Callable[..., None] = _fill
    if compiled is None:
        compiled = N > _MANY or fill_sides.ready
    given: tuple[Any, ...] = (
        sides.start,
        sides.strength,
        sides.own,
        sides.victory,
        appeal,
        value,
        columns,
    )
    if compiled:
        # Other layouts, or arrays that may not be written to, would be compiled for anew.
        given = tuple(np.require(each, requirements=["C", "W", "O"]) for each in given)
        fill = fill_sides

    def share(low: int, high: int) -> None:
        fill(
            low,
            high,
            *given,
            sums.log_partition,
            sums.victory,
            sums.join,
            sums.covariance,
            sums.size,
        )

    if threads == 1 or S < _BLOCKS:
        share(0, S)
        return sums
    from joblib import effective_n_jobs

    bounds = np.linspace(0, S, _BLOCKS + 1).astype(int).tolist()
    # Joblib's own pool looks for results every ten milliseconds, which is as long as the sums take.
    with ThreadPoolExecutor(effective_n_jobs(threads)) as pool:
        list(pool.map(share, bounds[:-1], bounds[1:]))
    return sums


def sum_draws(sides: Sides, appeal: Floats, value: Floats) -> SideSums:
    """Sum over all coalitions of one side at many parameters.

    Parameters
    ----------
    sides
        A single side.
    appeal
        :math:`a_i` of every draw, shape (n, draws).
    value
        What :math:`p` is worth, shape (draws,).

    Returns
    -------
    SideSums
        With draws in the place of sides: `log_partition` and `victory` of shape (draws,), `join`
        of shape (n, draws).
    """
    n = int((sides.strength > 0.0).sum())
    log_partition, won = np.logaddexp(0.0, appeal[n:]).sum(axis=0), np.empty(len(value))
    join = logistic(appeal)
    if n == 0:
        won[:] = sides.victory[0, 0]
        log_partition = log_partition + value * won
        return SideSums(log_partition, won, join, np.zeros((0, 0, 0)), np.zeros((0, 0)))
    plan = make_plan(float(sides.own[0]), sides.strength[:n], sides.points)
    p = sides.victory[0]
    for first in range(0, len(value), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        done = recurse(plan, p[:, np.newaxis] * value[some], np.ascontiguousarray(appeal[:n, some]))
        passing = flow(done)
        log_partition[some] += done.log_partition
        join[:n, some], won[some] = passing.join, p @ passing.mass[0]
    return SideSums(log_partition, won, join, np.zeros((0, 0, 0)), np.zeros((0, 0)))


def _fill(
    low: int,
    high: int,
    start: Ints,
    strength: Floats,
    own: Floats,
    victory: Floats,
    appeal: Floats,
    value: Floats,
    design: Floats,
    log_partition: Floats,
    expected: Floats,
    join: Floats,
    spread: Floats,
    size: Floats,
) -> None:
    """Fill the sums of the sides from `low` to `high` - 1."""
    k = spread.shape[1]
    for s in range(low, high):
        rows = slice(int(start[s]), int(start[s + 1]))
        m, a, z = strength[rows], appeal[rows], design[rows]
        n, p = int((m > 0.0).sum()), victory[s]
        log_partition[s] = value[s] * p[0] + np.logaddexp(0.0, a[n:]).sum()
        expected[s], join[rows] = p[0], logistic(a)
        counts = np.ones(1)
        if n:
            plan = make_plan(float(own[s]), m[:n], len(p))
            done = recurse(plan, value[s] * p, a[:n])
            passing = flow(done)
            log_partition[s] += float(done.log_partition) - value[s] * p[0]
            expected[s], join[rows][:n] = passing.mass[0] @ p, passing.join
            if k:
                terminal = np.column_stack([p, np.zeros((len(p), k - 1))])
                added = np.column_stack([np.zeros(n), z[:n]])
                spread[s] = covariance(done, passing, terminal, added)[1]
            if size.shape[1]:
                counts = size_distribution(done)
        idle = join[rows][n:]
        if k:
            spread[s, 1:, 1:] += z[n:].T @ (z[n:] * (idle * (1.0 - idle))[:, np.newaxis])
        if size.shape[1]:
            for chance in idle:
                counts = np.convolve(counts, [1.0 - chance, chance])
            size[s, : len(counts)] = counts[: size.shape[1]]
