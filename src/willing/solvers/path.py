"""The optimal coalition as a step function of the value of victory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from willing.payoffs import Masks, Terms, coalition_strength, total_cost, victory
from willing.solvers.optimum import best_coalition
from willing.solvers.search import Search

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


def optimal_lines(
    terms: Terms, low: float, high: float, *, search: Search | None = None
) -> tuple[list[Line], list[float]]:
    """Find the upper envelope of the lines :math:`B p(S) - C(S)` for `B` from `low` to `high`.

    Two neighbouring lines of the envelope meet where no third is above them, so solving the game
    where two known lines meet either proves the meeting point or gives a line between them
    (Eisner and Severance, 1976). A stretch takes one solution per line and one per breakpoint.

    Parameters
    ----------
    terms
        The game in numbers; its own value of victory does not matter.
    low, high
        The range of `B`, in this order, both at least 0.
    search
        Tolerance and limits of each solution.

    Returns
    -------
    lines
        The optimal coalitions in the order of `B`; `p` and `C` increase along them.
    breakpoints
        The values of `B` at which one gives way to the next, one fewer.
    """
    search = search or Search()

    def solve(worth: float) -> Line:
        best = best_coalition(replace(terms, victory_value=worth), search=search)
        M = coalition_strength(terms, best.members)
        return Line(
            best.members, float(victory(terms, M)), float(total_cost(terms, best.members)), best.gap
        )

    lines, breakpoints = [solve(low)], []
    ahead = [(high, solve(high))]
    reached = low
    while ahead:
        line, (end, following) = lines[-1], ahead[-1]
        rise = following.victory - line.victory
        rounding = _SLACK * search.tolerance * end
        if rise <= 0.0 or following.value(end) - line.value(end) <= rounding:
            reached = end
            ahead.pop()
            continue
        meet = min(max((following.cost - line.cost) / rise, reached), end)
        between = solve(meet)
        if between.value(meet) - line.value(meet) > _SLACK * search.tolerance * meet and (
            line.victory < between.victory < following.victory
        ):
            ahead.append((meet, between))
            continue
        lines.append(following)
        breakpoints.append(meet)
        reached = end
        ahead.pop()
    return lines, breakpoints
