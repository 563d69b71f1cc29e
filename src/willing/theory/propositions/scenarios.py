"""Random scenarios, the simplest of their kind, and their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import singledispatch
from typing import Any, NamedTuple, TypeVar

import numpy as np

from willing.errors import ScenarioError
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.rules import Pricing
from willing.theory.scenario import scenario_toml

AnyScenario = TypeVar("AnyScenario")

NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Values tried, besides shorter roundings of what was drawn, to make a scenario simpler.
SIMPLE = (0.0, 1.0, 0.5, 2.0, 0.1, 0.2, 3.0)


class Scenario(NamedTuple):
    """A crisis and the rules of the game, as in a scenario file."""

    crisis: Crisis
    game: CoalitionGame


def draw_scenario(
    rng: np.random.Generator,
    n: int,
    *,
    pricing: Pricing | None = None,
    concave: bool = False,
    friction: bool = True,
    benefit: bool = False,
    most_aversion: float = 1.5,
) -> Scenario:
    """Draw a scenario with `n` partners and values of one to four decimals.

    Parameters
    ----------
    rng
        The source of chance.
    n
        Number of partners, at most 26.
    pricing
        The pricing rule; drawn if not given.
    concave
        Draw contests that are concave in strength only: ratio, decisiveness at most 1.
    friction
        Whether half of the scenarios have friction.
    benefit
        Whether some partners have a private benefit.
    most_aversion
        The largest aversion drawn.
    """
    digits = int(rng.integers(1, 5))

    def number(low: float, high: float) -> float:
        return max(round(float(rng.uniform(low, high)), digits), 10.0**-digits if low > 0 else 0.0)

    def often(low: float, high: float) -> float:
        return number(low, high) if rng.random() < 0.7 else 0.0

    ratio = concave or rng.random() < 0.6
    decisiveness = number(0.2, 1.0 if concave else 6.0) if ratio else number(0.5, 10.0)
    partners = tuple(
        Partner(
            NAMES[i],
            strength=often(0.0, 1.0),
            divergence=number(0.0, 2.0),
            cost=often(0.0, 0.6),
            benefit=often(0.0, 0.6) if benefit else 0.0,
        )
        for i in range(n)
    )
    return Scenario(
        Crisis(
            leader=Leader("Leader", strength=number(0.05, 1.5), security=0.5),
            target=Target("Target", strength=number(0.05, 2.0)),
            partners=partners,
        ),
        CoalitionGame(
            office=number(0.0, 6.0),
            contest=RatioContest(decisiveness) if ratio else LogisticContest(decisiveness),
            pricing=pricing or ("pivotal", "additive")[int(rng.integers(2))],
            aversion=often(0.0, most_aversion),
            friction=often(0.0, 0.5) if friction else 0.0,
        ),
    )


@singledispatch
def complexity(scenario: Any) -> tuple[int, int]:
    """Give the number of partners and of digits: what a smallest counterexample is smallest in."""
    return len(scenario.crisis.partners), sum(digits(value) for *_, value in _numbers(scenario))


def simplify(scenario: AnyScenario, keeps: Callable[[AnyScenario], bool]) -> AnyScenario:
    """Make a scenario as simple as one change at a time can, while a property keeps.

    Parameters
    ----------
    scenario
        A scenario that has the property.
    keeps
        The property.
    """
    current = scenario
    while True:
        for candidate in simpler(current):
            if complexity(candidate) < complexity(current) and keeps(candidate):
                current = candidate
                break
        else:
            return current


@singledispatch
def renamed(scenario: Any) -> Any:
    """Name the partners that are left from A on."""
    crisis = scenario.crisis
    partners = (
        replace(partner, name=name) for partner, name in zip(crisis.partners, NAMES, strict=False)
    )
    return scenario._replace(crisis=replace(crisis, partners=tuple(partners)))


@singledispatch
def scenario_text(scenario: Any) -> str:
    """Write a scenario as the text of a scenario file."""
    return scenario_toml(*scenario)


def digits(value: float) -> int:
    """Count the digits a reader sees; zero costs nothing."""
    text = f"{abs(value):.12g}"
    return len(text.replace("0.", "", 1).replace(".", "")) if value else 0


def _numbers(scenario: Scenario) -> Iterator[tuple[str, int, str, float]]:
    """List every number of a scenario, other than the retention, with its place."""
    crisis, game = scenario
    places: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("leader", (crisis.leader,)),
        ("target", (crisis.target,)),
        ("partners", crisis.partners),
        ("game", (game,)),
        ("contest", (game.contest,)),
    )
    for place, records in places:
        for position, record in enumerate(records):
            for entry in fields(record):
                value = getattr(record, entry.name)
                if isinstance(value, int | float) and entry.name != "retention":
                    yield place, position, entry.name, value


@singledispatch
def simpler(scenario: Any) -> Iterator[Any]:
    """Give scenarios with one partner less or one number replaced by a simpler one."""
    partners = scenario.crisis.partners
    if len(partners) > 1:
        for i in range(len(partners)):
            rest = partners[:i] + partners[i + 1 :]
            yield scenario._replace(crisis=replace(scenario.crisis, partners=rest))
    for place, position, name, value in _numbers(scenario):
        shorter = (round(value, places) for places in (0, 1, 2, 3))
        for new in dict.fromkeys((*SIMPLE, *shorter)):
            if digits(new) < digits(value):
                try:
                    yield _with(scenario, place, position, {name: new})
                except ScenarioError:
                    continue


def _with(scenario: Scenario, place: str, position: int, change: dict[str, float]) -> Scenario:
    crisis, game = scenario
    if place == "game":
        return Scenario(crisis, replace(game, **change))  # type: ignore[arg-type]
    if place == "contest":
        return Scenario(crisis, replace(game, contest=replace(game.contest, **change)))  # type: ignore[type-var]
    if place == "partners":
        partners = list(crisis.partners)
        partners[position] = replace(partners[position], **change)  # type: ignore[arg-type]
        return Scenario(replace(crisis, partners=tuple(partners)), game)
    actor = replace(getattr(crisis, place), **change)
    return Scenario(replace(crisis, **{place: actor}), game)
