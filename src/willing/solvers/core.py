"""Visit the coalitions a window leaves open: the core of the problem."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.payoffs import Masks
from willing.solvers.compiled import payoff
from willing.solvers.windows import bound_at

# Partial coalitions that one enumeration may hold.
MOST_STATES = 1 << 10


class Best(NamedTuple):
    """The best coalitions so far: `values` (k,), their `masks` (k, n), and how many there are.

    `found[0]` counts them, `floor` is what a coalition must be worth more than to be kept at all,
    and `margin` by how much one must beat the worst of a full list to be searched for.
    """

    values: Floats
    masks: Masks
    found: np.ndarray
    floor: float
    margin: float


class Space(NamedTuple):
    """Working arrays: for the partners, shape (n,) or (n + 1,), and for partial coalitions."""

    order: np.ndarray
    ratio: Floats
    side: np.ndarray
    penalty: Floats
    members: Masks
    up: Floats
    down: Floats
    strength: Floats
    spent: Floats
    parent: np.ndarray
    flipped: np.ndarray
    active: np.ndarray


def make_space(n: int) -> Space:
    """Give working arrays for `n` partners."""
    return Space(
        order=np.arange(n),
        ratio=np.empty(n),
        side=np.empty(n, dtype=np.int8),
        penalty=np.empty(n),
        members=np.empty(n, dtype=np.bool_),
        up=np.empty(n + 1),
        down=np.empty(n + 1),
        strength=np.empty(MOST_STATES),
        spent=np.empty(MOST_STATES),
        parent=np.empty(MOST_STATES, dtype=np.int64),
        flipped=np.empty(MOST_STATES, dtype=np.int64),
        active=np.empty(MOST_STATES, dtype=np.int64),
    )


@njit(cache=True)
def threshold(best):  # type: ignore[no-untyped-def]
    """Give what a coalition must be worth more than to be of interest."""
    if best.found[0] < len(best.values):
        return best.floor
    return max(best.floor, best.values.min() + best.margin)


@njit(cache=True)
def offer(game, callback, best, members):  # type: ignore[no-untyped-def]
    """Keep a coalition if it is among the best and new."""
    value = payoff(game, callback, members)
    found, most = best.found[0], len(best.values)
    if value <= best.floor or (found == most and value <= best.values.min()):
        return
    if most > 1:
        for k in range(found):
            if best.values[k] == value and np.array_equal(best.masks[k], members):
                return
    place = found if found < most else best.values.argmin()
    best.values[place] = value
    best.masks[place] = members
    best.found[0] = min(found + 1, most)


@njit(cache=True)
def exchange(game, callback, window, best, space):  # type: ignore[no-untyped-def]
    """Offer the best coalition one exchange away from everybody on the right side.

    An exchange takes one partner in, or lets one go, or both, so as to come near the strength at
    which the bound is highest.
    """
    finite = np.flatnonzero(space.penalty < window.bound - threshold(best))
    finite = finite[np.argsort(game.strength[finite])]
    ins, outs = finite[space.side[finite] > 0], finite[space.side[finite] < 0]
    start = game.leader
    for i in range(len(space.side)):
        if space.side[i] > 0:
            start += game.strength[i]
    peak = window.a
    if window.b > window.a:
        t = 0.5
        if window.bulge > 0.0:
            t += 0.5 * (window.at_b - window.at_a) / window.bulge
        peak += min(max(t, 0.0), 1.0) * (window.b - window.a)
    value, leaves, enters = -np.inf, -1, -1
    place = 0
    for gone in range(-1, len(ins)):
        M, spent = start, 0.0
        if gone >= 0:
            M, spent = start - game.strength[ins[gone]], space.penalty[ins[gone]]
        while place < len(outs) and M + game.strength[outs[place]] < peak:
            place += 1
        for near in (-1, place - 1, place):
            if near >= len(outs) or (near < 0 and near != -1):
                continue
            at, cost = M, spent
            if near >= 0:
                at, cost = M + game.strength[outs[near]], spent + space.penalty[outs[near]]
            if at < window.a or at > window.b:
                continue
            found = bound_at(window, at) - cost
            if found > value:
                value, leaves, enters = found, gone, near
    if value <= threshold(best):
        return
    for i in range(len(space.side)):
        space.members[i] = space.side[i] > 0
    if leaves >= 0:
        space.members[ins[leaves]] = False
    if enters >= 0:
        space.members[outs[enters]] = True
    offer(game, callback, best, space.members)


@njit(cache=True)
def enumerate_core(game, callback, window, slip, best, space, dedupe):  # type: ignore[no-untyped-def]
    """Visit every coalition of the window that can be of interest.

    All partners are put on their right side; partial coalitions are sets of those moved to the
    wrong one, cheapest first, as long as the bound less what that costs stays of interest and
    the window within reach. Gives whether this was completed, and the number of sets.
    """
    slack = window.bound - threshold(best)
    core = np.flatnonzero(space.penalty < slack)
    core = core[np.argsort(space.penalty[core], kind="mergesort")]
    size = len(core)
    space.up[size] = space.down[size] = 0.0
    for j in range(size - 1, -1, -1):
        m = game.strength[core[j]]
        joins = space.side[core[j]] < 0
        space.up[j] = space.up[j + 1] + (m if joins else 0.0)
        space.down[j] = space.down[j + 1] + (0.0 if joins else m)
    M = game.leader
    for i in range(len(space.side)):
        if space.side[i] > 0:
            M += game.strength[i]
    space.strength[0], space.spent[0] = M, 0.0
    space.parent[0] = space.flipped[0] = -1
    space.active[0] = 0
    states = alive = 1
    _visit(game, callback, window, slip, best, space, core, 0)
    for j in range(size):
        i = core[j]
        twin = dedupe and j > 0 and same(game, i, core[j - 1])
        step = game.strength[i] if space.side[i] < 0 else -game.strength[i]
        kept, born = 0, states
        for position in range(alive):
            state = space.active[position]
            spent = space.spent[state] + space.penalty[i]
            if window.bound - spent <= threshold(best):
                continue
            M = space.strength[state]
            if M + space.up[j] < window.a - slip or M - space.down[j] > window.b + slip:
                continue
            space.active[kept] = state
            kept += 1
            if twin and space.flipped[state] != j - 1:
                continue
            M += step
            if M + space.up[j + 1] < window.a - slip or M - space.down[j + 1] > window.b + slip:
                continue
            if states == MOST_STATES:
                return False, states
            space.strength[states], space.spent[states] = M, spent
            space.parent[states], space.flipped[states] = state, j
            _visit(game, callback, window, slip, best, space, core, states)
            states += 1
        for state in range(born, states):
            space.active[kept] = state
            kept += 1
        alive = kept
        if alive == 0:
            break
    return True, states


@njit(cache=True)
def _visit(game, callback, window, slip, best, space, core, state):  # type: ignore[no-untyped-def]
    """Offer the coalition of a state if it lies in the window and its bound is of interest."""
    M = space.strength[state]
    if M < window.a - slip or M > window.b + slip:
        return
    if bound_at(window, M) - space.spent[state] <= threshold(best):
        return
    for i in range(len(space.side)):
        space.members[i] = space.side[i] > 0
    while space.flipped[state] >= 0:
        i = core[space.flipped[state]]
        space.members[i] = not space.members[i]
        state = space.parent[state]
    offer(game, callback, best, space.members)


@njit(cache=True)
def same(game, i, j):  # type: ignore[no-untyped-def]
    """Tell whether two partners are equal in everything that matters to the leader."""
    return (
        game.strength[i] == game.strength[j]
        and game.outlay[i] == game.outlay[j]
        and game.stake[i] == game.stake[j]
        and game.drag[i] == game.drag[j]
    )
