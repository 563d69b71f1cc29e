"""The leader's payoff and the partners' prices, as pure functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from willing.numbers import Floats, Ints
from willing.theory.contest import Contest


@dataclass(frozen=True, eq=False)
class Terms:
    """A game on a crisis in numbers.

    Both pricing rules are one formula: partner `i` asks
    :math:`x_i(S) = \\max(0, c_i - s_i [p(M) - p(M - m_i)])`, and with her divergence's friction
    costs :math:`w_i(M) = x_i + f_i p(M)`. Under pivotal pricing :math:`c_i = k_i - b_i` and
    :math:`s_i = v_i`; under additive pricing :math:`c_i = k_i + \\delta d_i - b_i` and
    :math:`s_i = 0`.

    Attributes
    ----------
    leader_strength, target_strength
        :math:`m_L` and :math:`m_T`.
    strength
        :math:`m_i`, shape (n,).
    outlay
        :math:`c_i`, shape (n,): what `i` asks when her help changes nothing.
    stake
        :math:`s_i`, shape (n,): what a unit of victory probability is worth to `i`.
    drag
        :math:`f_i = \\lambda d_i`, shape (n,): the leader's loss from `i` after victory.
    victory_value
        :math:`B \\ge 0`.
    contest
        :math:`p(M, m_T)`.
    """

    leader_strength: float
    target_strength: float
    strength: Floats
    outlay: Floats
    stake: Floats
    drag: Floats
    victory_value: float
    contest: Contest

    def of(self, partners: Ints) -> Terms:
        """Give the game of some partners, by their positions."""
        return replace(
            self,
            strength=self.strength[partners],
            outlay=self.outlay[partners],
            stake=self.stake[partners],
            drag=self.drag[partners],
        )


def coalition_strength(terms: Terms, members: ArrayLike) -> Floats:
    """Give :math:`M(S)` of coalitions, masks of shape (..., n); shape (...)."""
    M: Floats = terms.leader_strength + np.asarray(members, dtype=float) @ terms.strength
    return M


def victory(terms: Terms, M: ArrayLike) -> Floats:
    """Give :math:`p(M)`, in the shape of `M`."""
    p: Floats = np.asarray(terms.contest(np.asarray(M, dtype=float), terms.target_strength))
    return p


def prices(terms: Terms, M: ArrayLike) -> Floats:
    """Give :math:`x_i` of every partner in a coalition of strength `M` to which she belongs.

    Parameters
    ----------
    terms
        The game in numbers.
    M
        Strengths, shape (...), each at least :math:`m_L + m_i` for the partners of interest.

    Returns
    -------
    ndarray
        Side payments, shape (..., n). Where `M` is too small to hold partner `i`, her
        contribution is counted from :math:`m_L`.
    """
    M = np.asarray(M, dtype=float)[..., np.newaxis]
    without = np.maximum(M - terms.strength, terms.leader_strength)
    contribution = victory(terms, M) - victory(terms, without)
    return np.maximum(0.0, terms.outlay - terms.stake * contribution)


def total_cost(terms: Terms, members: ArrayLike) -> Floats:
    """Give :math:`C(S)`, payments and friction, of masks of shape (..., n); shape (...)."""
    members = np.asarray(members, dtype=bool)
    M = coalition_strength(terms, members)
    burden = prices(terms, M) + terms.drag * victory(terms, M)[..., np.newaxis]
    cost: Floats = np.where(members, burden, 0.0).sum(axis=-1)
    return cost


def payoffs(terms: Terms, members: ArrayLike) -> Floats:
    """Give :math:`U(S) = B p(S) - C(S)` of masks of shape (..., n); shape (...)."""
    p = victory(terms, coalition_strength(terms, members))
    return terms.victory_value * p - total_cost(terms, members)
