"""The coalition game: its rules, and the methods that solve it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from willing.numbers import Masks
from willing.theory.crisis import Crisis
from willing.theory.payoffs import payoffs
from willing.theory.rules import Rules

if TYPE_CHECKING:
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.near_ties import NearTies
    from willing.theory.quantal import QuantalResponse
    from willing.theory.search.search_options import Search
    from willing.theory.security_path import SecurityPath


@dataclass(frozen=True, kw_only=True)
class CoalitionGame(Rules):
    """The rules under which a leader builds a coalition.

    She publicly invites a set `S` of partners and offers each a payment. Those who accept are paid
    and fight; she keeps office with probability `retention` after victory and with her security
    after defeat. Partners coordinate on acceptance, so each is paid the least at which she accepts
    given that the others do.

    Parameters
    ----------
    office
        Value of office :math:`\\Psi \\ge 0` in units of the value of victory.
    contest
        Probability of victory: `RatioContest`, `LogisticContest`, `DrawContest` or any callable
        `p(M, m_T)` that takes numbers and arrays and increases in `M`.
    pricing
        ``"pivotal"``: a partner weighs what her own help changes,
        :math:`x_i = \\max(0, k_i - b_i - v_i [p(M) - p(M - m_i)])`. ``"additive"``: a small partner
        takes the outcome as given, :math:`x_i = \\max(0, k_i + \\delta d_i - b_i)`.
    aversion
        :math:`\\delta \\ge 0`: how much divergence lowers a partner's stake :math:`v_i`.
    friction
        :math:`\\lambda \\ge 0`: expected post-war loss per unit of divergence, borne on victory.
    retention
        Probability :math:`r` in [0, 1] of keeping office after victory. It must leave victory
        worth having to a wholly secure leader, :math:`\\Psi (1 - r) \\le 1`.
    power
        :math:`\\beta` in [0, 1]: partners' bargaining power. Each is paid the least she accepts
        and this share of what her help is worth to the leader beyond it,
        :math:`\\beta \\max(0, B [p(M) - p(M - m_i)] - x_i)`.
    implementation
        ``"partial"``: partners coordinate on acceptance. ``"unique"``: payments leave them no
        other equilibrium; see `willing.theory.search.unique`.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    def solve(self, crisis: Crisis, *, search: Search | None = None) -> Equilibrium:
        """Find the leader's optimal coalition, with a certificate.

        Parameters
        ----------
        crisis
            The crisis.
        search
            Tolerance and limits of the search; the default proves the optimum to a relative
            tolerance of 1e-12 or says that it could not.

        Returns
        -------
        Equilibrium
            The coalition, its side payments and the gap to the best that is possible.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis.
        """
        from willing.theory.equilibrium import equilibrium
        from willing.theory.search.optimum import best_coalition

        terms = self.terms(crisis)
        partial = equilibrium(self, crisis, terms, best_coalition(terms, search=search))
        if self.implementation == "partial":
            return partial
        from willing.theory.implementation import unique_equilibrium

        return unique_equilibrium(partial, terms)

    def path(
        self,
        crisis: Crisis,
        *,
        limit: int = 500,
        search: Search | None = None,
        time_limit: float | None = None,
    ) -> SecurityPath:
        """Find the optimal coalition at every security of the leader, from 1 down to 0.

        Parameters
        ----------
        crisis
            The crisis; its leader's own security does not matter.
        limit
            How many coalitions to find at most. If partners' prices are exactly proportional to
            their strengths there are as many as sums of strengths.
        search
            Tolerance and limits of each solution on the way.
        time_limit
            Most seconds for the whole path; by default only each solution is limited. A path that
            is not finished is that of the coalitions found so far, with its gap.

        Returns
        -------
        SecurityPath
            The coalitions and the securities at which one gives way to the next.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis,
            implementation is unique, or partners have power and there is a `time_limit`.
        """
        from willing.theory.security_path import security_path

        return security_path(self, crisis, limit=limit, search=search, time_limit=time_limit)

    def near(
        self, crisis: Crisis, loss: float, *, limit: int = 1000, search: Search | None = None
    ) -> NearTies:
        """Find every coalition worth at most `loss` less than the best.

        Parameters
        ----------
        crisis
            The crisis.
        loss
            The loss stated, in units of the value of victory.
        limit
            How many coalitions to give at most, the best ones.
        search
            Tolerance and limits.

        Returns
        -------
        NearTies
            The coalitions, best first, and whether they are all.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis, or
            implementation is unique.
        """
        from willing.theory.near_ties import near_ties

        return near_ties(self, crisis, loss, limit=limit, search=search)

    def quantal(
        self, crisis: Crisis, *, noise: float, tolerance: float | None = None
    ) -> QuantalResponse:
        """Give the probability of every coalition when the leader's choice is noisy.

        Parameters
        ----------
        crisis
            The crisis.
        noise
            :math:`\\tau > 0`, scale of the choice shocks in units of the value of victory.
        tolerance
            Absolute, on join probabilities; by default 1e-9, and 1e-6 where prices depend on the
            coalition.

        Returns
        -------
        QuantalResponse
            Join probabilities, size, victory and bill under :math:`P(S) \\propto e^{U(S)/\\tau}`,
            with an error estimate and exact draws. `willing.theory.quantal.quantal` has more
            options.

        Raises
        ------
        ScenarioError
            If noise or tolerance is not positive, the contest is no increasing probability on the
            strengths of this crisis, or implementation is unique.
        """
        from willing.theory.quantal import quantal

        return quantal(self, crisis, noise=noise, tolerance=tolerance)

    def payoff(self, crisis: Crisis, coalition: Masks | list[str] | tuple[str, ...]) -> float:
        """Give :math:`U(S)` of a coalition, a mask over the partners or their names."""
        return float(payoffs(self.terms(crisis), crisis.mask(coalition)))
