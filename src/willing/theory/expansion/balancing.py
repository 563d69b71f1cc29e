"""What third parties do against a coalition, as functions of arrays.

A third party `z` that joins the target gains `w_z [p(M, y) - p(M, y + m_z)] - c_z`, where `y` is
the strength on the target's side without it. Divided by its stake `w_z`, that is the change in

    Phi(J) = -p(M, m_T + sum_J m_z) - sum_J c_z / w_z,

the same function for everybody: the balancers play a weighted potential game (Monderer and Shapley
1996). So a pure equilibrium exists for every contest, whether their help is complementary (where
`p` is concave in the target's strength) or substitutable (where it is convex).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats, Ints, Masks
from willing.theory.payoffs import Terms, coalition_strength

Response = Literal["potential", "largest", "smallest", "target"]

# Differences of probabilities below this are ties: an indifferent third party joins.
TIE = 1e-12
# Coalitions whose victory probabilities are held at a time, times sets of balancers.
_CELLS = 1 << 22


@dataclass(frozen=True, eq=False)
class Threat:
    """The third parties in numbers.

    Attributes
    ----------
    strength, cost
        :math:`m_z` and :math:`c_z`, shape (k,).
    to_leader, to_partners
        Distances :math:`D_{zL}`, shape (k,), and :math:`D_{zi}`, shape (k, n).
    divergence
        :math:`d_i` of the partners, shape (n,).
    alarm, fractiousness
        :math:`\\alpha` and :math:`\\eta`.
    response
        Who decides, and which equilibrium is played.
    target_value
        :math:`B_T`, what victory is worth to the target's leader.
    """

    strength: Floats
    cost: Floats
    to_leader: Floats
    to_partners: Floats
    divergence: Floats
    alarm: float
    fractiousness: float
    response: Response
    target_value: float


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What follows each of several coalitions.

    Attributes
    ----------
    victory
        Probability that the leader wins against the target and those who join it, shape (s,).
    joined
        The balancers who join, as a code whose bit `z` is balancer `z`, shape (s,).
    """

    victory: Floats
    joined: Ints


def stakes(terms: Terms, threat: Threat, members: Masks) -> Floats:
    """Give :math:`w_z(S)` of coalitions, masks of shape (s, n); shape (s, k).

    :math:`w_z(S) = \\alpha D_z(S) \\max(0, 1 - \\eta \\bar d(S))`, with :math:`D_z` the mean
    distance from `z` to the leader and the members and :math:`\\bar d` their mean divergence from
    the leader, both weighted by strength.
    """
    M = coalition_strength(terms, members)
    weight = np.asarray(members, dtype=float) * terms.strength
    distance = terms.leader_strength * threat.to_leader + weight @ threat.to_partners.T
    cohesion = 1.0 - threat.fractiousness * (weight @ threat.divergence) / M
    w: Floats = threat.alarm * distance / M[:, np.newaxis]
    return w * np.maximum(0.0, cohesion)[:, np.newaxis]


def victory_table(terms: Terms, threat: Threat, M: Floats) -> Floats:
    """Give `p(M, m_T + sum_J m_z)` for strengths (s,) and every set `J`; shape (s, 2**k)."""
    y = terms.target_strength + subset_sums(threat.strength)
    return np.stack([np.asarray(terms.contest(M, float(one)), dtype=float) for one in y], axis=-1)


def outcomes(terms: Terms, threat: Threat, members: Masks) -> Outcomes:
    """Give the third parties' response to coalitions, masks of shape (s, n)."""
    rows = max(1, _CELLS >> len(threat.strength))
    victory = np.empty(len(members))
    joined = np.empty(len(members), dtype=np.int64)
    for start in range(0, len(members), rows):
        chunk = slice(start, start + rows)
        p = victory_table(terms, threat, coalition_strength(terms, members[chunk]))
        w = stakes(terms, threat, members[chunk])
        if threat.response == "target":
            codes = target_choices(p, threat.cost, w, threat.target_value)
        else:
            price = prices_of_joining(threat.cost, w)
            codes = selected_equilibria(p, price, threat.strength, threat.response)
        joined[chunk] = codes
        victory[chunk] = p[np.arange(len(p)), codes]
    return Outcomes(victory, joined)


def prices_of_joining(cost: Floats, stake: Floats) -> Floats:
    """Give `c_z / w_z`, the fall in `p` for which `z` joins; infinite without a stake."""
    with np.errstate(divide="ignore", invalid="ignore"):
        price: Floats = np.where(cost > 0.0, cost / stake, 0.0)
    return price


def selected_equilibria(p: Floats, price: Floats, strength: Floats, response: Response) -> Ints:
    """Give the equilibrium that the balancers play, one for each row.

    Parameters
    ----------
    p
        Victory probabilities for every set of balancers, shape (s, 2**k).
    price
        `c_z / w_z`, shape (s, k).
    strength
        `m_z`, shape (k,). It orders equilibria even where `p` is too small to.
    response
        ``"potential"``: the set that maximises the potential. ``"largest"`` and ``"smallest"``:
        the equilibrium with the most and the least strength. Of equally good ones that with more
        members.
    """
    sums = subset_sums(strength)
    share = sums / sums.max() if sums.max() > 0.0 else sums
    codes: Ints = _select(p, price, share, ("potential", "largest", "smallest").index(response))
    return codes


def subset_sums(values: Floats) -> Floats:
    """Give the sum of every subset of `k` values, shape (2**k,), in the order of its code."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


@kernel
def stable(p, price, code):  # type: ignore[no-untyped-def]
    """Say whether a set of balancers is an equilibrium: each joins iff it gains or is indifferent.

    `p` has shape (2**k,) and `price` shape (k,).
    """
    for z in range(len(price)):
        bit = 1 << z
        if code & bit:
            if p[code ^ bit] - p[code] < price[z] - TIE:
                return False
        elif p[code] - p[code | bit] >= price[z] - TIE:
            return False
    return True


@kernel
def _members(code):  # type: ignore[no-untyped-def]
    count = 0
    while code:
        code &= code - 1
        count += 1
    return count


@kernel
def _select(p, price, share, rule):  # type: ignore[no-untyped-def]
    chosen = np.zeros(len(p), dtype=np.int64)
    total = np.zeros(p.shape[1])
    for s in range(len(p)):
        for z in range(price.shape[1]):
            for code in range(1 << z):
                total[code | 1 << z] = total[code] + price[s, z]
        best, size = -np.inf, -1
        for code in range(p.shape[1]):
            if rule == 0:
                value = -p[s, code] - total[code]
            elif stable(p[s], price[s], code):
                value = share[code] if rule == 1 else -share[code]
            else:
                continue
            members = _members(code)
            if value > best + TIE or (value >= best - TIE and members > size):
                best, size, chosen[s] = max(value, best), members, code
    return chosen


@kernel
def target_choices(p, cost, stake, value):  # type: ignore[no-untyped-def]
    """Give the coalition that the target's leader builds, one for each row.

    She pays each member the least at which it joins, given the others,
    `max(0, c_z - w_z [p without z - p])`, and maximises `value (1 - p)` less what she pays. Of
    equally good coalitions she takes the first, in the order of codes.

    Parameters
    ----------
    p
        The opponent's victory probabilities, shape (s, 2**k).
    cost, stake
        :math:`c_z`, shape (k,), and :math:`w_z`, shape (s, k).
    value
        :math:`B_T`.
    """
    chosen = np.zeros(len(p), dtype=np.int64)
    for s in range(len(p)):
        best = -np.inf
        for code in range(p.shape[1]):
            worth = value * (1.0 - p[s, code])
            for z in range(len(cost)):
                if code >> z & 1:
                    fall = p[s, code ^ (1 << z)] - p[s, code]
                    worth -= max(0.0, cost[z] - stake[s, z] * fall)
            if worth > best + TIE:
                best, chosen[s] = worth, code
    return chosen
