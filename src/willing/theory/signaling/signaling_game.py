"""Mobilization as a signal of resolve, under the eyes of a partner: game and equilibria."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, check_number
from willing.texts import check_choice
from willing.theory.contest import Contest, RatioContest, check_contest

if TYPE_CHECKING:
    from willing.theory.signaling.continuations import Payoffs
    from willing.theory.signaling.signaling_equilibrium import SignalingEquilibrium

Refinement = Literal["none", "intuitive", "d1"]


@dataclass(frozen=True, kw_only=True)
class SignalingGame:
    """A crisis in which the leader's resolve is private and mobilization may signal it.

    The leader learns her cost of war, low (resolute) or high (irresolute), and mobilizes low or
    high. The partner supports or stays out, the target concedes or resists, the leader fights or
    backs down. Payoffs, less what failure leaves each side:

    * a concession is worth :math:`B` to the leader, :math:`v` to the partner, 0 to the target;
    * backing down is worth 0, 0 and 1, in this order;
    * war is worth :math:`B p - c_L`, :math:`v p` less :math:`k` if it supports, and
      :math:`1 - p - c_T`;
    * high mobilization costs the leader :math:`\\kappa`, support :math:`x`, which the partner gets.

    Parameters
    ----------
    strength
        :math:`m_L > 0` after low mobilization.
    reserve
        :math:`e > 0`, the strength that high mobilization adds.
    target_strength
        :math:`m_T > 0`.
    partner_strength
        :math:`m_P \\ge 0`, the strength that support adds.
    prior
        :math:`q` in (0, 1), the probability that the leader is resolute.
    cost_resolute, cost_irresolute
        :math:`c_R < c_I`, both at least 0: cost of war by type, in units of victory.
    target_cost
        :math:`c_T \\ge 0`, the target's cost of war in units of what is at stake for it.
    mobilization_cost
        :math:`\\kappa \\ge 0`.
    stake
        :math:`v`, the partner's value of the leader's victory; negative if it would rather see her
        fail.
    partner_cost
        :math:`k_l \\ge 0`, the partner's cost of a war that it supports after low mobilization.
    skittishness
        :math:`\\ge 0`; what high mobilization adds to the partner's cost of war.
    side_payment
        :math:`x \\ge 0`, paid whenever the partner supports. At 0 the partner is indifferent
        where no war can follow, and both its choices are equilibria.
    security, office
        :math:`\\sigma` in [0, 1] and :math:`\\Psi \\ge 0`; victory is worth
        :math:`B = 1 + \\Psi (1 - \\sigma)`. Backing down is a failure like defeat.
    contest
        Probability of victory, as in `willing.CoalitionGame`.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    strength: float
    reserve: float
    target_strength: float
    partner_strength: float
    prior: float
    cost_resolute: float
    cost_irresolute: float
    target_cost: float
    mobilization_cost: float
    stake: float = 1.0
    partner_cost: float = 0.0
    skittishness: float = 0.0
    side_payment: float = 0.0
    security: float = 1.0
    office: float = 1.0
    contest: Contest = field(default_factory=RatioContest)

    def __post_init__(self) -> None:
        for name in ("strength", "reserve", "target_strength"):
            check_number(getattr(self, name), name, above=0.0)
        for name in (
            "partner_strength",
            "cost_resolute",
            "cost_irresolute",
            "target_cost",
            "mobilization_cost",
            "partner_cost",
            "skittishness",
            "side_payment",
            "office",
        ):
            check_number(getattr(self, name), name, least=0.0)
        check_number(self.stake, "stake")
        check_number(self.security, "security", least=0.0, most=1.0)
        check_number(self.prior, "prior", least=0.0, most=1.0)
        if self.prior in (0.0, 1.0):
            raise ScenarioError(
                f"prior is {self.prior!r}; it must lie strictly between 0 and 1, "
                "or there is nothing to signal"
            )
        if self.cost_irresolute <= self.cost_resolute:
            raise ScenarioError(
                f"cost_irresolute is {self.cost_irresolute!r}; it must be above cost_resolute, "
                f"{self.cost_resolute!r}"
            )
        most = self.strength + self.reserve + self.partner_strength
        check_contest(self.contest, self.target_strength, self.strength, most)

    @property
    def victory_value(self) -> float:
        """:math:`B = 1 + \\Psi (1 - \\sigma)`."""
        return 1.0 + self.office * (1.0 - self.security)

    @cached_property
    def victory(self) -> Floats:
        """:math:`p` after (low, high) mobilization without and with support, shape (2, 2)."""
        M = self.strength + np.array(
            [[0.0, self.partner_strength], [self.reserve, self.reserve + self.partner_strength]]
        )
        p: Floats = np.asarray(self.contest(M, self.target_strength), dtype=float)
        return p

    def payoffs(self) -> Payoffs:
        """Put the game in numbers, for the solver."""
        from willing.theory.signaling.continuations import Payoffs

        return Payoffs(
            victory=self.victory,
            value=self.victory_value,
            mobilization=float(self.mobilization_cost),
            payment=float(self.side_payment),
            war_cost=np.array([self.cost_irresolute, self.cost_resolute], dtype=float),
            prior=float(self.prior),
            stake=float(self.stake),
            partner_cost=self.partner_cost + np.array([0.0, self.skittishness]),
            target_cost=float(self.target_cost),
        )

    def equilibria(self, *, refinement: Refinement = "none") -> tuple[SignalingEquilibrium, ...]:
        """Give every perfect Bayesian equilibrium of the game.

        Pure equilibria are complete, ties included. Those in which somebody mixes are complete
        for generic games: no type mixes where it is indifferent whatever the others do.

        Parameters
        ----------
        refinement
            ``"intuitive"`` keeps those whose response to an unreached message rests on a belief
            that gives no weight to a type which the intuitive criterion rules out; ``"d1"`` does
            so for the criterion D1, which rules out more.

        Raises
        ------
        ScenarioError
            If the refinement is not known.
        """
        from willing.theory.signaling.assessments import assessments
        from willing.theory.signaling.signaling_equilibrium import read_equilibrium

        check_choice(refinement, "refinement", get_args(Refinement))
        found = (read_equilibrium(row) for row in assessments(self.payoffs()))
        return tuple(one for one in found if refinement == "none" or refinement in one.survives)

    def war_probability(self, *, refinement: Refinement = "d1") -> tuple[float, float]:
        """Give the least and largest probability of war over the equilibria that survive.

        Raises
        ------
        ScenarioError
            If the refinement is not known or, in a game with ties, no equilibrium survives it.
        """
        wars = [one.war_probability for one in self.equilibria(refinement=refinement)]
        if not wars:
            raise ScenarioError(
                f"no equilibrium of this game survives {refinement!r}; ask for another refinement"
            )
        return min(wars), max(wars)

    def steadfast(self) -> SignalingGame:
        """Give the same game with a partner that high mobilization does not frighten."""
        return replace(self, skittishness=0.0)
