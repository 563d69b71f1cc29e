"""Random signalling games, and what their equilibria say about skittish partners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from willing.errors import ScenarioError
from willing.theory.propositions.paths import SECURITIES
from willing.theory.propositions.scenarios import (
    SIMPLE,
    complexity,
    digits,
    renamed,
    scenario_text,
    simpler,
)
from willing.theory.signaling.signaling_equilibrium import SignalingEquilibrium
from willing.theory.signaling.signaling_game import SignalingGame
from willing.theory.wider_scenario import signaling_toml

# Probabilities of war that differ by less are the same; they are ratios of rounded payoffs.
_SAME = 1e-9

Fights = Literal["always", "supported", "mobilized"]
_FIGHTS = {
    "always": "a resolute leader fights even alone and without mobilizing",
    "supported": "a resolute leader fights iff her partner supports her",
    "mobilized": "a resolute leader fights only mobilized and supported",
}


@dataclass(frozen=True)
class SignalingGames:
    """A class of signalling games, in which an irresolute leader never fights.

    Attributes
    ----------
    fights : {"always", "supported", "mobilized"}
        When a resolute leader fights.
    signals : bool
        Whether, beside a steadfast partner, a resolute leader mobilizes high and is supported for
        sure in every equilibrium that survives D1.
    wary : bool
        Whether the partner stays out of a war after low mobilization at the prior.
    """

    fights: Fights
    signals: bool = False
    wary: bool = False

    def draw(self, rng: np.random.Generator, n: int) -> SignalingGame:
        """Draw a game of the class; `n` is 1, the number of partners."""
        while True:
            game = self._try(rng)
            if game is not None and self.met(game):
                return game

    def met(self, game: SignalingGame) -> bool:
        """Say whether a game is of the class."""
        (alone, supported), (mobilized, both) = (game.victory * game.victory_value).tolist()
        resolute = game.cost_resolute
        fights = {
            "always": resolute <= alone,
            "supported": mobilized < resolute <= supported,
            "mobilized": max(mobilized, supported) < resolute <= both,
        }[self.fights]
        war = game.stake * game.victory[0, 1] - game.partner_cost
        if (
            not fights
            or game.cost_irresolute <= both
            or game.mobilization_cost <= game.side_payment
            or (self.wary and game.side_payment + game.prior * war >= 0.0)
        ):
            return False
        steadfast = game.steadfast().equilibria(refinement="d1")
        signalled = all(
            one.mobilize["resolute"] == 1.0 and one.support["high"] == 1.0 for one in steadfast
        )
        return bool(
            steadfast and (signalled or not self.signals) and game.equilibria(refinement="d1")
        )

    def __str__(self) -> str:
        said = [
            _FIGHTS[self.fights],
            "an irresolute leader never fights",
            "mobilization costs more than support",
            *(["she signals beside a steadfast partner"] if self.signals else []),
            *(["the partner is wary of war after low mobilization"] if self.wary else []),
            "equilibria that survive D1",
        ]
        return ", ".join(said)

    def _try(self, rng: np.random.Generator) -> SignalingGame | None:
        """Draw numbers that are likely to make a game of the class."""
        places = int(rng.integers(2, 5))

        def number(low: float, high: float) -> float:
            return max(round(float(rng.uniform(low, high)), places), 10.0**-places)

        strength, reserve, partner = number(0.1, 2.0), number(0.05, 1.5), number(0.05, 1.5)
        target, office, security = number(0.1, 4.0), number(0.0, 2.0), number(0.0, 1.0)
        game = SignalingGame(
            strength=strength,
            reserve=reserve,
            target_strength=target,
            partner_strength=partner,
            prior=min(number(0.05, 0.95), 0.95),
            cost_resolute=0.0,
            cost_irresolute=10.0,
            target_cost=number(0.2, 1.0),
            mobilization_cost=number(0.05, 0.6),
            stake=number(0.05, 1.2),
            partner_cost=number(0.0, 0.5),
            skittishness=number(0.05, 1.0),
            side_payment=number(0.001, 0.05),
            security=security,
            office=office,
        )
        worth = game.victory * game.victory_value
        low, high = {
            "always": (0.0, worth[0, 0]),
            "supported": (worth[1, 0], worth[0, 1]),
            "mobilized": (max(worth[1, 0], worth[0, 1]), worth[1, 1]),
        }[self.fights]
        if low >= high:
            return None
        resolute = number(low, high)
        irresolute = max(number(float(worth[1, 1]), 3.0), resolute + 10.0**-places)
        if self.wary:
            reluctant = game.stake * float(game.victory[0, 1]) + game.side_payment / game.prior
            game = replace(game, partner_cost=number(reluctant, reluctant + 0.2))
        return replace(game, cost_resolute=resolute, cost_irresolute=irresolute)


def compares(
    of: Callable[[SignalingEquilibrium], float], what: str, *, sign: Literal[-1, 1]
) -> Callable[[SignalingGame], str | None]:
    """Make the check that skittishness never moves a probability in the direction `sign`.

    The least and the largest value over the equilibria that survive D1 are compared with those
    beside a steadfast partner.
    """

    def violation(game: SignalingGame) -> str | None:
        skittish = [of(one) for one in game.equilibria(refinement="d1")]
        steadfast = [of(one) for one in game.steadfast().equilibria(refinement="d1")]
        pairs = ((min(skittish), min(steadfast)), (max(skittish), max(steadfast)))
        for one, other in pairs:
            if sign * (one - other) > _SAME:
                return f"{what} is {one:.4f} with the partner and {other:.4f} with a steadfast one"
        return None

    return violation


def differ(of: Callable[[SignalingEquilibrium], float]) -> Callable[[SignalingGame], bool]:
    """Ask whether skittishness moves a probability at all."""

    def happens(game: SignalingGame) -> bool:
        skittish = [of(one) for one in game.equilibria(refinement="d1")]
        steadfast = [of(one) for one in game.steadfast().equilibria(refinement="d1")]
        pairs = ((min(skittish), min(steadfast)), (max(skittish), max(steadfast)))
        return any(abs(one - other) > _SAME for one, other in pairs)

    return happens


def follows_the_formula(game: SignalingGame) -> str | None:
    """Contradict that beside a steadfast partner sure to support, war has the textbook probability.

    That is :math:`q (1 - \\kappa / B)`, which never falls as security falls.
    """
    for security, eq in _textbook(game):
        value = 1.0 + game.office * (1.0 - security)
        told = game.prior * (1.0 - game.mobilization_cost / value)
        if abs(eq.war_probability - told) > _SAME:
            return (
                f"at security {security:.1g} war has probability {eq.war_probability:.4f}, by the "
                f"formula {told:.4f}"
            )
    return None


def formula_applies(game: SignalingGame) -> bool:
    """Say whether the textbook equilibrium is that of two securities at least."""
    return len(_textbook(game)) > 1


def war_never_falls_with_security(game: SignalingGame) -> str | None:
    """Contradict that war never grows less likely as security falls."""
    before = 0.0
    for security in SECURITIES.tolist():
        found = replace(game, security=security).equilibria(refinement="d1")
        if not found:
            continue
        wars = [eq.war_probability for eq in found]
        if max(wars) < before - _SAME:
            return (
                f"war falls from {before:.4f} to {max(wars):.4f} as security falls to "
                f"{security:.1g}"
            )
        before = min(wars)
    return None


def _textbook(game: SignalingGame) -> list[tuple[float, SignalingEquilibrium]]:
    """Give the securities at which, beside a steadfast partner, the textbook equilibrium survives.

    A resolute leader mobilizes high; an irresolute one, who never fights, bluffs now and then, and
    she alone mobilizes low; the partner is sure to support either.
    """
    found = []
    for security in SECURITIES.tolist():
        played = replace(game.steadfast(), security=security)
        if played.victory_value * played.victory[1, 1] >= played.cost_irresolute:
            continue
        for eq in played.equilibria(refinement="d1"):
            bluffs = 0.0 < eq.mobilize["irresolute"] < 1.0 and eq.mobilize["resolute"] == 1.0
            if bluffs and eq.support["high"] == eq.support["low"] == 1.0:
                found.append((security, eq))
    return found


@complexity.register
def _(scenario: SignalingGame) -> tuple[int, int]:
    return 1, sum(digits(value) for _, value in _numbers(scenario))


@simpler.register
def _(scenario: SignalingGame) -> Iterator[SignalingGame]:
    for name, value in _numbers(scenario):
        shorter = (round(value, places) for places in (0, 1, 2, 3))
        for new in dict.fromkeys((*SIMPLE, *shorter)):
            if digits(new) < digits(value):
                try:
                    yield replace(scenario, **{name: new})  # type: ignore[arg-type]
                except ScenarioError:
                    continue


@renamed.register
def _(scenario: SignalingGame) -> SignalingGame:
    return scenario


@scenario_text.register
def _(scenario: SignalingGame) -> str:
    return signaling_toml(scenario)


def _numbers(game: SignalingGame) -> Iterator[tuple[str, float]]:
    """List the numbers of a game by name; its contest is the ratio contest of decisiveness 1."""
    for entry in fields(game):
        value = getattr(game, entry.name)
        if isinstance(value, int | float):
            yield entry.name, value
