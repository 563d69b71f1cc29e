"""Bound the payoff of every coalition whose strength lies in a window.

For any price of strength theta, and M the strength of S,

    U(S) = Phi(M) - sum of |r_i(M)| over partners on the wrong side,
    Phi(M) = B p(M) - theta (M - m_L) + sum_i max(0, -r_i(M)),    r_i(M) = w_i(M) - theta m_i,

where a partner is on the wrong side if she is in S and r_i > 0, or out of S and r_i < 0. A
bound on Phi over the window less an incumbent is what a better coalition can afford on wrong sides.
Partners whose side is fixed count on that side whatever r_i.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from willing.kernels import kernel
from willing.theory.search.compiled import (
    DRAG,
    EXPOSURE,
    OUTLAY,
    STAKE,
    STRENGTH,
    burden,
    chance,
    curvature,
    paid,
    risk_curvature,
    war_risk,
)
from willing.theory.search.sorting import sort_by


class Window(NamedTuple):
    """A window [a, b] on coalition strength, and a majorant of Phi on it.

    `bound` is the majorant's maximum. Phi is also below the parabola of height `bulge` / 4 over the
    chord from `at_a` to `at_b`, plus `loose`. The majorant exceeds Phi by no more than `error`.
    """

    a: float
    b: float
    bound: float
    at_a: float
    at_b: float
    bulge: float
    loose: float
    error: float


@kernel
def rank_partners(game, callback, partners, M, status, order, ratio):  # type: ignore[no-untyped-def]
    """Sort the free partners by cost per strength at M, and find who completes that strength.

    Parameters
    ----------
    status
        1 for partners who are in, -1 for out, 0 for free.
    order
        Filled with the free partners, cheapest first, shape (n,).
    ratio
        Space for the costs per strength, shape (n,).

    Returns
    -------
    int
        Position in `order` of the break partner, the first who does not fit whole, or the last one.
    """
    p = chance(game, callback, M)
    room = M - game.leader
    free = 0
    for i in range(len(ratio)):
        strength = partners[STRENGTH, i]
        if status[i] > 0:
            room -= strength
        elif status[i] == 0:
            ratio[i] = np.inf
            if strength > 0.0:
                ratio[i] = burden(game, callback, partners, i, M, p) / strength
            order[free] = i
            free += 1
    sort_by(order[:free], ratio)
    for position in range(free):
        room -= partners[STRENGTH, order[position]]
        if room < 0.0:
            return position
    return free - 1


@kernel
def bound_window(game, callback, partners, a, b, theta, slip, status, side, penalty):  # type: ignore[no-untyped-def]
    """Bound Phi on [a, b] and what it costs to have a free partner on the wrong side.

    Parameters
    ----------
    slip
        Rounding allowed in strengths.
    status
        1 for partners who are in, -1 for out, 0 for free.
    side
        Filled with 1 for partners whose right side is in, -1 for out.
    penalty
        Filled with a lower bound on |r_i(M)| over the window, infinite where the side is forced.

    Returns
    -------
    Window
        The window with its bound.
    """
    pa, pb = chance(game, callback, a), chance(game, callback, b)
    low, high = curvature(game, callback, a, b, pa, pb)
    war_a, war_b = war_risk(game, callback, a), war_risk(game, callback, b)
    low_war, high_war = risk_curvature(game, callback, a, b)
    at_a = game.worth * pa - game.war_cost * war_a - theta * (a - game.leader)
    at_b = game.worth * pb - game.war_cost * war_b - theta * (b - game.leader)
    crude = game.worth * pb - game.war_cost * war_b - theta * (a - game.leader)
    weight, loose = game.worth, 0.0
    # What war costs the leader and the paid members.
    toll = game.war_cost
    least_bend = most_bend = 0.0
    for i in range(len(side)):
        m, stake, drag = partners[STRENGTH, i], partners[STAKE, i], partners[DRAG, i]
        if status[i] < 0 or game.leader + m > b + slip:
            side[i], penalty[i] = -1, np.inf
            continue
        start = min(max(a, game.leader + m), b)
        p_start = pa if start == a else chance(game, callback, start)
        outlay, exposure = partners[OUTLAY, i], partners[EXPOSURE, i]
        ask_a, ask_b = outlay + exposure * war_a, outlay + exposure * war_b
        low_ask, high_ask = ask_b, ask_a
        low_m = high_m = help_a = help_b = least = most = 0.0
        if stake != 0.0 or game.power > 0.0:
            # Her contribution p(M) - p(M - m): its ends, then its range.
            # Beside a giant the leader's own strength is lost in the difference.
            am, bm = max(start - m, game.leader), max(b - m, game.leader)
            p_am, p_bm = chance(game, callback, am), chance(game, callback, bm)
            help_a, help_b = p_start - p_am, pb - p_bm
            low_m, high_m = curvature(game, callback, am, bm, p_am, p_bm)
            eighth = (b - start) ** 2 / 8.0
            least = max(p_start - p_bm, min(help_a, help_b) - eighth * max(0.0, high - low_m))
            most = min(pb - p_am, max(help_a, help_b) + eighth * max(0.0, high_m - low))
            ask_a, ask_b = ask_a - stake * help_a, ask_b - stake * help_b
            low_ask -= stake * (most if stake > 0.0 else least)
            high_ask -= stake * (least if stake > 0.0 else most)
        low_r = paid(game, low_ask, least) + drag * p_start - theta * m
        high_r = paid(game, high_ask, most) + drag * pb - theta * m
        if status[i] > 0:
            side[i], penalty[i] = 1, np.inf
        elif low_r >= 0.0:
            side[i], penalty[i] = -1, low_r
            continue
        elif high_r <= 0.0:
            side[i], penalty[i] = 1, -high_r
        else:
            side[i], penalty[i] = (1 if low_r + high_r < 0.0 else -1), 0.0
            crude -= low_r
            loose -= low_r
            continue
        crude -= low_r
        if start > a:
            loose -= low_r
            continue
        weight -= drag
        at_a += theta * m - drag * pa
        at_b += theta * m - drag * pb
        part, gain = largest_piece(game, low_ask + high_ask, least + most)
        if part > 0.0 or gain > 0.0:
            # The payment is at least `part` times the ask and `gain` times the help. Altogether
            # the help counts `pull` times against it.
            pull = part * stake - gain
            weight += pull
            at_a -= part * ask_a + gain * help_a
            at_b -= part * ask_b + gain * help_b
            toll += part * exposure
            least_bend -= pull * (high_m if pull > 0.0 else low_m)
            most_bend -= pull * (low_m if pull > 0.0 else high_m)
    least_bend += weight * (low if weight > 0.0 else high)
    most_bend += weight * (high if weight > 0.0 else low)
    least_bend -= toll * high_war
    most_bend -= toll * low_war
    bulge = max(0.0, -least_bend) * (b - a) ** 2 / 2.0
    error = loose + (most_bend - least_bend) * (b - a) ** 2 / 8.0
    rise = at_b - at_a
    peak = max(at_a, at_b) if bulge <= abs(rise) else at_a + (rise + bulge) ** 2 / (4.0 * bulge)
    return Window(a, b, min(crude, peak + loose), at_a, at_b, bulge, loose, error)


@kernel
def largest_piece(game, ask, help_):  # type: ignore[no-untyped-def]
    """Give the weights of ask and help in the largest of the linear pieces of the payment.

    The payment is the largest of `ask`, `power B help` and `(1 - power) ask + power B help`, or of
    `ask` and nothing without power, so each piece bounds it from below.
    """
    if game.power > 0.0:
        gain = game.power * game.worth
        if ask > game.worth * help_:
            return 1.0, 0.0
        return (1.0 - game.power if ask > 0.0 else 0.0), gain
    return (1.0 if ask > 0.0 else 0.0), 0.0


@kernel
def bound_at(window, M):  # type: ignore[no-untyped-def]
    """Bound Phi(M) at one strength within the window."""
    if window.b <= window.a:
        return window.bound
    t = min(max((M - window.a) / (window.b - window.a), 0.0), 1.0)
    parabola = window.at_a + (window.at_b - window.at_a) * t + window.bulge * t * (1.0 - t)
    return min(window.bound, parabola + window.loose)


@kernel
def trim(window, least):  # type: ignore[no-untyped-def]
    """Give the part of the window where Phi can be `least` or more, or all of it if none is."""
    rise, height = window.at_b - window.at_a, least - window.loose - window.at_a
    # Solve bulge t^2 - (rise + bulge) t + height = 0 for the t between which the parabola is above.
    half = 0.5 * (rise + window.bulge)
    root = half * half - window.bulge * height
    if window.bulge <= 0.0 or root < 0.0:
        return window.a, window.b
    width = window.b - window.a
    lower = max(0.0, (half - np.sqrt(root)) / window.bulge)
    upper = min(1.0, (half + np.sqrt(root)) / window.bulge)
    return window.a + lower * width, window.a + upper * width
