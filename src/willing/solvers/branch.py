"""Branch on windows of coalition strength, enumerate what each leaves open."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.payoffs import Masks
from willing.solvers.compiled import payoff
from willing.solvers.windows import bound_at, bound_window, rank_partners

# Partial coalitions a window may take up before it is rather split: at first and at most.
_FIRST_STATES = 256
MOST_STATES = 1 << 20


class Best(NamedTuple):
    """The best coalitions so far: `values` (k,), their `masks` (k, n), and how many there are.

    `found[0]` counts them, `floor` is what a coalition must be worth to be kept at all, and
    `margin` by how much one must beat the worst of a full list.
    """

    values: Floats
    masks: Masks
    found: np.ndarray
    floor: float
    margin: float


class Open(NamedTuple):
    """Windows still to look into, as a heap by bound: rows of (bound, a, b, depth).

    `size[0]` counts them; `unresolved[0]` is the highest bound of a window given up.
    """

    rows: Floats
    size: np.ndarray
    unresolved: Floats


class Space(NamedTuple):
    """Working arrays: for the partners (n,), and for partial coalitions."""

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


@njit(cache=True)
def explore(game, callback, unit, slip, budget, best, windows, space, dedupe):  # type: ignore[no-untyped-def]
    """Look into open windows, the most promising first, until none can hold a better coalition.

    Parameters
    ----------
    unit
        Strengths are whole multiples of this; 0 if they are not.
    slip
        Rounding allowed in strengths.
    budget
        Stop once this many partial coalitions have been looked at.
    dedupe
        Whether of coalitions that differ by a swap of equal partners one is enough.

    Returns
    -------
    int
        How many partial coalitions were looked at.
    """
    work = 0
    separable = True
    for i in range(len(game.stake)):
        separable &= game.stake[i] == 0.0
    while windows.size[0] > 0 and work < budget:
        parent, a, b, depth = _pop(windows)
        if parent <= threshold(best):
            windows.size[0] = 0
            break
        work += len(space.side)
        fits = rank_partners(game, callback, 0.5 * (a + b), space.order, space.ratio)
        theta = space.ratio[space.order[fits]]
        if np.isinf(theta):
            theta = 0.0
        space.members[:] = False
        for position in range(fits):
            space.members[space.order[position]] = True
        offer(game, callback, best, space.members)
        space.members[space.order[fits]] = True
        offer(game, callback, best, space.members)
        window = bound_window(game, callback, a, b, theta, slip, space.side, space.penalty)
        bound = min(parent, window.bound)
        if bound <= threshold(best):
            continue
        point = b - a <= slip
        most = MOST_STATES if point else min(MOST_STATES, _FIRST_STATES << int(depth))
        closed, states = _enumerate(
            game, callback, window, slip, best, space, most, dedupe, separable
        )
        work += states
        if closed:
            continue
        if point or windows.size[0] + 2 > len(windows.rows):
            windows.unresolved[0] = max(windows.unresolved[0], bound)
            continue
        left, right = _halves(game.leader, a, b, unit)
        _push(windows, bound, a, left, depth + 1.0)
        _push(windows, bound, right, b, depth + 1.0)
    return work


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
def _enumerate(game, callback, window, slip, best, space, most, dedupe, separable):  # type: ignore[no-untyped-def]
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
    _visit(game, callback, window, slip, best, space, core, 0, separable)
    for j in range(size):
        i = core[j]
        twin = dedupe and j > 0 and _same(game, i, core[j - 1])
        step = game.strength[i] if space.side[i] < 0 else -game.strength[i]
        kept, before = 0, alive
        born = states
        for position in range(before):
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
            if states == most:
                return False, states
            space.strength[states], space.spent[states] = M, spent
            space.parent[states], space.flipped[states] = state, j
            _visit(game, callback, window, slip, best, space, core, states, separable)
            states += 1
        for state in range(born, states):
            space.active[kept] = state
            kept += 1
        alive = kept
        if alive == 0:
            break
    return True, states


@njit(cache=True)
def _visit(game, callback, window, slip, best, space, core, state, separable):  # type: ignore[no-untyped-def]
    """Offer the coalition of a state if it lies in the window and its bound is of interest."""
    M = space.strength[state]
    if M < window.a - slip or M > window.b + slip:
        return
    spent = space.spent[state]
    if bound_at(game, callback, window, separable, M) - spent <= threshold(best):
        return
    for i in range(len(space.side)):
        space.members[i] = space.side[i] > 0
    while space.flipped[state] >= 0:
        i = core[space.flipped[state]]
        space.members[i] = not space.members[i]
        state = space.parent[state]
    offer(game, callback, best, space.members)


@njit(cache=True)
def _same(game, i, j):  # type: ignore[no-untyped-def]
    return (
        game.strength[i] == game.strength[j]
        and game.outlay[i] == game.outlay[j]
        and game.stake[i] == game.stake[j]
        and game.drag[i] == game.drag[j]
    )


@njit(cache=True)
def _halves(leader, a, b, unit):  # type: ignore[no-untyped-def]
    """Give where the lower half of a window ends and the upper one begins."""
    if unit == 0.0:
        middle = 0.5 * (a + b)
        return middle, middle
    steps = np.floor((0.5 * (a + b) - leader) / unit + 1e-6)
    return leader + steps * unit, leader + (steps + 1.0) * unit


@njit(cache=True)
def _push(windows, bound, a, b, depth):  # type: ignore[no-untyped-def]
    rows, place = windows.rows, windows.size[0]
    windows.size[0] += 1
    while place > 0 and rows[(place - 1) // 2, 0] < bound:
        rows[place] = rows[(place - 1) // 2]
        place = (place - 1) // 2
    rows[place, 0], rows[place, 1], rows[place, 2], rows[place, 3] = bound, a, b, depth


@njit(cache=True)
def _pop(windows):  # type: ignore[no-untyped-def]
    rows = windows.rows
    bound, a, b, depth = rows[0, 0], rows[0, 1], rows[0, 2], rows[0, 3]
    windows.size[0] -= 1
    size = windows.size[0]
    last = rows[size].copy()
    place = 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and rows[child + 1, 0] > rows[child, 0]:
            child += 1
        if rows[child, 0] <= last[0]:
            break
        rows[place] = rows[child]
        place = child
    rows[place] = last
    return bound, a, b, depth
