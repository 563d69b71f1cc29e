"""The rules of conflict expansion: third parties, and what moves them to join the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import check_number
from willing.texts import check_choice, check_name, listed, quoted
from willing.theory.contest import check_contest
from willing.theory.crisis import Crisis
from willing.theory.expansion.balancing import Response, Threat
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import Terms


@dataclass(frozen=True)
class Balancer:
    """A third party `z` that loses if the leader wins and may join the target.

    Parameters
    ----------
    name
        The country, unique in the crisis.
    strength
        :math:`m_z \\ge 0`, which it adds to the target's.
    distance
        :math:`D_{zL} \\ge 0`, distance between its and the leader's foreign-policy preferences.
    cost
        :math:`c_z \\ge 0`, its cost of joining.
    distances
        :math:`D_{zi}` to partners by name; that to the leader where a partner is not named.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    name: str
    strength: float = field(kw_only=True)
    distance: float = field(kw_only=True)
    cost: float = field(default=0.0, kw_only=True)
    distances: Mapping[str, float] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        check_name(self.name, "balancer.name")
        for quantity in ("strength", "distance", "cost"):
            check_number(getattr(self, quantity), f"balancer '{self.name}': {quantity}", least=0.0)
        if not isinstance(self.distances, Mapping):
            raise ScenarioError(
                f"balancer '{self.name}': distances is {quoted(self.distances)}; "
                "it must be a table of partners and numbers"
            )
        for partner, value in self.distances.items():
            check_number(value, f"balancer '{self.name}': distances.{partner}", least=0.0)


@dataclass(frozen=True, kw_only=True)
class ExpansionRules:
    """A coalition game after which third parties may join the target.

    A third party's stake in the leader's defeat is
    :math:`w_z(S) = \\alpha D_z(S) \\max(0, 1 - \\eta \\bar d(S))`: it grows with its mean distance
    from the coalition and shrinks with the coalition's own mean divergence, since a coalition that
    will fall apart threatens less. It joins iff what it takes from the leader's probability of
    victory, times its stake, is at least its cost.

    `willing.theory.expansion.expansion_game.ExpansionGame`, which solves it,
    describes the parameters.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    game: CoalitionGame = field(default_factory=CoalitionGame)
    alarm: float = 1.0
    fractiousness: float = 0.5
    response: Response = "potential"
    target_security: float = 1.0
    target_office: float = 1.0

    def __post_init__(self) -> None:
        self.game.require_no_power("expansion")
        check_number(self.alarm, "expansion.alarm", least=0.0)
        check_number(self.fractiousness, "expansion.fractiousness", least=0.0)
        check_number(self.target_security, "expansion.target_security", least=0.0, most=1.0)
        check_number(self.target_office, "expansion.target_office", least=0.0)
        check_choice(self.response, "expansion.response", get_args(Response))

    def terms(self, crisis: Crisis, balancers: Sequence[Balancer]) -> tuple[Terms, Threat]:
        """Put the game on a crisis and the third parties in numbers.

        Raises
        ------
        ScenarioError
            If a name occurs twice, a distance is to somebody who is not a partner, or the contest
            is no increasing probability on the strengths of this crisis.
        """
        taken = {crisis.leader.name, crisis.target.name, *crisis.names}
        for balancer in balancers:
            if balancer.name in taken:
                raise ScenarioError(
                    f"the name '{balancer.name}' occurs twice; everybody needs a unique name"
                )
            taken.add(balancer.name)
            strangers = sorted(set(balancer.distances) - set(crisis.names))
            if strangers:
                raise ScenarioError(
                    f"balancer '{balancer.name}' has a distance to {quoted(strangers[0])}, "
                    f"who is not a partner; partners are {listed(crisis.names)}"
                )
        to_partners = [
            [balancer.distances.get(name, balancer.distance) for name in crisis.names]
            for balancer in balancers
        ]
        terms = self.game.terms(crisis)
        joined = terms.target_strength + sum(balancer.strength for balancer in balancers)
        most = terms.leader_strength + float(terms.strength.sum())
        check_contest(self.game.contest, joined, terms.leader_strength, most)
        threat = Threat(
            strength=np.array([balancer.strength for balancer in balancers], dtype=float),
            cost=np.array([balancer.cost for balancer in balancers], dtype=float),
            to_leader=np.array([balancer.distance for balancer in balancers], dtype=float),
            to_partners=np.array(to_partners, dtype=float).reshape(
                len(balancers), len(crisis.names)
            ),
            divergence=crisis.divergences,
            alarm=self.alarm,
            fractiousness=self.fractiousness,
            response=self.response,
            target_value=1.0 + self.target_office * (1.0 - self.target_security),
        )
        return terms, threat


def named(balancers: Sequence[Balancer], code: int) -> tuple[str, ...]:
    """Give the names of the balancers in a set, whose code has bit `z` for balancer `z`."""
    return tuple(balancer.name for z, balancer in enumerate(balancers) if code >> z & 1)
