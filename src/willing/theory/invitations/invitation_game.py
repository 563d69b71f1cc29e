"""Public invitations one after another, with partners' costs private."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from willing.theory.crisis import Crisis
from willing.theory.invitations.invitation_rules import InvitationRules

if TYPE_CHECKING:
    from willing.theory.invitations.invitation_equilibrium import InvitationEquilibrium


@dataclass(frozen=True, kw_only=True)
class InvitationGame(InvitationRules):
    """A coalition game in which partners are invited in public, one after another.

    The leader approaches one partner after the other. To each she makes an offer, or none; the
    partner accepts or refuses, everybody sees it, and the leader goes on. What fighting costs a
    partner is uniform on :math:`[k_i (1 - \\theta), k_i (1 + \\theta)]` and her own secret, so
    that offers are refused on the path.

    Parameters
    ----------
    game
        Payoffs and prices, without friction and bargaining power.
    doubt
        :math:`\\theta` in [0, 1], how little the leader knows of partners' costs.
    order
        Who is approached first: ``"strongest"``, ``"weakest"``, or as ``"listed"`` in the crisis;
        ``"announced"``, the best order for a leader who must keep to it; ``"open"``, where she
        decides after every answer whom to ask next.

    Raises
    ------
    ScenarioError
        If a value is outside its range, or the game has friction, bargaining power or is for
        unique implementation.
    """

    def solve(self, crisis: Crisis) -> InvitationEquilibrium:
        """Find subgame-perfect play: offers, acceptance and what comes of them.

        Exact for up to 18 partners. For more, the state is committed strength on a grid, and the
        error is estimated from two resolutions. An order that the leader chooses is found by
        going through all: up to 8 partners if it is announced, up to 12 if it is open.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis, or there
            are too many partners for an order that the leader chooses.
        """
        from willing.theory.invitations.invitation_equilibrium import invitation_equilibrium

        return invitation_equilibrium(self, crisis)
