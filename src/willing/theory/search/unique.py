"""Payments that leave the invited no other choice: unique implementation by divide and conquer.

With the prices of partial implementation everybody accepting is one equilibrium among the
invited, and it may not be the only one. Here the leader convinces the members of `S` in some
order. Whoever is convinced takes it for granted that those before her accept and fears the
worst of those after her, so she is paid

    x_i = max(0, max over A of [c_i - s_i (p(M(E) + M(A) + m_i) - p(M(E) + M(A)))]),

`E` those before her, `A` any subset of those after her, `c_i` and `s_i` as in `payoffs.Terms`. At
any payments above these each member in turn finds accepting strictly dominant once those before
her accept. Accepting is then the only choice that survives iterated elimination of dominated
ones, so it is the only Nash equilibrium, in pure and mixed strategies. The least total over orders
is found exactly, by dynamic programming over the subsets `E` (Segal 2003, *Journal of Economic
Theory* 113; Winter 2004, *American Economic Review* 94).

If acceptances are strategic complements no smaller total makes the Nash equilibrium unique. In
general a smaller one may, where it leaves several rationalizable outcomes but one equilibrium.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from willing.kernels import interpreted, kernel
from willing.numbers import Floats
from willing.theory.payoffs import Terms, prices, victory
from willing.theory.search.enumeration import all_coalitions, all_payoffs

# Orders of up to this many members are searched exactly, over the subsets already convinced.
EXACT_SIZE = 16
# With so few pairs of a member and a subset, which are looked at for every member, an order is
# found as Python in some tens of milliseconds.
_FEW = 2_000
# Cells into which strength is cut to bound a stronger coalition's prices from above.
CELLS = 256


@dataclass(frozen=True)
class UniqueOptimum:
    """The coalition a leader builds if everybody's acceptance must be the only equilibrium.

    Attributes
    ----------
    members : numpy.ndarray of int, shape (s,)
        The coalition, in the order in which its members are convinced.
    side_payments : numpy.ndarray, shape (s,)
        What each member is paid, in the same order, at the least; any more makes acceptance the
        unique equilibrium.
    value : float
        The leader's payoff `U` at these payments.
    bound : float
        No coalition and no order gives the leader more; equal to `value` if that is proven.
    """

    members: NDArray[np.int64]
    side_payments: Floats
    value: float
    bound: float


@dataclass(frozen=True)
class Conviction:
    """An order in which the members of one coalition are convinced, and its payments.

    Attributes
    ----------
    order : numpy.ndarray of int, shape (s,)
        The members, first convinced first.
    side_payments : numpy.ndarray, shape (s,)
        What each is paid, in that order.
    """

    order: NDArray[np.int64]
    side_payments: Floats


def unique_optimum(terms: Terms) -> UniqueOptimum:
    """Find the leader's best coalition, exactly, for up to `EXACT_SIZE` partners.

    The value under partial implementation bounds a coalition's value from above, so coalitions
    are looked at in its order until it falls below the best found.
    """
    bounds = all_payoffs(terms)
    coalitions = all_coalitions(len(terms.strength))
    best = _convince(terms, np.empty(0, dtype=np.int64))
    for i in np.argsort(-bounds, kind="stable"):
        if bounds[i] <= best.value:
            break
        found = _convince(terms, np.flatnonzero(coalitions[i]))
        if found.value > best.value:
            best = found
    return best


def unique_bounds(terms: Terms, *, candidate: NDArray[np.int64], bound: float) -> UniqueOptimum:
    """Find a good coalition among many partners, and how much better another could be.

    Starts from a candidate and leaves out the member who is worth least at her payment, as long as
    that helps.

    Parameters
    ----------
    terms
        The game in numbers, with any number of partners.
    candidate : numpy.ndarray of int
        A good coalition, such as the optimum under partial implementation.
    bound
        An upper bound on the leader's value under partial implementation, which bounds her value
        here too.

    Returns
    -------
    UniqueOptimum
        A coalition with payments that suffice, and `bound`.
    """
    best = found = _convince(terms, np.sort(candidate))
    while len(found.members):
        worst = int(np.argmin(_net_worth(terms, found)))
        found = _convince(terms, np.sort(np.delete(found.members, worst)))
        if found.value <= best.value:
            break
        best = found
    return replace(best, bound=max(bound, best.value))


def _net_worth(terms: Terms, found: UniqueOptimum) -> Floats:
    """Give what each member adds to the leader's value less what she is paid, shape (s,)."""
    drag = terms.drag[found.members]
    M = terms.leader_strength + terms.strength[found.members].sum()
    p = victory(terms, M)
    added = p - victory(terms, M - terms.strength[found.members])
    worth: Floats = (terms.victory_value - drag.sum() + drag) * added - drag * p
    return worth - found.side_payments


def _convince(terms: Terms, members: NDArray[np.int64]) -> UniqueOptimum:
    conviction = least_conviction(terms, members)
    p = victory(terms, terms.leader_strength + terms.strength[members].sum())
    worth = (terms.victory_value - terms.drag[members].sum()) * p
    value = float(worth - conviction.side_payments.sum())
    return UniqueOptimum(
        members=conviction.order,
        side_payments=conviction.side_payments,
        value=value,
        bound=value,
    )


def least_conviction(terms: Terms, members: NDArray[np.int64]) -> Conviction:
    """Find the order that convinces all members of a coalition at the least total payment.

    Parameters
    ----------
    terms
        The game in numbers.
    members : numpy.ndarray of int, shape (s,)
        The coalition.

    Returns
    -------
    Conviction
        The least payments for up to `EXACT_SIZE` members. For more, payments that suffice, along
        an order chosen greedily.
    """
    if len(members) > EXACT_SIZE:
        order, payments = _greedy_order(terms, members)
    else:
        p = victory(terms, terms.leader_strength + _subset_sums(terms.strength[members]))
        masks = np.arange(len(p))
        added = np.array([p[masks | 1 << i] - p for i in range(len(members))])
        added.shape = (len(members), len(p))
        outlay, stake = terms.outlay[members, np.newaxis], terms.stake[members, np.newaxis]
        with interpreted(added.size <= _FEW and not _cheapest_order.ready):
            order, payments = _cheapest_order(outlay - stake * added)
    return Conviction(order=members[order], side_payments=payments)


def _subset_sums(values: Floats) -> Floats:
    """Give the sum of every subset, indexed by its bit mask, shape (2^n,)."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


@kernel
def _cheapest_order(required: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Order members so that the sum of their worst-case prices is least.

    `required[i, A]` is what member i must be paid if those of the mask `A` accept. Its largest
    value over the sets that contain `E` is her price when those of `E` are convinced before her.
    """
    size, count = required.shape
    worst = required.copy()
    for i in range(size):
        for mask in range(count - 1, -1, -1):
            if mask >> i & 1:
                continue
            for j in range(size):
                if j != i and not mask >> j & 1:
                    worst[i, mask] = max(worst[i, mask], worst[i, mask | 1 << j])
    total = np.full(count, np.inf)
    total[0] = 0.0
    last = np.zeros(count, dtype=np.int64)
    for mask in range(1, count):
        for i in range(size):
            if mask >> i & 1:
                before = mask ^ 1 << i
                paid = total[before] + max(0.0, worst[i, before])
                if paid < total[mask]:
                    total[mask] = paid
                    last[mask] = i
    order = np.empty(size, dtype=np.int64)
    payments = np.empty(size)
    mask = count - 1
    for position in range(size - 1, -1, -1):
        i = last[mask]
        mask ^= 1 << i
        order[position] = i
        payments[position] = max(0.0, worst[i, mask])
    return order, payments


def _greedy_order(terms: Terms, members: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Convince next whoever asks the smallest premium over being convinced last."""
    low = terms.leader_strength
    whole = low + float(terms.strength[members].sum())
    as_last = prices(terms, whole)[members]
    left = np.arange(len(members))
    order: list[int] = []
    payments: list[float] = []
    while left.size:
        ask = _sufficient_prices(terms, members[left], low, whole)
        chosen = int(np.argmin(ask - as_last[left]))
        order.append(int(left[chosen]))
        payments.append(float(ask[chosen]))
        low += float(terms.strength[members[left[chosen]]])
        left = np.delete(left, chosen)
    return np.array(order, dtype=np.int64), np.array(payments)


def _sufficient_prices(
    terms: Terms, members: NDArray[np.int64], low: float, whole: float
) -> Floats:
    """Bound members' worst-case prices from above when strength `low` is convinced already.

    The strength of the others lies between `low` and `whole - m_i`. On a cell [a, b] of it a
    nondecreasing `p` keeps what i adds within [p(a + m_i) - p(b), p(b + m_i) - p(a)].
    """
    m = terms.strength[members, np.newaxis]
    edges = low + np.linspace(0.0, 1.0, CELLS + 1) * (whole - m - low)
    a, b = edges[:, :-1], edges[:, 1:]
    least = (victory(terms, a + m) - victory(terms, b)).min(axis=1)
    most = (victory(terms, b + m) - victory(terms, a)).max(axis=1)
    stake = terms.stake[members]
    added = np.where(stake >= 0.0, least, most)
    ask: Floats = np.maximum(0.0, terms.outlay[members] - stake * added)
    return ask
