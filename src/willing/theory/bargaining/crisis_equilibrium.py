"""The equilibrium of crisis bargaining, and its path over the leader's security."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.manner import Result
from willing.numbers import Floats, Masks
from willing.theory.bargaining.crisis_rules import CrisisRules
from willing.theory.bargaining.demands import best_demands
from willing.theory.bargaining.paid_in_war import (
    coalition_of,
    payments_in_war,
    value_every_coalition,
)
from willing.theory.crisis import Crisis
from willing.theory.payoffs import coalition_strength, payoffs, prices, victory
from willing.theory.search.optimum import best_coalition
from willing.theory.search.search_options import Optimum, Search, Status
from willing.theory.search.traced_path import trace

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot

# Securities at which war is drawn.
LEVELS = 101


@dataclass(frozen=True, eq=False, repr=False)
class CrisisEquilibrium(Result):
    """The leader's best coalition, her demand and what may come of it.

    Attributes
    ----------
    coalition
        Names of the partners invited.
    side_payments
        What each member is paid; with payment in war, if there is war.
    demand
        :math:`y`, the share that the leader demands.
    war
        :math:`\\pi`, the probability that the target fights.
    victory
        :math:`p(S)`, the probability of winning a war.
    share
        :math:`Y`, the share that the leader can expect.
    value
        :math:`U(S) = B Y - c_L \\pi` less side payments.
    alone, war_alone
        :math:`U(\\emptyset)`, and the probability of war if she goes alone.
    gap
        No coalition is worth more than `value + gap`: what a limit, the tolerance or rounding
        left open; 0 if the optimum is proven to within roundings.
    status
        ``"optimal"``, or ``"limit"`` when a limit stopped the search.
    crisis, game
        What was solved.
    """

    coalition: tuple[str, ...]
    side_payments: dict[str, float]
    demand: float
    war: float
    victory: float
    share: float
    value: float
    alone: float
    war_alone: float
    gap: float
    status: Status
    crisis: Crisis = field(repr=False)
    game: CrisisRules = field(repr=False)

    @property
    def bill(self) -> float:
        """What the leader can expect to pay."""
        promised = math.fsum(self.side_payments.values())
        return promised * self.war if self.game.payment == "war" else promised

    @property
    def demands_everything(self) -> bool:
        """Whether the demand is capped: the leader would ask for more if there were more."""
        return self.demand >= 1.0

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibrium in plain numbers and texts."""
        return {
            "leader": self.crisis.leader.name,
            "target": self.crisis.target.name,
            "security": self.crisis.leader.security,
            "coalition": list(self.coalition),
            "side_payments": dict(self.side_payments),
            "bill": self.bill,
            "demand": self.demand,
            "war": self.war,
            "victory": self.victory,
            "share": self.share,
            "value": self.value,
            "alone": self.alone,
            "war_alone": self.war_alone,
            "gap": self.gap,
            "status": self.status,
        }

    def plot(self) -> ggplot:
        """Draw the probability of war over the leader's security, hers marked."""
        from willing.theory.bargaining.crisis_pictures import draw_war_over_security

        return draw_war_over_security(war_over_security(self.game, self.crisis), crisis=self.crisis)

    def __str__(self) -> str:
        leader, target = self.crisis.leader, self.crisis.target
        proof = "proven optimal" if self.status == "optimal" else f"gap {self.gap:.2g}"
        when = ", if there is war" if self.game.payment == "war" else ""
        lines = [
            f"{leader.name} (security {leader.security:g}) against {target.name}",
            f"coalition  {', '.join(self.coalition) or 'nobody'}",
            f"demand     {self.demand:.4f} of what is at stake, a war would be won with "
            f"{self.victory:.4f}",
            f"war        {self.war:.4f}, and {self.war_alone:.4f} if she went alone",
            f"share      {self.share:.4f} expected",
            f"payoff     {self.value:.6f} (alone {self.alone:.6f}, {proof})",
            f"bill       {self.bill:.6f} expected",
        ]
        lines += [f"  {name}  {paid:.6f}{when}" for name, paid in self.side_payments.items()]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, repr=False)
class CrisisPath(Result):
    """The equilibrium over the leader's security, from 1 down to 0.

    Attributes
    ----------
    frame
        One row a stretch of security with the same coalition: ``security_from`` and
        ``security_to``; ``coalition``, its names; ``victory``; and at both ends of the stretch
        ``war_from``, ``war_to``, ``share_from`` and ``share_to``.
    """

    frame: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give the path."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the path in plain numbers and texts."""
        return {"path": self.frame.to_dicts()}

    def plot(self) -> ggplot:
        """Draw the probability of war and the share over the leader's security."""
        from willing.theory.bargaining.crisis_pictures import draw_crisis_path

        return draw_crisis_path(self.frame)

    def __str__(self) -> str:
        lines = ["By security, from a secure leader to an insecure one:"]
        lines += [
            f"  {row['security_from']:.4f} to {row['security_to']:.4f}: war {row['war_from']:.4f} "
            f"to {row['war_to']:.4f}, share {row['share_from']:.4f} to {row['share_to']:.4f}  "
            f"{', '.join(row['coalition']) or 'nobody'}"
            for row in self.frame.iter_rows(named=True)
        ]
        return "\n".join(lines)


def crisis_equilibrium(
    game: CrisisRules, crisis: Crisis, search: Search | None = None
) -> CrisisEquilibrium:
    """Solve a bargaining game; see `CrisisGame.solve`."""
    best = best_in_crisis(game, crisis, search)
    terms = game.terms(crisis)
    members = best.members
    M = coalition_strength(terms, members)
    in_war = game.payment == "war"
    paid = (payments_in_war(terms) if in_war else prices(terms, M))[members]
    burden = float(paid.sum()) if in_war else 0.0
    p = victory(terms, np.array([float(M), terms.leader_strength]))
    found = best_demands(
        p, terms.victory_value, game.war_cost + np.array([burden, 0.0]), game.target_cost
    )
    names = [crisis.names[i] for i in np.flatnonzero(members)]
    return CrisisEquilibrium(
        coalition=tuple(names),
        side_payments=dict(zip(names, paid.tolist(), strict=True)),
        demand=float(found.demand[0]),
        war=float(found.war[0]),
        victory=float(p[0]),
        share=float(found.share[0]),
        value=best.value,
        alone=float(found.value[1]),
        war_alone=float(found.war[1]),
        gap=best.gap,
        status=best.status,
        crisis=crisis,
        game=game,
    )


def best_in_crisis(game: CrisisRules, crisis: Crisis, search: Search | None = None) -> Optimum:
    """Find the leader's best coalition."""
    terms = game.terms(crisis)
    if game.payment == "advance":
        return best_coalition(terms, search=search)
    value = value_every_coalition(terms).demands.value
    at = int(np.argmax(value))
    return Optimum(coalition_of(at, len(terms.strength)), float(value[at]), 0.0, "optimal")


def crisis_path(game: CrisisRules, crisis: Crisis) -> CrisisPath:
    """Find the path of a bargaining game; see `CrisisGame.path`."""
    import polars as pl

    def solve(security: float) -> Masks:
        return best_in_crisis(game, crisis.with_security(security)).members

    def value(members: Masks, security: float) -> float:
        return coalition_value(game, crisis.with_security(security), members)

    coalitions, breakpoints = trace(solve, value)
    starts, ends = [1.0, *breakpoints], [*breakpoints, 0.0]
    rows = []
    for members, start, end in zip(coalitions, starts, ends, strict=True):
        war, share, won = _outcomes(game, crisis, members, np.array([start, end]))
        rows.append(
            {
                "security_from": start,
                "security_to": end,
                "coalition": [crisis.names[i] for i in np.flatnonzero(members)],
                "victory": won,
                "war_from": float(war[0]),
                "war_to": float(war[1]),
                "share_from": float(share[0]),
                "share_to": float(share[1]),
            }
        )
    return CrisisPath(pl.DataFrame(rows, schema_overrides={"coalition": pl.List(pl.String)}))


def war_over_security(game: CrisisRules, crisis: Crisis) -> pl.DataFrame:
    """Give what happens at every level of the leader's security.

    Returns
    -------
    polars.DataFrame
        One row a level: ``security``, ``members`` (how many), ``war``, ``war_alone`` and ``share``.
    """
    import polars as pl

    rows = []
    for security in np.linspace(0.0, 1.0, LEVELS).tolist():
        found = crisis_equilibrium(game, crisis.with_security(security))
        rows.append(
            {
                "security": security,
                "members": len(found.coalition),
                "war": found.war,
                "war_alone": found.war_alone,
                "share": found.share,
            }
        )
    return pl.DataFrame(rows)


def coalition_value(game: CrisisRules, crisis: Crisis, members: Masks) -> float:
    """Give the leader's payoff from a coalition, a mask of shape (n,)."""
    terms = game.terms(crisis)
    if game.payment == "advance":
        return float(payoffs(terms, members))
    p = victory(terms, coalition_strength(terms, members))
    cost = game.war_cost + float(payments_in_war(terms)[members].sum())
    return float(best_demands(p, terms.victory_value, cost, game.target_cost).value)


def _outcomes(
    game: CrisisRules, crisis: Crisis, members: Masks, security: Floats
) -> tuple[Floats, Floats, float]:
    """Give the probability of war and the share at securities, and that of victory."""
    terms = game.terms(crisis)
    p = float(victory(terms, coalition_strength(terms, members)))
    burden = float(payments_in_war(terms)[members].sum()) if game.payment == "war" else 0.0
    value = np.array([game.game.victory_value(one) for one in security.tolist()])
    found = best_demands(p, value, game.war_cost + burden, game.target_cost)
    return found.war, found.share, p
