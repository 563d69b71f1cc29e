"""Which method answers, and what each of them says about the coalition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from willing.crisis import Floats
from willing.payoffs import Masks
from willing.solvers.quantal.choices import pose
from willing.solvers.quantal.draws import sample, sample_panels
from willing.solvers.quantal.exact import Enumeration, enumerate_all
from willing.solvers.quantal.few import list_few
from willing.solvers.quantal.interacting import Frozen, Limits, Mixture, size_probabilities, solve
from willing.solvers.quantal.separable import Recursion, count_members, expected_victory, run
from willing.solvers.quantal.weights import Weights

Method = Literal["auto", "enumeration", "recursion"]
Status = Literal["exact", "converged", "limit"]
Found: TypeAlias = Enumeration | Recursion | Mixture

# Up to the first number of partners enumeration takes milliseconds and never fails; up to the
# second, seconds, and it steps in where recursion misses its tolerance.
_FEW, _MANAGEABLE = 14, 20
# Coalitions that are listed before the series is tried, and where it misses its tolerance.
_LISTED, _LISTED_AT_LAST = 1 << 11, 1 << 14
# How many times the tolerance a list may err where neither meets it.
_COARSER = (1e2, 1e4, 1e6)
# With so few partners that all can be enumerated, terms of the series may add up, and the aim is a
# tolerance so many times finer.
_CAREFUL = 5.0
# Where an answer may be off by more than this, a list is tried however many coalitions it seems
# to need.
_POOR = 1e-3


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
    limits = limits or Limits()
    if method == "recursion":
        return _interacting(weights, tolerance, limits)
    listed = _listed(weights, tolerance, limit=_LISTED)
    answer = listed or _interacting(weights, tolerance, limits)
    if answer.status != "limit":
        return answer
    longer = _listed(
        weights,
        tolerance,
        limit=_LISTED_AT_LAST,
        coarser=() if n <= _MANAGEABLE else [c for c in _COARSER if c * tolerance < answer.error],
        doubtful=_LISTED if answer.error > _POOR else 0,
    )
    if longer is None and n <= _MANAGEABLE:
        return _enumerated(weights)
    return longer or answer


def sizes(weights: Weights, found: Found) -> Floats:
    """Give the probability of each number of members, shape (n + 1,)."""
    if isinstance(found, Enumeration):
        return found.size
    if isinstance(found, Mixture):
        return size_probabilities(found, len(weights.terms.strength))
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
        given = Weights(weights.terms, weights.noise, members=(i,))
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
        return found.masks[drawn]
    if isinstance(found, Recursion):
        uniform, members = generator.random((size, n)), np.empty((size, n), dtype=bool)
        active = len(found.order)
        members[:, found.order] = sample(
            found.stages, found.strength, found.appeal, uniform[:, :active]
        )
        members[:, found.idle] = uniform[:, active:] < found.join[found.idle]
        return members
    which = generator.choice(len(found.parts), size=size, p=found.share / found.share.sum())
    members = np.empty((size, n), dtype=bool)
    for k in np.unique(which):
        uniform = generator.random((int((which == k).sum()), n))
        members[which == k] = _draw_part(found.parts[k], uniform)
    return members


def _draw_part(part: Frozen, uniform: Floats) -> Masks:
    """Draw coalitions of a branch, shape (draws, n), from uniform numbers of that shape."""
    if part.branch is None:
        return np.asarray(uniform < part.join)
    weights, panels = part.branch.weights, pose(part.branch)
    free = np.flatnonzero(weights.others)[panels.rising]
    members = np.zeros(uniform.shape, dtype=bool)
    members[:, list(weights.members)] = True
    members[:, free] = sample_panels(
        panels.edges,
        panels.nodes,
        weights.strength[panels.rising],
        panels.targets,
        panels.routes,
        panels.chance,
        panels.scale,
        uniform[:, : len(free)],
    )
    return members


def _enumerated(weights: Weights) -> Answer:
    found = enumerate_all(weights)
    return Answer(found.log_partition, found.join, found.victory, found.bill, 0.0, "exact", found)


def _listed(
    weights: Weights,
    tolerance: float,
    *,
    limit: int,
    coarser: Sequence[float] = (),
    doubtful: int = 0,
) -> Answer | None:
    tolerances = [tolerance, *(times * tolerance for times in coarser)]
    listed = list_few(weights, tolerances=tolerances, limit=limit, doubtful=doubtful)
    if listed is None:
        return None
    found, error = listed
    return Answer(
        log_partition=found.log_partition,
        join=found.join,
        victory=found.victory,
        bill=found.bill,
        error=error,
        status="converged" if error <= tolerance else "limit",
        found=found,
    )


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
    fixed = -float(cost[list(weights.members)].sum())
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
    aim = tolerance / _CAREFUL if len(weights.terms.strength) <= _MANAGEABLE else tolerance
    found = solve(weights, tolerance=aim, limits=limits)
    everyone = Weights(weights.terms, weights.noise)
    won = bill = 0.0
    for part, share in zip(found.parts, found.share, strict=True):
        won += share * float((everyone.victory(part.x) * part.weight).sum())
        bill += share * part.bill
    return Answer(
        log_partition=found.log_partition,
        join=np.clip(found.join, 0.0, 1.0),
        victory=won,
        bill=bill,
        error=found.error,
        status="converged" if found.error <= tolerance else "limit",
        found=found,
    )


def _everybody(weights: Weights, free: Floats) -> Floats:
    join = np.ones(len(weights.terms.strength))
    join[weights.others] = np.clip(free, 0.0, 1.0)
    return join
