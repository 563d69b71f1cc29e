"""The leader's payoff and the partners' prices, as pure functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from willing.numbers import Floats, Ints
from willing.theory.contest import Contest


@dataclass(frozen=True)
class Settlement:
    """What bargaining with the target before the war adds to a game.

    The leader demands a share of what is at stake, and the target, whose cost of war is private,
    concedes or fights. Her demand exceeds what she can expect from war by
    :math:`z(M) = \\min(z^*, 1 - p(M))`: the second where she demands everything.

    Attributes
    ----------
    margin
        :math:`z^* \\ge 0`, how far the demand exceeds :math:`p` unless it is capped.
    support
        :math:`\\bar c > 0`: the target's cost of war is uniform on :math:`[0, \\bar c]`.
    war_cost
        :math:`c_L \\ge 0`, the leader's cost of war.
    """

    margin: float
    support: float
    war_cost: float


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
    settlement
        Bargaining before the war, if there is any. Then :math:`p` is replaced by the expected
        share :math:`Y(M)`, and partner `i` asks :math:`e_i \\pi(M)` more, :math:`\\pi` being the
        probability of war.
    exposure
        :math:`e_i`, shape (n,): what war costs `i`; of use with a settlement only.
    power
        :math:`\\beta` in [0, 1]: the share that `i` gets of what her help is worth to the leader
        beyond what she asks, :math:`B [p(M) - p(M - m_i)] - x_i`, if that is positive.
    """

    leader_strength: float
    target_strength: float
    strength: Floats
    outlay: Floats
    stake: Floats
    drag: Floats
    victory_value: float
    contest: Contest
    settlement: Settlement | None = None
    exposure: Floats | None = None
    power: float = 0.0

    def of(self, partners: Ints) -> Terms:
        """Give the game of some partners, by their positions."""
        return replace(
            self,
            strength=self.strength[partners],
            outlay=self.outlay[partners],
            stake=self.stake[partners],
            drag=self.drag[partners],
            exposure=None if self.exposure is None else self.exposure[partners],
        )


def coalition_strength(terms: Terms, members: ArrayLike) -> Floats:
    """Give :math:`M(S)` of coalitions, masks of shape (..., n); shape (...)."""
    M: Floats = terms.leader_strength + np.asarray(members, dtype=float) @ terms.strength
    return M


def victory(terms: Terms, M: ArrayLike) -> Floats:
    """Give :math:`p(M)`, in the shape of `M`."""
    p: Floats = np.asarray(terms.contest(np.asarray(M, dtype=float), terms.target_strength))
    return p


def share(terms: Terms, M: ArrayLike) -> Floats:
    """Give :math:`Y(M)`, what the leader can expect of what is at stake, in the shape of `M`.

    Without bargaining it is :math:`p(M)`, else :math:`p + z (1 - z / \\bar c)`.
    """
    p = victory(terms, M)
    if terms.settlement is None:
        return p
    z = np.minimum(terms.settlement.margin, 1.0 - p)
    return p + z * (1.0 - z / terms.settlement.support)


def war_risk(terms: Terms, M: ArrayLike) -> Floats:
    """Give :math:`\\pi(M) = z / \\bar c` with bargaining, in the shape of `M`; zero without."""
    if terms.settlement is None:
        return np.zeros(np.shape(M))
    z = np.minimum(terms.settlement.margin, 1.0 - victory(terms, M))
    return z / terms.settlement.support


def stakes_less_war(terms: Terms, M: ArrayLike) -> Floats:
    """Give :math:`B Y(M) - c_L \\pi(M)`, what a coalition is worth before it is paid."""
    worth: Floats = terms.victory_value * share(terms, M)
    if terms.settlement is None:
        return worth
    return worth - terms.settlement.war_cost * war_risk(terms, M)


def with_power(terms: Terms, least: Floats, contribution: Floats) -> Floats:
    """Give what partners are paid who ask `least` and add `contribution` to victory."""
    if terms.power == 0.0:
        return least
    surplus = terms.victory_value * contribution - least
    return least + terms.power * np.maximum(0.0, surplus)


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
    return _prices(terms, M, np.maximum(M - terms.strength, terms.leader_strength))


def member_prices(terms: Terms, members: ArrayLike) -> Floats:
    """Give :math:`x_i` of the members of coalitions, masks of shape (..., n), zero for others.

    As `prices`, but what a coalition is without a member is added up from the others: where she is
    many orders stronger than they are, the difference of the sums would be rounding.
    """
    members = np.asarray(members, dtype=bool)
    strength = np.where(members, terms.strength, 0.0)
    before = np.zeros_like(strength)
    before[..., 1:] = np.cumsum(strength[..., :-1], axis=-1)
    after = np.zeros_like(strength)
    after[..., :-1] = np.cumsum(strength[..., :0:-1], axis=-1)[..., ::-1]
    M = coalition_strength(terms, members)[..., np.newaxis]
    paid = _prices(terms, M, terms.leader_strength + (before + after))
    return np.where(members, paid, 0.0)


def _prices(terms: Terms, M: Floats, without: Floats) -> Floats:
    """Give the prices where a coalition has strength `M`, and `without` each partner's."""
    contribution = share(terms, M) - share(terms, without)
    outlay = terms.outlay
    if terms.exposure is not None:
        outlay = outlay + terms.exposure * war_risk(terms, M)
    least = np.maximum(0.0, outlay - terms.stake * contribution)
    return with_power(terms, least, contribution)


def total_cost(terms: Terms, members: ArrayLike) -> Floats:
    """Give :math:`C(S)`, payments and friction, of masks of shape (..., n); shape (...)."""
    members = np.asarray(members, dtype=bool)
    M = coalition_strength(terms, members)
    drag = np.where(members, terms.drag * victory(terms, M)[..., np.newaxis], 0.0)
    cost: Floats = (member_prices(terms, members) + drag).sum(axis=-1)
    return cost


def payoffs(terms: Terms, members: ArrayLike) -> Floats:
    """Give :math:`U(S) = B p(S) - C(S)` of masks of shape (..., n); shape (...)."""
    M = coalition_strength(terms, members)
    return stakes_less_war(terms, M) - total_cost(terms, members)
