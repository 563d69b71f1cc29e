"""All coalitions within a stated loss of the best."""

from __future__ import annotations

import numpy as np

from willing.numbers import Floats, Masks
from willing.theory.payoffs import Terms, payoffs
from willing.theory.search.optimum import best_coalition, best_of
from willing.theory.search.search_options import Search

# Partners times coalitions that are kept, a byte each.
_CELLS = 200_000_000


def near_coalitions(
    terms: Terms, loss: float, *, limit: int, search: Search | None = None
) -> tuple[Masks, Floats, bool]:
    """Find every coalition worth at most `loss` less than the best.

    Parameters
    ----------
    terms
        The game in numbers.
    loss
        In units of the leader's payoff. A coalition counts as within it if rounding may put it
        there.
    limit
        How many coalitions to give at most, the best ones.
    search
        Tolerance and limits.

    Returns
    -------
    masks
        The coalitions, best first, shape (k, n).
    values
        Their payoffs, shape (k,).
    complete
        Whether these are all.
    """
    search = search or Search()
    rounding = search.tolerance * terms.victory_value
    best = best_coalition(terms, search=search)
    # No more than there can be, nor than fits into memory.
    limit = min(limit, 2 ** min(len(terms.strength), 62), max(1, _CELLS // len(terms.strength)))
    masks, gap = best_of(
        terms,
        np.arange(len(terms.strength)),
        most=limit + 1,
        floor=best.value - loss - 2.0 * rounding,
        search=search,
    )
    values = payoffs(terms, masks)
    order = np.argsort(-values, kind="stable")
    order = order[values[order] >= best.value - loss - rounding]
    complete = len(order) <= limit and gap == 0.0 and best.status == "optimal"
    return masks[order[:limit]], values[order[:limit]], complete
