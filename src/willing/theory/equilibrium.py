"""The equilibrium as a result: who joins at what price, and how far the others are from joining."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.manner import Result
from willing.numbers import Floats, Ints, Masks
from willing.theory.contest import DrawContest
from willing.theory.crisis import Crisis
from willing.theory.near_ties import NearTies, near_ties
from willing.theory.payoffs import Terms, coalition_strength, member_prices, payoffs, victory
from willing.theory.rules import Rules
from willing.theory.search.one_partner import one_partner
from willing.theory.search.search_options import Optimum, Status

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot


# Partners times members whose prices are held at a time, and partners: some 100 MB.
_CELLS, _MOST_AT_ONCE = 1_000_000, 500


@dataclass(frozen=True, eq=False)
class Margins:
    """What each partner is worth to the leader, given the rest of the coalition.

    The rest of the coalition is the equilibrium coalition without the partner. Its other members
    are paid what they ask when she joins.

    Attributes
    ----------
    price
        :math:`x_i`, shape (n,): what she asks, or would ask, to join the rest.
    value
        :math:`U(S \\cup i) - U(S \\setminus i)`, shape (n,): positive for a member, negative for
        one who is refused.
    reservation
        Shape (n,): the highest price at which the leader would take her; `price` exceeds it by
        ``-value`` for one who is refused. It is negative when even free help would cost more,
        through friction and the other members' prices, than it brings.
    tolerated_divergence
        :math:`\\hat d_i`, shape (n,): the largest divergence at which the leader would take her,
        her price following from it. Infinite when no divergence is too large, NaN when none is
        small enough.
    """

    price: Floats
    value: Floats
    reservation: Floats
    tolerated_divergence: Floats


@dataclass(frozen=True, eq=False, repr=False)
class Equilibrium(Result):
    """The leader's optimal coalition and what it costs her.

    Attributes
    ----------
    coalition
        Names of the partners invited, in the order of the crisis. All accept.
    side_payments
        :math:`x_i` of each member.
    victory
        :math:`p(M(S))`, probability of victory.
    value
        :math:`U(S)`, the leader's payoff less what defeat leaves her, in units of victory.
    alone
        :math:`U(\\emptyset)`, the same when she goes alone.
    gap
        No coalition is worth more than `value + gap`: what a limit, the tolerance or rounding
        left open; 0 if the optimum is proven to within roundings.
    status
        ``"optimal"``, or ``"limit"`` when a limit stopped the search.
    crisis, game
        What was solved.
    """

    coalition: tuple[str, ...]
    side_payments: dict[str, float]
    victory: float
    value: float
    alone: float
    gap: float
    status: Status
    crisis: Crisis = field(repr=False)
    game: Rules = field(repr=False)

    @property
    def outcomes(self) -> dict[str, float]:
        """The probabilities of ``victory`` and ``defeat``, and of a ``draw`` if it may end so."""
        contest, m_T = self.game.contest, self.crisis.target.strength
        if not isinstance(contest, DrawContest):
            return {"victory": self.victory, "defeat": 1.0 - self.victory}
        M = self.crisis.leader.strength + float(self.crisis.strengths[self.members].sum())
        return {
            "victory": self.victory,
            "draw": float(contest.draw(M, m_T)),
            "defeat": float(contest.defeat(M, m_T)),
        }

    @property
    def bill(self) -> float:
        """The sum of the side payments."""
        return math.fsum(self.side_payments.values())

    @property
    def office_kept(self) -> float:
        """:math:`\\Psi \\sigma`, what defeat leaves the leader: the office that she may keep."""
        return self.game.office * self.crisis.leader.security

    @property
    def payoff(self) -> float:
        """The whole payoff, `value` and what defeat leaves her; it never rises as security falls.

        `value` alone rises as security falls, since victory is then worth more beside a defeat
        that leaves her less.
        """
        return self.value + self.office_kept

    @property
    def free_riders(self) -> tuple[str, ...]:
        """The members who come for nothing."""
        return tuple(name for name, payment in self.side_payments.items() if payment == 0.0)

    @cached_property
    def members(self) -> Masks:
        """The coalition as a mask over the partners, shape (n,)."""
        return self.crisis.coalition(self.coalition)

    @cached_property
    def margins(self) -> Margins:
        """Each partner's price, marginal value and distance from acceptance."""
        return margins(self.game, self.crisis, self.members)

    def near(self, loss: float, *, limit: int = 1000) -> NearTies:
        """Find every coalition worth at most `loss` less; see `CoalitionGame.near`."""
        return near_ties(self.game, self.crisis, loss, limit=limit)

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibrium in plain numbers and texts."""
        return {
            "leader": self.crisis.leader.name,
            "target": self.crisis.target.name,
            "security": self.crisis.leader.security,
            "coalition": list(self.coalition),
            "side_payments": dict(self.side_payments),
            "bill": self.bill,
            "free_riders": list(self.free_riders),
            "victory": self.victory,
            "outcomes": self.outcomes,
            "value": self.value,
            "alone": self.alone,
            "office_kept": self.office_kept,
            "payoff": self.payoff,
            "gap": self.gap,
            "status": self.status,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """Give one row a partner: membership, price, marginal value, distance from acceptance."""
        margin = self.margins
        columns = {
            "partner": self.crisis.names,
            "member": self.members.tolist(),
            "strength": self.crisis.strengths.tolist(),
            "divergence": self.crisis.divergences.tolist(),
            "price": margin.price.tolist(),
            "reservation_price": margin.reservation.tolist(),
            "marginal_value": margin.value.tolist(),
            "tolerated_divergence": [
                None if math.isnan(d) else d for d in margin.tolerated_divergence.tolist()
            ],
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def to_frame(self) -> pl.DataFrame:
        """Give `to_rows` as a frame."""
        import polars as pl

        return pl.DataFrame(self.to_rows(), schema_overrides={"tolerated_divergence": pl.Float64})

    def plot(self) -> ggplot:
        """Draw each partner's price beside the most that the leader would pay for her."""
        from willing.theory.result_pictures import draw_prices

        return draw_prices(self.to_frame(), title=self.crisis.title or "Whom the leader takes")

    def __str__(self) -> str:
        leader, target = self.crisis.leader, self.crisis.target
        lines = [
            f"{leader.name} (security {leader.security:g}) against {target.name}: "
            f"{len(self.coalition)} of {len(self.crisis.partners)} partners join",
            f"{self._chances()}, payoff {self.value:.6f} (alone {self.alone:.6f}), "
            f"bill {self.bill:.6f}",
            "proven optimal" if self.status == "optimal" else f"not proven, gap {self.gap:.2g}",
        ]
        width = max((len(name) for name in self.coalition), default=0)
        lines += [f"  {name:<{width}}  {paid:.6f}" for name, paid in self.side_payments.items()]
        return "\n".join(lines)

    def _chances(self) -> str:
        """Say how it may end; where there is no draw, defeat goes without saying."""
        shown = self.outcomes if "draw" in self.outcomes else {"victory": self.victory}
        return ", ".join(f"{name} {p:.4f}" for name, p in shown.items())


def equilibrium(game: Rules, crisis: Crisis, terms: Terms, best: Optimum) -> Equilibrium:
    """Describe the best coalition of a game on a crisis, whose numbers are `terms`."""
    members = best.members
    M = terms.leader_strength + float(terms.strength[members].sum())
    paid = member_prices(terms, members)[members].tolist()
    coalition = tuple(crisis.names[position] for position in np.flatnonzero(members).tolist())
    p, alone = victory(terms, np.array([M, terms.leader_strength])).tolist()
    return Equilibrium(
        coalition=coalition,
        side_payments=dict(zip(coalition, paid, strict=True)),
        victory=p,
        value=best.value,
        alone=terms.victory_value * alone,
        gap=best.gap,
        status=best.status,
        crisis=crisis,
        game=game,
    )


def margins(game: Rules, crisis: Crisis, members: Masks) -> Margins:
    """Value each partner given the rest of a coalition, a mask of shape (n,)."""
    around = _with_and_without(game.terms(crisis), members)
    hat = one_partner(
        security=crisis.leader.security,
        divergence=crisis.divergences,
        **_given_rest(game, crisis, around),
    ).divergence_cutoff
    return Margins(
        price=around.price,
        value=around.gain,
        reservation=around.gain + around.price,
        tolerated_divergence=np.where(hat >= 0.0, hat, np.nan),
    )


def given_rest(game: Rules, crisis: Crisis, members: Masks) -> dict[str, Any]:
    """Give the game that each partner alone poses, the rest of a coalition being held fixed.

    Parameters
    ----------
    game, crisis
        What is played.
    members
        The coalition, a mask of shape (n,).

    Returns
    -------
    dict
        Every argument of `one_partner` but ``security`` and ``divergence``; those that differ
        between partners have shape (n,).
    """
    return _given_rest(game, crisis, _with_and_without(game.terms(crisis), members))


@dataclass(frozen=True, eq=False)
class _Around:
    """A coalition with and without each partner: victory, her price, and what she is worth."""

    alone: Floats
    together: Floats
    price: Floats
    gain: Floats


def _with_and_without(terms: Terms, members: Masks) -> _Around:
    """Set the coalition with each partner beside the one without her, some partners at a time."""
    step = max(1, _CELLS // (int(members.sum()) + _MOST_AT_ONCE))
    step = min(step, _MOST_AT_ONCE)
    parts = [
        _compare(terms, members, np.arange(start, min(start + step, len(members))))
        for start in range(0, len(members), step)
    ]
    return _Around(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _compare(terms: Terms, members: Masks, partners: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """Give what `_Around` has of some partners, by their positions."""
    concerned = members.copy()
    concerned[partners] = True
    some = terms.of(np.flatnonzero(concerned))
    at = np.searchsorted(np.flatnonzero(concerned), partners)
    rows = np.arange(len(partners))
    joined = np.tile(members[concerned], (len(partners), 1))
    rest = joined.copy()
    joined[rows, at], rest[rows, at] = True, False
    M = coalition_strength(some, joined)
    return (
        victory(some, coalition_strength(some, rest)),
        victory(some, M),
        member_prices(some, joined)[rows, at],
        payoffs(some, joined) - payoffs(some, rest),
    )


def _given_rest(game: Rules, crisis: Crisis, around: _Around) -> dict[str, Any]:
    terms = game.terms(crisis)
    p0, p1 = around.alone, around.together
    own = around.price + terms.drag * p1
    # A stake that is given does not move with divergence: it is part of what she asks anyway.
    given = ~np.isnan(crisis.stakes)
    short = np.where(given, game.reluctance(crisis), 0.0)
    if game.pricing == "pivotal":
        short = short * np.maximum(0.0, p1 - p0)
    return {
        "alone": p0,
        "together": np.maximum(p0, p1),  # a contest may fall by a rounding error
        "cost": crisis.costs + np.maximum(0.0, short),
        "office": game.office,
        "aversion": np.where(given, 0.0, game.aversion),
        "friction": game.friction,
        "benefit": crisis.benefits + np.maximum(0.0, -short),
        "retention": game.retention,
        # Not the difference of the others' costs, whose rounding errors would decide over
        # partners who are worth exactly nothing.
        "rest": terms.victory_value * (p1 - p0) - own - around.gain,
        "power": game.power,
        "pricing": game.pricing,
    }
