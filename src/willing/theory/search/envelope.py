"""The optimal coalition as a step function of the value of victory."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from willing.numbers import Masks
from willing.theory.engine.subsets import subset_sums
from willing.theory.payoffs import Terms, coalition_strength, total_cost, victory
from willing.theory.search.enumeration import all_payoffs
from willing.theory.search.optimum import EXHAUSTIVE, best_coalition
from willing.theory.search.search_options import Search

# Two solutions, each proven to within the tolerance, and the rounding of their difference.
_SLACK = 4.0


@dataclass(frozen=True, eq=False)
class Line:
    """A coalition that is optimal for some values of victory, :math:`U = B p - C`.

    Attributes
    ----------
    members
        Mask of the coalition, shape (n,).
    victory, cost
        :math:`p(S)` and :math:`C(S)`, neither of which depends on `B`.
    gap
        The largest optimality gap met where the coalition was found.
    """

    members: Masks
    victory: float
    cost: float
    gap: float

    def value(self, worth: float) -> float:
        """Give the payoff at a value of victory."""
        return worth * self.victory - self.cost


@dataclass(frozen=True, eq=False)
class _Stretch:
    """Two lines that are optimal at its ends, where they meet, and what is optimal there."""

    left: Line
    right: Line
    meet: float
    between: Line
    excess: float

    @property
    def proven(self) -> bool:
        """Whether nothing is above both lines."""
        inside = self.left.victory < self.between.victory < self.right.victory
        return self.excess <= 0.0 or not inside


def optimal_lines(
    terms: Terms, low: float, high: float, *, limit: int, search: Search | None = None
) -> tuple[list[Line], list[float], float]:
    """Find the upper envelope of the lines :math:`B p(S) - C(S)` for `B` from `low` to `high`.

    Two neighbouring lines of the envelope meet where no third is above them, so solving the game
    where two known lines meet either proves the meeting point or gives a line between them
    (Eisner and Severance, 1976). It takes one solution per line and one per breakpoint.

    Parameters
    ----------
    terms
        The game in numbers; its own value of victory does not matter.
    low, high
        The range of `B`, in this order, both at least 0.
    limit
        How many lines to find at most.
    search
        Tolerance and limits of each solution.

    Returns
    -------
    lines
        The optimal coalitions in the order of `B`; `p` and `C` increase along them.
    breakpoints
        The values of `B` at which one gives way to the next, one fewer.
    gap
        Nowhere is a coalition worth more than the one given by more than this.
    """
    search = search or Search()
    slack = _SLACK * search.tolerance

    solve = _solver(terms, search)

    def stretch(left: Line, right: Line) -> _Stretch:
        meet = (right.cost - left.cost) / (right.victory - left.victory)
        meet = min(max(meet, low), high)
        between = solve(meet)
        excess = between.value(meet) - left.value(meet) - slack * meet
        return _Stretch(left, right, meet, between, excess)

    first, last = solve(low), solve(high)
    if first.victory >= last.victory or last.value(high) - first.value(high) <= slack * high:
        return [first], [], max(first.gap, last.gap)
    proven: list[_Stretch] = []
    # The stretch with the most above it comes first, so that a limit leaves a small gap.
    count = itertools.count()
    whole = stretch(first, last)
    open_ = [(-whole.excess, next(count), whole)]
    while open_:
        _, _, widest = heapq.heappop(open_)
        if widest.proven or len(proven) + len(open_) + 2 >= limit:
            proven.append(widest)
            continue
        for left, right in ((widest.left, widest.between), (widest.between, widest.right)):
            half = stretch(left, right)
            heapq.heappush(open_, (-half.excess, next(count), half))
    proven.sort(key=lambda part: part.left.victory)
    lines = [proven[0].left, *(part.right for part in proven)]
    gap = max(max(0.0 if part.proven else part.excess, part.between.gap) for part in proven)
    return lines, [part.meet for part in proven], max(gap, first.gap, last.gap)


def _solver(terms: Terms, search: Search) -> Callable[[float], Line]:
    """Give the function that finds what is optimal at a value of victory."""

    def line(members: Masks, gap: float) -> Line:
        p = float(victory(terms, coalition_strength(terms, members)))
        return Line(members, p, float(total_cost(terms, members)), gap)

    def search_for(worth: float) -> Line:
        best = best_coalition(replace(terms, victory_value=worth), search=search)
        return line(best.members, best.gap)

    useful = np.flatnonzero(terms.strength > 0.0)
    if len(useful) > EXHAUSTIVE:
        return search_for
    # Victory and cost of every coalition serve all values of victory.
    some = replace(terms.of(useful), victory_value=0.0)
    cost = -all_payoffs(some)
    p = victory(some, subset_sums(some.strength, some.leader_strength))

    def look_up(worth: float) -> Line:
        members = np.zeros(len(terms.strength), dtype=np.bool_)
        best = int(np.argmax(worth * p - cost)) if worth > 0.0 else 0
        members[useful] = best >> np.arange(len(useful)) & 1
        return line(members, 0.0)

    return look_up
