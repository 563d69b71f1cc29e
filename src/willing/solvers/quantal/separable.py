"""All coalitions where prices do not depend on the coalition, and the moments of statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from willing.crisis import Floats
from willing.errors import EstimationError
from willing.solvers.quantal.flow import Flow, flow
from willing.solvers.quantal.moments import covariance, innovations, size_distribution
from willing.solvers.quantal.panels import Ints, panel_nodes, resolve
from willing.solvers.quantal.recursion import Stages, recurse

# Tolerance on a panel as a share of that on join probabilities: what the panels of all stages miss
# adds up, weighted with the probability of passing through them.
_SHARE = 0.01
_TIGHTER = 1e-2
_MOST_ROUNDS = 3
# A join probability is a derivative of log Z: as it moves with a partner's price, so does what a
# series misses, by several times as much. Of hundreds of games the worst needs 4.4.
_JOIN_OVER_LOG = 8.0
_ROUNDING = 3e-14
_NO_STRENGTH = 1e-200
# A partner whose log odds of joining are never above this is left out.
_NEVER = -40.0
# Probabilities of victory cannot be resolved beyond their rounding.
_FINEST = 1e-14
# Where panels begin, as a share of the partners' strength: contests change most at little
# strength. What turns out finer than needed is merged.
_BREAKS = np.concatenate([[0.0], 0.5 ** np.arange(7.0, -1.0, -1.0)])


@dataclass(frozen=True, eq=False)
class Recursion:
    """The recursion over the partners who matter, strongest first.

    Attributes
    ----------
    order
        Their indices, strongest first, shape (active,).
    idle
        Indices of the others: partners without strength, who join independently of everybody, and
        partners at prices at which they as good as never join.
    strength, appeal
        :math:`m_i` and :math:`a_i` in that order.
    edges
        Panels of the last stage, where everybody has decided.
    victory
        :math:`p` at their nodes, shape (panels, ORDER).
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
    victory: Floats
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
    scale, share = max(1.0, abs(value)), _SHARE * tolerance
    order = np.argsort(-strength, kind="stable")
    breaks = strength.sum() * _BREAKS
    for _ in range(_MOST_ROUNDS):
        edges = resolve(victory, breaks, tolerance=max(share / scale, _FINEST))
        nodes = panel_nodes(edges)
        p = victory(nodes)
        pivotal = _most_pivotal(nodes.ravel(), p.ravel(), strength)
        likely = (strength > 0.0) & (appeal + abs(value) * pivotal > _NEVER)
        likely[order[0]] = True
        active = order[likely[order]]
        falling, ordered = strength[active], appeal[active]
        stages = recurse(falling, ordered, edges, value * p, share)
        passing = flow(stages, falling)
        error = _JOIN_OVER_LOG * passing.missed + _ROUNDING * scale
        if error <= tolerance:
            break
        share *= _TIGHTER
    join = _logistic(appeal)
    join[active] = passing.join
    return Recursion(
        order=active,
        idle=np.flatnonzero(~likely),
        strength=falling,
        appeal=ordered,
        edges=edges,
        victory=p,
        stages=stages,
        passing=passing,
        log_partition=stages.log_partition + float(np.logaddexp(0.0, appeal[~likely]).sum()),
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
    terminal = np.zeros((k + 1, *done.victory.shape))
    terminal[0] = done.victory
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


def count_members(done: Recursion) -> Floats:
    """Give the probability of each number of members, shape (n + 1,)."""
    chances = size_distribution(done.stages, done.strength)
    for chance in done.join[done.idle]:
        chances = np.convolve(chances, [1.0 - chance, chance])
    return chances


def expected_victory(done: Recursion) -> float:
    """Give :math:`E[p(M(S))]`."""
    return float((done.passing.mass[: len(done.victory)] * done.victory).sum())


def _most_pivotal(x: Floats, p: Floats, strength: Floats) -> Floats:
    """Give at least what each partner's strength can change in a monotone p, shape (n,)."""
    steepest = np.abs(np.diff(p) / np.diff(x)).max()
    pivotal: Floats = np.minimum(steepest * strength, abs(p[-1] - p[0]))
    return pivotal


def _logistic(appeal: Floats) -> Floats:
    chances: Floats = np.exp(-np.logaddexp(0.0, -appeal))
    return chances
