"""The best coalition when its members are paid only if there is war.

What members cost then counts in the demand: the leader's cost of war is her own and all that she
pays. Her payoff is not a sum over members any more, so every coalition is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, Masks
from willing.theory.bargaining.demands import Demands, best_demands
from willing.theory.engine.subsets import subset_sums
from willing.theory.payoffs import Terms, victory

MOST_PARTNERS = 20
"""Beyond this many partners looking at every coalition takes more than a second."""


@dataclass(frozen=True, eq=False)
class PaidInWar:
    """Every coalition of partners who are paid in war.

    Attributes
    ----------
    victory
        :math:`p(S)`, shape (2**n,).
    bill
        What is paid in war, shape (2**n,).
    demands
        The demand that follows each coalition; its values are the leader's payoffs.
    """

    victory: Floats
    bill: Floats
    demands: Demands


def payments_in_war(terms: Terms) -> Floats:
    """Give what each partner is paid in war, shape (n,)."""
    assert terms.exposure is not None
    return np.maximum(0.0, terms.exposure + terms.outlay)


def value_every_coalition(terms: Terms) -> PaidInWar:
    """Value every coalition, in the order of `willing.theory.search.enumeration.all_coalitions`.

    Raises
    ------
    ScenarioError
        If there are too many partners.
    """
    n = len(terms.strength)
    if n > MOST_PARTNERS:
        raise ScenarioError(
            f"{n} partners are too many for bargaining.payment 'war'; at most {MOST_PARTNERS}, or "
            "pay them in advance"
        )
    assert terms.settlement is not None
    p = victory(terms, subset_sums(terms.strength, terms.leader_strength))
    bill = subset_sums(payments_in_war(terms))
    demands = best_demands(
        p, terms.victory_value, terms.settlement.war_cost + bill, terms.settlement.support
    )
    return PaidInWar(p, bill, demands)


def coalition_of(code: int, n: int) -> Masks:
    """Give the coalition of a code as a mask of shape (n,)."""
    members: Masks = (code >> np.arange(n) & 1).astype(np.bool_)
    return members
