"""Branch on windows of coalition strength and on partners."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats
from willing.theory.search.compiled import CUSTOM, STRENGTH
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


# Columns of the heap's rows, and places in the tree's tally.
BOUND, LOW, HIGH, SLOT = 0, 1, 2, 3
OPEN, USED, UNRESOLVED = 0, 1, 2


class Tree(NamedTuple):
    """The open nodes: a heap by bound of rows (bound, a, b, slot), and by slot who is in or out.

    The `tally` counts them at `OPEN`, has at `USED` how many slots were ever in use, and at
    `UNRESOLVED` the highest bound of a node given up. Rows beyond the open nodes keep free slots.
    """

    rows: Floats
    status: np.ndarray
    tally: Floats


def make_tree(n: int, low: float, high: float) -> Tree:
    """Give a tree with one node: every partner free, strengths from `low` to `high`."""
    tree = Tree(
        rows=np.empty((MOST_OPEN, 4)),
        status=np.empty((MOST_OPEN, n), dtype=np.int8),
        tally=np.array([1.0, 1.0, -np.inf]),
    )
    tree.rows[0], tree.status[0] = (np.inf, low, high, 0.0), 0
    return tree


@kernel
def explore(game, callback, partners, unit, slip, budget, best, tree, space, dedupe):  # type: ignore[no-untyped-def]
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
    status = np.empty(len(space.side), np.int8)
    while tree.tally[OPEN] > 0.0 and work < budget:
        bound, a, b = _pop(tree, status)
        if bound <= threshold(best):
            tree.tally[OPEN] = 0.0
            break
        work += _look_into(
            game, callback, partners, unit, slip, best, tree, space, dedupe, bound, a, b, status
        )
    return work


@kernel(inline="always")
def _look_into(  # type: ignore[no-untyped-def]
    game, callback, partners, unit, slip, best, tree, space, dedupe, bound, a, b, status
):
    """Close a node or replace it by two; give the work done."""
    n = len(status)
    work = 0
    loose = False
    while True:
        a, b = _within_reach(game, partners, unit, slip, status, a, b)
        if a > b:
            return work
        work += n
        middle = 0.5 * (a + b)
        breaks = rank_partners(game, callback, partners, middle, status, space.order, space.ratio)
        theta = 0.0
        if breaks >= 0 and space.ratio[space.order[breaks]] < np.inf:
            theta = space.ratio[space.order[breaks]]
        window = bound_window(
            game, callback, partners, a, b, theta, slip, status, space.side, space.penalty
        )
        bound = min(bound, window.bound)
        if bound <= threshold(best):
            return work
        _offer_rounded(game, callback, partners, best, space, status, breaks)
        free = _fix(status, space, window.bound - threshold(best))
        if free == 0:
            break
        loose = window.error > _LOOSE * (window.bound - threshold(best))
        if free > _SMALL_CORE and not loose:
            improve(game, callback, partners, window, slip, best, space)
            if window.bound <= threshold(best):
                return work
        low, high = trim(window, threshold(best))
        narrow = high - low < _WORTHWHILE * (b - a)
        a, b = low, high
        if not narrow:
            break
    if free <= _SMALL_CORE or not loose:
        closed, states = enumerate_core(game, callback, partners, window, slip, best, space, dedupe)
        work += states
        if closed:
            return work
    # Still narrower windows say little about a contest of unknown curvature.
    halve = not (game.kind == CUSTOM and b - a < _NARROW * game.total)
    _branch(
        game, partners, unit, slip, tree, space, dedupe, bound, halve, loose, a, b, breaks, status
    )
    return work


@kernel
def _within_reach(game, partners, unit, slip, status, a, b):  # type: ignore[no-untyped-def]
    """Narrow a window to the strengths that the free partners can make up."""
    low = high = game.leader
    for i in range(len(status)):
        if status[i] >= 0:
            high += partners[STRENGTH, i]
            if status[i] > 0:
                low += partners[STRENGTH, i]
    a, b = max(a, low), min(b, high)
    if unit > 0.0:
        a = game.leader + np.ceil((a - slip - game.leader) / unit) * unit
        b = game.leader + np.floor((b + slip - game.leader) / unit) * unit
    elif b < a <= b + slip:
        b = a
    return a, b


@kernel
def _offer_rounded(game, callback, partners, best, space, status, breaks):  # type: ignore[no-untyped-def]
    """Offer the relaxation's coalition with the break partner left out, then taken in."""
    for i in range(len(status)):
        space.members[i] = status[i] > 0
    for position in range(breaks):
        space.members[space.order[position]] = True
    offer(game, callback, partners, best, space.members)
    if breaks >= 0:
        space.members[space.order[breaks]] = True
        offer(game, callback, partners, best, space.members)


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
def _branch(  # type: ignore[no-untyped-def]
    game, partners, unit, slip, tree, space, dedupe, bound, halve, loose, a, b, breaks, status
):
    """Split a node by its window if that is wide or loosely bounded, else by the break partner."""
    if tree.tally[OPEN] + 2.0 > MOST_OPEN:
        tree.tally[UNRESOLVED] = max(tree.tally[UNRESOLVED], bound)
        return
    partner = space.order[breaks]
    if status[partner] != 0:
        partner = _freest(partners, space, status)
    if halve and b - a > slip and (loose or b - a > partners[STRENGTH, partner]):
        left = right = 0.5 * (a + b)
        if unit > 0.0:
            left = game.leader + np.floor((left - game.leader) / unit + 1e-6) * unit
            right = left + unit
        push(tree, bound, a, left, status)
        push(tree, bound, right, b, status)
        return
    for choice in range(-1, 2, 2):
        slot = push(tree, bound, a, b, status)
        tree.status[slot, partner] = choice
        # Of equal partners the first ones join.
        twin = partner - choice
        while dedupe and 0 <= twin < len(status) and same(partners, twin, partner):
            if status[twin] == 0:
                tree.status[slot, twin] = choice
            twin -= choice


@kernel
def _freest(partners, space, status):  # type: ignore[no-untyped-def]
    """Give the strongest of the free partners whose side costs least to change."""
    least, found = np.inf, -1
    for i in range(len(status)):
        if status[i] == 0:
            rate = space.penalty[i] / max(partners[STRENGTH, i], 1e-300)
            if rate < least or (
                rate == least and partners[STRENGTH, i] > partners[STRENGTH, found]
            ):
                least, found = rate, i
    return found


@kernel
def push(tree, bound, a, b, status):  # type: ignore[no-untyped-def]
    """Add a node; give its slot."""
    rows, place = tree.rows, int(tree.tally[OPEN])
    if tree.tally[OPEN] == tree.tally[USED]:
        rows[place, SLOT] = tree.tally[USED]
        tree.tally[USED] += 1.0
    tree.tally[OPEN] += 1.0
    slot = int(rows[place, SLOT])
    for i in range(len(status)):
        tree.status[slot, i] = status[i]
    while place > 0 and rows[(place - 1) // 2, BOUND] < bound:
        _move(rows, (place - 1) // 2, place)
        place = (place - 1) // 2
    rows[place, BOUND], rows[place, LOW], rows[place, HIGH], rows[place, SLOT] = bound, a, b, slot
    return slot


@kernel
def _pop(tree, status):  # type: ignore[no-untyped-def]
    """Take out the node of the highest bound; fill in its status."""
    rows = tree.rows
    bound, a, b, slot = rows[0, BOUND], rows[0, LOW], rows[0, HIGH], int(rows[0, SLOT])
    for i in range(len(status)):
        status[i] = tree.status[slot, i]
    tree.tally[OPEN] -= 1.0
    # The last row goes where it belongs; its place keeps the slot that is free now.
    size = last = int(tree.tally[OPEN])
    place = 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and rows[child + 1, BOUND] > rows[child, BOUND]:
            child += 1
        if rows[child, BOUND] <= rows[last, BOUND]:
            break
        _move(rows, child, place)
        place = child
    _move(rows, last, place)
    rows[last, SLOT] = slot
    return bound, a, b


@kernel
def _move(rows, here, there):  # type: ignore[no-untyped-def]
    """Copy a row of the heap."""
    for column in range(4):
        rows[there, column] = rows[here, column]
