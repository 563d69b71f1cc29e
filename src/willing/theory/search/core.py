"""Visit the coalitions a window leaves open: the core of the problem."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats, Masks
from willing.theory.search.compiled import DRAG, EXPOSURE, OUTLAY, STAKE, STRENGTH, payoff
from willing.theory.search.sorting import below, sort_by
from willing.theory.search.windows import bound_at

# Partial coalitions that one enumeration may hold.
MOST_STATES = 1 << 11
# Exchanges in a row; a few are enough unless the start is far off.
_EXCHANGES = 4
# Places in the tally of the best coalitions.
FOUND, WORST, MARGIN = 0, 1, 2


class Best(NamedTuple):
    """The best coalitions so far: `values` (k,) and their `masks` (k, n).

    The `tally` counts them at `FOUND`, and says at `WORST` what another one must be worth more than
    to be kept. To be searched for, it must be so by more than what is at `MARGIN`.
    """

    values: Floats
    masks: Masks
    tally: Floats


class Space(NamedTuple):
    """Working arrays for the partners, shape (n,)."""

    order: np.ndarray
    ratio: Floats
    side: np.ndarray
    penalty: Floats
    members: Masks


def make_space(n: int) -> Space:
    """Give working arrays for `n` partners."""
    return Space(
        order=np.arange(n),
        ratio=np.empty(n),
        side=np.empty(n, dtype=np.int8),
        penalty=np.empty(n),
        members=np.empty(n, dtype=np.bool_),
    )


@kernel
def threshold(best):  # type: ignore[no-untyped-def]
    """Give what a coalition must be worth more than to be searched for."""
    return best.tally[WORST] + best.tally[MARGIN]


@kernel
def offer(game, callback, partners, best, members):  # type: ignore[no-untyped-def]
    """Keep a coalition if it is among the best and new."""
    value = payoff(game, callback, partners, members)
    if value <= best.tally[WORST]:
        return
    found, most, n = int(best.tally[FOUND]), len(best.values), len(members)
    least = 0
    for k in range(found):
        if best.values[k] == value:
            i = 0
            while i < n and best.masks[k, i] == members[i]:
                i += 1
            if i == n:
                return
        if best.values[k] < best.values[least]:
            least = k
    place = found if found < most else least
    best.values[place] = value
    for i in range(n):
        best.masks[place, i] = members[i]
    if found < most:
        best.tally[FOUND] += 1.0
    if found + 1 >= most:
        worst = value
        for k in range(most):
            worst = min(worst, best.values[k])
        best.tally[WORST] = worst


@kernel(inline="always")
def improve(game, callback, partners, window, slip, best, space):  # type: ignore[no-untyped-def]
    """Offer what exchanges of partners make of the cheapest coalition.

    They aim at the strength at which the window's parabola peaks.
    """
    penalty, members, strength = space.penalty, space.members, partners[STRENGTH]
    slack = window.bound - threshold(best)
    ranked, core = below(penalty, slack), below(penalty, slack)
    sort_by(ranked, space.ratio)
    sort_by(core, strength)
    width = window.b - window.a
    peak, bend = window.a, game.worth / (slip * slip)
    if width > slip and window.bulge > 0.0:
        t = 0.5 + 0.5 * (window.at_b - window.at_a) / window.bulge
        peak += min(max(t, 0.0), 1.0) * width
        bend = window.bulge / (width * width)
    M, spent = _fill(game, partners, space, ranked, peak)
    loss = spent + bend * (M - peak) ** 2
    for _ in range(_EXCHANGES):
        found, leaves, enters = _best_exchange(partners, peak, bend, space, core, M, spent)
        if found >= loss:
            break
        loss = found
        for i in (leaves, enters):
            if i >= 0:
                M, spent = _after(partners, space, i, M, spent)
                members[i] = not members[i]
    if window.bound - loss > threshold(best):
        offer(game, callback, partners, best, members)


@kernel
def _fill(game, partners, space, ranked, peak):  # type: ignore[no-untyped-def]
    """Take in the partners ranked first who fit under the peak; give strength and penalties."""
    side, members, strength = space.side, space.members, partners[STRENGTH]
    for i in range(len(side)):
        members[i] = side[i] > 0
    for place in range(len(ranked)):
        members[ranked[place]] = False
    M, spent = game.leader, 0.0
    for i in range(len(side)):
        if members[i]:
            M += strength[i]
    for place in range(len(ranked)):
        i = ranked[place]
        if M + strength[i] <= peak:
            members[i] = True
            M += strength[i]
        if members[i] != (side[i] > 0):
            spent += space.penalty[i]
    return M, spent


@kernel
def _best_exchange(partners, peak, bend, space, core, M, spent):  # type: ignore[no-untyped-def]
    """Find whom to let go and whom to take in, one each or none (-1), for the least loss.

    For everyone who may leave, only those are tried who bring the strength nearest to the peak.
    `core` is sorted by strength.
    """
    members, strength = space.members, partners[STRENGTH]
    outside = np.empty(len(core), np.int64)
    others = 0
    for position in range(len(core)):
        if not members[core[position]]:
            outside[others] = core[position]
            others += 1
    loss, leaves, enters = np.inf, -1, -1
    place = 0
    for position in range(-1, len(core)):
        gone, at, cost = -1, M, spent
        if position >= 0:
            gone = core[position]
            if not members[gone]:
                continue
            at, cost = _after(partners, space, gone, M, spent)
        while place < others and at + strength[outside[place]] < peak:
            place += 1
        if cost + bend * (at - peak) ** 2 < loss:
            loss, leaves, enters = cost + bend * (at - peak) ** 2, gone, -1
        for near in range(max(place - 1, 0), min(place + 1, others)):
            end, total = _after(partners, space, outside[near], at, cost)
            if total + bend * (end - peak) ** 2 < loss:
                loss, leaves, enters = total + bend * (end - peak) ** 2, gone, outside[near]
    return loss, leaves, enters


@kernel
def _after(partners, space, i, M, spent):  # type: ignore[no-untyped-def]
    """Give strength and penalties after partner `i` changes sides."""
    wrong = space.members[i] == (space.side[i] > 0)
    return (
        M - partners[STRENGTH, i] if space.members[i] else M + partners[STRENGTH, i],
        spent + space.penalty[i] if wrong else spent - space.penalty[i],
    )


@kernel(inline="always")
def enumerate_core(game, callback, partners, window, slip, best, space, dedupe):  # type: ignore[no-untyped-def]
    """Visit every coalition of the window that can be of interest.

    All partners are put on their right side; partial coalitions are sets of those moved to the
    wrong one, cheapest first, as long as the bound less what that costs stays of interest and
    the window within reach. Gives whether this was completed, and the number of sets.
    """
    m, side, penalty = partners[STRENGTH], space.side, space.penalty
    slack = window.bound - threshold(best)
    core = below(penalty, slack)
    size = len(core)
    sort_by(core, penalty)
    M = game.leader
    for i in range(len(side)):
        if side[i] > 0:
            M += m[i]
    # By how much those still to be decided can raise and lower the strength.
    up, down = np.empty(size + 1), np.empty(size + 1)
    up[size] = down[size] = 0.0
    for j in range(size - 1, -1, -1):
        change, joins = m[core[j]], side[core[j]] < 0
        up[j] = up[j + 1] + (change if joins else 0.0)
        down[j] = down[j + 1] + (0.0 if joins else change)
    lowest, highest = window.a - slip, window.b + slip
    strength, spent = np.empty(MOST_STATES), np.empty(MOST_STATES)
    parent, flipped = np.empty(MOST_STATES, np.int64), np.empty(MOST_STATES, np.int64)
    active = np.empty(MOST_STATES, np.int64)
    strength[0], spent[0], active[0] = M, 0.0, 0
    parent[0] = flipped[0] = -1
    states = alive = 1
    if lowest <= M <= highest:
        _visit(game, callback, partners, best, space, core, parent, flipped, active[0])
    for j in range(size):
        i = core[j]
        twin = dedupe and j > 0 and same(partners, i, core[j - 1])
        step = m[i] if side[i] < 0 else -m[i]
        kept, born = 0, states
        for position in range(alive):
            state = active[position]
            cost = spent[state] + penalty[i]
            M = strength[state]
            if window.bound - cost <= threshold(best):
                continue
            if M + up[j] < lowest or M - down[j] > highest:
                continue
            active[kept] = state
            kept += 1
            if twin and flipped[state] != j - 1:
                continue
            M += step
            if M + up[j + 1] < lowest or M - down[j + 1] > highest:
                continue
            if states == MOST_STATES:
                return False, states
            strength[states], spent[states] = M, cost
            parent[states], flipped[states] = state, j
            if lowest <= M <= highest and bound_at(window, M) - cost > threshold(best):
                # As an integer, or all of it would be compiled once more for the literal 1.
                _visit(game, callback, partners, best, space, core, parent, flipped, int(states))
            states += 1
        for state in range(born, states):
            active[kept] = state
            kept += 1
        alive = kept
        if alive == 0:
            break
    return True, states


@kernel
def _visit(game, callback, partners, best, space, core, parent, flipped, state):  # type: ignore[no-untyped-def]
    """Offer the coalition of a state."""
    side, members = space.side, space.members
    for i in range(len(side)):
        members[i] = side[i] > 0
    while flipped[state] >= 0:
        i = core[flipped[state]]
        members[i] = not members[i]
        state = parent[state]
    offer(game, callback, partners, best, members)


@kernel
def same(partners, i, j):  # type: ignore[no-untyped-def]
    """Tell whether two partners are equal in everything that matters to the leader."""
    return (
        partners[STRENGTH, i] == partners[STRENGTH, j]
        and partners[OUTLAY, i] == partners[OUTLAY, j]
        and partners[STAKE, i] == partners[STAKE, j]
        and partners[DRAG, i] == partners[DRAG, j]
        and partners[EXPOSURE, i] == partners[EXPOSURE, j]
    )
