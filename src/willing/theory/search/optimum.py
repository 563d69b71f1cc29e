"""The best coalition, with a certificate."""

from __future__ import annotations

import numpy as np

from willing.numbers import Masks
from willing.theory.payoffs import Terms, payoffs, share
from willing.theory.search.enumeration import best_by_enumeration, payoffs_above
from willing.theory.search.search_options import ROUNDING, Optimum, Search

# Relative roundings of a sum of strengths on the way to a price.
_SUMS = 4.0
# Strengths at which the slope of the contest is looked at, on a scale of logs.
_POINTS = 257
EXHAUSTIVE = 20
"""Up to so many partners every coalition is looked at, in a tenth of a second at most. The search
beyond is faster, but has to be compiled once, for seconds."""


def best_coalition(terms: Terms, *, search: Search | None = None) -> Optimum:
    """Find the coalition of the highest payoff.

    Partners without strength only cost, so they are never invited, and if victory is worth nothing
    nobody is. Of several coalitions worth the
    same to within the tolerance the first found is given; which one depends on the numbers only.

    Parameters
    ----------
    terms
        The game in numbers.
    search
        Tolerance and limits.

    Returns
    -------
    Optimum
        The best coalition found and how much better another could be.

    Raises
    ------
    ScenarioError
        If the contest of the user raises an exception.
    """
    useful = np.flatnonzero(terms.strength > 0.0)
    members = np.zeros(len(terms.strength), dtype=np.bool_)
    search = search or Search()
    missed = 0.0
    if len(useful) and terms.victory_value > 0.0:
        masks, missed = best_of(terms, useful, most=1, floor=-np.inf, search=search)
        if len(masks):  # none where the time is over at once
            members[useful] = masks[0]
    value = float(payoffs(terms, members))
    # Nothing is worth more than certain victory for nothing.
    gap = min(max(missed, left_open(terms, search)), max(0.0, terms.victory_value - value))
    return Optimum(members, value, gap, "optimal" if missed == 0.0 else "limit")


def left_open(terms: Terms, search: Search) -> float:
    """Give the loss that a proof may leave: the tolerance's, or that of rounding.

    Zero where it is no more than the roundings of a sum of payoffs, `ROUNDING` of the value of
    victory, and where every coalition is looked at. The search takes :math:`p(M) - p(M - m_i)`
    from sums of strengths. If one partner is many orders stronger than all the others together,
    what is left without her is off by the rounding of her own strength.
    """
    if np.count_nonzero(terms.strength) <= EXHAUSTIVE:
        return 0.0
    strongest, stake = float(terms.strength.max()), float(np.abs(terms.stake).max())
    rounding = 0.0
    if stake > 0.0 and strongest > terms.leader_strength:
        others = np.geomspace(terms.leader_strength, strongest, _POINTS)
        slip = _SUMS * np.finfo(float).eps * strongest
        rounding = stake * float(np.max(share(terms, others + slip) - share(terms, others)))
    loss = max(rounding, search.tolerance * terms.victory_value)
    return loss if loss > ROUNDING * terms.victory_value else 0.0


def best_of(
    terms: Terms,
    partners: np.ndarray,
    *,
    most: int,
    floor: float,
    search: Search,
    stop_when_full: bool = False,
) -> tuple[Masks, float]:
    """Find the `most` best coalitions of some partners among those worth more than `floor`.

    Parameters
    ----------
    terms
        The game in numbers.
    partners
        Positions of the partners who may join, shape (k,).
    most, floor
        How many coalitions, and what each must be worth more than.
    search
        Tolerance and limits. What is above `floor`, or above the worst of a full list, by no more
        than the tolerance may be missed.
    stop_when_full
        Whether any `most` coalitions are enough to know.

    Returns
    -------
    masks
        The coalitions over `partners`, in no order, shape (at most `most`, k).
    gap
        No coalition missed is worth more than the worst of them plus this.
    """
    if len(partners) <= EXHAUSTIVE:
        some = terms.of(partners)
        if most == 1 and floor == -np.inf:
            return best_by_enumeration(some)[0][np.newaxis], 0.0
        return payoffs_above(some, floor, most), 0.0
    # Compiled, and so loaded only where it is needed.
    from willing.theory.search.branch_and_bound import search_best

    return search_best(
        terms, partners, most=most, floor=floor, search=search, stop_when_full=stop_when_full
    )
