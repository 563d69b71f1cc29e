"""Two leaders who fight each other bid for the same partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from willing.theory.bidding.bidding_rules import BiddingRules

if TYPE_CHECKING:
    from willing.theory.bidding.menus import MenuOutcome
    from willing.theory.bidding.one_bid import BiddingEquilibria


@dataclass(frozen=True, kw_only=True)
class BiddingGame(BiddingRules):
    """Two leaders bid for the same partners, then fight each other.

    Each partner joins the first leader, joins the second or stays out. Victory of the first, with
    probability :math:`P`, is worth :math:`B_A` to her and :math:`v_i` to partner `i`; her defeat is
    worth :math:`B_B` to the second. Whoever joins is paid and bears her cost.

    Parameters
    ----------
    first, second
        The leaders.
    partners
        Those for whom they bid, at least one; names are unique, the leaders' included.
    contest
        Probability of the first leader's victory, a ratio or a logistic contest.
    title
        What to call the game in print.

    Raises
    ------
    ScenarioError
        If a value is outside its range, there is no partner or a name occurs twice.
    """

    def bids(self) -> BiddingEquilibria:
        """Give every equilibrium in bids for the one partner of the game.

        Raises
        ------
        ScenarioError
            If there are several partners.
        """
        from willing.theory.bidding.one_bid import bidding_equilibria

        return bidding_equilibria(self)

    def menus(self) -> MenuOutcome:
        """Give the outcome when leaders bid with truthful menus, for any number of partners."""
        from willing.theory.bidding.menus import menu_outcome

        return menu_outcome(self)
