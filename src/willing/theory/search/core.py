"""Visit the coalitions a window leaves open: the core of the problem."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats, Masks
from willing.theory.search.compiled import payoff
from willing.theory.search.windows import bound_at

# Partial coalitions that one enumeration may hold.
MOST_STATES = 1 << 11
# Exchanges in a row; a few are enough unless the start is far off.
_EXCHANGES = 4


class Best(NamedTuple):
    """The best coalitions so far: `values` (k,) and their `masks` (k, n).

    `found[0]` counts them, and `worst[0]` is what another one must be worth more than to be kept.
    To be searched for, it must be so by more than `margin`.
    """

    values: Floats
    masks: Masks
    found: np.ndarray
    worst: Floats
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


@kernel
def threshold(best):  # type: ignore[no-untyped-def]
    """Give what a coalition must be worth more than to be searched for."""
    return best.worst[0] + best.margin


@kernel
def offer(game, callback, best, members):  # type: ignore[no-untyped-def]
    """Keep a coalition if it is among the best and new."""
    value = payoff(game, callback, members)
    if value <= best.worst[0]:
        return
    found, most = best.found[0], len(best.values)
    for k in range(found):
        if best.values[k] == value and np.array_equal(best.masks[k], members):
            return
    place = found if found < most else best.values.argmin()
    best.values[place] = value
    best.masks[place] = members
    best.found[0] = min(found + 1, most)
    if best.found[0] == most:
        best.worst[0] = best.values.min()


@kernel
def improve(game, callback, window, slip, best, space):  # type: ignore[no-untyped-def]
    """Offer what exchanges of partners make of the cheapest coalition.

    They aim at the strength at which the window's parabola peaks.
    """
    core = np.flatnonzero(space.penalty < window.bound - threshold(best))
    ranked = core[np.argsort(space.ratio[core], kind="mergesort")]
    core = core[np.argsort(game.strength[core], kind="mergesort")]
    width = window.b - window.a
    peak, bend = window.a, game.worth / (slip * slip)
    if width > slip and window.bulge > 0.0:
        t = 0.5 + 0.5 * (window.at_b - window.at_a) / window.bulge
        peak += min(max(t, 0.0), 1.0) * width
        bend = window.bulge / (width * width)
    M, spent = _fill(game, space, ranked, peak)
    loss = spent + bend * (M - peak) ** 2
    for _ in range(_EXCHANGES):
        found, leaves, enters = _best_exchange(game, peak, bend, space, core, M, spent)
        if found >= loss:
            break
        loss = found
        if leaves >= 0:
            M, spent = _flip(game, space, leaves, M, spent)
        if enters >= 0:
            M, spent = _flip(game, space, enters, M, spent)
    if window.bound - loss > threshold(best):
        offer(game, callback, best, space.members)


@kernel
def _fill(game, space, ranked, peak):  # type: ignore[no-untyped-def]
    """Take in the partners ranked first who fit under the peak; give strength and penalties."""
    space.members[:] = space.side > 0
    space.members[ranked] = False
    M, spent = game.leader, 0.0
    for i in range(len(space.side)):
        if space.members[i]:
            M += game.strength[i]
    for i in ranked:
        if M + game.strength[i] <= peak:
            space.members[i] = True
            M += game.strength[i]
        if space.members[i] != (space.side[i] > 0):
            spent += space.penalty[i]
    return M, spent


@kernel
def _best_exchange(game, peak, bend, space, core, M, spent):  # type: ignore[no-untyped-def]
    """Find whom to let go and whom to take in, one each or none (-1), for the least loss.

    For everyone who may leave, only those are tried who bring the strength nearest to the peak.
    `core` is sorted by strength.
    """
    outside = core[~space.members[core]]
    loss, leaves, enters = np.inf, -1, -1
    place = 0
    for position in range(-1, len(core)):
        gone = core[position] if position >= 0 else -1
        if gone >= 0 and not space.members[gone]:
            continue
        at, cost = (M, spent) if gone < 0 else _after(game, space, gone, M, spent)
        while place < len(outside) and at + game.strength[outside[place]] < peak:
            place += 1
        if cost + bend * (at - peak) ** 2 < loss:
            loss, leaves, enters = cost + bend * (at - peak) ** 2, gone, -1
        for near in range(max(place - 1, 0), min(place + 1, len(outside))):
            end, total = _after(game, space, outside[near], at, cost)
            if total + bend * (end - peak) ** 2 < loss:
                loss, leaves, enters = total + bend * (end - peak) ** 2, gone, outside[near]
    return loss, leaves, enters


@kernel
def _after(game, space, i, M, spent):  # type: ignore[no-untyped-def]
    """Give strength and penalties after partner `i` changes sides."""
    wrong = space.members[i] == (space.side[i] > 0)
    return (
        M - game.strength[i] if space.members[i] else M + game.strength[i],
        spent + space.penalty[i] if wrong else spent - space.penalty[i],
    )


@kernel
def _flip(game, space, i, M, spent):  # type: ignore[no-untyped-def]
    """Change the side of partner `i`; give strength and penalties after."""
    after = _after(game, space, i, M, spent)
    space.members[i] = not space.members[i]
    return after


@kernel
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
    strength, spent, active = space.strength, space.spent, space.active
    lowest, highest = window.a - slip, window.b + slip
    M = game.leader
    for i in range(len(space.side)):
        if space.side[i] > 0:
            M += game.strength[i]
    strength[0], spent[0], active[0] = M, 0.0, 0
    space.parent[0] = space.flipped[0] = -1
    if lowest <= M <= highest:
        _visit(game, callback, best, space, core, 0)
    states = alive = 1
    for j in range(size):
        i = core[j]
        twin = dedupe and j > 0 and same(game, i, core[j - 1])
        step = game.strength[i] if space.side[i] < 0 else -game.strength[i]
        kept, born = 0, states
        for position in range(alive):
            state = active[position]
            cost = spent[state] + space.penalty[i]
            M = strength[state]
            if window.bound - cost <= threshold(best):
                continue
            if M + space.up[j] < lowest or M - space.down[j] > highest:
                continue
            active[kept] = state
            kept += 1
            if twin and space.flipped[state] != j - 1:
                continue
            M += step
            if M + space.up[j + 1] < lowest or M - space.down[j + 1] > highest:
                continue
            if states == MOST_STATES:
                return False, states
            strength[states], spent[states] = M, cost
            space.parent[states], space.flipped[states] = state, j
            if lowest <= M <= highest and bound_at(window, M) - cost > threshold(best):
                _visit(game, callback, best, space, core, states)
            states += 1
        for state in range(born, states):
            active[kept] = state
            kept += 1
        alive = kept
        if alive == 0:
            break
    return True, states


@kernel
def _visit(game, callback, best, space, core, state):  # type: ignore[no-untyped-def]
    """Offer the coalition of a state."""
    for i in range(len(space.side)):
        space.members[i] = space.side[i] > 0
    while space.flipped[state] >= 0:
        i = core[space.flipped[state]]
        space.members[i] = not space.members[i]
        state = space.parent[state]
    offer(game, callback, best, space.members)


@kernel
def same(game, i, j):  # type: ignore[no-untyped-def]
    """Tell whether two partners are equal in everything that matters to the leader."""
    return (
        game.strength[i] == game.strength[j]
        and game.outlay[i] == game.outlay[j]
        and game.stake[i] == game.stake[j]
        and game.drag[i] == game.drag[j]
        and game.exposure[i] == game.exposure[j]
    )
