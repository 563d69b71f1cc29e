"""The leader's policy: her optimal coalition as a step function of her security."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.errors import ScenarioError
from willing.manner import Result
from willing.numbers import Masks, check_number
from willing.theory.crisis import Crisis
from willing.theory.payoffs import Terms, coalition_strength, payoffs, prices, total_cost, victory
from willing.theory.rules import Rules
from willing.theory.search.envelope import Line, optimal_lines
from willing.theory.search.optimum import best_coalition
from willing.theory.search.search_options import Search
from willing.theory.search.traced_path import trace

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot


@dataclass(frozen=True, eq=False, repr=False)
class SecurityPath(Result):
    """The optimal coalition at every security from 1 down to 0.

    Coalition `j` is optimal from ``breakpoints[j - 1]`` down to ``breakpoints[j]``; the first from
    1, the last down to 0. At a breakpoint both neighbours are.

    Attributes
    ----------
    breakpoints
        The securities at which the coalition changes, falling, one fewer than the coalitions.
    coalitions
        Names of the partners of each coalition, in the order of the crisis.
    victory
        :math:`p(S)` of each. It never falls along the path.
    cost
        :math:`C(S)` of each: side payments and expected friction. It never falls either.
    bill
        The side payments of each.

    If partners have bargaining power what they are paid rises as security falls, and the two are
    those at the security from which a coalition is chosen; neither victory nor cost need rise.

    gap
        Nowhere is a coalition worth more than the one given by more than this; 0 when proven.
    crisis, game
        What was solved. The security of the crisis' own leader does not matter.
    """

    breakpoints: tuple[float, ...]
    coalitions: tuple[tuple[str, ...], ...]
    victory: tuple[float, ...]
    cost: tuple[float, ...]
    bill: tuple[float, ...]
    gap: float
    crisis: Crisis = field(repr=False)
    game: Rules = field(repr=False)

    @property
    def welfare(self) -> tuple[float, ...]:
        """:math:`p(S) - C(S)` of each: what is left to the country, which has no office to lose."""
        return tuple(p - c for p, c in zip(self.victory, self.cost, strict=True))

    @property
    def welfare_loss(self) -> tuple[float, ...]:
        """What each falls short of the coalition that is best for the country.

        That is the coalition of a leader to whom victory is worth 1, at a security equal to the
        retention, and so on the path. With certain retention the loss never falls along it.
        """
        most = max(self.welfare)
        return tuple(most - one for one in self.welfare)

    def at(self, security: float) -> tuple[str, ...]:
        """Give the optimal coalition at a security; at a breakpoint the one of the less secure.

        Raises
        ------
        ScenarioError
            If `security` is not from 0 to 1.
        """
        return self.coalitions[self.place(security)]

    def place(self, security: float) -> int:
        """Count the breakpoints at or above a security: the place of its coalition on the path.

        Raises
        ------
        ScenarioError
            If `security` is not from 0 to 1.
        """
        check_number(security, "security", least=0.0, most=1.0)
        return sum(security <= point for point in self.breakpoints)

    def to_dict(self) -> dict[str, Any]:
        """Give the path in plain numbers and texts."""
        return {
            "breakpoints": list(self.breakpoints),
            "coalitions": [list(coalition) for coalition in self.coalitions],
            "victory": list(self.victory),
            "cost": list(self.cost),
            "bill": list(self.bill),
            "welfare": list(self.welfare),
            "welfare_loss": list(self.welfare_loss),
            "gap": self.gap,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """Give one row a coalition: from which security to which, who enters and who leaves."""
        before: tuple[tuple[str, ...], ...] = ((), *self.coalitions[:-1])
        steps = list(zip(before, self.coalitions, strict=True))
        columns = {
            "security_from": [1.0, *self.breakpoints],
            "security_to": [*self.breakpoints, 0.0],
            "size": [len(coalition) for coalition in self.coalitions],
            "victory": self.victory,
            "cost": self.cost,
            "bill": self.bill,
            "welfare": self.welfare,
            "welfare_loss": self.welfare_loss,
            "enter": [[name for name in new if name not in old] for old, new in steps],
            "leave": [[name for name in old if name not in new] for old, new in steps],
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def to_frame(self) -> pl.DataFrame:
        """Give `to_rows` as a frame."""
        import polars as pl

        lists = {"enter": pl.List(pl.String), "leave": pl.List(pl.String)}
        return pl.DataFrame(self.to_rows(), schema_overrides=lists)

    def plot(self) -> ggplot:
        """Draw who is in the coalition at which security of the leader, and at what odds."""
        from willing.theory.result_pictures import draw_path

        return draw_path(
            self.to_frame(),
            self.coalitions,
            leader=self.crisis.leader.name,
            names=self.crisis.names,
        )

    def __str__(self) -> str:
        lines = [f"{self.crisis.leader.name} against {self.crisis.target.name}, by security:"]
        for row in self.to_rows():
            changes = [f"+ {name}" for name in row["enter"]] + [
                f"- {name}" for name in row["leave"]
            ]
            lines.append(
                f"  {row['security_from']:.4f} to {row['security_to']:.4f}: {row['size']} join, "
                f"victory {row['victory']:.4f}, cost {row['cost']:.4f}  {', '.join(changes)}"
            )
        if self.gap:
            lines.append(f"not proven, gap {self.gap:.2g}")
        return "\n".join(lines)


def security_path(
    game: Rules,
    crisis: Crisis,
    *,
    limit: int,
    search: Search | None = None,
    time_limit: float | None = None,
) -> SecurityPath:
    """Find the path of a game on a crisis; see `CoalitionGame.path`."""
    game.require_partial("path")
    check_number(limit, "limit", least=2)
    if time_limit is not None:
        check_number(time_limit, "time_limit", above=0.0)
        if game.power > 0.0:
            raise ScenarioError("a path with bargaining power takes no time_limit; leave it out")
    if game.power > 0.0:
        return _path_with_power(game, crisis, limit, search)
    terms = game.terms(crisis)
    low, high = game.victory_value(1.0), game.victory_value(0.0)
    lines, values, gap = optimal_lines(
        terms, low, high, limit=limit, search=search, time_limit=time_limit or math.inf
    )
    # B = 1 + office (retention - security), solved for security.
    breakpoints = [game.retention - (value - 1.0) / game.office for value in values]
    return SecurityPath(
        breakpoints=tuple(min(max(point, 0.0), 1.0) for point in breakpoints),
        coalitions=tuple(
            tuple(crisis.names[i] for i in np.flatnonzero(line.members)) for line in lines
        ),
        victory=tuple(line.victory for line in lines),
        cost=tuple(line.cost for line in lines),
        bill=tuple(_bill(terms, line) for line in lines),
        gap=gap,
        crisis=crisis,
        game=game,
    )


def _path_with_power(
    game: Rules, crisis: Crisis, limit: int, search: Search | None
) -> SecurityPath:
    """Follow the path where partners' pay, and so the cost of a coalition, moves with security."""
    gaps = [0.0]

    def solve(security: float) -> Masks:
        best = best_coalition(game.terms(crisis.with_security(security)), search=search)
        gaps.append(best.gap)
        return best.members

    def value(members: Masks, security: float) -> float:
        return float(payoffs(game.terms(crisis.with_security(security)), members))

    coalitions, breakpoints = trace(solve, value)
    coalitions, breakpoints = coalitions[:limit], breakpoints[: limit - 1]
    victories, costs, bills = [], [], []
    for members, security in zip(coalitions, [1.0, *breakpoints], strict=True):
        terms = game.terms(crisis.with_security(security))
        M = coalition_strength(terms, members)
        victories.append(float(victory(terms, M)))
        costs.append(float(total_cost(terms, members)))
        bills.append(float(prices(terms, M)[members].sum()))
    return SecurityPath(
        breakpoints=tuple(breakpoints),
        coalitions=tuple(
            tuple(crisis.names[i] for i in np.flatnonzero(members)) for members in coalitions
        ),
        victory=tuple(victories),
        cost=tuple(costs),
        bill=tuple(bills),
        gap=max(gaps),
        crisis=crisis,
        game=game,
    )


def _bill(terms: Terms, line: Line) -> float:
    return float(prices(terms, coalition_strength(terms, line.members))[line.members].sum())
