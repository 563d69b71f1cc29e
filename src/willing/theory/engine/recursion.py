"""The recursion over partners at fixed prices, in logs: back for the sum, forward for who joins.

Partners decide one after another, the weakest first. With strength `x` committed, the log of the
sum over everything that the `k` strongest partners may still do is the inclusive value

    L_0(x) = F(x),    L_{k+1}(x) = L_k(x) + log(1 + exp(a_k + L_k(x + m_k) - L_k(x))),

a smooth function that is kept at the nodes of a fixed grid. Every step adds positive numbers, so
nothing cancels, however small the noise. The forward pass is the derivative of the recursion as it
is computed, and so are join probabilities of :math:`\\log Z` in :math:`a`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats, logistic
from willing.theory.engine.plan import Plan


@dataclass(frozen=True, eq=False)
class Recursion:
    """What the recursion keeps; `b` stands for any shape of parameters summed over at once.

    Attributes
    ----------
    plan
        Its steps.
    log_partition
        :math:`\\log Z`, shape (b).
    advantage
        For partner `k`, her log odds of joining at the nodes of stage `k` + 1, each of shape
        (rows[k + 1], b).
    """

    plan: Plan
    log_partition: Floats
    advantage: tuple[Floats, ...]

    def policy(self, k: int) -> Floats:
        """Give the probability that partner `k` joins at the nodes of stage `k` + 1."""
        return logistic(self.advantage[k])


@dataclass(frozen=True, eq=False)
class Flow:
    """The probabilities of passing through the recursion's nodes.

    Attributes
    ----------
    join
        Of each partner, shape (n, b).
    mass
        Of the nodes of stage `k`, each of shape (rows[k], b); stage 0 is the distribution of final
        strength.
    """

    join: Floats
    mass: tuple[Floats, ...]


def recurse(plan: Plan, reward: Floats, appeal: Floats) -> Recursion:
    """Sum over all coalitions.

    Parameters
    ----------
    plan
        The steps.
    reward
        :math:`F` at the nodes of the grid, shape (points, b).
    appeal
        :math:`a_k`, minus the price over the noise, shape (n, b).
    """
    value, kept = reward, []
    for k in range(len(plan.strength)):
        rows = plan.rows[k + 1]
        stay = value[:rows]
        advantage = appeal[k] + plan.shift(k, value) - stay
        value = stay + np.maximum(advantage, 0.0) + np.log1p(np.exp(-np.abs(advantage)))
        kept.append(advantage)
    return Recursion(plan, value[0], tuple(kept))


def flow(done: Recursion) -> Flow:
    """Follow the partners' choices from the weakest to the strongest."""
    plan, n = done.plan, len(done.advantage)
    mass = [np.ones_like(done.advantage[-1])]
    join = np.empty((n, *mass[0].shape[1:]))
    for k in range(n - 1, -1, -1):
        joining = done.policy(k) * mass[-1]
        join[k] = joining.sum(axis=0)
        passed = plan.spread(k, joining)
        passed[: len(joining)] += mass[-1] - joining
        mass.append(passed)
    return Flow(join, tuple(mass[::-1]))
