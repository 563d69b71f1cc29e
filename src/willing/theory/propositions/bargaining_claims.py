"""Random bargaining games, and what the leader's choice says about war and entrapment.

Everything is checked by enumeration at the levels of security of the other claims.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats
from willing.theory.bargaining.crisis_game import CrisisGame
from willing.theory.bargaining.crisis_rules import Payment
from willing.theory.bargaining.paid_in_war import value_every_coalition
from willing.theory.crisis import Crisis
from willing.theory.engine.subsets import subset_sums
from willing.theory.payoffs import share, victory, war_risk
from willing.theory.propositions.paths import SECURITIES, TIE
from willing.theory.propositions.scenarios import (
    SIMPLE,
    Scenario,
    complexity,
    digits,
    draw_scenario,
    renamed,
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
from willing.theory.search.enumeration import all_payoffs
from willing.theory.wider_scenario import crisis_toml

# Probabilities that differ by less are equal: they are ratios of rounded payoffs.
_SAME = 1e-9
_RULES = ("war_cost", "target_cost")


class BargainingScenario(NamedTuple):
    """A crisis and the bargaining game, as in a scenario file."""

    crisis: Crisis
    game: CrisisGame


@dataclass(frozen=True)
class BargainingGames:
    """A class of bargaining games.

    Attributes
    ----------
    payment : {"advance", "war"}
        When members are paid.
    pricing : {"pivotal", "additive"} or None
        The only pricing rule allowed, if there is one.
    uncapped : bool
        Whether no coalition may be so strong that everything is demanded at any security.
    keen : bool
        Whether war must be cheap enough for insecurity to make the leader keener on a partner at
        the margin: :math:`1 \\ge u + \\sqrt{u^2 + u v}`, `u` being her cost of war over the
        largest of the target and `v` the partner's stake (0 under additive pricing).
    benefit : bool
        Whether private benefits are allowed.
    """

    payment: Payment = "advance"
    pricing: Pricing | None = None
    uncapped: bool = False
    keen: bool = False
    benefit: bool = True

    def draw(self, rng: np.random.Generator, n: int) -> BargainingScenario:
        """Draw a scenario with `n` partners of the class."""
        while True:
            crisis, game = draw_scenario(
                rng, n, pricing=self.pricing, friction=False, benefit=self.benefit
            )
            places = int(rng.integers(1, 4))
            war_cost = round(float(rng.uniform(0.0, 0.5)), places)
            target_cost = max(round(float(rng.uniform(0.1, 1.2)), places), 0.1)
            bargaining = CrisisGame(
                game=game, war_cost=war_cost, target_cost=target_cost, payment=self.payment
            )
            scenario = BargainingScenario(crisis, bargaining)
            if self.met(scenario):
                return scenario

    def met(self, scenario: BargainingScenario) -> bool:
        """Say whether a scenario is of the class."""
        crisis, game = scenario
        if game.payment != self.payment or self.pricing not in (None, game.game.pricing):
            return False
        if not self.benefit and crisis.benefits.any():
            return False
        if self.uncapped:
            strongest = crisis.leader.strength + float(crisis.strengths.sum())
            p = float(game.game.contest(strongest, crisis.target.strength))
            if p + game.margin(0.0) > 1.0:
                return False
        if self.keen:
            u = game.war_cost / game.target_cost
            v = 0.0
            if game.game.pricing == "pivotal":
                v = max(0.0, float(game.game.stakes(crisis).max()))
            return u + math.sqrt(u * u + u * v) <= game.game.victory_value(1.0)
        return True

    def __str__(self) -> str:
        said = [
            f"{self.pricing} pricing" if self.pricing else "either pricing rule",
            "a ratio or logistic contest",
            "no friction",
            "certain retention",
            "payment in war only" if self.payment == "war" else "payment in advance",
            *(["no coalition that demands everything"] if self.uncapped else []),
            *(["B >= u + sqrt(u^2 + u v), u = c_L / c, at every security"] if self.keen else []),
            *([] if self.benefit else ["no private benefits"]),
        ]
        return ", ".join(said)


@dataclass(frozen=True, eq=False)
class _Levels:
    """Every coalition (columns) at every level of security (rows), falling."""

    value: Floats
    war: Floats
    share: Floats
    victory: Floats
    capped: Floats


def war_with_security(scenario: BargainingScenario) -> str | None:
    """Contradict that with a fixed coalition war never grows less likely as security falls."""
    war = _levels(scenario).war
    fall = np.argwhere(np.diff(war, axis=0) < -_SAME)
    if not len(fall):
        return None
    level, code = fall[0]
    return (
        f"with {_names(scenario, code)} war falls from {war[level, code]:.4f} to "
        f"{war[level + 1, code]:.4f} as security falls"
    )


def war_with_coalition(scenario: BargainingScenario) -> str | None:
    """Contradict that a coalition changes the probability of war only where it demands all."""
    found = _levels(scenario)
    alone = found.war[:, :1]
    differs = np.abs(found.war - alone) > _SAME
    wrong = np.argwhere(np.where(found.capped, found.war > alone + _SAME, differs))
    if not len(wrong):
        return None
    level, code = wrong[0]
    return (
        f"with {_names(scenario, code)} war has probability {found.war[level, code]:.4f}, alone "
        f"{found.war[level, 0]:.4f}"
    )


def builds_at_lower_security(scenario: BargainingScenario) -> str | None:
    """Contradict that a leader who gains by a coalition gains at every lower security."""
    value = _levels(scenario).value
    gain = value.max(axis=1) - value[:, 0]
    gained = np.maximum.accumulate(gain > TIE)
    # Strictly worse than nobody: the empty coalition is the only best one.
    loses = (value[:, 1:].max(axis=1) < value[:, 0] - TIE) & gained
    if not loses.any():
        return None
    level = int(loses.argmax())
    return (
        f"nobody is worth taking at security {SECURITIES[level]:.1g}, though somebody is to a more "
        "secure leader"
    )


def share_never_falls(scenario: BargainingScenario) -> str | None:
    """Contradict that the expected share never falls as security falls."""
    found = _levels(scenario)
    best = found.value >= found.value.max(axis=1, keepdims=True) - TIE
    # Ties count for the claim: the least share above, the largest below.
    least = np.where(best, found.share, np.inf).min(axis=1)
    most = np.where(best, found.share, -np.inf).max(axis=1)
    falls = np.flatnonzero(np.maximum.accumulate(least)[:-1] > most[1:] + TIE)
    if not len(falls):
        return None
    level = int(falls[0])
    return (
        f"the share falls to {most[level + 1]:.4f} at security {SECURITIES[level + 1]:.1g} from "
        f"{np.maximum.accumulate(least)[level]:.4f} at a higher one"
    )


def war_moves(scenario: BargainingScenario) -> bool:
    """Say whether security moves the probability of war, with some coalition."""
    war = _levels(scenario).war
    return bool((np.abs(war - war[:1]) > _SAME).any())


def sometimes_capped(scenario: BargainingScenario) -> bool:
    """Say whether at some security everything is demanded with one coalition, not with another."""
    capped = _levels(scenario).capped.astype(bool)
    return bool((capped.any(axis=1) & ~capped.all(axis=1)).any())


def sometimes_builds(scenario: BargainingScenario) -> bool:
    """Say whether somebody is worth taking at one security and nobody at another."""
    value = _levels(scenario).value
    with_somebody = value[:, 1:].max(axis=1) - value[:, 0]
    return bool((with_somebody > TIE).any() and (with_somebody < -TIE).any())


def share_moves(scenario: BargainingScenario) -> bool:
    """Say whether the expected share is not the same at every security."""
    found = _levels(scenario)
    chosen = np.take_along_axis(found.share, found.value.argmax(axis=1)[:, np.newaxis], axis=1)
    return bool(np.ptp(chosen) > TIE)


@unlike_the_solvers.register
def _(scenario: BargainingScenario) -> str:
    crisis, game = scenario
    found = _levels(scenario)
    path = game.path(crisis).frame
    for security in LEVELS:
        values = found.value[int(np.flatnonzero(security == SECURITIES)[0])]
        solved = game.solve(crisis.with_security(security))
        # At a breakpoint both neighbours are best.
        row = path.row(int((path["security_from"] >= security).sum()) - 1, named=True)
        for name, value in (
            ("the bargaining game's solve", value_of(solved.coalition, crisis.names, values)),
            ("the value that it states", solved.value),
            ("its path", value_of(tuple(row["coalition"]), crisis.names, values)),
        ):
            if abs(value - values.max()) > TIE:
                return differs(name, security, value, values)
    return ""


def _levels(scenario: BargainingScenario) -> _Levels:
    crisis, game = scenario
    rows = []
    for security in SECURITIES.tolist():
        terms = game.terms(crisis.with_security(security))
        M = subset_sums(terms.strength, terms.leader_strength)
        p = victory(terms, M)
        if game.payment == "war":
            found = value_every_coalition(terms).demands
            rows.append((found.value, found.war, found.share, p, found.demand >= 1.0 - _SAME))
        else:
            assert terms.settlement is not None
            capped = p + terms.settlement.margin >= 1.0 - _SAME
            rows.append((all_payoffs(terms), war_risk(terms, M), share(terms, M), p, capped))
    return _Levels(*(np.stack(column) for column in zip(*rows, strict=True)))


def _names(scenario: BargainingScenario, code: int) -> str:
    names = [name for i, name in enumerate(scenario.crisis.names) if code >> i & 1]
    return " and ".join(names) or "nobody"


@complexity.register
def _(scenario: BargainingScenario) -> tuple[int, int]:
    partners, figures = complexity(Scenario(scenario.crisis, scenario.game.game))
    return partners, figures + sum(digits(getattr(scenario.game, name)) for name in _RULES)


@simpler.register
def _(scenario: BargainingScenario) -> Iterator[BargainingScenario]:
    crisis, game = scenario
    for changed in simpler(Scenario(crisis, game.game)):
        try:
            yield BargainingScenario(changed.crisis, replace(game, game=changed.game))
        except ScenarioError:
            continue
    for name in _RULES:
        value = getattr(game, name)
        for new in dict.fromkeys((*SIMPLE, *(round(value, places) for places in range(4)))):
            if digits(new) < digits(value):
                try:
                    yield scenario._replace(game=replace(game, **{name: new}))
                except ScenarioError:
                    continue


@renamed.register
def _(scenario: BargainingScenario) -> BargainingScenario:
    crisis, _ = renamed(Scenario(scenario.crisis, scenario.game.game))
    return scenario._replace(crisis=crisis)


@scenario_text.register
def _(scenario: BargainingScenario) -> str:
    return crisis_toml(*scenario)
