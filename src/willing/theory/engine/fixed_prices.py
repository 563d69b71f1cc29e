"""The sum over all coalitions at prices that do not move, as fine as need be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from willing.numbers import Floats, Ints, Masks, logistic
from willing.theory.engine.draws import draw_coalitions
from willing.theory.engine.plan import make_plan
from willing.theory.engine.recursion import Flow, Recursion, flow, recurse
from willing.theory.engine.second_pass import covariance, pair_probabilities, size_distribution

POINTS = (128, 256, 512, 1024, 2048, 4096)
"""Nodes that are tried in turn; the last ones are needed by one game in a hundred."""

# Rounding error of join probabilities, as a share of the largest log weight, after a few hundred
# interpolations.
_ROUNDING = 3e-14
# How fast the error is trusted to fall from grid to grid. In sixty games of 21 to 190 partners it
# fell 3.4-fold at least, mostly more than thirtyfold.
_FALL = 2.0
# A partner whose log odds of joining are never above this is left out.
_NEVER = -40.0


@dataclass(frozen=True, eq=False)
class FixedSum:
    """All coalitions at fixed prices, and how far the sum can be trusted.

    Attributes
    ----------
    order
        The partners who matter, strongest first, shape (active,).
    idle
        The others: partners without strength, who join independently of everybody, and partners
        at prices at which they as good as never join.
    log_partition
        :math:`\\log Z`.
    join
        Join probabilities, shape (n,).
    error
        Estimate of the largest error in `join` and :math:`\\log Z`: half their change from half as
        many nodes, and rounding.
    recursion, passing
        The finest recursion and its flow; None where nobody has strength.
    """

    order: Ints
    idle: Ints
    log_partition: float
    join: Floats
    error: float
    recursion: Recursion | None
    passing: Flow | None

    def expect(self, function: Callable[[Floats], Floats]) -> float:
        """Give the expectation of a function of final strength."""
        if self.recursion is None or self.passing is None:
            return float(function(np.zeros(1))[0])
        return float(self.passing.mass[0] @ function(self.recursion.plan.grid.x))

    @cached_property
    def size(self) -> Floats:
        """Probability of each number of members, shape (n + 1,)."""
        size = np.ones(1) if self.recursion is None else size_distribution(self.recursion)
        for chance in self.join[self.idle]:
            size = np.convolve(size, [1.0 - chance, chance])
        return size

    def pairs(self) -> Floats:
        """Give the probability that both of two partners join, shape (n, n)."""
        pairs = np.outer(self.join, self.join)
        if self.recursion is not None and self.passing is not None:
            both = pair_probabilities(self.recursion, self.passing)
            pairs[np.ix_(self.order, self.order)] = both
        np.fill_diagonal(pairs, self.join)
        return pairs

    def draw(self, size: int, generator: np.random.Generator) -> Masks:
        """Draw coalitions, shape (size, n)."""
        uniform = generator.random((size, len(self.join)))
        members = uniform < self.join
        if self.recursion is not None:
            members[:, self.order] = draw_coalitions(self.recursion, uniform[:, self.order])
        return members

    def moments(self, victory: Callable[[Floats], Floats], design: Floats) -> tuple[Floats, Floats]:
        """Give mean and covariance of :math:`(p, \\sum_S z_i)`, shapes (k + 1,) and (k + 1, k + 1).

        Parameters
        ----------
        victory
            :math:`p` of strength.
        design
            :math:`z_i`, shape (n, k).
        """
        k = design.shape[1]
        mean, spread = np.zeros(k + 1), np.zeros((k + 1, k + 1))
        if self.recursion is not None and self.passing is not None:
            x = self.recursion.plan.grid.x
            terminal = np.column_stack([victory(x), np.zeros((len(x), k))])
            added = np.column_stack([np.zeros(len(self.order)), design[self.order]])
            mean, spread = covariance(self.recursion, self.passing, terminal, added)
        else:
            mean[0] = float(victory(np.zeros(1))[0])
        idle, q = design[self.idle], self.join[self.idle]
        mean[1:] += q @ idle
        spread[1:, 1:] += idle.T @ (idle * (q * (1.0 - q))[:, np.newaxis])
        return mean, spread


def sum_at_fixed_prices(
    own: float,
    strength: Floats,
    appeal: Floats,
    reward: Callable[[Floats], Floats],
    *,
    tolerance: float,
    points: tuple[int, ...] = POINTS,
) -> FixedSum:
    """Sum over all coalitions on finer and finer grids until the tolerance is met.

    Parameters
    ----------
    own
        Strength of the leader and of all who are in for certain.
    strength
        :math:`m_i`, shape (n,).
    appeal
        :math:`a_i`, minus the price over the noise, shape (n,).
    reward
        :math:`F`, the value of victory over the noise, at strengths beyond `own`; monotone.
    tolerance
        Absolute, on join probabilities.
    points
        The nodes to try, at least two grids.
    """
    order = _who_matters(own, strength, appeal, reward)
    idle = np.setdiff1d(np.arange(len(strength)), order)
    join = logistic(appeal)
    alone = float(np.logaddexp(0.0, appeal[idle]).sum())
    if not len(order):
        log_partition = alone + float(reward(np.zeros(1))[0])
        return FixedSum(order, idle, log_partition, join, 0.0, None, None)
    error, coarse = 1.0, None
    for finer in points:
        plan = make_plan(own, strength[order], finer)
        values = reward(plan.grid.x)
        done = recurse(plan, values, appeal[order])
        passing = flow(done)
        if coarse is not None:
            logs = abs(float(done.log_partition - coarse[0]))
            change = max(float(np.abs(passing.join - coarse[1]).max()), logs)
            error = min(change / _FALL + _ROUNDING * max(1.0, float(np.abs(values).max())), 1.0)
            if error <= tolerance:
                break
        coarse = (done.log_partition, passing.join)
    join[order] = np.clip(passing.join, 0.0, 1.0)
    return FixedSum(order, idle, float(done.log_partition) + alone, join, error, done, passing)


def _who_matters(
    own: float, strength: Floats, appeal: Floats, reward: Callable[[Floats], Floats]
) -> Ints:
    """Give the partners with strength who may join, strongest first."""
    total = float(strength.sum())
    if total == 0.0:
        return np.zeros(0, dtype=np.int64)
    x = own * np.expm1(np.linspace(0.0, np.log1p(total / own), POINTS[0]))
    values = reward(x)
    steepest = float(np.abs(np.diff(values) / np.diff(x)).max())
    gain = np.minimum(steepest * strength, float(np.abs(values[-1] - values[0])))
    matter = np.flatnonzero((strength > 0.0) & (appeal + gain > _NEVER))
    return matter[np.argsort(-strength[matter], kind="stable")]
