"""Conflict expansion: third parties may join the target once they have seen the coalition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

import numpy as np

from willing.contest import check_contest
from willing.crisis import Crisis, check_number
from willing.errors import ScenarioError
from willing.game import CoalitionGame
from willing.payoffs import Terms
from willing.wider.balancing import (
    Response,
    Threat,
    prices_of_joining,
    stable,
    stakes,
    victory_table,
)

if TYPE_CHECKING:
    from willing.solvers.search import Search
    from willing.wider.expansion_equilibrium import ExpansionEquilibrium, ExpansionPath
    from willing.wider.expansion_quantal import ExpansionQuantal


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
        if not isinstance(self.name, str) or not self.name.strip():
            raise ScenarioError(
                f"balancer.name is {self.name!r}; it must be a text that is not empty"
            )
        for quantity in ("strength", "distance", "cost"):
            check_number(getattr(self, quantity), f"balancer '{self.name}': {quantity}", least=0.0)
        if not isinstance(self.distances, Mapping):
            raise ScenarioError(
                f"balancer '{self.name}': distances is {self.distances!r}; "
                "it must be a table of partners and numbers"
            )
        for partner, value in self.distances.items():
            check_number(value, f"balancer '{self.name}': distances.{partner}", least=0.0)


@dataclass(frozen=True, kw_only=True)
class ExpansionGame:
    """A coalition game after which third parties may join the target.

    A third party's stake in the leader's defeat is
    :math:`w_z(S) = \\alpha D_z(S) \\max(0, 1 - \\eta \\bar d(S))`: it grows with its mean distance
    from the coalition and shrinks with the coalition's own mean divergence, since a coalition that
    will fall apart threatens less. It joins iff what it takes from the leader's probability of
    victory, times its stake, is at least its cost.

    Parameters
    ----------
    game
        Payoffs and prices of the leader's coalition.
    alarm
        :math:`\\alpha \\ge 0`, stake per unit of distance.
    fractiousness
        :math:`\\eta \\ge 0`, how much a unit of the coalition's mean divergence lowers the stake.
    response
        ``"potential"``: third parties decide at once, and play the equilibrium that maximises
        their potential. ``"largest"``, ``"smallest"``: the one that brings the target the most, the
        least strength. ``"target"``: the target's leader builds her coalition of them, at the least
        payments they accept, given the others.
    target_security, target_office
        :math:`\\sigma_T` in [0, 1] and :math:`\\Psi_T \\ge 0` of the target's leader, to whom
        victory is worth :math:`B_T = 1 + \\Psi_T (1 - \\sigma_T)`; of use with ``"target"``.

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
        check_number(self.alarm, "expansion.alarm", least=0.0)
        check_number(self.fractiousness, "expansion.fractiousness", least=0.0)
        check_number(self.target_security, "expansion.target_security", least=0.0, most=1.0)
        check_number(self.target_office, "expansion.target_office", least=0.0)
        if self.response not in get_args(Response):
            raise ScenarioError(
                f"expansion.response is {self.response!r}; it must be one of "
                f"{', '.join(get_args(Response))}"
            )

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
                    f"balancer '{balancer.name}' has a distance to '{strangers[0]}', who is not a "
                    f"partner; partners are {', '.join(crisis.names)}"
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

    def solve(
        self, crisis: Crisis, balancers: Sequence[Balancer], *, search: Search | None = None
    ) -> ExpansionEquilibrium:
        """Find the leader's best coalition, given how third parties respond to each.

        Exact by enumeration for up to 20 partners. For more, under additive pricing, coalitions
        are tried in the order of what they are worth if nobody joins the target; `search` limits
        that, and the gap is reported.

        Raises
        ------
        ScenarioError
            If there are too many partners or balancers, or a name or the contest is not valid.
        """
        from willing.wider.expansion_equilibrium import expansion_equilibrium

        return expansion_equilibrium(self, crisis, tuple(balancers), search)

    def path(self, crisis: Crisis, balancers: Sequence[Balancer]) -> ExpansionPath:
        """Give the equilibrium as a step function of the leader's security, breakpoints exact.

        Raises
        ------
        ScenarioError
            As `solve`, and if there are more than 20 partners.
        """
        from willing.wider.expansion_equilibrium import expansion_path

        return expansion_path(self, crisis, tuple(balancers))

    def quantal(
        self, crisis: Crisis, balancers: Sequence[Balancer], *, noise: float
    ) -> ExpansionQuantal:
        """Give the logit choice over all coalitions, with third parties' response to each.

        Parameters
        ----------
        crisis, balancers
            The crisis and the third parties.
        noise
            :math:`\\tau > 0`, scale of the leader's choice shocks.

        Raises
        ------
        ScenarioError
            As `path`, and if `noise` is not positive.
        """
        from willing.wider.expansion_quantal import expansion_quantal

        return expansion_quantal(self, crisis, tuple(balancers), noise)

    def balancing(
        self, crisis: Crisis, balancers: Sequence[Balancer], coalition: Iterable[str]
    ) -> tuple[tuple[str, ...], ...]:
        """Give every pure equilibrium of the balancers' game against a coalition.

        Parameters
        ----------
        crisis, balancers
            The crisis and the third parties.
        coalition
            Names of the leader's partners.

        Returns
        -------
        tuple of tuple of str
            The names of those who join, the equilibrium with the least strength first.

        Raises
        ------
        ScenarioError
            If there are too many balancers, or a name or the contest is not valid.
        """
        from willing.wider.expansion_optimum import check_balancers

        terms, threat = self.terms(crisis, balancers)
        check_balancers(len(balancers))
        members = crisis.coalition(coalition)[np.newaxis]
        M = np.array([terms.leader_strength + float(terms.strength[members[0]].sum())])
        p = victory_table(terms, threat, M)[0]
        price = prices_of_joining(threat.cost, stakes(terms, threat, members))[0]
        codes = [code for code in range(len(p)) if stable(p, price, code)]
        return tuple(named(balancers, code) for code in sorted(codes, key=lambda code: -p[code]))


def named(balancers: Sequence[Balancer], code: int) -> tuple[str, ...]:
    """Give the names of the balancers in a set, whose code has bit `z` for balancer `z`."""
    return tuple(balancer.name for z, balancer in enumerate(balancers) if code >> z & 1)
