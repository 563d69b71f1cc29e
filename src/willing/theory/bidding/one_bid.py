"""Two leaders bid for one partner: every equilibrium, in closed form.

With `P_A`, `P_N` and `P_B` the first leader's chances if the partner joins her, stays out or joins
the second, the partner gets

    x_A - k + v P_A,    v P_N,    x_B - k + v P_B.

Both bid at once. Nobody bids more than it is worth to her to have the partner rather than to see
her with the rival, `B_A (P_A - P_B)` and `B_B (P_A - P_B)`; a higher bid is dominated.

She joins the first in equilibrium at the least that keeps her from both alternatives, the rival
bidding all that it may. If the rival's bid is idle, because no bid that it makes would bring her
in, what is left to the first is to have her or to leave her out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from willing.errors import ScenarioError
from willing.manner import Result
from willing.theory.bidding.bidding_rules import BiddingRules

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot

Side = Literal["first", "second", "neither"]
# Levels of the rival's security at which prices are drawn.
LEVELS = 101

# Conditions on products of chances and values that differ by less are ties, and ties count.
_TIE = 1e-12


@dataclass(frozen=True)
class Bid:
    """One equilibrium.

    Attributes
    ----------
    side
        Whom the partner joins.
    joins
        That leader's name, None if she stays out.
    price
        What she is paid.
    victory
        The first leader's probability of victory.
    contested
        Whether the rival's bid is what drives the price.
    preempts
        Whether the winner would rather see her neutral at that price, and pays to keep her from
        the rival.
    """

    side: Side
    joins: str | None
    price: float
    victory: float
    contested: bool
    preempts: bool


@dataclass(frozen=True, repr=False)
class BiddingEquilibria(Result):
    """Every equilibrium of the bids for one partner.

    Attributes
    ----------
    equilibria
        The first leader's, the second's, the neutral one, as far as there are.
    chances
        The first leader's probability of victory if the partner joins her, stays out, joins the
        second.
    game
        What was solved.
    """

    equilibria: tuple[Bid, ...]
    chances: tuple[float, float, float]
    game: BiddingRules = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibria in plain numbers and texts."""
        return {
            "first": self.game.first.name,
            "second": self.game.second.name,
            "partner": self.game.partners[0].name,
            "chances": list(self.chances),
            "equilibria": [
                {
                    "joins": bid.joins,
                    "price": bid.price,
                    "victory": bid.victory,
                    "contested": bid.contested,
                    "preempts": bid.preempts,
                }
                for bid in self.equilibria
            ],
        }

    def plot(self) -> ggplot:
        """Draw the partner's price over the rival's security."""
        from willing.theory.bidding.bidding_pictures import draw_prices_over_rival_security

        return draw_prices_over_rival_security(prices_over_rival_security(self.game), self.game)

    def __str__(self) -> str:
        game = self.game
        partner = game.partners[0].name
        with_her, neutral, against = self.chances
        lines = [
            f"{game.first.name} (B {game.first.victory_value:g}) and {game.second.name} "
            f"(B {game.second.victory_value:g}) bid for {partner}",
            f"{game.first.name} wins with {with_her:.4f} if {partner} joins, {neutral:.4f} if she "
            f"stays out, {against:.4f} if she joins {game.second.name}",
        ]
        for bid in self.equilibria:
            if bid.joins is None:
                lines.append(f"equilibrium: {partner} stays out, nobody bids enough")
                continue
            why = "against the rival's bid" if bid.contested else "to make her fight"
            regret = ", who would rather see her neutral at that price" if bid.preempts else ""
            lines.append(
                f"equilibrium: {partner} joins {bid.joins} for {bid.price:.4f}, {why}{regret}"
            )
        return "\n".join(lines)


def bidding_equilibria(game: BiddingRules) -> BiddingEquilibria:
    """Find every equilibrium in bids; see `BiddingGame.bids`."""
    if len(game.partners) != 1:
        raise ScenarioError(
            f"{len(game.partners)} partners are too many for simultaneous bids; they are solved "
            "for one, and truthful menus for any number"
        )
    m = game.partners[0].strength
    chances = tuple(game.victory(*added).item() for added in ((m, 0.0), (0.0, 0.0), (0.0, m)))
    with_her, neutral, against = chances
    found = [_won(game, with_her, neutral, against), _won(*_mirrored(game, chances))]
    bids = [found[0]] if found[0] else []
    if found[1]:
        second = game.second.name
        bids.append(replace(found[1], side="second", joins=second, victory=against))
    if _neutral(game, with_her, neutral, against):
        bids.append(Bid("neither", None, 0.0, neutral, contested=False, preempts=False))
    return BiddingEquilibria(tuple(bids), (with_her, neutral, against), game)


def prices_over_rival_security(game: BiddingRules) -> pl.DataFrame:
    """Give the equilibria at every level of the second leader's security.

    Returns
    -------
    polars.DataFrame
        One row a level and an equilibrium in which the partner joins somebody: ``security``,
        ``joins`` and ``price``.
    """
    import polars as pl

    rows = []
    for security in np.linspace(0.0, 1.0, LEVELS).tolist():
        changed = replace(game, second=replace(game.second, security=security))
        rows += [
            {"security": security, "joins": bid.joins, "price": bid.price}
            for bid in bidding_equilibria(changed).equilibria
            if bid.joins is not None
        ]
    schema = {"security": pl.Float64, "joins": pl.String, "price": pl.Float64}
    return pl.DataFrame(rows, schema=schema)


def _won(game: BiddingRules, with_her: float, neutral: float, against: float) -> Bid | None:
    """Give the equilibrium in which the first leader has the partner, if there is one."""
    partner = game.partners[0]
    B, rival, v, k = (
        game.first.victory_value,
        game.second.victory_value,
        partner.stake,
        partner.cost,
    )
    swing = with_her - against
    to_fight = k - v * (with_her - neutral)
    to_outbid = (rival - v) * swing
    # The rival's best bid is idle if even that would not make her fight.
    idle = rival * swing < k + v * (neutral - against) - _TIE
    price = max(0.0, to_fight) if idle else max(0.0, to_fight, to_outbid)
    worth = B * (with_her - neutral) if idle else B * swing
    if price > worth + _TIE:
        return None
    return Bid(
        side="first",
        joins=game.first.name,
        price=price,
        victory=with_her,
        contested=not idle and to_outbid >= max(0.0, to_fight) and to_outbid > 0.0,
        preempts=price > B * (with_her - neutral) + _TIE,
    )


def _mirrored(
    game: BiddingRules, chances: tuple[float, ...]
) -> tuple[BiddingRules, float, float, float]:
    """Give the game as the second leader sees it."""
    partner = game.partners[0]
    with_her, neutral, against = chances
    seen = replace(
        game,
        first=game.second,
        second=game.first,
        partners=(replace(partner, stake=-partner.stake),),
    )
    return seen, 1.0 - against, 1.0 - neutral, 1.0 - with_her


def _neutral(game: BiddingRules, with_her: float, neutral: float, against: float) -> bool:
    """Say whether nobody bidding and the partner staying out is an equilibrium."""
    partner = game.partners[0]
    B, rival, v, k = (
        game.first.victory_value,
        game.second.victory_value,
        partner.stake,
        partner.cost,
    )
    for_first = max(0.0, k - v * (with_her - neutral))
    for_second = max(0.0, k + v * (neutral - against))
    return (
        B * (with_her - neutral) <= for_first + _TIE
        and rival * (neutral - against) <= for_second + _TIE
        and v * (with_her - neutral) <= k + _TIE
        and -v * (neutral - against) <= k + _TIE
    )
