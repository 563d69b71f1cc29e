"""Random crises with third parties, and what the leader's choice says about expansion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats
from willing.theory.crisis import Crisis
from willing.theory.expansion.balancing import Response, outcomes, subset_sums
from willing.theory.expansion.expansion_equilibrium import envelope
from willing.theory.expansion.expansion_game import ExpansionGame
from willing.theory.expansion.expansion_optimum import tabulate
from willing.theory.expansion.expansion_rules import Balancer
from willing.theory.propositions.paths import TIE
from willing.theory.propositions.scenarios import (
    SIMPLE,
    Scenario,
    complexity,
    digits,
    draw_scenario,
    scenario_text,
    simpler,
)
from willing.theory.propositions.solver_agreement import (
    LEVELS,
    differs,
    unlike_the_solvers,
    value_of,
)
from willing.theory.rules import Pricing
from willing.theory.wider_scenario import expansion_toml

# Sums of payoffs of order one.
_ROUNDING = 1e-9
_BALANCERS = ("X", "Y", "Z")
_RULES = ("alarm", "fractiousness", "target_security", "target_office")


class ExpansionScenario(NamedTuple):
    """A crisis, the third parties and the game, as in a scenario file."""

    crisis: Crisis
    balancers: tuple[Balancer, ...]
    game: ExpansionGame


@dataclass(frozen=True)
class ExpansionGames:
    """A class of expansion games in which a third party is as far from everybody on L's side.

    Attributes
    ----------
    response : str
        How third parties respond.
    pricing : {"pivotal", "additive"} or None
        The only pricing rule allowed, if there is one.
    outmatched : bool
        Whether even all partners together leave the leader no stronger than the target.
    cohesive : bool
        Whether divergence must not matter to third parties, `eta = 0`.
    frictionless : bool
        Whether there must be no post-war friction.
    quiet : bool
        Whether nobody must join the target if the leader goes alone.
    """

    response: Response = "potential"
    pricing: Pricing | None = None
    outmatched: bool = False
    cohesive: bool = False
    frictionless: bool = False
    quiet: bool = False

    def draw(self, rng: np.random.Generator, n: int) -> ExpansionScenario:
        """Draw a scenario with `n` partners of the class."""
        while True:
            scenario = self._try(rng, n)
            if self.met(scenario):
                return scenario

    def met(self, scenario: ExpansionScenario) -> bool:
        """Say whether a scenario is of the class."""
        crisis, balancers, game = scenario
        strength = crisis.leader.strength + float(crisis.strengths.sum())
        return (
            game.response == self.response
            and self.pricing in (None, game.game.pricing)
            and not any(balancer.distances for balancer in balancers)
            and not crisis.benefits.any()
            and game.game.retention == 1.0
            and (not self.outmatched or strength <= crisis.target.strength)
            and (not self.cohesive or game.fractiousness == 0.0)
            and (not self.frictionless or game.game.friction == 0.0)
            and (not self.quiet or not _joined(scenario, np.zeros(len(crisis.partners), bool)))
        )

    def __str__(self) -> str:
        said = [
            f"{self.pricing} pricing" if self.pricing else "either pricing rule",
            "a ratio or logistic contest",
            "no private benefits",
            "certain retention",
            f"response '{self.response}'",
            "every third party as far from each partner as from the leader",
            *(["all partners together no stronger than the target"] if self.outmatched else []),
            *(["third parties blind to divergence"] if self.cohesive else []),
            *(["no friction"] if self.frictionless else []),
            *(["nobody joins against the leader alone"] if self.quiet else []),
        ]
        return ", ".join(said)

    def _try(self, rng: np.random.Generator, n: int) -> ExpansionScenario:
        crisis, game = draw_scenario(rng, n, pricing=self.pricing, friction=not self.frictionless)
        places = int(rng.integers(1, 5))

        def number(low: float, high: float) -> float:
            return round(float(rng.uniform(low, high)), places)

        if self.outmatched:
            strength = crisis.leader.strength + float(crisis.strengths.sum())
            target = round(strength * rng.uniform(1.0, 2.0) + 10.0**-places, places)
            crisis = replace(crisis, target=replace(crisis.target, strength=target))
        balancers = tuple(
            Balancer(
                name,
                strength=number(0.0, 1.0),
                distance=number(0.0, 2.0),
                cost=number(0.0, 0.4),
            )
            for name in _BALANCERS[: int(rng.integers(1, 4))]
        )
        expansion = ExpansionGame(
            game=game,
            alarm=number(0.2, 2.0),
            fractiousness=0.0 if self.cohesive else number(0.0, 1.0),
            response=self.response,
            target_security=number(0.0, 1.0),
            target_office=number(0.0, 2.0),
        )
        return ExpansionScenario(crisis, balancers, expansion)


def never_falls(of: Callable[[Floats, Floats], Floats], what: str) -> Callable[..., str | None]:
    """Make the check that a quantity of the chosen coalition never falls as security falls.

    Parameters
    ----------
    of
        The quantity from the victory probabilities and total costs along the path.
    what
        Its name.
    """

    def violation(scenario: ExpansionScenario) -> str | None:
        _, won, cost = _path(scenario)
        values = of(won, cost)
        fall = np.flatnonzero(np.diff(values) < -_ROUNDING)
        if not len(fall):
            return None
        at = int(fall[0])
        return f"as security falls {what} falls from {values[at]:.4f} to {values[at + 1]:.4f}"

    return violation


def keeps_widening(scenario: ExpansionScenario) -> str | None:
    """Contradict that a leader who widens the war does so at every lower security."""
    joined, *_ = _path(scenario)
    for more_secure, less_secure in pairwise(joined):
        if more_secure and not less_secure:
            return "as security falls the leader stops building a coalition that widens the war"
    return None


def stops_short(scenario: ExpansionScenario) -> str | None:
    """Contradict that third parties never make the leader build a stronger coalition."""
    crisis, balancers, game = scenario
    found = game.solve(crisis, balancers)
    strength = dict(zip(crisis.names, crisis.strengths.tolist(), strict=True))
    built = sum(strength[name] for name in found.coalition)
    unopposed = sum(strength[name] for name in found.unopposed_coalition)
    if built <= unopposed + _ROUNDING:
        return None
    return f"partners bring {built:.4f}, and {unopposed:.4f} if nobody could join the target"


def aligned_meet_more(scenario: ExpansionScenario) -> str | None:
    """Contradict that twice the divergence never brings the target more help."""
    aligned, help_against_diverse = _help(scenario)
    if help_against_diverse <= aligned + _ROUNDING:
        return None
    return (
        f"against everybody the target gets {aligned:.4f}, and {help_against_diverse:.4f} if they "
        "diverge twice as much"
    )


def coalition_changes(scenario: ExpansionScenario) -> bool:
    """Say whether the path has more than one coalition."""
    return len(_path(scenario)[1]) > 1


def third_parties_matter(scenario: ExpansionScenario) -> bool:
    """Say whether the leader builds another strength than if nobody could join the target."""
    crisis, balancers, game = scenario
    found = game.solve(crisis, balancers)
    strength = dict(zip(crisis.names, crisis.strengths.tolist(), strict=True))
    built, unopposed = (
        sum(strength[name] for name in names)
        for names in (found.coalition, found.unopposed_coalition)
    )
    return bool(abs(built - unopposed) > _ROUNDING)


def war_widens(scenario: ExpansionScenario) -> bool:
    """Say whether at some security the leader's coalition brings third parties in."""
    return any(_path(scenario)[0])


def divergence_matters(scenario: ExpansionScenario) -> bool:
    """Say whether twice the divergence changes what help the target gets against everybody."""
    aligned, diverse = _help(scenario)
    return abs(aligned - diverse) > _ROUNDING


@unlike_the_solvers.register
def _(scenario: ExpansionScenario) -> str:
    crisis, balancers, game = scenario
    path = game.path(crisis, balancers).frame
    for security in LEVELS:
        faced = crisis.with_security(security)
        values = tabulate(*game.terms(faced, balancers)).payoff
        solved = game.solve(faced, balancers)
        row = path.row(int((path["security"] >= security).sum()) - 1, named=True)
        for name, value in (
            ("the expansion game's solve", value_of(solved.coalition, crisis.names, values)),
            ("the value that it states", solved.value),
            ("its path", value_of(tuple(row["coalition"]), crisis.names, values)),
        ):
            if abs(value - values.max()) > TIE:
                return differs(name, security, value, values)
    return ""


def _help(scenario: ExpansionScenario) -> tuple[float, float]:
    """Give the help that the target gets against everybody, as they are and twice as divergent."""
    crisis, balancers, _ = scenario
    partners = tuple(replace(one, divergence=2 * one.divergence) for one in crisis.partners)
    everybody = np.ones(len(partners), dtype=np.bool_)
    sums = subset_sums(np.array([balancer.strength for balancer in balancers]))
    aligned = sums[_joined(scenario, everybody)]
    diverse = scenario._replace(crisis=replace(crisis, partners=partners))
    return float(aligned), float(sums[_joined(diverse, everybody)])


def _joined(scenario: ExpansionScenario, members: np.ndarray) -> int:
    """Give the code of those who join the target against a coalition."""
    crisis, balancers, game = scenario
    terms, threat = game.terms(crisis, balancers)
    return int(outcomes(terms, threat, members[np.newaxis]).joined[0])


def _path(scenario: ExpansionScenario) -> tuple[list[int], Floats, Floats]:
    """Give codes of who joins, victory and total cost, along the path of falling security."""
    crisis, balancers, game = scenario
    terms, threat = game.terms(crisis, balancers)
    table = tabulate(terms, threat)
    won = table.outcomes.victory
    cost = terms.victory_value * won - table.payoff
    _, chosen = envelope(won, cost, game.game.victory_value(1.0), game.game.victory_value(0.0))
    return table.outcomes.joined[chosen].tolist(), won[chosen], cost[chosen]


@complexity.register
def _(scenario: ExpansionScenario) -> tuple[int, int]:
    crisis, balancers, game = scenario
    partners, figures = complexity(Scenario(crisis, game.game))
    own = sum(digits(value) for *_, value in _numbers(scenario))
    return partners + len(balancers), figures + own


@simpler.register
def _(scenario: ExpansionScenario) -> Iterator[ExpansionScenario]:
    crisis, balancers, game = scenario
    for changed in simpler(Scenario(crisis, game.game)):
        yield ExpansionScenario(changed.crisis, balancers, replace(game, game=changed.game))
    for z in range(len(balancers)):
        yield scenario._replace(balancers=balancers[:z] + balancers[z + 1 :])
    for z, name, value in _numbers(scenario):
        for new in dict.fromkeys((*SIMPLE, *(round(value, places) for places in range(4)))):
            if digits(new) < digits(value):
                try:
                    yield _with(scenario, z, name, new)
                except ScenarioError:
                    continue


@scenario_text.register
def _(scenario: ExpansionScenario) -> str:
    return expansion_toml(*scenario)


def _own(balancer: Balancer) -> list[str]:
    return [
        entry.name for entry in fields(balancer) if isinstance(getattr(balancer, entry.name), float)
    ]


def _numbers(scenario: ExpansionScenario) -> Iterator[tuple[int, str, float]]:
    """List the numbers of the third parties and, at place -1, of the game."""
    for z, balancer in enumerate(scenario.balancers):
        for name in _own(balancer):
            yield z, name, getattr(balancer, name)
    for name in _RULES:
        yield -1, name, getattr(scenario.game, name)


def _with(scenario: ExpansionScenario, z: int, name: str, value: float) -> ExpansionScenario:
    if z < 0:
        return scenario._replace(game=replace(scenario.game, **{name: value}))  # type: ignore[arg-type]
    balancers = list(scenario.balancers)
    balancers[z] = replace(balancers[z], **{name: value})  # type: ignore[arg-type]
    return scenario._replace(balancers=tuple(balancers))
