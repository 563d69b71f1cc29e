"""Options and outcome of the search for the best coalition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from willing.numbers import Masks, check_number

ROUNDING = 1e-12
"""Some thousand roundings of a sum of payoffs, as a share of the value of victory."""
Status = Literal["optimal", "limit"]


@dataclass(frozen=True, kw_only=True)
class Search:
    """Numerical choices of the search for the best coalition.

    Parameters
    ----------
    tolerance
        The optimum counts as proven when nothing can be better by more than this share of the
        value of victory `B`. The default is some thousand roundings of a sum of payoffs.
    node_limit
        Most partial coalitions looked at before the search gives its best with a gap.
    time_limit
        Most seconds before it does so. Unlike `node_limit` this is not reproducible. With less
        than half a minute a search that was never compiled on this machine is not compiled either.

    Raises
    ------
    ScenarioError
        If a value is not positive.
    """

    tolerance: float = ROUNDING
    node_limit: int = 50_000_000
    time_limit: float = 60.0

    def __post_init__(self) -> None:
        check_number(self.tolerance, "search.tolerance", above=0.0)
        check_number(self.node_limit, "search.node_limit", above=0.0)
        check_number(self.time_limit, "search.time_limit", above=0.0)


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best coalition found.

    Attributes
    ----------
    members
        Mask of the coalition, shape (n,).
    value
        Its payoff :math:`U(S)`.
    gap
        No coalition is worth more than `value + gap`. With status ``"optimal"`` it is what the
        tolerance or, among very unequal strengths, rounding leaves open; 0 if that is less than
        `ROUNDING` of the value of victory.
    status
        ``"optimal"``, or ``"limit"`` when a limit stopped the search.
    """

    members: Masks
    value: float
    gap: float
    status: Status
