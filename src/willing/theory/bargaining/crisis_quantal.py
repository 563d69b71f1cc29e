"""The leader's logit choice among coalitions when a demand follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from willing.errors import ScenarioError
from willing.manner import Result
from willing.numbers import Floats, check_number
from willing.theory.bargaining.crisis_rules import CrisisRules
from willing.theory.bargaining.paid_in_war import value_every_coalition
from willing.theory.crisis import Crisis
from willing.theory.engine.subsets import join_probabilities, size_probabilities, subset_sums
from willing.theory.payoffs import Terms, share, stakes_less_war, victory, war_risk
from willing.theory.search.enumeration import all_payoffs

MOST_PARTNERS = 22
"""Beyond this many partners enumeration takes more than a second."""


@dataclass(frozen=True, repr=False)
class CrisisQuantal(Result):
    """A logit equilibrium over all coalitions, each followed by the best demand.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`, `Z` the sum of :math:`\\exp(U(S)/\\tau)`.
    join
        Probability that each partner is in the coalition, by name.
    build
        Probability of a coalition.
    size, victory, war, share, bill
        Expected number of members, probability of winning a war, probability of war, share of what
        is at stake and side payments.
    """

    log_partition: float
    join: dict[str, float]
    build: float
    size: float
    victory: float
    war: float
    share: float
    bill: float

    def __str__(self) -> str:
        lines = [
            f"with noise: a coalition forms with probability {self.build:.4f}, war breaks out with "
            f"{self.war:.4f}, share {self.share:.4f}, bill {self.bill:.4f}"
        ]
        lines += [f"  {name} joins {chance:.4f}" for name, chance in self.join.items()]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibrium in plain numbers."""
        return {
            "log_partition": self.log_partition,
            "join": dict(self.join),
            "build": self.build,
            "size": self.size,
            "victory": self.victory,
            "war": self.war,
            "share": self.share,
            "bill": self.bill,
        }


@dataclass(frozen=True, eq=False)
class _Coalitions:
    """Payoff, chances, share and bill of every coalition, shape (2**n,)."""

    value: Floats
    victory: Floats
    war: Floats
    share: Floats
    bill: Floats


def crisis_quantal(game: CrisisRules, crisis: Crisis, noise: float) -> CrisisQuantal:
    """Solve for the logit equilibrium; see `CrisisGame.quantal`."""
    check_number(noise, "noise", above=0.0)
    n = len(crisis.partners)
    if n > MOST_PARTNERS:
        raise ScenarioError(
            f"{n} partners are too many for the logit choice in crisis bargaining; at most "
            f"{MOST_PARTNERS}"
        )
    every = _every_coalition(game, game.terms(crisis))
    scaled = every.value / noise
    top = float(scaled.max())
    weight = np.exp(scaled - top)
    total = float(weight.sum())
    chance = weight / total
    sizes = size_probabilities(chance, n)
    return CrisisQuantal(
        log_partition=top + float(np.log(total)),
        join=dict(zip(crisis.names, join_probabilities(chance, n).tolist(), strict=True)),
        build=float(1.0 - chance[0]),
        size=float(sizes @ np.arange(n + 1)),
        victory=float(chance @ every.victory),
        war=float(chance @ every.war),
        share=float(chance @ every.share),
        bill=float(chance @ every.bill),
    )


def _every_coalition(game: CrisisRules, terms: Terms) -> _Coalitions:
    if game.payment == "war":
        found = value_every_coalition(terms)
        demands = found.demands
        bill = demands.war * found.bill
        return _Coalitions(demands.value, found.victory, demands.war, demands.share, bill)
    M = subset_sums(terms.strength, terms.leader_strength)
    value = all_payoffs(terms)
    return _Coalitions(
        value=value,
        victory=victory(terms, M),
        war=war_risk(terms, M),
        share=share(terms, M),
        bill=np.maximum(0.0, stakes_less_war(terms, M) - value),
    )
