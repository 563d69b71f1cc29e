"""The rules of public invitations one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, Ints, check_number
from willing.texts import check_choice
from willing.theory.crisis import Crisis
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import Terms

Order = Literal["strongest", "weakest", "listed", "announced", "open"]


@dataclass(frozen=True, eq=False)
class Invitations:
    """A game of invitations in numbers, partners in the order in which they are approached.

    Attributes
    ----------
    terms
        The coalition game.
    order
        Positions of the partners in the crisis, shape (n,).
    low
        What each asks at least when her help changes nothing, shape (n,).
    width
        How much more her secret may make her ask, shape (n,).
    """

    terms: Terms
    order: Ints
    low: Floats
    width: Floats

    def of(self, order: Ints) -> Invitations:
        """Give the same game with its partners in another order."""
        return Invitations(
            self.terms.of(order), self.order[order], self.low[order], self.width[order]
        )


@dataclass(frozen=True, kw_only=True)
class InvitationRules:
    """A coalition game in which partners are invited in public, one after another.

    The leader approaches one partner after the other. To each she makes an offer, or none; the
    partner accepts or refuses, everybody sees it, and the leader goes on. What fighting costs a
    partner is uniform on :math:`[k_i (1 - \\theta), k_i (1 + \\theta)]` and her own secret, so
    that offers are refused on the path.

    `willing.theory.invitations.invitation_game.InvitationGame`, which solves it,
    describes the parameters.

    Raises
    ------
    ScenarioError
        If a value is outside its range, or the game has friction, bargaining power or is for
        unique implementation.
    """

    game: CoalitionGame = field(default_factory=CoalitionGame)
    doubt: float = 0.5
    order: Order = "strongest"

    def __post_init__(self) -> None:
        check_number(self.doubt, "invitations.doubt", least=0.0, most=1.0)
        check_choice(self.order, "invitations.order", get_args(Order))
        if self.game.friction != 0.0:
            raise ScenarioError(
                f"game.friction is {self.game.friction!r}; with invitations it must be 0, since "
                "friction hangs on who else accepts"
            )
        self.game.require_partial("invitations")
        self.game.require_no_power("invitations")

    def numbers(self, crisis: Crisis) -> Invitations:
        """Put the game on a crisis in numbers.

        Raises
        ------
        ScenarioError
            If the contest is no increasing probability on the strengths of this crisis.
        """
        terms = self.game.terms(crisis)
        n = len(terms.strength)
        order = np.arange(n)
        if self.order != "listed":
            # Where the leader chooses the order, the strongest are first among those as good.
            sign = 1.0 if self.order == "weakest" else -1.0
            order = np.argsort(sign * terms.strength, kind="stable")
        spread = self.doubt * crisis.costs
        return Invitations(
            terms=terms.of(order),
            order=order,
            low=(terms.outlay - spread)[order],
            width=2.0 * spread[order],
        )
