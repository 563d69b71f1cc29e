"""The equilibrium of conflict expansion, and its path over the leader's security."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.manner import Result
from willing.numbers import Floats
from willing.theory.crisis import Crisis
from willing.theory.expansion.balancing import outcomes
from willing.theory.expansion.expansion_optimum import best_against_balancers, prices, tabulate
from willing.theory.expansion.expansion_rules import Balancer, ExpansionRules, named
from willing.theory.payoffs import coalition_strength
from willing.theory.search.optimum import best_coalition
from willing.theory.search.search_options import Search, Status

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot

# A line overtakes another on the path only if it wins more often by more than rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class ExpansionEquilibrium(Result):
    """The leader's best coalition when third parties respond to it.

    Attributes
    ----------
    coalition
        Names of the partners invited.
    side_payments
        :math:`x_i` of each member.
    joined
        Names of the third parties who join the target.
    victory
        Probability of victory against the target and those who joined it.
    value
        :math:`U(S)`.
    alone
        :math:`U(\\emptyset)`, third parties responding.
    unopposed_coalition, unopposed_joined
        The coalition she would build if nobody could join the target, and who would join then.
    gap
        No coalition is worth more than `value + gap`: what a limit, the tolerance or rounding
        left open; 0 if the optimum is proven to within roundings.
    status
        ``"optimal"``, or ``"limit"`` when a limit stopped the search.
    crisis, balancers, game
        What was solved.
    """

    coalition: tuple[str, ...]
    side_payments: dict[str, float]
    joined: tuple[str, ...]
    victory: float
    value: float
    alone: float
    unopposed_coalition: tuple[str, ...]
    unopposed_joined: tuple[str, ...]
    gap: float
    status: Status
    crisis: Crisis = field(repr=False)
    balancers: tuple[Balancer, ...] = field(repr=False)
    game: ExpansionRules = field(repr=False)

    @property
    def bill(self) -> float:
        """The sum of the side payments."""
        return math.fsum(self.side_payments.values())

    @property
    def widens(self) -> bool:
        """Whether somebody joins the target."""
        return bool(self.joined)

    @property
    def restrained(self) -> bool:
        """Whether the leader builds another coalition than if nobody could join the target."""
        return set(self.coalition) != set(self.unopposed_coalition)

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibrium in plain numbers and texts."""
        return {
            "leader": self.crisis.leader.name,
            "target": self.crisis.target.name,
            "security": self.crisis.leader.security,
            "coalition": list(self.coalition),
            "side_payments": dict(self.side_payments),
            "bill": self.bill,
            "joined": list(self.joined),
            "victory": self.victory,
            "value": self.value,
            "alone": self.alone,
            "restrained": self.restrained,
            "unopposed_coalition": list(self.unopposed_coalition),
            "unopposed_joined": list(self.unopposed_joined),
            "gap": self.gap,
            "status": self.status,
        }

    def plot(self) -> ggplot:
        """Draw the strengths of both sides over the leader's security, hers marked."""
        from plotnine import geom_vline, labs

        from willing.figures import INK

        security = self.crisis.leader.security
        return (
            expansion_path(self.game, self.crisis, self.balancers).plot()
            + geom_vline(xintercept=security, color=INK, linetype="dashed", size=0.4)
            + labs(subtitle="Dashed: the leader's security in the scenario.")
        )

    def __str__(self) -> str:
        leader, target = self.crisis.leader, self.crisis.target
        certificate = "proven optimal" if self.status == "optimal" else f"gap {self.gap:.2g}"
        lines = [
            f"{leader.name} (security {leader.security:g}) against {target.name}: "
            f"{_list(self.coalition)} join her, {_list(self.joined)} the target",
            f"victory {self.victory:.4f}, payoff {self.value:.6f} (alone {self.alone:.6f}), "
            f"bill {self.bill:.6f}, {certificate}",
            f"if nobody could join the target: {_list(self.unopposed_coalition)}, "
            f"against whom {_list(self.unopposed_joined)} would join it",
        ]
        lines += [f"  {name}  {paid:.6f}" for name, paid in self.side_payments.items()]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, repr=False)
class ExpansionPath(Result):
    """The equilibrium over the leader's security, from 1 down to 0.

    Attributes
    ----------
    frame
        One row a coalition, in the order in which a leader of falling security builds them:
        ``security``, the highest at which it is built; ``coalition`` and ``joined`` (names);
        ``strength`` and ``opposing``, the strengths of both sides; ``victory`` and ``cost``.
    """

    frame: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give the path."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the path in plain numbers and texts."""
        return {"path": self.frame.to_dicts()}

    def __str__(self) -> str:
        lines = ["By security, from a secure leader to an insecure one:"]
        lines += [
            f"  from {row['security']:.4f}: {_list(row['coalition'])} join her, "
            f"{_list(row['joined'])} the target; victory {row['victory']:.4f}"
            for row in self.frame.iter_rows(named=True)
        ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the strengths of both sides over the leader's security."""
        import polars as pl
        from plotnine import aes, geom_step, ggplot, labs, scale_color_manual

        from willing.figures import BLUE, ORANGE, house_theme

        last = self.frame.tail(1).with_columns(security=pl.lit(0.0))
        shown = (
            pl.concat([self.frame, last])
            .select(
                "security", **{"leader and partners": "strength", "target and joiners": "opposing"}
            )
            .unpivot(index="security", variable_name="side", value_name="strength")
        )
        return (
            ggplot(shown.to_pandas(), aes("security", "strength", color="side"))
            + geom_step(size=1, direction="vh")
            + scale_color_manual(values=[BLUE, ORANGE])
            + labs(
                title="The leader's side and the target's, third parties responding",
                x="Leader's security",
                y="Strength",
                color="",
            )
            + house_theme()
        )


def expansion_equilibrium(
    game: ExpansionRules, crisis: Crisis, balancers: tuple[Balancer, ...], search: Search | None
) -> ExpansionEquilibrium:
    """Solve an expansion game; see `ExpansionGame.solve`."""
    terms, threat = game.terms(crisis, balancers)
    best = best_against_balancers(terms, threat, search=search)
    unopposed = best_coalition(terms, search=search).members
    none = np.zeros_like(best.members)
    found = outcomes(terms, threat, np.stack([best.members, unopposed, none]))
    paid = prices(terms, threat, best.members)
    names = np.array(crisis.names)
    return ExpansionEquilibrium(
        coalition=tuple(names[best.members].tolist()),
        side_payments=dict(
            zip(names[best.members].tolist(), paid[best.members].tolist(), strict=True)
        ),
        joined=named(balancers, int(found.joined[0])),
        victory=float(found.victory[0]),
        value=best.value,
        alone=terms.victory_value * float(found.victory[2]),
        unopposed_coalition=tuple(names[unopposed].tolist()),
        unopposed_joined=named(balancers, int(found.joined[1])),
        gap=best.gap,
        status=best.status,
        crisis=crisis,
        balancers=balancers,
        game=game,
    )


def expansion_path(
    game: ExpansionRules, crisis: Crisis, balancers: tuple[Balancer, ...]
) -> ExpansionPath:
    """Find the path of an expansion game; see `ExpansionGame.path`."""
    import polars as pl

    terms, threat = game.terms(crisis, balancers)
    table = tabulate(terms, threat)
    won = table.outcomes.victory
    cost = terms.victory_value * won - table.payoff
    low, high = game.game.victory_value(1.0), game.game.victory_value(0.0)
    starts, chosen = envelope(won, cost, low, high)
    M = coalition_strength(terms, table.members[chosen])
    rows = []
    for start, at, strength in zip(starts, chosen, M, strict=True):
        code = int(table.outcomes.joined[at])
        joined = [z for z in range(len(balancers)) if code >> z & 1]
        members = np.flatnonzero(table.members[at]).tolist()
        rows.append(
            {
                "security": 1.0 if high == low else 1.0 - (start - low) / (high - low),
                "coalition": [crisis.names[i] for i in members],
                "joined": list(named(balancers, code)),
                "strength": float(strength),
                "opposing": terms.target_strength + float(threat.strength[joined].sum()),
                "victory": float(won[at]),
                "cost": float(cost[at]),
            }
        )
    return ExpansionPath(pl.DataFrame(rows))


def envelope(won: Floats, cost: Floats, low: float, high: float) -> tuple[list[float], list[int]]:
    """Give the upper envelope of the lines `B won - cost` for `B` from `low` to `high`.

    Parameters
    ----------
    won, cost
        Slopes and intercepts, shape (s,).
    low, high
        The range of `B`.

    Returns
    -------
    starts, lines
        The lines on the envelope and the `B` from which each is highest.
    """
    value = low * won - cost
    ties = np.flatnonzero(value >= value.max() - _ROUNDING)
    at = int(ties[np.argmax(won[ties])])
    starts, lines = [low], [at]
    while True:
        steeper = np.flatnonzero(won > won[at] + _ROUNDING)
        if not len(steeper):
            return starts, lines
        crossing = (cost[steeper] - cost[at]) / (won[steeper] - won[at])
        first = crossing.min()
        if first >= high:
            return starts, lines
        nearest = steeper[crossing <= first + _ROUNDING]
        at = int(nearest[np.argmax(won[nearest])])
        starts.append(float(first))
        lines.append(at)


def _list(names: Sequence[str]) -> str:
    """Write names in a sentence."""
    return ", ".join(names) if names else "nobody"
