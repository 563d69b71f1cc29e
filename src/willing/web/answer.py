"""What the page asks of the theory, with limits on the time it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from willing.theory.equilibrium import given_rest
from willing.theory.quantal import QuantalResponse, quantal
from willing.theory.search.acceptance import AcceptanceRegion, acceptance_region
from willing.web.limits import MOST_STEPS, PATH_SECONDS, QUICK

if TYPE_CHECKING:
    from willing.theory.crisis import Crisis
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.game import CoalitionGame
    from willing.theory.security_path import SecurityPath

# Half of the whole percents that the page prints. The true error is some twenty times less.
_JOIN_TOLERANCE = 5e-3


@dataclass(frozen=True)
class Changes:
    """Who enters and who leaves between two coalitions."""

    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A security at which the coalition changes, and how."""

    security: float
    changes: Changes


def solve(game: CoalitionGame, crisis: Crisis) -> Equilibrium:
    """Find the coalition and its prices."""
    return game.solve(crisis, search=QUICK)


def follow(game: CoalitionGame, crisis: Crisis) -> SecurityPath:
    """Find the coalition at every security, as far as there is time."""
    return game.path(crisis, limit=MOST_STEPS, search=QUICK, time_limit=PATH_SECONDS)


def join_probabilities(game: CoalitionGame, crisis: Crisis, noise: float) -> QuantalResponse:
    """Find each partner's probability of joining."""
    return quantal(game, crisis, noise=noise, tolerance=_JOIN_TOLERANCE)


def changes(before: tuple[str, ...], after: tuple[str, ...]) -> Changes:
    """Say who enters and who leaves from one coalition to another."""
    return Changes(
        entered=tuple(name for name in after if name not in before),
        left=tuple(name for name in before if name not in after),
    )


def next_steps(policy: SecurityPath, security: float) -> tuple[Step | None, Step | None]:
    """Find the next changes as the leader becomes less secure, and more; None if there is none."""
    j = policy.place(security)
    coalitions, points = policy.coalitions, policy.breakpoints
    below = Step(points[j], changes(coalitions[j], coalitions[j + 1])) if j < len(points) else None
    above = Step(points[j - 1], changes(coalitions[j], coalitions[j - 1])) if j else None
    return below, above


def time_in(policy: SecurityPath) -> dict[str, float]:
    """Give over how much of the range of security each partner is in the coalition, 0 to 1."""
    share = dict.fromkeys(policy.crisis.names, 0.0)
    bounds = [1.0, *policy.breakpoints, 0.0]
    for j, coalition in enumerate(policy.coalitions):
        for name in coalition:
            share[name] += bounds[j] - bounds[j + 1]
    return share


def swing_partner(policy: SecurityPath) -> str:
    """Name the partner whom about half of all securities take."""
    share = time_in(policy)
    return min(share, key=lambda name: abs(share[name] - 0.5))


def divergence_shown(crisis: Crisis) -> float:
    """Give the divergence up to which the page draws, with room beyond the largest."""
    largest = float(crisis.divergences.max())
    return 1.15 * largest if largest > 0.0 else 1.0


def acceptance_of(found: Equilibrium, name: str) -> AcceptanceRegion:
    """Find at which security which divergence of a partner is acceptable, given the others."""
    crisis = found.crisis
    i = crisis.names.index(name)
    faced = {
        argument: value[i] if isinstance(value, np.ndarray) else value
        for argument, value in given_rest(found.game, crisis, found.members).items()
    }
    return acceptance_region(**faced, divergence_max=divergence_shown(crisis), points=101)
