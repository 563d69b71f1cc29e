"""The best coalition, with a certificate."""

from __future__ import annotations

import numpy as np

from willing.numbers import Masks
from willing.theory.payoffs import Terms, payoffs
from willing.theory.search.enumeration import best_by_enumeration, payoffs_above
from willing.theory.search.options import Optimum, Search

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
    gap = 0.0
    if len(useful) and terms.victory_value > 0.0:
        masks, gap = best_of(terms, useful, most=1, floor=-np.inf, search=search or Search())
        members[useful] = masks[0]
    return Optimum(
        members=members,
        value=float(payoffs(terms, members)),
        gap=gap,
        status="optimal" if gap == 0.0 else "limit",
    )


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
