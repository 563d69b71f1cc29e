"""Random games of invitations, and what security and divergence do to offers and acceptance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats
from willing.theory.crisis import Crisis
from willing.theory.invitations.invitation_game import InvitationGame
from willing.theory.invitations.invitation_play import Play, play
from willing.theory.invitations.invitation_rules import Order
from willing.theory.propositions.assumptions import Assumptions
from willing.theory.propositions.paths import SECURITIES, TIE
from willing.theory.propositions.scenarios import (
    SIMPLE,
    Scenario,
    complexity,
    digits,
    renamed,
    scenario_text,
    simpler,
)
from willing.theory.rules import Pricing
from willing.theory.wider_scenario import invitations_toml

# Divergences tried for one partner.
_DIVERGENCES = np.linspace(0.0, 2.0, 9)
Quantity = Callable[[Play], float]


class InvitationScenario(NamedTuple):
    """A crisis and the game of invitations, as in a scenario file."""

    crisis: Crisis
    game: InvitationGame


@dataclass(frozen=True)
class InvitationGames:
    """A class of games of invitations, with stakes at least zero.

    Attributes
    ----------
    pricing : {"pivotal", "additive"} or None
        The only pricing rule allowed, if there is one.
    known : bool
        Whether the leader must know what everybody's costs are, rather than not.
    concave : bool
        Whether strength must have decreasing returns: a ratio contest of decisiveness at most 1.
    """

    pricing: Pricing | None = None
    known: bool = False
    concave: bool = False

    @property
    def plain(self) -> Assumptions:
        """What is assumed of crisis and coalition game."""
        return Assumptions(
            pricing=self.pricing, concave=self.concave, friction=False, friendly=True, benefit=True
        )

    def draw(self, rng: np.random.Generator, n: int) -> InvitationScenario:
        """Draw a scenario with `n` partners of the class."""
        crisis, game = self.plain.draw(rng, n)
        doubt = 0.0 if self.known else max(round(float(rng.uniform(0.0, 1.0)), 2), 0.01)
        order = ("strongest", "weakest", "listed")[int(rng.integers(3))]
        return InvitationScenario(crisis, InvitationGame(game=game, doubt=doubt, order=order))  # type: ignore[arg-type]

    def met(self, scenario: InvitationScenario) -> bool:
        """Say whether a scenario is of the class."""
        crisis, game = scenario
        return self.plain.met(Scenario(crisis, game.game)) and (game.doubt == 0.0) == self.known

    def __str__(self) -> str:
        return f"{self.plain}, {'costs known' if self.known else 'costs private'}"


def never_falls(of: Quantity, what: str) -> Callable[[InvitationScenario], str | None]:
    """Make the check that a quantity never falls as security falls."""

    def violation(scenario: InvitationScenario) -> str | None:
        values = _by_security(scenario, of)
        falls = np.flatnonzero(np.diff(values) < -TIE)
        if not len(falls):
            return None
        level = int(falls[0])
        return (
            f"{what} falls from {values[level]:.4f} to {values[level + 1]:.4f} as security falls "
            f"from {SECURITIES[level]:.1g} to {SECURITIES[level + 1]:.1g}"
        )

    return violation


def moves(of: Quantity) -> Callable[[InvitationScenario], bool]:
    """Ask whether a quantity moves with security at all."""

    def happens(scenario: InvitationScenario) -> bool:
        return bool(np.ptp(_by_security(scenario, of)) > TIE)

    return happens


def acceptance_never_rises_with_divergence(scenario: InvitationScenario) -> str | None:
    """Contradict that a single partner never joins more often as she diverges more."""
    values = _by_divergence(scenario)
    rises = np.flatnonzero(np.diff(values) > TIE)
    if not len(rises):
        return None
    at = int(rises[0])
    return (
        f"acceptance rises from {values[at]:.4f} to {values[at + 1]:.4f} as divergence does from "
        f"{_DIVERGENCES[at]:g} to {_DIVERGENCES[at + 1]:g}"
    )


def divergence_moves(scenario: InvitationScenario) -> bool:
    """Say whether a single partner's acceptance moves with her divergence."""
    return bool(np.ptp(_by_divergence(scenario)) > TIE)


def never_worth_more_than_at_once(scenario: InvitationScenario) -> str | None:
    """Contradict that inviting all at once is worth at least as much."""
    found = scenario.game.solve(scenario.crisis)
    if found.value <= found.at_once + TIE:
        return None
    return f"one after another is worth {found.value:.4f}, all at once {found.at_once:.4f}"


def order_matters(scenario: InvitationScenario) -> bool:
    """Say whether inviting one after another is worth something else than all at once."""
    found = scenario.game.solve(scenario.crisis)
    return abs(found.value - found.at_once) > TIE


def strongest_first_is_best(scenario: InvitationScenario) -> str | None:
    """Contradict that no order is worth more to the leader than asking the strongest first."""
    strongest, announced = (_worth(scenario, order) for order in ("strongest", "announced"))
    if announced <= strongest + TIE:
        return None
    return f"the best order is worth {announced:.4f}, the strongest first {strongest:.4f}"


def open_never_worth_less(scenario: InvitationScenario) -> str | None:
    """Contradict that choosing after every answer is worth at least the best order announced."""
    announced, openly = (_worth(scenario, order) for order in ("announced", "open"))
    if openly >= announced - TIE:
        return None
    return f"the best order announced is worth {announced:.4f}, choosing after answers {openly:.4f}"


def offer(found: Play) -> float:
    """Give what the first partner is offered, 0 if nothing."""
    return float(found.offer[0]) if found.invited[0] > 0.0 else 0.0


def acceptance(found: Play) -> float:
    """Give the probability that the first partner joins."""
    return float(found.accept[0])


def victory(found: Play) -> float:
    """Give the expected probability of victory."""
    return found.victory


offer_never_falls = never_falls(offer, "the offer")
acceptance_never_falls = never_falls(acceptance, "acceptance")
victory_never_falls = never_falls(victory, "victory")
offer_moves, acceptance_moves, victory_moves = moves(offer), moves(acceptance), moves(victory)


def _worth(scenario: InvitationScenario, order: Order) -> float:
    return replace(scenario.game, order=order).solve(scenario.crisis).value


def _by_security(scenario: InvitationScenario, of: Quantity) -> Floats:
    crisis, game = scenario
    levels = (game.numbers(crisis.with_security(one)) for one in SECURITIES.tolist())
    return np.array([of(play(numbers)[0]) for numbers in levels])


def _by_divergence(scenario: InvitationScenario) -> Floats:
    crisis, game = scenario
    (partner,) = crisis.partners
    # Stakes stay at least zero, as the claims assume.
    most = min(2.0, 1.0 / game.game.aversion) if game.game.aversion > 0.0 else 2.0
    return np.array(
        [
            acceptance(play(game.numbers(replace(crisis, partners=(one,))))[0])
            for one in (
                replace(partner, divergence=d) for d in (most / 2.0 * _DIVERGENCES).tolist()
            )
        ]
    )


@complexity.register
def _(scenario: InvitationScenario) -> tuple[int, int]:
    partners, figures = complexity(Scenario(scenario.crisis, scenario.game.game))
    return partners, figures + digits(scenario.game.doubt)


@simpler.register
def _(scenario: InvitationScenario) -> Iterator[InvitationScenario]:
    crisis, game = scenario
    for changed in simpler(Scenario(crisis, game.game)):
        try:
            yield InvitationScenario(changed.crisis, replace(game, game=changed.game))
        except ScenarioError:
            continue
    for new in (one for one in SIMPLE if one <= 1.0):
        if digits(new) < digits(game.doubt):
            yield scenario._replace(game=replace(game, doubt=new))


@renamed.register
def _(scenario: InvitationScenario) -> InvitationScenario:
    crisis, _ = renamed(Scenario(scenario.crisis, scenario.game.game))
    return scenario._replace(crisis=crisis)


@scenario_text.register
def _(scenario: InvitationScenario) -> str:
    return invitations_toml(*scenario)
