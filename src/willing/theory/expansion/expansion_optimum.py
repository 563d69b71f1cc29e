"""The leader's choice when she foresees who will join her target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, Masks
from willing.theory.expansion.balancing import Outcomes, Threat, outcomes
from willing.theory.payoffs import Terms, payoffs
from willing.theory.search.enumeration import all_coalitions
from willing.theory.search.optimum import best_of, left_open
from willing.theory.search.search_options import Optimum, Search

# Beyond these sizes enumeration takes minutes.
MOST_PARTNERS = 20
MOST_BALANCERS = 12
MOST_ACTORS = 28
# Coalitions first asked of the search that ignores balancers, and how many times more each time.
_FIRST, _MORE, _MOST = 64, 8, 1 << 15


@dataclass(frozen=True, eq=False)
class Table:
    """Every coalition and what follows it.

    Attributes
    ----------
    members
        Masks, shape (2**n, n).
    outcomes
        The third parties' response to each.
    payoff
        :math:`U(S)`, shape (2**n,).
    price
        :math:`x_i(S)` of members, 0 for others, shape (2**n, n).
    """

    members: Masks
    outcomes: Outcomes
    payoff: Floats
    price: Floats


def tabulate(terms: Terms, threat: Threat) -> Table:
    """Give the payoff of every coalition.

    A partner whose refusal would change the third parties' response takes that into account:
    under pivotal pricing she asks :math:`\\max(0, k_i - b_i - v_i [P(S) - P(S \\setminus i)])`
    with `P` the victory probability after their response.

    Raises
    ------
    ScenarioError
        If there are too many partners or balancers to enumerate.
    """
    n, k = len(terms.strength), len(threat.strength)
    check_balancers(k)
    if n > MOST_PARTNERS or n + k > MOST_ACTORS:
        raise ScenarioError(
            f"{n} partners and {k} balancers are too many to enumerate; at most {MOST_PARTNERS} "
            f"partners and {MOST_ACTORS} of both"
        )
    members = all_coalitions(n)
    found = outcomes(terms, threat, members)
    codes = np.arange(len(members))
    price = np.zeros(members.shape)
    for i in range(n):
        inside = codes[members[:, i]]
        change = found.victory[inside] - found.victory[inside ^ (1 << i)]
        price[inside, i] = np.maximum(0.0, terms.outlay[i] - terms.stake[i] * change)
    friction = found.victory * (members @ terms.drag)
    payoff = terms.victory_value * found.victory - price.sum(axis=1) - friction
    return Table(members, found, payoff, price)


def prices(terms: Terms, threat: Threat, members: Masks) -> Floats:
    """Give :math:`x_i(S)` of every partner if she is in a coalition, shape (n,)."""
    own = np.eye(len(members), dtype=np.bool_)
    won = outcomes(terms, threat, np.concatenate([members | own, members & ~own])).victory
    change = won[: len(members)] - won[len(members) :]
    asked: Floats = np.maximum(0.0, terms.outlay - terms.stake * change)
    return asked


def best_against_balancers(
    terms: Terms, threat: Threat, *, search: Search | None = None
) -> Optimum:
    """Find the leader's best coalition; exact by enumeration, or bounded for many partners.

    With more than `MOST_PARTNERS` partners and additive pricing, no coalition is worth more than if
    nobody joined the target, or than going alone. So the coalitions that are best if nobody joins
    are valued in turn until the next one cannot beat the best found.

    Raises
    ------
    ScenarioError
        If there are too many partners under pivotal pricing, or too many balancers.
    """
    n = len(terms.strength)
    if n <= MOST_PARTNERS:
        table = tabulate(terms, threat)
        at = int(np.argmax(table.payoff))
        return Optimum(table.members[at], float(table.payoff[at]), 0.0, "optimal")
    check_balancers(len(threat.strength))
    if np.any(terms.stake != 0.0):
        raise ScenarioError(
            f"{n} partners are too many for pivotal pricing against balancers; at most "
            f"{MOST_PARTNERS}, or use additive pricing"
        )
    return best_by_bound(terms, threat, search or Search())


def additive_payoffs(terms: Terms, victory: Floats, members: Masks) -> Floats:
    """Give :math:`U(S)` under additive pricing where the leader wins with `victory`, shape (s,)."""
    burden = np.maximum(0.0, terms.outlay) + victory[:, np.newaxis] * terms.drag
    worth: Floats = terms.victory_value * victory - (members * burden).sum(axis=1)
    return worth


def check_balancers(k: int) -> None:
    """Raise a `ScenarioError` if `k` balancers are too many."""
    if k > MOST_BALANCERS:
        raise ScenarioError(f"{k} balancers are too many; at most {MOST_BALANCERS}")


def best_by_bound(terms: Terms, threat: Threat, search: Search) -> Optimum:
    """Value coalitions in the order of what they are worth if nobody joins the target."""
    useful = np.flatnonzero(terms.strength > 0.0)
    best = np.zeros(len(terms.strength), dtype=np.bool_)
    alone = outcomes(terms, threat, best[np.newaxis]).victory
    value = float(additive_payoffs(terms, alone, best[np.newaxis])[0])
    most = _FIRST
    while True:
        kept = value
        masks, missed = best_of(terms, useful, most=most, floor=value, search=search)
        members = np.zeros((len(masks), len(terms.strength)), dtype=np.bool_)
        members[:, useful] = masks
        if len(members):
            worth = additive_payoffs(terms, outcomes(terms, threat, members).victory, members)
            at = int(np.argmax(worth))
            if worth[at] > value:
                best, value = members[at], float(worth[at])
        if len(members) == most:
            kept = float(payoffs(terms, members).min())
        # Unopposed, no coalition that is not among them is worth more than `kept + missed`.
        gap = kept + missed - value
        if gap <= search.tolerance * terms.victory_value:
            return Optimum(best, value, left_open(terms, search), "optimal")
        if missed > 0.0 or most >= _MOST:
            return Optimum(best, value, gap, "limit")
        most *= _MORE
