"""The optimal coalition as a step function of the value of victory."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from willing.numbers import Masks
from willing.theory.engine.subsets import subset_sums
from willing.theory.payoffs import Terms, coalition_strength, total_cost, victory
from willing.theory.search.enumeration import all_payoffs
from willing.theory.search.optimum import EXHAUSTIVE, best_coalition
from willing.theory.search.search_options import ROUNDING, Search

# Two solutions, each proven to within the tolerance, and the rounding of their difference.
_SLACK = 4.0
# A search that gets no time at all knows no bound; this is enough for its first.
_LEAST_SECONDS = 1e-3


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
    """Two known lines, where they meet, and what is optimal there."""

    left: Line
    right: Line
    between: Line
    excess: float

    @property
    def proven(self) -> bool:
        """Whether nothing is above both lines."""
        inside = self.left.victory < self.between.victory < self.right.victory
        return self.excess <= 0.0 or not inside


def optimal_lines(
    terms: Terms,
    low: float,
    high: float,
    *,
    limit: int,
    search: Search | None = None,
    time_limit: float = math.inf,
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
    time_limit
        Most seconds for all solutions together. When they are over the envelope is that of the
        lines found so far.

    Returns
    -------
    lines
        The optimal coalitions in the order of `B`; `p` and `C` increase along them.
    breakpoints
        The values of `B` at which one gives way to the next, one fewer.
    gap
        Nowhere is a coalition worth more than the one given by more than this; 0 if that is less
        than some roundings of the value of victory.
    """
    search = search or Search()
    slack = _SLACK * search.tolerance
    end = time.monotonic() + time_limit
    bounds: dict[float, float] = {}
    found: list[Line] = []
    solution = _solver(terms)

    def solve(worth: float) -> Line:
        most = min(search.time_limit, max(end - time.monotonic(), _LEAST_SECONDS))
        best = solution(worth, replace(search, time_limit=most))
        bounds[worth] = best.value(worth) + best.gap
        return best

    def stretch(left: Line, right: Line) -> _Stretch:
        meet = (right.cost - left.cost) / (right.victory - left.victory)
        meet = min(max(meet, low), high)
        between = solve(meet)
        excess = between.value(meet) - left.value(meet) - slack * meet
        made = _Stretch(left, right, between, excess)
        if not made.proven:
            found.append(between)
        return made

    def going_on() -> bool:
        return len(found) < limit and time.monotonic() < end

    first, last = solve(low), solve(high)
    found += [first, last]
    if first.victory < last.victory and last.value(high) - first.value(high) > slack * high:
        # The stretch with the most above it comes first, so that a limit leaves a small gap.
        count = itertools.count()
        whole = stretch(first, last)
        open_ = [(-whole.excess, next(count), whole)]
        while open_ and going_on():
            _, _, widest = heapq.heappop(open_)
            if widest.proven:
                continue
            for left, right in ((widest.left, widest.between), (widest.between, widest.right)):
                if going_on():
                    half = stretch(left, right)
                    heapq.heappush(open_, (-half.excess, next(count), half))
    lines, breakpoints = _upper(found, low, high, slack)
    gap = _gap(lines, breakpoints, bounds)
    return lines, breakpoints, gap if gap > _SLACK * ROUNDING * high else 0.0


def _upper(
    found: Sequence[Line], low: float, high: float, slack: float
) -> tuple[list[Line], list[float]]:
    """Give those of the lines found that are highest somewhere, and where they meet."""
    current = max(found, key=lambda line: (line.value(low), line.victory))
    lines, breakpoints = [current], list[float]()
    while True:
        steeper = [line for line in found if line.victory > current.victory]
        meets = [(_meet(current, line), -line.victory, line) for line in steeper]
        if not meets:
            return lines, breakpoints
        meet, _, following = min(meets, key=lambda each: each[:2])
        if meet >= high or following.value(high) - current.value(high) <= slack * high:
            return lines, breakpoints
        breakpoints.append(max(meet, low))
        lines.append(following)
        current = following


def _meet(left: Line, right: Line) -> float:
    return (right.cost - left.cost) / (right.victory - left.victory)


def _gap(lines: Sequence[Line], breakpoints: Sequence[float], bounds: dict[float, float]) -> float:
    """Bound how far the true envelope is above some lines.

    The true one is convex, and so nowhere above the chords between its bounds where the game was
    solved. Below the chords the lines are lowest at a breakpoint or at the end of a chord.
    """
    solved = np.array(sorted(bounds))
    looked_at = np.union1d(solved, breakpoints)
    chords = np.interp(looked_at, solved, [bounds[worth] for worth in solved.tolist()])
    p = np.array([line.victory for line in lines])
    cost = np.array([line.cost for line in lines])
    highest = (looked_at[:, np.newaxis] * p - cost).max(axis=1)
    return float(np.max(chords - highest))


def _solver(terms: Terms) -> Callable[[float, Search], Line]:
    """Give the function that finds what is optimal at a value of victory, within limits."""

    def line(members: Masks, gap: float) -> Line:
        p = float(victory(terms, coalition_strength(terms, members)))
        return Line(members, p, float(total_cost(terms, members)), gap)

    def search_for(worth: float, search: Search) -> Line:
        best = best_coalition(replace(terms, victory_value=worth), search=search)
        return line(best.members, best.gap)

    useful = np.flatnonzero(terms.strength > 0.0)
    if len(useful) > EXHAUSTIVE:
        return search_for
    # Victory and cost of every coalition serve all values of victory.
    some = replace(terms.of(useful), victory_value=0.0)
    cost = -all_payoffs(some)
    p = victory(some, subset_sums(some.strength, some.leader_strength))

    def look_up(worth: float, search: Search) -> Line:
        members = np.zeros(len(terms.strength), dtype=np.bool_)
        best = int(np.argmax(worth * p - cost)) if worth > 0.0 else 0
        members[useful] = best >> np.arange(len(useful)) & 1
        return line(members, 0.0)

    return look_up
