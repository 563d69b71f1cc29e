"""Which method answers, and what each of them says about the coalition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from willing.crisis import Floats
from willing.errors import ScenarioError
from willing.payoffs import Masks
from willing.solvers.enumeration import all_coalitions
from willing.solvers.quantal.draws import sample, sample_panels
from willing.solvers.quantal.exact import Enumeration, enumerate_all
from willing.solvers.quantal.interacting import (
    Converged,
    Limits,
    pose,
    refine,
    size_probabilities,
)
from willing.solvers.quantal.separable import Recursion, count_members, expected_victory, run
from willing.solvers.quantal.weights import Weights

Method = Literal["auto", "enumeration", "recursion"]
Status = Literal["exact", "converged", "limit"]
Found: TypeAlias = Enumeration | Recursion | Converged

# Up to the first number of partners enumeration takes milliseconds and never fails; up to the
# second, seconds, and it steps in where recursion misses its tolerance.
_FEW, _MANAGEABLE = 14, 20


@dataclass(frozen=True, eq=False)
class Answer:
    """The quantal response in numbers.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    join
        Join probabilities of all partners, shape (n,); 1 for a partner who is in for certain.
    victory, bill
        Expected victory probability and side payments.
    error
        Bound or estimate of the largest error in `join`.
    status
        ``"exact"``, ``"converged"`` or, if the error exceeds the tolerance, ``"limit"``.
    found
        What the method found.
    """

    log_partition: float
    join: Floats
    victory: float
    bill: float
    error: float
    status: Status
    found: Found


def respond(
    weights: Weights, *, tolerance: float, method: Method = "auto", limits: Limits | None = None
) -> Answer:
    """Sum over all coalitions by the method asked for or, by default, the best suited one."""
    n = len(weights.terms.strength)
    if method == "enumeration" or (method == "auto" and n <= _FEW):
        return _enumerated(weights)
    if weights.separable:
        return _separable(weights, tolerance)
    answer = _interacting(weights, tolerance, limits or Limits())
    if method == "auto" and answer.status == "limit" and n <= _MANAGEABLE:
        return _enumerated(weights)
    if not np.isfinite(answer.join).all():
        raise ScenarioError(
            f"noise {weights.noise:g} is so small that {(limits or Limits()).panels} panels of "
            "strength do not resolve the coalitions that matter; raise limits.panels or the noise"
        )
    return answer


def sizes(weights: Weights, found: Found) -> Floats:
    """Give the probability of each number of members, shape (n + 1,)."""
    if isinstance(found, Enumeration):
        return found.size
    if isinstance(found, Converged):
        return size_probabilities(weights, found)
    return count_members(found)


def pair_probabilities(
    weights: Weights, answer: Answer, *, tolerance: float, limits: Limits | None = None
) -> Floats:
    """Give the probability that both of two partners join, shape (n, n), `join` on the diagonal."""
    if isinstance(answer.found, Enumeration):
        return answer.found.pairs
    n = len(answer.join)
    pairs = np.empty((n, n))
    for i in range(n):
        given = Weights(weights.terms, weights.noise, member=i)
        if n == 1:
            pairs[i] = answer.join[i]
            continue
        answered = respond(given, tolerance=tolerance, method="recursion", limits=limits)
        pairs[i] = answer.join[i] * answered.join
    symmetric: Floats = (pairs + pairs.T) / 2.0
    return symmetric


def draw_coalitions(
    weights: Weights, found: Found, size: int, generator: np.random.Generator
) -> Masks:
    """Draw coalitions, shape (size, n)."""
    n = len(weights.terms.strength)
    if isinstance(found, Enumeration):
        drawn = generator.choice(len(found.probability), size=size, p=found.probability)
        return all_coalitions(n)[drawn]
    uniform = generator.random((size, n))
    members = np.empty((size, n), dtype=bool)
    if isinstance(found, Recursion):
        active = len(found.order)
        members[:, found.order] = sample(
            found.stages, found.strength, found.appeal, uniform[:, :active]
        )
        members[:, found.idle] = uniform[:, active:] < found.join[found.idle]
        return members
    problem = pose(weights, found.window, found.edges, found.order)
    members[:, problem.rising] = sample_panels(
        found.edges,
        problem.nodes,
        weights.strength[problem.rising],
        problem.targets,
        problem.routes,
        problem.chance,
        problem.scale,
        uniform,
    )
    return members


def _enumerated(weights: Weights) -> Answer:
    found = enumerate_all(weights)
    return Answer(found.log_partition, found.join, found.victory, found.bill, 0.0, "exact", found)


def _separable(weights: Weights, tolerance: float) -> Answer:
    nobody = np.zeros(())
    value = weights.terms.victory_value / weights.noise
    paid = weights.payments(nobody)
    # Drag moves with the coalition only where nobody has strength, and then not at all.
    cost = (paid + weights.terms.drag * weights.victory(nobody)) / weights.noise
    found = run(
        weights.victory, weights.strength, -cost[weights.others], value, tolerance=tolerance
    )
    # A member who is in for certain adds what she costs.
    fixed = 0.0 if weights.member is None else -float(cost[weights.member])
    join = _everybody(weights, found.join)
    return Answer(
        log_partition=found.log_partition + fixed,
        join=join,
        victory=expected_victory(found),
        bill=float(paid @ join),
        error=found.error,
        status="converged" if found.error <= tolerance else "limit",
        found=found,
    )


def _interacting(weights: Weights, tolerance: float, limits: Limits) -> Answer:
    found = refine(weights, tolerance=tolerance, limits=limits)
    frozen = found.frozen
    paid = np.moveaxis(weights.payments(frozen.x), -1, 0)
    bill = float((paid[weights.others] * frozen.joined).sum())
    if weights.member is not None:
        bill += float((paid[weights.member] * frozen.weight).sum())
    return Answer(
        log_partition=frozen.log_partition,
        join=_everybody(weights, frozen.join),
        victory=float((weights.victory(frozen.x) * frozen.weight).sum()),
        bill=bill,
        error=found.error,
        status="converged" if found.error <= tolerance else "limit",
        found=found,
    )


def _everybody(weights: Weights, free: Floats) -> Floats:
    join = np.ones(len(weights.terms.strength))
    join[weights.others] = np.clip(free, 0.0, 1.0)
    return join
