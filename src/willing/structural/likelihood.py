"""The log-likelihood of the coalitions built, with its exact derivatives.

Side `s` builds `S` with probability :math:`\\exp(U_s(S)) / Z_s`, where

.. math:: U_s(S) = r_s [ (b_0 + b_1 h_s) p(M(S)) - \\sum_{i \\in S} z_i'c ],
          r_s = \\exp(-\\rho h_s).

With :math:`\\theta = (b_0, b_1, c)` this is :math:`\\theta't_s(S)` for statistics
:math:`t_s(S) = r_s (p, h_s p, -\\sum_S z_i)`: the score is observed less expected statistics, and
the Hessian is minus their covariance over all coalitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats
from willing.structural.leader_sides import Sides
from willing.theory.contest import Contest
from willing.theory.engine import batches

VALUE_TERMS = ("victory", "victory x insecurity")

POINTS = 128
"""Nodes of each side's grid of strength. At the values of victory that are estimated, 96 nodes and
128 differ by less than 1e-9 in a side's log-likelihood, score and information."""


@dataclass(frozen=True, eq=False)
class VictoryTable:
    """The probability of victory of every side.

    Attributes
    ----------
    sides
        The sides as the engine takes them, with :math:`p` at the nodes of each one's grid.
    alone
        :math:`p(m_L)`, shape (S,).
    observed
        :math:`p(M)` of the coalition built, shape (S,).
    """

    sides: batches.Sides
    alone: Floats
    observed: Floats


@dataclass(frozen=True, eq=False)
class Expectations:
    """Expectations over all coalitions of every side.

    Attributes
    ----------
    log_partition
        :math:`\\log Z_s`, shape (S,).
    victory
        :math:`E[p]`, shape (S,).
    join
        Join probabilities, shape (N,).
    """

    log_partition: Floats
    victory: Floats
    join: Floats


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The log-likelihood of the coalitions that sides built.

    Attributes
    ----------
    sides
        The data.
    table
        Their probabilities of victory.
    contest
        The contest that gives them.
    noise_growth
        :math:`\\rho` in :math:`\\log \\tau = \\rho h`.
    threads
        How many share the sides.
    times
        How often each side counts, shape (S,); once by default.
    """

    sides: Sides
    table: VictoryTable
    contest: Contest
    noise_growth: float = 0.0
    threads: int = -1
    times: Floats | None = None

    @property
    def precision(self) -> Floats:
        """The inverse :math:`r_s` of the noise, shape (S,)."""
        return np.asarray(np.exp(-self.noise_growth * self.sides.insecurity))

    @property
    def weights(self) -> Floats:
        """What :math:`p` enters the statistics with: :math:`r_s (1, h_s)`, shape (S, 2)."""
        both = np.column_stack([np.ones_like(self.sides.insecurity), self.sides.insecurity])
        return both * self.precision[:, np.newaxis]

    @property
    def observed(self) -> Floats:
        """The statistics of the coalitions built, shape (S, 2 + k)."""
        return self._statistics(self.table.observed, self.sides.observed_totals)

    def expectations(self, params: Floats) -> Expectations:
        """Give log partition functions and expectations at parameters of shape (2 + k,)."""
        sums = batches.sum_sides(
            self.table.sides,
            self.appeal(params),
            self.weights @ params[:2],
            threads=self.threads,
        )
        return Expectations(sums.log_partition, sums.victory, sums.join)

    def expectations_of_draws(self, params: Floats) -> Expectations:
        """Give a single side's expectations at many parameters, shape (draws, 2 + k).

        Fields of the result have the shapes (draws,), (draws,) and (n, draws).
        """
        appeal = -self.precision[0] * (self.sides.design @ params[:, 2:].T)
        value = self.weights[0] @ params[:, :2].T
        sums = batches.sum_draws(self.table.sides, appeal, value)
        return Expectations(sums.log_partition, sums.victory, sums.join)

    def size_probabilities(self, params: Floats, columns: int) -> Floats:
        """Give the probabilities of 0, 1, ... partners of every side, shape (S, columns)."""
        sums = batches.sum_sides(
            self.table.sides,
            self.appeal(params),
            self.weights @ params[:2],
            sizes=columns,
            threads=self.threads,
        )
        return sums.size

    def side_values(self, params: Floats, expected: Expectations) -> Floats:
        """Give the log-likelihood of each side, shape (S,)."""
        values = self.observed @ params - expected.log_partition
        return np.asarray(values if self.times is None else values * self.times)

    def scores(self, expected: Expectations) -> Floats:
        """Give the derivative of each side's log-likelihood, shape (S, 2 + k)."""
        totals = np.zeros((self.sides.count, self.sides.design.shape[1]))
        np.add.at(totals, self.sides.owner, self.sides.design * expected.join[:, np.newaxis])
        scores = self.observed - self._statistics(expected.victory, totals)
        return scores if self.times is None else scores * self.times[:, np.newaxis]

    def hessian(self, params: Floats) -> Floats:
        """Give the second derivative of the log-likelihood, shape (2 + k, 2 + k)."""
        sides = self.sides
        varying, mixing = _compress(sides)
        columns = varying.shape[1]
        covariance = batches.sum_sides(
            self.table.sides,
            self.appeal(params),
            self.weights @ params[:2],
            design=varying,
            threads=self.threads,
        ).covariance
        if self.times is not None:
            covariance *= self.times[:, np.newaxis, np.newaxis]
        # The statistics are a linear map of (p, sum of the varying columns).
        to_statistics = np.zeros((sides.count, 2 + len(sides.terms), 1 + columns))
        to_statistics[:, :2, 0] = self.weights
        to_statistics[:, 2:, 1:] = -self.precision[:, np.newaxis, np.newaxis] * mixing
        hessian = -(to_statistics @ covariance @ to_statistics.transpose(0, 2, 1)).sum(axis=0)
        return np.asarray((hessian + hessian.T) / 2)

    def appeal(self, params: Floats) -> Floats:
        """Give each candidate's :math:`a_i = -r_s z_i'c`, shape (N,)."""
        return -self.precision[self.sides.owner] * (self.sides.design @ params[2:])

    def _statistics(self, victory: Floats, totals: Floats) -> Floats:
        return np.hstack(
            [self.weights * victory[:, np.newaxis], -self.precision[:, np.newaxis] * totals]
        )


def _compress(sides: Sides) -> tuple[Floats, Floats]:
    """Replace the columns that are constant within every side by one of ones.

    Returns the columns left, shape (N, r), and how each side's design is a mixture of them,
    shape (S, k, r). Fewer columns make the covariance cheaper and change nothing else.
    """
    first = sides.design[sides.start[:-1]]
    fixed = (sides.design == first[sides.owner]).all(axis=0)
    moving = np.flatnonzero(~fixed)
    ones = np.ones((len(sides.design), 1))
    mixing = np.zeros((sides.count, sides.design.shape[1], len(moving) + 1))
    mixing[:, moving, np.arange(len(moving))] = 1.0
    mixing[:, fixed, -1] = first[:, fixed]
    return np.ascontiguousarray(np.hstack([sides.design[:, moving], ones])), mixing


def tabulate_victory(sides: Sides, contest: Contest) -> VictoryTable:
    """Put every side's probability of victory on its grid of strength."""
    m_L, m_T = sides.leader_strength, sides.target_strength
    x = batches.side_nodes(sides.start, sides.strength, m_L, POINTS)
    victory = [contest(own + nodes, float(m)) for own, nodes, m in zip(m_L, x, m_T, strict=True)]
    return VictoryTable(
        sides=batches.Sides(sides.start, sides.strength, m_L, np.array(victory)),
        alone=_pairwise(contest, m_L, m_T),
        observed=_pairwise(contest, m_L + sides.observed_strength, m_T),
    )


def _pairwise(contest: Contest, M: Floats, m_T: Floats) -> Floats:
    """The probability that each strength defeats its target."""
    return np.array([float(contest(own, other)) for own, other in zip(M, m_T, strict=True)])
