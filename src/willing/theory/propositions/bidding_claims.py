"""Random games of bidding for a partner, and what its equilibria say about security."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, Ints
from willing.theory.bidding.bidding_game import BiddingGame
from willing.theory.bidding.bidding_rules import Bidder, Courted
from willing.theory.bidding.one_bid import Bid
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.propositions.scenarios import (
    SIMPLE,
    complexity,
    digits,
    renamed,
    scenario_text,
    simpler,
)
from willing.theory.propositions.solver_agreement import unlike_the_solvers
from willing.theory.wider_scenario import bidding_toml

# Large beside rounding, so that a counterexample is one on every machine.
_TIE = 1e-6
_SECURITIES = np.linspace(1.0, 0.0, 11).tolist()


@dataclass(frozen=True)
class BiddingGames:
    """The class of all games of bidding with a ratio or a logistic contest."""

    def draw(self, rng: np.random.Generator, n: int) -> BiddingGame:
        """Draw a game with `n` partners."""
        places = int(rng.integers(1, 4))

        def number(low: float, high: float) -> float:
            return max(round(float(rng.uniform(low, high)), places), low)

        def bidder(name: str) -> Bidder:
            return Bidder(
                name,
                strength=number(0.1, 1.5),
                security=number(0.0, 1.0),
                office=number(0.0, 2.0),
            )

        ratio = rng.random() < 0.6
        return BiddingGame(
            first=bidder("First"),
            second=bidder("Second"),
            partners=tuple(
                Courted(
                    f"Partner {i}",
                    strength=number(0.1, 1.5),
                    stake=number(-1.0, 1.0),
                    cost=number(0.0, 0.6 / n),
                )
                for i in range(1, n + 1)
            ),
            contest=(RatioContest if ratio else LogisticContest)(number(0.3, 3.0)),
        )

    def met(self, scenario: BiddingGame) -> bool:
        """Say whether a scenario is of the class; every one is."""
        return True

    def __str__(self) -> str:
        return "a ratio or a logistic contest"


def higher_value_wins(game: BiddingGame) -> str | None:
    """Contradict that a contested partner joins the first leader iff `B_A + v > B_B`."""
    lead = game.first.victory_value + game.partners[0].stake - game.second.victory_value
    for bid in game.bids().equilibria:
        if bid.contested and (lead if bid.side == "first" else -lead) < -_TIE:
            return f"she joins {bid.joins}, though B_A + v - B_B is {lead:.4f}"
    return None


def price_rises_with_rivals_insecurity(game: BiddingGame) -> str | None:
    """Contradict that her price at the first leader never falls as the second's security falls."""
    before = None
    for security in _SECURITIES:
        bid = _at_first(replace(game, second=replace(game.second, security=security)))
        if bid is not None and before is not None and bid.price < before - _TIE:
            return f"the price falls from {before:.4f} to {bid.price:.4f} as the rival's falls"
        before = bid.price if bid is not None else before
    return None


def price_free_of_own_security(game: BiddingGame) -> str | None:
    """Contradict that her price at the first leader is free of that leader's security."""
    bids = (
        _at_first(replace(game, first=replace(game.first, security=security)))
        for security in _SECURITIES
    )
    prices = [bid.price for bid in bids if bid is not None]
    if prices and max(prices) - min(prices) > _TIE:
        return f"prices range from {min(prices):.4f} to {max(prices):.4f}"
    return None


def never_preempts(game: BiddingGame) -> str | None:
    """Contradict that the winner is glad to have her rather than to see her neutral."""
    for bid in game.bids().equilibria:
        if bid.preempts:
            return f"{bid.joins} pays {bid.price:.4f} and would rather see her neutral"
    return None


def bought_if_possible(game: BiddingGame) -> str | None:
    """Contradict that she is neutral only where nobody buys her."""
    bids = game.bids().equilibria
    bought = [bid for bid in bids if bid.price > _TIE]
    if bought and any(bid.joins is None for bid in bids):
        return f"she joins {bought[0].joins} for {bought[0].price:.4f}, or stays neutral"
    return None


def one_side_recruits(game: BiddingGame) -> str | None:
    """Contradict that the jointly best division leaves one leader alone, by trying all of them."""
    sides, worth = _divisions(game)
    both = (sides == 1).any(axis=1) & (sides == 2).any(axis=1)
    if not both.any() or worth[both].max() <= worth[~both].max() + _TIE:
        return None
    return "the best division of all has partners on both sides"


def somebody_recruits(game: BiddingGame) -> bool:
    """Say whether the jointly best division, by trying all of them, has a partner who fights."""
    sides, worth = _divisions(game)
    idle = ~(sides > 0).any(axis=1)
    return bool(worth.max() > worth[idle].max() + _TIE)


def somebody_is_contested(game: BiddingGame) -> bool:
    """Say whether the rival's bid drives the price in some equilibrium."""
    return any(bid.contested for bid in game.bids().equilibria)


def price_moves(change: str) -> Callable[[BiddingGame], bool]:
    """Ask whether her price at the first leader, or whom she joins, moves with a security.

    Parameters
    ----------
    change
        Whose security: ``"first"`` or ``"second"``.
    """

    def happens(game: BiddingGame) -> bool:
        found = []
        for security in _SECURITIES:
            bidder = replace(getattr(game, change), security=security)
            bid = _at_first(replace(game, **{change: bidder}))
            found.append(None if bid is None else round(bid.price, 6))
        return len(set(found)) > 1

    return happens


def _divisions(game: BiddingGame) -> tuple[Ints, Floats]:
    """Give every division of the partners (0 nobody's, 1 the first's, 2 the second's) and worth."""
    partners = game.partners
    value = (
        sum(one.stake for one in partners) + game.first.victory_value - game.second.victory_value
    )
    sides = np.array(list(itertools.product((0, 1, 2), repeat=len(partners))))
    strength = np.array([one.strength for one in partners])
    cost = (sides > 0) @ np.array([one.cost for one in partners])
    worth = value * game.victory((sides == 1) @ strength, (sides == 2) @ strength) - cost
    return sides, worth


@unlike_the_solvers.register
def _(scenario: BiddingGame) -> str:
    found = scenario.menus()
    fights = np.array([one.name in found.coalition for one in scenario.partners])
    side = np.where(fights, 1 if found.joins == scenario.first.name else 2, 0)
    sides, worth = _divisions(scenario)
    value = float(worth[(sides == side).all(axis=1)][0])
    if value < worth.max() - _TIE:
        return f"the division under menus is worth {value:.6f}, the best is {worth.max():.6f}"
    return ""


def _at_first(game: BiddingGame) -> Bid | None:
    return next((bid for bid in game.bids().equilibria if bid.side == "first"), None)


@complexity.register
def _(scenario: BiddingGame) -> tuple[int, int]:
    return len(scenario.partners), sum(digits(value) for *_, value in _numbers(scenario))


@simpler.register
def _(scenario: BiddingGame) -> Iterator[BiddingGame]:
    if len(scenario.partners) > 1:
        for i in range(len(scenario.partners)):
            yield replace(scenario, partners=scenario.partners[:i] + scenario.partners[i + 1 :])
    for place, name, value in _numbers(scenario):
        for new in dict.fromkeys((*SIMPLE, *(round(value, places) for places in range(4)))):
            if digits(new) < digits(value):
                try:
                    yield _with(scenario, place, name, new)
                except ScenarioError:
                    continue


@renamed.register
def _(scenario: BiddingGame) -> BiddingGame:
    return scenario


@scenario_text.register
def _(scenario: BiddingGame) -> str:
    return bidding_toml(scenario)


def _numbers(game: BiddingGame) -> Iterator[tuple[str | int, str, float]]:
    """List the numbers of a game with their places; a partner's place is her position."""
    places: list[tuple[str | int, object]] = [
        ("first", game.first),
        ("second", game.second),
        ("contest", game.contest),
        *enumerate(game.partners),
    ]
    for place, record in places:
        for entry in fields(record):  # type: ignore[arg-type]
            value = getattr(record, entry.name)
            if isinstance(value, int | float):
                yield place, entry.name, value


def _with(game: BiddingGame, place: str | int, name: str, value: float) -> BiddingGame:
    change = {name: value}
    if isinstance(place, int):
        partners = list(game.partners)
        partners[place] = replace(partners[place], **change)  # type: ignore[arg-type]
        return replace(game, partners=tuple(partners))
    return replace(game, **{place: replace(getattr(game, place), **change)})
