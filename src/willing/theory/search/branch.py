"""Branch on windows of coalition strength and on partners."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats
from willing.theory.search.compiled import CUSTOM
from willing.theory.search.core import enumerate_core, improve, offer, same, threshold
from willing.theory.search.windows import bound_window, rank_partners, trim

# Nodes open at the same time; each holds a row of n bytes.
MOST_OPEN = 1 << 16
# A node is bounded again while that narrows its window to less than this share.
_WORTHWHILE = 0.5
# No exchanges are tried when no more partners than this are free, as all are enumerated.
_SMALL_CORE = 16
# Under a contest of the user's, branching is on partners only in windows narrower than this share.
_NARROW = 1e-4
# A window is halved as long as its bound is loose by more than this share of the slack.
_LOOSE = 0.25


class Tree(NamedTuple):
    """The open nodes: a heap by bound of rows (bound, a, b, slot), and by slot who is in or out.

    `size[0]` counts them, `unresolved[0]` is the highest bound of a node given up, and
    `vacant[: MOST_OPEN - size]` are the slots not in use.
    """

    rows: Floats
    status: np.ndarray
    vacant: np.ndarray
    size: np.ndarray
    unresolved: Floats


def make_tree(n: int, low: float, high: float) -> Tree:
    """Give a tree with one node: every partner free, strengths from `low` to `high`."""
    tree = Tree(
        rows=np.empty((MOST_OPEN, 4)),
        status=np.empty((MOST_OPEN, n), dtype=np.int8),
        vacant=np.arange(MOST_OPEN - 1, -1, -1),
        size=np.zeros(1, dtype=np.int64),
        unresolved=np.full(1, -np.inf),
    )
    slot = tree.vacant[-1]
    tree.rows[0], tree.status[slot], tree.size[0] = (np.inf, low, high, slot), 0, 1
    return tree


@kernel
def explore(game, callback, unit, slip, budget, best, tree, space, dedupe):  # type: ignore[no-untyped-def]
    """Look into open nodes, the most promising first, until none can hold a better coalition.

    Parameters
    ----------
    unit
        Strengths are whole multiples of this; 0 if they are not.
    slip
        Rounding allowed in strengths.
    budget
        Stop once this many partners and partial coalitions have been looked at.
    dedupe
        Whether of coalitions that differ by a swap of equal partners one is enough.

    Returns
    -------
    int
        How many were looked at.
    """
    work = 0
    status = np.empty(len(space.side), dtype=np.int8)
    while tree.size[0] > 0 and work < budget:
        bound, a, b = _pop(tree, status)
        if bound <= threshold(best):
            tree.size[0] = 0
            break
        work += _look_into(
            game, callback, unit, slip, best, tree, space, dedupe, bound, a, b, status
        )
    return work


@kernel
def _look_into(game, callback, unit, slip, best, tree, space, dedupe, bound, a, b, status):  # type: ignore[no-untyped-def]
    """Close a node or replace it by two; give the work done."""
    n = len(status)
    work = 0
    loose = False
    while True:
        a, b = _within_reach(game, unit, slip, status, a, b)
        if a > b:
            return work
        work += n
        breaks = rank_partners(game, callback, 0.5 * (a + b), status, space.order, space.ratio)
        theta = 0.0
        if breaks >= 0 and space.ratio[space.order[breaks]] < np.inf:
            theta = space.ratio[space.order[breaks]]
        window = bound_window(game, callback, a, b, theta, slip, status, space.side, space.penalty)
        bound = min(bound, window.bound)
        if bound <= threshold(best):
            return work
        _offer_rounded(game, callback, best, space, status, breaks)
        free = _fix(status, space, window.bound - threshold(best))
        if free == 0:
            break
        loose = window.error > _LOOSE * (window.bound - threshold(best))
        if free > _SMALL_CORE and not loose:
            improve(game, callback, window, slip, best, space)
            if window.bound <= threshold(best):
                return work
        low, high = trim(window, threshold(best))
        narrow = high - low < _WORTHWHILE * (b - a)
        a, b = low, high
        if not narrow:
            break
    if free <= _SMALL_CORE or not loose:
        closed, states = enumerate_core(game, callback, window, slip, best, space, dedupe)
        work += states
        if closed:
            return work
    # Still narrower windows say little about a contest of unknown curvature.
    halve = not (game.contest.kind == CUSTOM and b - a < _NARROW * game.total)
    _branch(game, unit, slip, tree, space, dedupe, bound, halve, loose, a, b, breaks, status)
    return work


@kernel
def _within_reach(game, unit, slip, status, a, b):  # type: ignore[no-untyped-def]
    """Narrow a window to the strengths that the free partners can make up."""
    low = high = game.leader
    for i in range(len(status)):
        if status[i] >= 0:
            high += game.strength[i]
            if status[i] > 0:
                low += game.strength[i]
    a, b = max(a, low), min(b, high)
    if unit > 0.0:
        a = game.leader + np.ceil((a - slip - game.leader) / unit) * unit
        b = game.leader + np.floor((b + slip - game.leader) / unit) * unit
    elif b < a <= b + slip:
        b = a
    return a, b


@kernel
def _offer_rounded(game, callback, best, space, status, breaks):  # type: ignore[no-untyped-def]
    """Offer the relaxation's coalition with the break partner left out, then taken in."""
    for i in range(len(status)):
        space.members[i] = status[i] > 0
    for position in range(breaks):
        space.members[space.order[position]] = True
    offer(game, callback, best, space.members)
    if breaks >= 0:
        space.members[space.order[breaks]] = True
        offer(game, callback, best, space.members)


@kernel
def _fix(status, space, slack):  # type: ignore[no-untyped-def]
    """Fix the partners whose wrong side costs more than the slack; count those still free."""
    free = 0
    for i in range(len(status)):
        if status[i] == 0:
            if space.penalty[i] >= slack:
                status[i] = space.side[i]
            else:
                free += 1
    return free


@kernel
def _branch(game, unit, slip, tree, space, dedupe, bound, halve, loose, a, b, breaks, status):  # type: ignore[no-untyped-def]
    """Split a node by its window if that is wide or loosely bounded, else by the break partner."""
    if tree.size[0] + 2 > MOST_OPEN:
        tree.unresolved[0] = max(tree.unresolved[0], bound)
        return
    partner = space.order[breaks]
    if status[partner] != 0:
        partner = _freest(game, space, status)
    if halve and b - a > slip and (loose or b - a > game.strength[partner]):
        left = right = 0.5 * (a + b)
        if unit > 0.0:
            left = game.leader + np.floor((left - game.leader) / unit + 1e-6) * unit
            right = left + unit
        push(tree, bound, a, left, status)
        push(tree, bound, right, b, status)
        return
    for choice in (-1, 1):
        child = status.copy()
        child[partner] = choice
        # Of equal partners the first ones join.
        twin = partner
        while dedupe and 0 <= twin - choice < len(status) and same(game, twin - choice, partner):
            twin -= choice
            if child[twin] == 0:
                child[twin] = choice
        push(tree, bound, a, b, child)


@kernel
def _freest(game, space, status):  # type: ignore[no-untyped-def]
    """Give the strongest of the free partners whose side costs least to change."""
    least, found = np.inf, -1
    for i in range(len(status)):
        if status[i] == 0:
            rate = space.penalty[i] / max(game.strength[i], 1e-300)
            if rate < least or (rate == least and game.strength[i] > game.strength[found]):
                least, found = rate, i
    return found


@kernel
def push(tree, bound, a, b, status):  # type: ignore[no-untyped-def]
    """Add a node."""
    rows, place = tree.rows, tree.size[0]
    slot = tree.vacant[MOST_OPEN - 1 - place]
    tree.status[slot] = status
    tree.size[0] += 1
    while place > 0 and rows[(place - 1) // 2, 0] < bound:
        rows[place] = rows[(place - 1) // 2]
        place = (place - 1) // 2
    rows[place, 0], rows[place, 1], rows[place, 2], rows[place, 3] = bound, a, b, slot


@kernel
def _pop(tree, status):  # type: ignore[no-untyped-def]
    """Take out the node of the highest bound; fill in its status."""
    rows = tree.rows
    bound, a, b, slot = rows[0, 0], rows[0, 1], rows[0, 2], int(rows[0, 3])
    status[:] = tree.status[slot]
    tree.size[0] -= 1
    size = tree.size[0]
    tree.vacant[MOST_OPEN - 1 - size] = slot
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
    return bound, a, b
