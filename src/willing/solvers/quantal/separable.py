"""All coalitions where prices do not depend on the coalition, and the moments of statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from willing.crisis import Floats
from willing.errors import EstimationError
from willing.solvers.quantal.moments import covariance, innovations
from willing.solvers.quantal.panels import Ints, panel_nodes, resolve
from willing.solvers.quantal.recursion import Flow, Stages, flow, recurse

# Tolerance on a panel as a share of that on join probabilities: what the panels of all stages miss
# adds up, weighted by the probability of passing through them.
_SHARE = 0.01
_TIGHTER = 1e-2
_MOST_ROUNDS = 3
# A join probability is a derivative of log Z, off by up to twice as much; and what a series misses
# is extrapolated from its last coefficients, for which it allows another factor of two.
_JOIN_OVER_LOG = 4.0
_ROUNDING = 3e-14
_NO_STRENGTH = 1e-200


@dataclass(frozen=True, eq=False)
class Recursion:
    """The recursion over the partners of positive strength, strongest first.

    Attributes
    ----------
    order
        The partners' indices, strongest first, shape (positive,).
    idle
        Indices of the partners without strength, who join independently of everybody.
    strength, appeal
        :math:`m_i` and :math:`a_i` in that order.
    edges
        Panels of the last stage, where everybody has decided.
    stages, passing
        The inclusive values and the probabilities of passing through them.
    log_partition
        :math:`\\log Z`.
    join
        Join probabilities, shape (n,), in the caller's order.
    error
        Estimate of the largest error in `join`.
    """

    order: Ints
    idle: Ints
    strength: Floats
    appeal: Floats
    edges: Floats
    stages: Stages
    passing: Flow
    log_partition: float
    join: Floats
    error: float


@dataclass(frozen=True, eq=False)
class Statistics:
    """Moments of the victory probability and of sums over members, over all coalitions.

    The statistics are :math:`t(S) = (p(M(S)), \\sum_{i \\in S} z_i)`, a vector of length k + 1.

    Attributes
    ----------
    log_partition
        :math:`\\log Z = \\log \\sum_S \\exp(\\beta p(M(S)) + \\sum_{i \\in S} a_i)`.
    join
        Join probabilities, shape (n,).
    expectation
        :math:`E[t]`, shape (k + 1,): the gradient of :math:`\\log Z` in :math:`\\beta` and in c
        where :math:`a_i = z_i' c`.
    covariance
        :math:`Cov(t)`, shape (k + 1, k + 1): the Hessian.
    error
        Estimate of the largest error in `join`.
    """

    log_partition: float
    join: Floats = field(repr=False)
    expectation: Floats
    covariance: Floats = field(repr=False)
    error: float


def run(
    victory: Callable[[Floats], Floats],
    strength: Floats,
    appeal: Floats,
    value: float,
    *,
    tolerance: float,
) -> Recursion:
    """Run the recursion, more finely until the join probabilities are within the tolerance.

    Parameters
    ----------
    victory
        :math:`p` as a function of strength beyond the leader's, for arrays of any shape.
    strength, appeal
        :math:`m_i` and :math:`a_i`, shape (n,), n >= 1.
    value
        :math:`\\beta`; the log weight of a coalition is :math:`\\beta p + \\sum_S a_i`.
    tolerance
        Absolute, on join probabilities.
    """
    if not strength.any():
        # A first partner of no account: no strength that can be added is smaller.
        strength = np.where(np.arange(len(strength)) == 0, _NO_STRENGTH, 0.0)
    order = np.argsort(-strength, kind="stable")
    order = order[strength[order] > 0.0]
    idle = np.flatnonzero(strength == 0.0)
    falling, ordered = strength[order], appeal[order]
    scale, share = max(1.0, abs(value)), _SHARE * tolerance
    for _ in range(_MOST_ROUNDS):
        edges = resolve(victory, np.array([0.0, falling.sum()]), tolerance=share / scale)
        stages = recurse(falling, ordered, edges, value * victory(panel_nodes(edges)), share)
        passing = flow(stages, falling)
        error = _JOIN_OVER_LOG * passing.missed + _ROUNDING * scale
        if error <= tolerance:
            break
        share *= _TIGHTER
    join = np.empty(len(strength))
    join[order] = passing.join
    join[idle] = _logistic(appeal[idle])
    return Recursion(
        order=order,
        idle=idle,
        strength=falling,
        appeal=ordered,
        edges=edges,
        stages=stages,
        passing=passing,
        log_partition=stages.log_partition + float(np.logaddexp(0.0, appeal[idle]).sum()),
        join=join,
        error=error,
    )


def statistics(
    victory: Callable[[Floats], Floats],
    strength: Floats,
    appeal: Floats,
    value: float,
    design: Floats,
    *,
    tolerance: float = 1e-9,
) -> Statistics:
    """Give the moments that the likelihood of an observed coalition needs.

    With :math:`P(S) \\propto \\exp(\\beta p(M(S)) + \\sum_{i \\in S} a_i)` and
    :math:`a_i = z_i' c`, an observed coalition's log-likelihood is
    :math:`\\beta p + \\sum_S a_i - \\log Z`, its score the observed less the expected statistics
    and its Hessian minus their covariance.

    Parameters
    ----------
    victory
        :math:`p` as a function of strength beyond the leader's, for arrays of any shape and from 0
        to ``strength.sum()``; smooth.
    strength
        :math:`m_i \\ge 0`, shape (n,), n >= 1.
    appeal
        :math:`a_i`, shape (n,).
    value
        :math:`\\beta`, the value of victory in units of the noise.
    design
        :math:`z_i`, shape (n, k).
    tolerance
        Absolute, on join probabilities.

    Raises
    ------
    EstimationError
        If there is no partner, a strength is negative, or a number is not finite.
    """
    strength, appeal = np.asarray(strength, dtype=float), np.asarray(appeal, dtype=float)
    design = np.asarray(design, dtype=float)
    if not (np.isfinite(strength).all() and np.isfinite(appeal).all() and np.isfinite(value)):
        raise EstimationError(
            "a strength, an appeal or the value of victory is not finite; the parameters have "
            "run away, which separation or a collinear design can cause"
        )
    if not len(strength) or (strength < 0.0).any():
        raise EstimationError("there must be at least one partner, and no strength below zero")
    done = run(victory, strength, appeal, value, tolerance=tolerance)
    k = design.shape[1]
    rows = np.zeros((len(done.order), k + 1))
    rows[:, 1:] = design[done.order]
    p = victory(panel_nodes(done.edges))
    terminal = np.zeros((*p.shape, k + 1))
    terminal[..., 0] = p
    expectation, first, change = innovations(done.stages, done.strength, rows, terminal)
    spread = covariance(done.stages, done.passing, first, change)
    idle, q = design[done.idle], done.join[done.idle]
    expectation[1:] += q @ idle
    spread[1:, 1:] += idle.T @ (idle * (q * (1.0 - q))[:, np.newaxis])
    return Statistics(
        log_partition=done.log_partition,
        join=done.join,
        expectation=expectation,
        covariance=spread,
        error=done.error,
    )


def expected_victory(done: Recursion, victory: Callable[[Floats], Floats]) -> float:
    """Give :math:`E[p(M(S))]`."""
    last = done.passing.mass[: len(done.edges) - 1]
    return float((last * victory(panel_nodes(done.edges))).sum())


def _logistic(appeal: Floats) -> Floats:
    chances: Floats = np.exp(-np.logaddexp(0.0, -appeal))
    return chances
