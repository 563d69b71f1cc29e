"""Payments that leave the invited no other choice: unique implementation by divide and conquer.

With the prices of partial implementation everybody accepting is one equilibrium among the
invited, and it may not be the only one. Here the leader convinces the members of `S` in some
order. Whoever is convinced takes it for granted that those before her accept and fears the
worst of those after her, so she is paid

    x_i = max(0, max over A of [k_i - v_i (p(M(E) + M(A) + m_i) - p(M(E) + M(A)))]),

`E` those before her, `A` any subset of those after her. At any payments above these each member
in turn finds accepting strictly dominant once those before her accept. Accepting is then the
only choice that survives iterated elimination of dominated ones, so it is the only Nash
equilibrium, in pure and mixed strategies. The least total over orders is found exactly, by
dynamic programming over the subsets `E` (Segal 2003, *Journal of Economic Theory* 113; Winter
2004, *American Economic Review* 94).

If acceptances are strategic complements no smaller total makes the Nash equilibrium unique. In
general a smaller one may, where it leaves several rationalizable outcomes but one equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Victory = Callable[[Floats], Floats]

# Orders of this many members are searched exactly (2^12 subsets of those already convinced).
EXACT_SIZE = 12
# Cells into which strength is cut to bound a stronger coalition's prices from above.
CELLS = 512


@dataclass(frozen=True)
class PivotalGame:
    """What unique implementation needs to know of a crisis under pivotal pricing.

    Attributes
    ----------
    base : float
        `m_L`, the leader's strength.
    strength, cost, stake, divergence : numpy.ndarray, shape (n,)
        `m_i`, `k_i`, `v_i` and `d_i` of the partners.
    victory
        `p`, probability of victory as a function of an array of strengths, nondecreasing.
    victory_value : float
        `B`, what victory is worth to the leader.
    friction : float
        `lambda`.
    """

    base: float
    strength: Floats
    cost: Floats
    stake: Floats
    divergence: Floats
    victory: Victory
    victory_value: float
    friction: float


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


def unique_optimum(game: PivotalGame) -> UniqueOptimum:
    """Find the leader's best coalition, exactly, for up to `EXACT_SIZE` partners.

    The value under partial implementation bounds a coalition's value from above, so coalitions
    are looked at in its order until it falls below the best found.
    """
    bounds = partial_values(game)
    n = len(game.strength)
    best = _convince(game, np.empty(0, dtype=np.int64))
    for mask in np.argsort(-bounds, kind="stable"):
        if bounds[mask] <= best.value:
            break
        found = _convince(game, np.flatnonzero(mask >> np.arange(n) & 1))
        if found.value > best.value:
            best = found
    return best


def unique_bounds(
    game: PivotalGame, *, candidate: NDArray[np.int64], bound: float
) -> UniqueOptimum:
    """Find a good coalition among many partners, and how much better another could be.

    Starts from a candidate and leaves out the member whose absence helps most, while it does.

    Parameters
    ----------
    game
        The game, with any number of partners.
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
    best = _convince(game, np.sort(candidate))
    while True:
        without = [_convince(game, np.setdiff1d(best.members, [i])) for i in best.members]
        better = max(without, key=lambda found: found.value, default=best)
        if better.value <= best.value:
            return replace(best, bound=max(bound, best.value))
        best = better


def partial_values(game: PivotalGame) -> Floats:
    """Give the leader's value of every coalition under partial implementation, shape (2^n,).

    Indexed by bit mask: partner i is a member if bit i is set.
    """
    p = game.victory(game.base + subset_sums(game.strength))
    value = (game.victory_value - game.friction * subset_sums(game.divergence)) * p
    masks = np.arange(len(p))
    for i, (cost, stake) in enumerate(zip(game.cost, game.stake, strict=True)):
        with_i = masks[masks >> i & 1 == 1]
        value[with_i] -= np.maximum(0.0, cost - stake * (p[with_i] - p[with_i ^ 1 << i]))
    return value


def _convince(game: PivotalGame, members: NDArray[np.int64]) -> UniqueOptimum:
    conviction = least_conviction(game, members)
    p = game.victory(np.array([game.base + game.strength[members].sum()]))[0]
    worth = (game.victory_value - game.friction * game.divergence[members].sum()) * p
    value = float(worth - conviction.side_payments.sum())
    return UniqueOptimum(
        members=conviction.order,
        side_payments=conviction.side_payments,
        value=value,
        bound=value,
    )


def least_conviction(game: PivotalGame, members: NDArray[np.int64]) -> Conviction:
    """Find the order that convinces all members of a coalition at the least total payment.

    Parameters
    ----------
    game
        The game the coalition is part of.
    members : numpy.ndarray of int, shape (s,)
        The coalition.

    Returns
    -------
    Conviction
        The least payments for up to `EXACT_SIZE` members. For more, payments that suffice, along
        an order chosen greedily.
    """
    strength, cost, stake = game.strength[members], game.cost[members], game.stake[members]
    if len(members) > EXACT_SIZE:
        order, payments = _greedy_order(game.base, strength, cost, stake, game.victory)
    else:
        p = game.victory(game.base + subset_sums(strength))
        masks = np.arange(len(p))
        added = [p[masks | 1 << i] - p[masks] for i in range(len(members))]
        required = cost[:, None] - stake[:, None] * np.reshape(added, (len(members), len(p)))
        order, payments = _cheapest_order(required)
    return Conviction(order=members[order], side_payments=payments)


def subset_sums(values: Floats) -> Floats:
    """Give the sum of every subset, indexed by its bit mask, shape (2^n,)."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


@njit(cache=True)
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


def _greedy_order(
    base: float, strength: Floats, cost: Floats, stake: Floats, victory: Victory
) -> tuple[NDArray[np.int64], Floats]:
    """Convince next whoever asks the smallest premium over being convinced last."""
    whole = base + float(strength.sum())
    as_last = np.maximum(
        0.0, cost - stake * (victory(np.array([whole])) - victory(whole - strength))
    )
    left = np.arange(len(strength))
    order: list[int] = []
    payments: list[float] = []
    while left.size:
        prices = _sufficient_prices(base, whole, strength[left], cost[left], stake[left], victory)
        chosen = int(np.argmin(prices - as_last[left]))
        order.append(int(left[chosen]))
        payments.append(float(prices[chosen]))
        base += strength[left[chosen]]
        left = np.delete(left, chosen)
    return np.array(order, dtype=np.int64), np.array(payments)


def _sufficient_prices(
    base: float, whole: float, strength: Floats, cost: Floats, stake: Floats, victory: Victory
) -> Floats:
    """Bound each member's worst-case price from above when those in `base` are convinced.

    The strength of the others lies between `base` and `whole - m_i`. On a cell [a, b] of it a
    nondecreasing `p` keeps what i adds within [p(a + m_i) - p(b), p(b + m_i) - p(a)].
    """
    edges = base + np.linspace(0.0, 1.0, CELLS + 1) * (whole - strength - base)[:, None]
    low, high = edges[:, :-1], edges[:, 1:]
    m = strength[:, None]
    least = (victory(low + m) - victory(high)).min(axis=1)
    most = (victory(high + m) - victory(low)).max(axis=1)
    added = np.where(stake >= 0.0, least, most)
    return cast(Floats, np.maximum(0.0, cost - stake * added))
