"""The log-likelihood of the coalitions built, with its exact derivatives.

Side `s` builds `S` with probability :math:`\\exp(U_s(S)) / Z_s`, where

.. math:: U_s(S) = r_s [ (b_0 + b_1 h_s) p(M(S)) - \\sum_{i \\in S} z_i'c ],
          r_s = \\exp(-\\rho h_s).

With :math:`\\theta = (b_0, b_1, c)` this is :math:`\\theta't_s(S)` for statistics
:math:`t_s(S) = r_s (p, h_s p, -\\sum_S z_i)`: the score is observed less expected statistics, and
the Hessian is minus their covariance over all coalitions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from willing.contest import Contest
from willing.crisis import Floats
from willing.solvers.quantal.panels import Ints, panel_nodes, resolve
from willing.structural.data import Sides
from willing.structural.kernels import fill_covariances, fill_expectations

VALUE_TERMS = ("victory", "victory x insecurity")

# On panels, relative to a value of victory of 1; those estimated are of this size.
_RESOLUTION = 1e-11
# Blocks of sides that threads share; more than threads, because sides differ in work.
_BLOCKS = 16


@dataclass(frozen=True, eq=False)
class Panels:
    """The probability of victory of every side as a function of the partners' strength.

    Attributes
    ----------
    start
        Side `s` has the panels from ``start[s]`` to ``start[s + 1]`` - 1, shape (S + 1,). It has
        none where no candidate has strength.
    left, right
        Their ends, in strength beyond the leader's, shape (panels,).
    victory
        :math:`p` at their nodes, shape (panels, ORDER).
    alone
        :math:`p(m_L)`, shape (S,).
    observed
        :math:`p(M)` of the coalition built, shape (S,).
    """

    start: Ints
    left: Floats
    right: Floats
    victory: Floats
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
    panels
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
    panels: Panels
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
        return self._statistics(self.panels.observed, self.sides.observed_totals)

    def expectations(self, params: Floats) -> Expectations:
        """Give log partition functions and expectations at parameters of shape (2 + k,)."""
        sides, panels = self.sides, self.panels
        result = Expectations(
            np.empty(sides.count), np.empty(sides.count), np.empty(len(sides.strength))
        )
        self._share(
            lambda low, high: fill_expectations(
                low,
                high,
                sides.start,
                sides.strength,
                self.appeal(params),
                panels.start,
                panels.left,
                panels.right,
                panels.victory,
                panels.alone,
                self.weights @ params[:2],
                result.log_partition,
                result.victory,
                result.join,
            )
        )
        return result

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
        sides, panels = self.sides, self.panels
        varying, mixing = _compress(sides)
        columns = varying.shape[1]
        covariance = np.empty((sides.count, 1 + columns, 1 + columns))
        self._share(
            lambda low, high: fill_covariances(
                low,
                high,
                sides.start,
                sides.strength,
                self.appeal(params),
                varying,
                panels.start,
                panels.left,
                panels.right,
                panels.victory,
                self.weights @ params[:2],
                covariance,
            )
        )
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

    def _share(self, fill: Callable[[int, int], None]) -> None:
        """Let threads fill the results of blocks of sides, unless there are next to none."""
        from joblib import Parallel, delayed

        if self.sides.count < _BLOCKS:
            fill(0, self.sides.count)
            return
        bounds = np.linspace(0, self.sides.count, _BLOCKS + 1).astype(int)
        Parallel(n_jobs=self.threads, prefer="threads")(
            delayed(fill)(low, high) for low, high in pairwise(bounds.tolist())
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


def build_panels(sides: Sides, contest: Contest) -> Panels:
    """Resolve every side's probability of victory on panels of strength."""
    edges = [_resolve_side(sides, s, contest) for s in range(sides.count)]
    m_L, m_T = sides.leader_strength, sides.target_strength
    values = [contest(m_L[s] + panel_nodes(e), float(m_T[s])) for s, e in enumerate(edges)]
    return Panels(
        start=np.concatenate([[0], np.cumsum([len(e) - 1 for e in edges])]),
        left=np.concatenate([e[:-1] for e in edges]),
        right=np.concatenate([e[1:] for e in edges]),
        victory=np.concatenate(values),
        alone=_pairwise(contest, m_L, m_T),
        observed=_pairwise(contest, m_L + sides.observed_strength, m_T),
    )


def _resolve_side(sides: Sides, s: int, contest: Contest) -> Floats:
    """Edges of the side's panels; a single one where no candidate has strength."""
    total = float(sides.strength[sides.rows(s)].sum())
    if total == 0.0:
        return np.zeros(1)
    m_L, m_T = float(sides.leader_strength[s]), float(sides.target_strength[s])

    def victory(x: Floats) -> Floats:
        return np.asarray(contest(m_L + x, m_T))

    return resolve(victory, np.array([0.0, total]), tolerance=_RESOLUTION)


def _pairwise(contest: Contest, M: Floats, m_T: Floats) -> Floats:
    """The probability that each strength defeats its target."""
    return np.array([float(contest(own, other)) for own, other in zip(M, m_T, strict=True)])
