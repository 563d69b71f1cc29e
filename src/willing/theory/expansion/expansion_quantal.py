"""The leader's logit choice among coalitions when third parties respond to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.manner import Result
from willing.numbers import check_number
from willing.theory.crisis import Crisis
from willing.theory.expansion.expansion_optimum import tabulate
from willing.theory.expansion.expansion_rules import Balancer, ExpansionRules

if TYPE_CHECKING:
    from plotnine import ggplot


@dataclass(frozen=True, repr=False)
class ExpansionQuantal(Result):
    """A logit equilibrium over all coalitions, by enumeration.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`, `Z` the sum of :math:`\\exp(U(S)/\\tau)`.
    join
        Probability that each partner is in the coalition, by name.
    balance
        Probability that each third party joins the target, by name.
    build
        Probability of a coalition.
    widen
        Probability that somebody joins the target.
    size, victory, bill
        Expected number of members, probability of victory and sum of side payments.
    """

    log_partition: float
    join: dict[str, float]
    balance: dict[str, float]
    build: float
    widen: float
    size: float
    victory: float
    bill: float

    def __str__(self) -> str:
        lines = [
            f"with noise: a coalition forms with probability {self.build:.4f}, somebody joins the "
            f"target with {self.widen:.4f}, victory {self.victory:.4f}"
        ]
        lines += [f"  {name} joins {chance:.4f}" for name, chance in self.join.items()]
        lines += [f"  {name} joins the target {p:.4f}" for name, p in self.balance.items()]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw how likely each partner and third party joins."""
        from willing.theory.result_pictures import draw_chances

        return draw_chances(
            {"joins the leader": self.join, "joins the target": self.balance},
            title="Who joins, if choices are noisy",
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibrium in plain numbers."""
        return {
            "log_partition": self.log_partition,
            "join": dict(self.join),
            "balance": dict(self.balance),
            "build": self.build,
            "widen": self.widen,
            "size": self.size,
            "victory": self.victory,
            "bill": self.bill,
        }


def expansion_quantal(
    game: ExpansionRules, crisis: Crisis, balancers: Sequence[Balancer], noise: float
) -> ExpansionQuantal:
    """Solve for the logit equilibrium; see `ExpansionGame.quantal`."""
    check_number(noise, "noise", above=0.0)
    terms, threat = game.terms(crisis, balancers)
    table = tabulate(terms, threat)
    scaled = table.payoff / noise
    top = float(scaled.max())
    weight = np.exp(scaled - top)
    total = float(weight.sum())
    chance = weight / total
    joined = table.outcomes.joined
    return ExpansionQuantal(
        log_partition=top + float(np.log(total)),
        join=dict(zip(crisis.names, (chance @ table.members).tolist(), strict=True)),
        balance={
            balancer.name: float(chance[(joined >> z & 1) == 1].sum())
            for z, balancer in enumerate(balancers)
        },
        build=float(1.0 - chance[0]),
        widen=float(chance[joined > 0].sum()),
        size=float(chance @ table.members.sum(axis=1)),
        victory=float(chance @ table.outcomes.victory),
        bill=float(chance @ table.price.sum(axis=1)),
    )
