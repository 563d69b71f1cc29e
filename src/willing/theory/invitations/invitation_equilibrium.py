"""The equilibrium of public invitations, as names and words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.manner import Result
from willing.numbers import Floats
from willing.theory.crisis import Crisis
from willing.theory.invitations.invitation_order import best_order, play_openly
from willing.theory.invitations.invitation_play import play
from willing.theory.invitations.invitation_rules import InvitationRules, Order
from willing.theory.payoffs import victory
from willing.theory.search.optimum import best_coalition

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot

ORDERS: Mapping[Order, str] = {
    "strongest": "strongest first",
    "weakest": "weakest first",
    "listed": "as listed",
    "announced": "in the best order announced",
    "open": "whom to ask next decided after every answer",
}


@dataclass(frozen=True)
class Invited:
    """What becomes of one partner.

    Attributes
    ----------
    name
        The partner.
    invited
        Probability that she is made an offer.
    accepts
        Probability that she is and accepts it.
    offer
        The mean of the offers made to her, NaN if there is none.
    """

    name: str
    invited: float
    accepts: float
    offer: float


@dataclass(frozen=True, eq=False, repr=False)
class InvitationEquilibrium(Result):
    """Subgame-perfect play of public invitations.

    Attributes
    ----------
    partners
        What becomes of each partner, in the order in which they are approached; the strongest
        first if the order is open.
    victory
        Probability of victory.
    victory_alone
        The same if she goes alone.
    refusal
        Probability that somebody who is invited refuses.
    bill
        What the leader can expect to pay.
    value
        Her expected payoff, :math:`B P` less the bill.
    at_once
        Her payoff in the coalition game, where all are invited at once and she knows their costs.
    error
        Estimate of the largest error of a probability; 0 where play is exact.
    crisis, game
        What was solved.
    """

    partners: tuple[Invited, ...]
    victory: float
    victory_alone: float
    refusal: float
    bill: float
    value: float
    at_once: float
    error: float
    crisis: Crisis = field(repr=False)
    game: InvitationRules = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibrium in plain numbers and texts; an offer never made is None."""
        return {
            "leader": self.crisis.leader.name,
            "target": self.crisis.target.name,
            "security": self.crisis.leader.security,
            "doubt": self.game.doubt,
            "order": self.game.order,
            "partners": [
                {
                    "name": one.name,
                    "invited": one.invited,
                    "accepts": one.accepts,
                    "offer": None if math.isnan(one.offer) else one.offer,
                }
                for one in self.partners
            ],
            "victory": self.victory,
            "victory_alone": self.victory_alone,
            "refusal": self.refusal,
            "bill": self.bill,
            "value": self.value,
            "at_once": self.at_once,
            "error": self.error,
        }

    def to_frame(self) -> pl.DataFrame:
        """Give one row a partner, in the order in which they are approached."""
        import polars as pl

        return pl.DataFrame(self.to_dict()["partners"], infer_schema_length=None)

    def plot(self) -> ggplot:
        """Draw how likely each partner is invited, and how likely she accepts."""
        from willing.theory.result_pictures import draw_invitations

        return draw_invitations(self.to_frame(), leader=self.crisis.leader.name)

    def __str__(self) -> str:
        leader, target = self.crisis.leader, self.crisis.target
        exact = f", error about {self.error:.1g}" if self.error else ""
        lines = [
            f"{leader.name} (security {leader.security:g}) against {target.name}, invitations one "
            f"by one, {ORDERS[self.game.order]}, doubt {self.game.doubt:g}",
            f"victory    {self.victory_alone:.4f} alone, {self.victory:.4f} expected{exact}",
            f"payoff     {self.value:.6f} (all at once, with costs known: {self.at_once:.6f})",
            f"bill       {self.bill:.6f} expected",
            f"refusal    {self.refusal:.4f} that somebody who is invited refuses",
            "Partner by partner: invited, mean offer, accepts",
        ]
        width = max(len(one.name) for one in self.partners)
        lines += [
            f"  {one.name:<{width}}  {one.invited:.4f}  {_offer(one.offer)}  {one.accepts:.4f}"
            for one in self.partners
        ]
        return "\n".join(lines)


def invitation_equilibrium(game: InvitationRules, crisis: Crisis) -> InvitationEquilibrium:
    """Solve a game of invitations; see `InvitationGame.solve`."""
    numbers = game.numbers(crisis)
    if game.order == "announced":
        numbers = numbers.of(best_order(numbers))
    found, error = (play_openly(numbers), 0.0) if game.order == "open" else play(numbers)
    terms = game.game.terms(crisis)
    columns: tuple[Floats, ...] = (found.invited, found.accept, found.offer)
    rows = zip(numbers.order.tolist(), *(column.tolist() for column in columns), strict=True)
    return InvitationEquilibrium(
        partners=tuple(Invited(crisis.names[i], *values) for i, *values in rows),
        victory=found.victory,
        victory_alone=float(victory(terms, np.asarray(terms.leader_strength))),
        refusal=found.refusal,
        bill=math.fsum(found.paid.tolist()),
        value=found.value,
        at_once=best_coalition(terms).value,
        error=error,
        crisis=crisis,
        game=game,
    )


def _offer(offer: float) -> str:
    return "     -" if math.isnan(offer) else f"{offer:.4f}"
