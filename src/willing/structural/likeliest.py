"""The likeliest coalitions of a side, exactly."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np

from willing.errors import EstimationError
from willing.numbers import Floats, Masks
from willing.theory.contest import Contest

# Coalitions looked at before the search gives up.
_MOST = 2_000_000


def likeliest_coalitions(
    contest: Contest,
    leader_strength: float,
    target_strength: float,
    strength: Floats,
    price: Floats,
    victory_value: float,
    *,
    count: int = 10,
) -> tuple[Masks, Floats]:
    """Find the coalitions with the greatest :math:`U(S) = B p(M(S)) - \\sum_S x_i`.

    Coalitions are gone through from the cheapest on. As victory can add only so much, no dearer
    one can enter the list once that much is lost in prices. Prices and `B` may have any sign.

    Parameters
    ----------
    contest, leader_strength, target_strength
        :math:`p(M, m_T)`, :math:`m_L` and :math:`m_T`.
    strength, price
        :math:`m_i` and :math:`x_i`, shape (n,).
    victory_value
        :math:`B`.
    count
        How many to find; all there are if fewer.

    Returns
    -------
    members
        Masks, likeliest first, shape (count, n).
    utility
        Their :math:`U`, shape (count,).

    Raises
    ------
    EstimationError
        If too many coalitions are about as cheap as the cheapest.
    """
    cheapest = price < 0.0
    base = float(price[cheapest].sum())
    ends = contest(np.array([leader_strength, leader_strength + strength.sum()]), target_strength)
    most = float(np.max(victory_value * np.asarray(ends)))
    # A heap of the best so far, worst on top; the counter settles ties.
    best: list[tuple[float, int, Masks]] = []
    for number, (dearer, flipped) in enumerate(_by_cost(np.abs(price))):
        if len(best) == count and most - base - dearer <= best[0][0]:
            break
        if number == _MOST:
            raise EstimationError(
                f"more than {_MOST:,} coalitions are about as cheap as the cheapest; ask for fewer "
                "than the likeliest " + str(count)
            )
        members = cheapest.copy()
        members[flipped] = ~members[flipped]
        p = float(contest(leader_strength + float(strength[members].sum()), target_strength))
        entry = (victory_value * p - base - dearer, -number, members)
        if len(best) < count:
            heapq.heappush(best, entry)
        else:
            heapq.heappushpop(best, entry)
    ordered = sorted(best, key=lambda entry: entry[:2], reverse=True)
    return np.array([m for *_, m in ordered]), np.array([u for u, *_ in ordered])


def _by_cost(cost: Floats) -> Iterator[tuple[float, list[int]]]:
    """Go through all subsets by rising sum of costs, which are not negative."""
    yield 0.0, []
    order = np.argsort(cost, kind="stable").tolist()
    sorted_cost = cost[order].tolist()
    heap: list[tuple[float, list[int]]] = [(sorted_cost[0], [0])] if order else []
    while heap:
        total, places = heapq.heappop(heap)
        yield total, [order[place] for place in places]
        last = places[-1]
        if last + 1 < len(order):
            following = sorted_cost[last + 1]
            heapq.heappush(heap, (total + following, [*places, last + 1]))
            heapq.heappush(heap, (total + following - sorted_cost[last], [*places[:-1], last + 1]))
