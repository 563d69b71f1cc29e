"""Two leaders bid for many partners with truthful menus (Bernheim and Whinston, 1986).

A menu says what a leader pays for each division of the partners, and is truthful if it asks the
same of her in all: what she pays for one division more than for another is what it is worth to her
more. With such menus leaders and partners settle on the division that is best for all together. It
maximises

    W P - sum of k_i over all who fight,    W = B_A - B_B + sum of v_i over all partners,

so if `W > 0` and fighting is costly nobody joins the second leader: the problem is that of the
coalition game with `W` in place of `B` and prices `k_i`, and its mirror image if `W < 0`. Let
`f(W)` be its value. Partners who act together leave each leader what she adds to the others, and
her payment is what she costs them. `f` is convex, which makes that feasible for both at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.manner import Result
from willing.numbers import Masks
from willing.theory.bidding.bidding_rules import BiddingRules
from willing.theory.payoffs import Terms
from willing.theory.search.optimum import best_coalition

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot

# Levels of the rival's security at which payments are drawn; each takes three searches.
LEVELS = 51


@dataclass(frozen=True, repr=False)
class MenuOutcome(Result):
    """The division of the partners under truthful menus.

    Attributes
    ----------
    joins
        The leader who recruits, None if nobody does.
    coalition
        Names of her partners.
    victory
        The first leader's probability of victory.
    joint_value
        :math:`W`, what her victory is worth to all together.
    payments
        What each leader pays in all, by name.
    gap
        No division is worth more to all together by more than this; 0 when proven.
    game
        What was solved.
    """

    joins: str | None
    coalition: tuple[str, ...]
    victory: float
    joint_value: float
    payments: dict[str, float]
    gap: float
    game: BiddingRules = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the outcome in plain numbers and texts."""
        return {
            "joins": self.joins,
            "coalition": list(self.coalition),
            "victory": self.victory,
            "joint_value": self.joint_value,
            "payments": dict(self.payments),
            "gap": self.gap,
        }

    def plot(self) -> ggplot:
        """Draw what each leader pays in all over the second leader's security."""
        from willing.theory.bidding.bidding_pictures import draw_payments_over_rival_security

        table = payments_over_rival_security(self.game)
        return draw_payments_over_rival_security(table, self.game)

    def __str__(self) -> str:
        paid = ", ".join(f"{name} pays {one:.4f}" for name, one in self.payments.items())
        whom = f"{', '.join(self.coalition)} join {self.joins}" if self.joins else "nobody joins"
        proof = "" if self.gap == 0.0 else f" (not proven, gap {self.gap:.2g})"
        return (
            f"truthful menus: {whom}; {self.game.first.name} wins with {self.victory:.4f}, "
            f"{paid}{proof}"
        )


@dataclass(frozen=True, eq=False)
class _Division:
    """The best division at some value `W` of the first leader's victory."""

    members: Masks
    for_first: bool
    victory: float
    cost: float
    gap: float

    def worth(self, value: float) -> float:
        """Give what it is worth if her victory is worth `value`."""
        return value * self.victory - self.cost


def menu_outcome(game: BiddingRules) -> MenuOutcome:
    """Find the division under truthful menus; see `BiddingGame.menus`."""
    stakes = math.fsum(one.stake for one in game.partners)
    mine, theirs = game.first.victory_value, game.second.victory_value
    value = stakes + mine - theirs
    best = _division(game, value)
    payments = {
        name: max(0.0, _division(game, others).worth(others) - best.worth(others))
        for name, others in (
            (game.first.name, stakes - theirs),
            (game.second.name, stakes + mine),
        )
    }
    names = tuple(game.partners[i].name for i in np.flatnonzero(best.members))
    recruiter = game.first if best.for_first else game.second
    return MenuOutcome(
        joins=recruiter.name if names else None,
        coalition=names,
        victory=best.victory,
        joint_value=value,
        payments=payments,
        gap=best.gap,
        game=game,
    )


def payments_over_rival_security(game: BiddingRules) -> pl.DataFrame:
    """Give what each leader pays under truthful menus at every level of the second's security.

    Returns
    -------
    polars.DataFrame
        One row a level and a leader: ``security``, ``leader`` and ``price``, all that she pays.
    """
    import polars as pl

    rows = []
    for security in np.linspace(0.0, 1.0, LEVELS).tolist():
        changed = replace(game, second=replace(game.second, security=security))
        paid = menu_outcome(changed).payments
        rows += [{"security": security, "leader": k, "price": v} for k, v in paid.items()]
    return pl.DataFrame(rows)


def _division(game: BiddingRules, value: float) -> _Division:
    """Find the division that is best if the first leader's victory is worth `value` to all."""
    strength = np.array([one.strength for one in game.partners], dtype=float)
    cost = np.array([one.cost for one in game.partners], dtype=float)
    for_first = value >= 0.0
    sides = (game.first, game.second) if for_first else (game.second, game.first)
    best = best_coalition(
        Terms(
            leader_strength=sides[0].strength,
            target_strength=sides[1].strength,
            strength=strength,
            outlay=cost,
            stake=np.zeros(len(cost)),
            drag=np.zeros(len(cost)),
            victory_value=abs(value),
            contest=game.contest,
        )
    )
    added = float(strength[best.members].sum())
    first, second = (added, 0.0) if for_first else (0.0, added)
    return _Division(
        members=best.members,
        for_first=for_first,
        victory=float(game.victory(first, second)),
        cost=float(cost[best.members].sum()),
        gap=best.gap,
    )
