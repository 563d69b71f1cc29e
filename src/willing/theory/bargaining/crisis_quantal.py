"""The leader's logit choice among coalitions when a demand follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.errors import ScenarioError
from willing.manner import Result
from willing.numbers import Floats, check_number
from willing.theory.bargaining.crisis_rules import CrisisRules
from willing.theory.bargaining.paid_in_war import value_every_coalition
from willing.theory.crisis import Crisis
from willing.theory.engine.mean_field import MovingPrices
from willing.theory.engine.moving_prices import sum_at_moving_prices
from willing.theory.engine.subsets import join_probabilities, size_probabilities, subset_sums
from willing.theory.payoffs import (
    Terms,
    payoffs,
    prices,
    share,
    stakes_less_war,
    victory,
    war_risk,
)
from willing.theory.search.enumeration import all_payoffs

if TYPE_CHECKING:
    from plotnine import ggplot

MOST_PARTNERS = 22
"""Beyond this many partners enumeration takes more than a second, and the recursion on a grid of
strength takes over."""
# Absolute, on join probabilities; the cap of the demand is a kink that finer grids resolve slowly.
_TOLERANCE = 1e-6


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
    error
        Estimate of the largest error of a probability; 0 where every coalition is looked at.
    """

    log_partition: float
    join: dict[str, float]
    build: float
    size: float
    victory: float
    war: float
    share: float
    bill: float
    error: float = 0.0

    def __str__(self) -> str:
        lines = [
            f"with noise: a coalition forms with probability {self.build:.4f}, war breaks out with "
            f"{self.war:.4f}, share {self.share:.4f}, bill {self.bill:.4f}"
            + (f" (error about {self.error:.1g})" if self.error else "")
        ]
        lines += [f"  {name} joins {chance:.4f}" for name, chance in self.join.items()]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw how likely each partner joins."""
        from willing.theory.result_pictures import draw_chances

        return draw_chances({"joins": self.join}, title="Who joins, if choices are noisy")

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
            "error": self.error,
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
        if game.payment == "war":
            raise ScenarioError(
                f"{n} partners are too many for the logit choice with bargaining.payment 'war'; at "
                f"most {MOST_PARTNERS}"
            )
        return _by_recursion(game, crisis, noise)
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


def _by_recursion(game: CrisisRules, crisis: Crisis, noise: float) -> CrisisQuantal:
    """Sum over all coalitions by the recursion at prices frozen at each node of final strength."""
    terms = game.terms(crisis)
    own = terms.leader_strength
    moving = MovingPrices(
        own=own,
        strength=terms.strength,
        reward=lambda x: stakes_less_war(terms, own + x) / noise,
        cost=lambda x: prices(terms, own + x) / noise,
        log_weight=lambda masks: payoffs(terms, masks) / noise,
    )
    summed = sum_at_moving_prices(moving, tolerance=_TOLERANCE)
    if summed.error >= 1.0:
        raise ScenarioError(
            f"noise is {noise!r}; so little noise leaves a few coalitions that the sum over all "
            "cannot resolve: give more, or use the best coalition instead"
        )
    finest = summed.finest
    x, weight = finest.plan.grid.x, finest.found.weight
    alone = float(moving.reward(np.zeros(1))[0])
    join = np.clip(finest.join, 0.0, 1.0)
    return CrisisQuantal(
        log_partition=finest.found.log_partition,
        join=dict(zip(crisis.names, join.tolist(), strict=True)),
        build=float(-np.expm1(min(0.0, alone - finest.found.log_partition))),
        size=float(join.sum()),
        victory=float(victory(terms, own + x) @ weight),
        war=float(war_risk(terms, own + x) @ weight),
        share=float(share(terms, own + x) @ weight),
        bill=float((prices(terms, own + x).T[finest.order] * finest.found.joined).sum()),
        error=summed.error,
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
