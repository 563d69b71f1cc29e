"""What a second pass over the recursion at fixed prices gives: sizes, pairs and covariances.

Each is the expectation of something given the strength committed, taken in partner by partner with
the choices of the first pass.
"""

from __future__ import annotations

import numpy as np

from willing.numbers import Floats
from willing.theory.engine.recursion import Flow, Recursion


def size_distribution(done: Recursion) -> Floats:
    """Give the probability of each number of members, shape (n + 1,)."""
    plan, n = done.plan, len(done.advantage)
    chances = np.zeros((int(plan.rows[0]), n + 1))
    chances[:, 0] = 1.0
    for k in range(n):
        q = done.policy(k)[:, np.newaxis]
        # Of k partners no more than k have joined.
        known = chances[: plan.rows[k], : k + 1]
        joined = q * plan.shift(k, known)
        chances = chances[: len(q)]
        chances[:, : k + 1] *= 1.0 - q
        chances[:, 1 : k + 2] += joined
    size: Floats = chances[0]
    return size


def pair_probabilities(done: Recursion, passing: Flow) -> Floats:
    """Give the probability that both of two partners join, shape (n, n), `join` on the diagonal."""
    plan, n = done.plan, len(done.advantage)
    pairs = np.diag(passing.join)
    # Column j: the probability that partner j, who decides later, will join.
    joins = np.zeros((int(plan.rows[0]), n))
    for k in range(n):
        q = done.policy(k)
        after, stay = plan.shift(k, joins[:, :k]), joins[: len(q), :k]
        pairs[k, :k] = pairs[:k, k] = (passing.mass[k + 1] * q) @ after
        joins = joins[: len(q)]
        joins[:, :k] = stay + q[:, np.newaxis] * (after - stay)
        joins[:, k] = q
    return pairs


def covariance(
    done: Recursion, passing: Flow, terminal: Floats, design: Floats
) -> tuple[Floats, Floats]:
    """Give mean and covariance of statistics of the coalition.

    A statistic is a function of final strength plus a sum over members. What a partner's choice
    tells about it is news, uncorrelated with that of the others' choices.

    Parameters
    ----------
    done, passing
        The recursion and its flow, of one set of parameters.
    terminal
        The functions of final strength at the nodes of the grid, shape (points, r).
    design
        What each partner adds, shape (n, r).

    Returns
    -------
    expectation
        Shape (r,).
    covariance
        Shape (r, r).
    """
    plan, expected = done.plan, terminal
    total = np.zeros((terminal.shape[1], terminal.shape[1]))
    for k, added in enumerate(design):
        q = done.policy(k)
        stay = expected[: len(q)]
        news = added + plan.shift(k, expected) - stay
        total += (news * (passing.mass[k + 1] * q * (1.0 - q))[:, np.newaxis]).T @ news
        expected = stay + q[:, np.newaxis] * news
    return expected[0], (total + total.T) / 2.0
