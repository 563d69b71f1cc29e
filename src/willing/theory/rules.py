"""The rules of the coalition game: what victory is worth, and what partners ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, check_number
from willing.texts import check_choice, quoted
from willing.theory.contest import Contest, RatioContest, check_contest
from willing.theory.crisis import Crisis
from willing.theory.payoffs import Terms

Pricing = Literal["pivotal", "additive"]
Implementation = Literal["partial", "unique"]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules under which a leader builds a coalition.

    She publicly invites a set `S` of partners and offers each a payment. Those who accept are paid
    and fight; she keeps office with probability `retention` after victory and with her security
    after defeat. Partners coordinate on acceptance, so each is paid the least at which she accepts
    given that the others do.

    `willing.theory.game.CoalitionGame`, which solves it,
    describes the parameters.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    office: float = 1.0
    contest: Contest = field(default_factory=RatioContest)
    pricing: Pricing = "pivotal"
    aversion: float = 0.5
    friction: float = 0.0
    retention: float = 1.0
    power: float = 0.0
    implementation: Implementation = "partial"

    def __post_init__(self) -> None:
        check_number(self.office, "game.office", least=0.0)
        check_number(self.aversion, "game.aversion", least=0.0)
        check_number(self.friction, "game.friction", least=0.0)
        check_number(self.retention, "game.retention", least=0.0, most=1.0)
        check_number(self.power, "game.power", least=0.0, most=1.0)
        if self.office * (1.0 - self.retention) > 1.0:
            raise ScenarioError(
                f"game.retention is {self.retention!r}; with office {self.office:g} it must be at "
                f"least {1.0 - 1.0 / self.office:g}, or a secure leader would rather be defeated"
            )
        check_choice(self.pricing, "game.pricing", get_args(Pricing))
        check_choice(self.implementation, "game.implementation", get_args(Implementation))
        if self.power > 0.0 and self.implementation != "partial":
            raise ScenarioError(
                f"game.power is {self.power!r}; with unique implementation it must be 0"
            )
        if not callable(self.contest):
            raise ScenarioError(
                f"game.contest is {quoted(self.contest)}; it must be a callable p(M, m_T)"
            )

    def victory_value(self, security: float) -> float:
        """Give :math:`B = 1 + \\Psi (r - \\sigma)`, what victory is worth to the leader."""
        # With the retention at its lower bound, rounding could leave a value just below zero.
        return max(0.0, 1.0 + self.office * (self.retention - security))

    def stakes(self, crisis: Crisis) -> Floats:
        """Give :math:`v_i`, shape (n,): what L's victory is worth to each partner.

        It is :math:`1 - \\delta d_i` unless the partner's stake is given.
        """
        return 1.0 - self.reluctance(crisis)

    def reluctance(self, crisis: Crisis) -> Floats:
        """Give :math:`1 - v_i`, shape (n,): :math:`\\delta d_i` unless the stake is given."""
        given = crisis.stakes
        short: Floats = np.where(np.isnan(given), self.aversion * crisis.divergences, 1.0 - given)
        return short

    def terms(self, crisis: Crisis) -> Terms:
        """Put the game on a crisis in numbers, for the functions of `willing.theory.payoffs`.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis.
        """
        leader, target = crisis.leader.strength, crisis.target.strength
        check_contest(self.contest, target, leader, leader + float(crisis.strengths.sum()))
        outlay = crisis.costs - crisis.benefits
        if self.pricing == "additive":
            outlay = outlay + self.reluctance(crisis)
            stake = np.zeros(len(outlay))
        else:
            stake = self.stakes(crisis)
        return Terms(
            leader_strength=leader,
            target_strength=target,
            strength=crisis.strengths,
            outlay=outlay,
            stake=stake,
            drag=self.friction * crisis.divergences,
            victory_value=self.victory_value(crisis.leader.security),
            contest=self.contest,
            power=self.power,
        )

    def require_no_power(self, place: str) -> None:
        """Raise a `ScenarioError` if partners have bargaining power, which `place` lacks."""
        if self.power != 0.0:
            raise ScenarioError(f"game.power is {self.power!r}; {place} needs 0")

    def require_partial(self, method: str) -> None:
        """Raise a `ScenarioError` unless implementation is partial, as `method` needs it."""
        if self.implementation != "partial":
            raise ScenarioError(
                f"game.implementation is {self.implementation!r}; {method} needs 'partial'"
            )
