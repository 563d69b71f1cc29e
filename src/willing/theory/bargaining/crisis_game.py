"""Crisis bargaining: the leader buys a coalition and makes a demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from willing.theory.bargaining.crisis_rules import CrisisRules
from willing.theory.crisis import Crisis

if TYPE_CHECKING:
    from willing.theory.bargaining.crisis_equilibrium import CrisisEquilibrium, CrisisPath
    from willing.theory.bargaining.crisis_quantal import CrisisQuantal
    from willing.theory.search.search_options import Search


@dataclass(frozen=True, kw_only=True)
class CrisisGame(CrisisRules):
    """A coalition game in which the leader makes a demand before she fights.

    She buys a coalition `S`; she demands a share `y` of what is at stake; the target, whose cost of
    war is uniform on :math:`[0, \\bar c]` and its own secret, concedes or fights. War costs the
    leader :math:`c_L` and its members :math:`k_i`; nobody bears a cost without it. She keeps office
    with a probability that is linear in the share she gets.

    Parameters
    ----------
    game
        Payoffs and prices of the leader's coalition, without friction.
    war_cost
        :math:`c_L \\ge 0`, what war costs the leader, in units of what is at stake.
    target_cost
        :math:`\\bar c > 0`, the largest cost of war that the target may have, in units of what is
        at stake for it.
    payment
        ``"advance"``: members are paid when they join, for the war that they expect,
        :math:`x_i = \\max(0, k_i \\pi(S) - b_i - v_i [Y(S) - Y(S \\setminus i)])`, or under
        additive pricing :math:`\\max(0, (k_i + \\delta d_i) \\pi(S) - b_i)`. ``"war"``: under
        additive pricing they are paid :math:`\\max(0, k_i + \\delta d_i - b_i)` if there is war and
        nothing otherwise, so that the leader counts what they cost when she makes her demand.

    Raises
    ------
    ScenarioError
        If a value is outside its range, or the game has friction, is for unique implementation or,
        with payment in war, for pivotal pricing.
    """

    def solve(self, crisis: Crisis, *, search: Search | None = None) -> CrisisEquilibrium:
        """Find the leader's best coalition and her demand.

        With payment in advance it is exact for any number of partners; with payment in war every
        coalition is looked at, of up to 20 partners.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis, or there
            are too many partners.
        """
        from willing.theory.bargaining.crisis_equilibrium import crisis_equilibrium

        return crisis_equilibrium(self, crisis, search)

    def path(self, crisis: Crisis) -> CrisisPath:
        """Give the equilibrium as a step function of the leader's security.

        Prices move with the probability of war and so with security: what a coalition is worth is
        no line in the value of victory. So the game is solved at 101 levels of security, and where
        two neighbours differ for the security at which both coalitions are worth the same. A
        coalition that is best only between two levels with the same coalition may be missed.

        Raises
        ------
        ScenarioError
            As `solve`.
        """
        from willing.theory.bargaining.crisis_equilibrium import crisis_path

        return crisis_path(self, crisis)

    def quantal(self, crisis: Crisis, *, noise: float) -> CrisisQuantal:
        """Give the logit choice over all coalitions, each followed by the best demand.

        Parameters
        ----------
        crisis
            The crisis.
        noise
            :math:`\\tau > 0`, scale of the leader's choice shocks.

        Raises
        ------
        ScenarioError
            As `solve`, and if `noise` is not positive.
        """
        from willing.theory.bargaining.crisis_quantal import crisis_quantal

        return crisis_quantal(self, crisis, noise)
