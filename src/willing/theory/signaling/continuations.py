"""What can follow a mobilization in the signalling game, for every belief at once.

After a message (low or high mobilization) with belief `mu` that the leader is resolute, the
partner supports or stays out, the target concedes or resists, and the leader fights or backs
down. The partner and the target know equally little, so they share `mu`. Every comparison that
one of them makes is affine in `mu`, in the target's probability of resistance and in the
partner's probability of support, so each kind of equilibrium of what follows is a *segment*: a
set of beliefs (an interval, or one point if somebody mixes) and a line of strategies from `t = 0`
to `t = 1`, on which the leader's payoffs are affine.

Index 0 is the irresolute type, low mobilization, staying out; index 1 the resolute type, high
mobilization, support.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats

# Payoffs are of order one; differences below this are ties, and both sides of a tie are kept.
TIE = 1e-12

# Columns of a segment: the interval of beliefs; (support, resistance after staying out,
# resistance after support) at t = 0 and at t = 1; the feasible interval of t; the payoffs of the
# irresolute and of the resolute leader at t = 0 and at t = 1; fight of (type, support).
BELIEF, START, END, RANGE, IRRESOLUTE, RESOLUTE, FIGHT = 0, 2, 5, 8, 10, 12, 14
WIDTH = 18
# Sixteen fight profiles (one unless there are ties), each with at most twenty segments.
CAPACITY = 320


class Payoffs(NamedTuple):
    """The numbers that the game comes down to; see `SignalingGame` for their meaning."""

    victory: Floats  # (2, 2): probability of victory after (mobilization, support)
    value: float  # B
    mobilization: float  # kappa
    payment: float  # x
    war_cost: Floats  # (2,): of the irresolute and of the resolute leader
    prior: float  # q, of the resolute type
    stake: float  # v
    partner_cost: Floats  # (2,): after low and high mobilization
    target_cost: float  # c_T


@kernel
def leader_value(game, message, support, resist, fights, resolve):  # type: ignore[no-untyped-def]
    """Give the payoff of a type of leader after a message and a response."""
    war = game.value * game.victory[message, support] - game.war_cost[resolve]
    outcome = (1 - resist) * game.value + resist * fights * war
    return outcome - game.mobilization * message - game.payment * support


@kernel
def partner_value(game, message, support, resist, fights):  # type: ignore[no-untyped-def]
    """Give the partner's payoff against one type of leader."""
    war = game.stake * game.victory[message, support] - game.partner_cost[message] * support
    return (1 - resist) * game.stake + resist * fights * war + game.payment * support


@kernel
def resistance_gain(game, message, support, fights):  # type: ignore[no-untyped-def]
    """Give what the target gains by resisting one type of leader instead of conceding."""
    if fights:
        return 1 - game.victory[message, support] - game.target_cost
    return 1.0


@kernel
def cut(low, high, at_zero, at_one):  # type: ignore[no-untyped-def]
    """Intersect [low, high] with the part of [0, 1] on which an affine function is >= 0."""
    if at_zero >= -TIE and at_one >= -TIE:
        return low, high
    if at_zero < -TIE and at_one < -TIE:
        return 1.0, 0.0
    root = at_zero / (at_zero - at_one)
    if at_one > at_zero:
        return max(low, root), high
    return low, min(high, root)


@kernel
def interior_root(at_zero, at_one):  # type: ignore[no-untyped-def]
    """Give the zero in (0, 1) of an affine function, or -1 if there is none."""
    if at_zero * at_one >= 0 or min(abs(at_zero), abs(at_one)) <= TIE:
        return -1.0
    return at_zero / (at_zero - at_one)


@kernel
def _add(rows, count, game, message, fight, beliefs, start, end, t_range):  # type: ignore[no-untyped-def]
    """Write one segment, with the leader's payoffs at its ends, and give the new count."""
    row = rows[count]
    row[BELIEF], row[BELIEF + 1] = beliefs
    row[RANGE], row[RANGE + 1] = t_range
    for end_index in range(2):
        point = start if end_index == 0 else end
        column = START if end_index == 0 else END
        for j in range(3):
            row[column + j] = point[j]
        for resolve in range(2):
            out = leader_value(game, message, 0, point[1], fight[resolve, 0], resolve)
            support = leader_value(game, message, 1, point[2], fight[resolve, 1], resolve)
            mixed = (1 - point[0]) * out + point[0] * support
            row[IRRESOLUTE + 2 * resolve + end_index] = mixed
    for resolve in range(2):
        for support_index in range(2):
            row[FIGHT + 2 * resolve + support_index] = fight[resolve, support_index]
    return count + 1


@kernel
def _at(belief, by_type):  # type: ignore[no-untyped-def]
    """Average a quantity over the types."""
    return (1 - belief) * by_type[0] + belief * by_type[1]


@kernel
def _support_gain(game, message, fight, resist_out, resist_in):  # type: ignore[no-untyped-def]
    """Give what the partner gains by supporting, against each type of leader."""
    gain = np.empty(2)
    for resolve in range(2):
        gain[resolve] = partner_value(
            game, message, 1, resist_in, fight[resolve, 1]
        ) - partner_value(game, message, 0, resist_out, fight[resolve, 0])
    return gain


@kernel
def _pure(rows, count, game, message, fight, gain):  # type: ignore[no-untyped-def]
    """Add the segments on which nobody mixes."""
    for code in range(8):
        support, resist_out, resist_in = code & 1, (code >> 1) & 1, code >> 2
        low, high = 0.0, 1.0
        for s in range(2):
            sign = 2.0 * (resist_out if s == 0 else resist_in) - 1
            low, high = cut(low, high, sign * gain[s, 0], sign * gain[s, 1])
        backing = _support_gain(game, message, fight, resist_out, resist_in) * (2.0 * support - 1)
        low, high = cut(low, high, backing[0], backing[1])
        if low <= high + TIE:
            point = (float(support), float(resist_out), float(resist_in))
            belief = (low, max(low, high))
            count = _add(rows, count, game, message, fight, belief, point, point, (0.0, 0.0))
    return count


@kernel
def _target_mixes(rows, count, game, message, fight, gain):  # type: ignore[no-untyped-def]
    """Add the segments on which the target mixes, after a sure or a mixed choice of support."""
    for s in range(2):
        belief = interior_root(gain[s, 0], gain[s, 1])
        for other in range(2):
            sure = (2.0 * other - 1) * _at(belief, gain[1 - s])
            if belief < 0 or sure < -TIE:
                continue
            concede = (0.0, float(other), 0.0) if s == 1 else (0.0, 0.0, float(other))
            resist = (0.0, float(other), 1.0) if s == 1 else (0.0, 1.0, float(other))
            # The partner's gain from supporting is affine in the probability of resistance.
            at_zero = _at(belief, _support_gain(game, message, fight, concede[1], concede[2]))
            at_one = _at(belief, _support_gain(game, message, fight, resist[1], resist[2]))
            sign = 2.0 * s - 1
            low, high = cut(0.0, 1.0, sign * at_zero, sign * at_one)
            if low < high - TIE:
                start = (float(s), concede[1], concede[2])
                end = (float(s), resist[1], resist[2])
                at = (belief, belief)
                count = _add(rows, count, game, message, fight, at, start, end, (low, high))
            r = interior_root(at_zero, at_one)
            if r > 0:
                start = (0.0, concede[1], r) if s == 1 else (0.0, r, concede[2])
                end = (1.0, start[1], start[2])
                at = (belief, belief)
                count = _add(rows, count, game, message, fight, at, start, end, (0.0, 1.0))
    return count


@kernel
def _partner_mixes(rows, count, game, message, fight, gain):  # type: ignore[no-untyped-def]
    """Add the segments on which only the partner mixes."""
    for code in range(4):
        resist_out, resist_in = code & 1, code >> 1
        backing = _support_gain(game, message, fight, resist_out, resist_in)
        belief = interior_root(backing[0], backing[1])
        best_out = (2.0 * resist_out - 1) * _at(belief, gain[0]) >= -TIE
        best_in = (2.0 * resist_in - 1) * _at(belief, gain[1]) >= -TIE
        if belief > 0 and best_out and best_in:
            start = (0.0, float(resist_out), float(resist_in))
            end = (1.0, start[1], start[2])
            at = (belief, belief)
            count = _add(rows, count, game, message, fight, at, start, end, (0.0, 1.0))
    return count


@kernel
def continuations(game, message):  # type: ignore[no-untyped-def]
    """Give every segment of equilibria of what follows a message, shape (count, WIDTH)."""
    rows = np.empty((CAPACITY, WIDTH))
    count = 0
    fight = np.empty((2, 2))
    gain = np.empty((2, 2))  # of resistance, by support and type
    for code in range(16):
        rational = True
        for resolve in range(2):
            for s in range(2):
                fight[resolve, s] = (code >> (2 * resolve + s)) & 1
                war = game.value * game.victory[message, s] - game.war_cost[resolve]
                rational &= (2 * fight[resolve, s] - 1) * war >= -TIE
                gain[s, resolve] = resistance_gain(game, message, s, fight[resolve, s])
        if rational:
            count = _pure(rows, count, game, message, fight, gain)
            count = _target_mixes(rows, count, game, message, fight, gain)
            count = _partner_mixes(rows, count, game, message, fight, gain)
    return rows[:count]
