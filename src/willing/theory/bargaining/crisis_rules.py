"""The rules of crisis bargaining: a coalition is bought, then a demand is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import check_number
from willing.theory.bargaining.demands import uncapped_margin
from willing.theory.crisis import Crisis
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import Settlement, Terms

Payment = Literal["advance", "war"]


@dataclass(frozen=True, kw_only=True)
class CrisisRules:
    """A coalition game in which the leader makes a demand before she fights.

    She buys a coalition `S`; she demands a share `y` of what is at stake; the target, whose cost of
    war is uniform on :math:`[0, \\bar c]` and its own secret, concedes or fights. War costs the
    leader :math:`c_L` and its members :math:`k_i`; nobody bears a cost without it. She keeps office
    with a probability that is linear in the share she gets.

    `willing.theory.bargaining.crisis_game.CrisisGame`, which solves it,
    describes the parameters.

    Raises
    ------
    ScenarioError
        If a value is outside its range, or the game has friction, is for unique implementation or,
        with payment in war, for pivotal pricing.
    """

    game: CoalitionGame = field(default_factory=CoalitionGame)
    war_cost: float = 0.1
    target_cost: float = 0.5
    payment: Payment = "advance"

    def __post_init__(self) -> None:
        check_number(self.war_cost, "bargaining.war_cost", least=0.0)
        check_number(self.target_cost, "bargaining.target_cost", above=0.0)
        if self.payment not in get_args(Payment):
            raise ScenarioError(
                f"bargaining.payment is {self.payment!r}; it must be one of "
                f"{', '.join(get_args(Payment))}"
            )
        if self.game.friction != 0.0:
            raise ScenarioError(
                f"game.friction is {self.game.friction!r}; with bargaining it must be 0, since "
                "friction would enter the demand"
            )
        self.game.require_partial("bargaining")
        self.game.require_no_power("bargaining")
        if self.payment == "war" and self.game.pricing != "additive":
            raise ScenarioError(
                f"game.pricing is {self.game.pricing!r}; with bargaining.payment 'war' it must be "
                "'additive'"
            )

    def margin(self, security: float) -> float:
        """Give :math:`z^*`, by how much the demand exceeds the chance of victory, uncapped."""
        value = self.game.victory_value(security)
        return float(uncapped_margin(value, self.war_cost, self.target_cost))

    def terms(self, crisis: Crisis) -> Terms:
        """Put the game with payment in advance on a crisis in numbers.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis.
        """
        plain = self.game.terms(crisis)
        exposure = crisis.costs
        if self.game.pricing == "additive":
            exposure = np.maximum(0.0, exposure + self.game.reluctance(crisis))
        return Terms(
            leader_strength=plain.leader_strength,
            target_strength=plain.target_strength,
            strength=plain.strength,
            outlay=-crisis.benefits,
            stake=plain.stake,
            drag=np.zeros(len(plain.strength)),
            victory_value=plain.victory_value,
            contest=plain.contest,
            settlement=Settlement(
                margin=self.margin(crisis.leader.security),
                support=self.target_cost,
                war_cost=self.war_cost,
            ),
            exposure=exposure,
        )
