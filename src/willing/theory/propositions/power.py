"""Random games in which partners have bargaining power, and what of H1 is left.

Payments then move with the value of victory, so every security is enumerated anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from willing.numbers import Floats
from willing.theory.contest import LogisticContest
from willing.theory.engine.subsets import subset_sums
from willing.theory.payoffs import coalition_strength, prices, victory
from willing.theory.propositions.paths import SECURITIES, TIE
from willing.theory.propositions.scenarios import Scenario, draw_scenario
from willing.theory.search.enumeration import all_coalitions, all_payoffs


@dataclass(frozen=True)
class PowerGames:
    """A class of games in which partners have bargaining power.

    Attributes
    ----------
    friction : bool
        Whether friction is allowed.
    decisive : bool
        Whether strength must have increasing returns for a weak leader: a logistic contest of
        decisiveness at least 4.
    """

    friction: bool = True
    decisive: bool = False

    def draw(self, rng: np.random.Generator, n: int) -> Scenario:
        """Draw a scenario with `n` partners of the class."""
        crisis, game = draw_scenario(rng, n, friction=self.friction)
        places = int(rng.integers(1, 4))
        game = replace(game, power=round(float(rng.uniform(0.1, 1.0)), places))
        if self.decisive:
            game = replace(game, contest=LogisticContest(round(float(rng.uniform(4, 10)), places)))
        return Scenario(crisis, game)

    def met(self, scenario: Scenario) -> bool:
        """Say whether a scenario is of the class."""
        game = scenario.game
        decisive = isinstance(game.contest, LogisticContest) and game.contest.decisiveness >= 4.0
        return (
            game.power > 0.0
            and game.retention == 1.0
            and not scenario.crisis.benefits.any()
            and (self.friction or game.friction == 0.0)
            and (decisive or not self.decisive)
        )

    def __str__(self) -> str:
        contest = (
            "a logistic contest of decisiveness at least 4"
            if self.decisive
            else "a ratio or logistic contest"
        )
        said = ["either pricing rule", contest, "partners with bargaining power"]
        said += ["no private benefits", "certain retention"]
        return ", ".join([*said, *([] if self.friction else ["no friction"])])


def victory_never_falls(scenario: Scenario) -> str | None:
    """Contradict that the chosen coalition's victory never falls as security falls."""
    values, won = _levels(scenario)
    best = values >= values.max(axis=1, keepdims=True) - TIE
    # Ties count for the claim: the least victory above, the largest below.
    least = np.maximum.accumulate(np.where(best, won, np.inf).min(axis=1))
    most = np.where(best, won, -np.inf).max(axis=1)
    falls = np.flatnonzero(least[:-1] > most[1:] + TIE)
    if not len(falls):
        return None
    level = int(falls[0])
    return (
        f"victory falls to {most[level + 1]:.4f} at security {SECURITIES[level + 1]:.1g} from "
        f"{least[level]:.4f} at a higher one"
    )


def builds_as_without(scenario: Scenario) -> str | None:
    """Contradict that bargaining power changes nothing about when a partner is taken."""
    without = scenario._replace(game=replace(scenario.game, power=0.0))
    gain, plain = (_levels(one)[0] for one in (scenario, without))
    shared, alone = gain[:, 1] - gain[:, 0], plain[:, 1] - plain[:, 0]
    wrong = np.flatnonzero(((shared > TIE) & (alone < -TIE)) | ((shared < -TIE) & (alone > TIE)))
    if not len(wrong):
        return None
    level = int(wrong[0])
    return (
        f"at security {SECURITIES[level]:.1g} she is worth {shared[level]:+.4f} to the leader, "
        f"without power {alone[level]:+.4f}"
    )


def security_decides(scenario: Scenario) -> bool:
    """Say whether without power the partner is taken at one security and not at another."""
    plain = _levels(scenario._replace(game=replace(scenario.game, power=0.0)))[0]
    worth = plain[:, 1] - plain[:, 0]
    return bool((worth > TIE).any() and (worth < -TIE).any())


def price_moves(scenario: Scenario) -> bool:
    """Say whether a member's pay in a given coalition moves with security."""
    crisis, game = scenario
    members = all_coalitions(len(crisis.partners))
    paid = [
        prices(terms, coalition_strength(terms, members))
        for terms in (game.terms(crisis.with_security(one)) for one in (1.0, 0.0))
    ]
    return bool((members & (np.abs(paid[1] - paid[0]) > TIE)).any())


def price_never_falls(scenario: Scenario) -> str | None:
    """Contradict that a given member's pay never falls as security falls."""
    crisis, game = scenario
    members = all_coalitions(len(crisis.partners))
    before: Floats | None = None
    for security in SECURITIES.tolist():
        terms = game.terms(crisis.with_security(security))
        paid = prices(terms, coalition_strength(terms, members))
        if before is not None:
            wrong = np.argwhere(members & (paid < before - TIE))
            if len(wrong):
                code, i = wrong[0]
                return (
                    f"{crisis.names[i]} is paid {paid[code, i]:.4f} at security {security:.1g} and "
                    f"{before[code, i]:.4f} at a higher one"
                )
        before = paid
    return None


def _levels(scenario: Scenario) -> tuple[Floats, Floats]:
    """Give payoffs of every coalition (columns) at every security (rows), and victory."""
    crisis, game = scenario
    values = [all_payoffs(game.terms(crisis.with_security(one))) for one in SECURITIES.tolist()]
    terms = game.terms(crisis)
    won = victory(terms, subset_sums(terms.strength, terms.leader_strength))
    return np.stack(values), won
