"""Conflict expansion: third parties may join the target once they have seen the coalition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from willing.theory.crisis import Crisis
from willing.theory.expansion.balancing import prices_of_joining, stable, stakes, victory_table
from willing.theory.expansion.expansion_rules import Balancer, ExpansionRules, named

if TYPE_CHECKING:
    from willing.theory.expansion.expansion_equilibrium import ExpansionEquilibrium, ExpansionPath
    from willing.theory.expansion.expansion_quantal import ExpansionQuantal
    from willing.theory.search.search_options import Search


@dataclass(frozen=True, kw_only=True)
class ExpansionGame(ExpansionRules):
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
        from willing.theory.expansion.expansion_equilibrium import expansion_equilibrium

        return expansion_equilibrium(self, crisis, tuple(balancers), search)

    def path(self, crisis: Crisis, balancers: Sequence[Balancer]) -> ExpansionPath:
        """Give the equilibrium as a step function of the leader's security, breakpoints exact.

        Raises
        ------
        ScenarioError
            As `solve`, and if there are more than 20 partners.
        """
        from willing.theory.expansion.expansion_equilibrium import expansion_path

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
        from willing.theory.expansion.expansion_quantal import expansion_quantal

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
        from willing.theory.expansion.expansion_optimum import check_balancers

        terms, threat = self.terms(crisis, balancers)
        check_balancers(len(balancers))
        members = crisis.coalition(coalition)[np.newaxis]
        M = np.array([terms.leader_strength + float(terms.strength[members[0]].sum())])
        p = victory_table(terms, threat, M)[0]
        price = prices_of_joining(threat.cost, stakes(terms, threat, members))[0]
        codes = [code for code in range(len(p)) if stable(p, price, code)]
        return tuple(named(balancers, code) for code in sorted(codes, key=lambda code: -p[code]))
