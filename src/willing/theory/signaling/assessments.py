"""Perfect Bayesian equilibria of the signalling game, assembled from what can follow each message.

An equilibrium is a segment after each message (see `_continuations`), a mobilization strategy
that is a best reply to their payoffs, and beliefs that obey Bayes' rule at every message that is
sent. Where a type mixes, its indifference fixes the place `t` on a segment, and the belief at
which somebody mixes there fixes how often the type mobilizes high.
"""

from __future__ import annotations

import numpy as np

from willing.kernels import kernel
from willing.theory.signaling.continuations import (
    BELIEF,
    END,
    FIGHT,
    IRRESOLUTE,
    RANGE,
    START,
    TIE,
    continuations,
    cut,
    leader_value,
    partner_value,
    resistance_gain,
)
from willing.theory.signaling.refinements import payoff, survives

# Columns of an equilibrium.
KIND, HIGH = 0, 1  # kind; probability that the irresolute, the resolute type mobilizes high
AFTER, BLOCK = 3, 9  # for low, then high: support, two resistances, two beliefs, four fights
OUTCOME = 21  # war, concession, backing down
VALUE = 24  # irresolute leader, resolute leader, partner, target
SURVIVES = 28  # intuitive criterion, D1
COLUMNS = 30
SEPARATING, POOLING, SEMI_SEPARATING = 0, 1, 2
# Generic games have fewer than ten equilibria; ties multiply them.
LIMIT = 4096
# A game takes 9 ms as Python, loading half a second and compiling some fourteen.
_PATIENCE = (60, 1500)


@kernel
def _holds(row, belief):  # type: ignore[no-untyped-def]
    """Say whether a segment is rational at a belief."""
    return row[BELIEF] - TIE <= belief <= row[BELIEF + 1] + TIE


@kernel
def _sure(row):  # type: ignore[no-untyped-def]
    """Say whether nobody mixes on a segment."""
    return row[RANGE] == row[RANGE + 1]


@kernel
def _play(eq, game, message, row, t):  # type: ignore[no-untyped-def]
    """Fill in what happens after one message, and add it to the outcomes and payoffs."""
    after = AFTER + BLOCK * message
    for j in range(3):
        eq[after + j] = (1 - t) * row[START + j] + t * row[END + j]
    for j in range(4):
        eq[after + 5 + j] = row[FIGHT + j]
    reached = np.empty(2)
    for resolve in range(2):
        sent = eq[HIGH + resolve] if message == 1 else 1 - eq[HIGH + resolve]
        reached[resolve] = sent * (game.prior if resolve == 1 else 1 - game.prior)
        for s in range(2):
            chosen = eq[after] if s == 1 else 1 - eq[after]
            resist, fights = eq[after + 1 + s], eq[after + 5 + 2 * resolve + s]
            weight = reached[resolve] * chosen
            eq[OUTCOME] += weight * resist * fights
            eq[OUTCOME + 1] += weight * (1 - resist)
            eq[OUTCOME + 2] += weight * resist * (1 - fights)
            leader = leader_value(game, message, s, resist, fights, resolve)
            eq[VALUE + resolve] += sent * chosen * leader
            eq[VALUE + 2] += weight * partner_value(game, message, s, resist, fights)
            eq[VALUE + 3] += weight * resist * resistance_gain(game, message, s, fights)
    total = reached[0] + reached[1]
    eq[after + 3] = reached[1] / total if total > 0 else row[BELIEF]
    eq[after + 4] = reached[1] / total if total > 0 else row[BELIEF + 1]


@kernel
def _write(out, count, game, kind, high, sent, row, t, other, u):  # type: ignore[no-untyped-def]
    """Write the equilibrium with `row` at `t` after message `sent` and `other` at `u`."""
    if count == LIMIT:
        return count
    eq = out[count]
    eq[:] = 0.0
    eq[KIND] = kind
    eq[HIGH], eq[HIGH + 1] = high
    for message in range(2):
        if message == sent:
            _play(eq, game, message, row, t)
        else:
            _play(eq, game, message, other, u)
    eq[SURVIVES], eq[SURVIVES + 1] = 1.0, 1.0
    return count + 1


@kernel
def _separate(out, count, game, by_resolute, by_irresolute, sent):  # type: ignore[no-untyped-def]
    """Add equilibria in which the resolute type alone sends message `sent`, for sure."""
    high = (1.0 - sent, float(sent))
    for row in by_resolute:
        for other in by_irresolute:
            known = _holds(row, 1.0) and _holds(other, 0.0) and _sure(row) and _sure(other)
            stays = payoff(row, 1, 0.0) >= payoff(other, 1, 0.0) - TIE
            if known and stays and payoff(other, 0, 0.0) >= payoff(row, 0, 0.0) - TIE:
                count = _write(out, count, game, SEPARATING, high, sent, row, 0.0, other, 0.0)
    return count


@kernel
def _deterring(row, value):  # type: ignore[no-untyped-def]
    """Give the places on a segment at which neither type would rather send its message."""
    low, high = row[RANGE], row[RANGE + 1]
    for resolve in range(2):
        column = IRRESOLUTE + 2 * resolve
        low, high = cut(low, high, value[resolve] - row[column], value[resolve] - row[column + 1])
    return low, high


@kernel
def _pool(out, count, game, reached, unreached, sent):  # type: ignore[no-untyped-def]
    """Add equilibria in which both types send message `sent` for sure."""
    high = (float(sent), float(sent))
    value = np.empty(2)
    for row in reached:
        if not (_sure(row) and _holds(row, game.prior)):
            continue
        value[0], value[1] = payoff(row, 0, 0.0), payoff(row, 1, 0.0)
        for other in unreached:
            low, top = _deterring(other, value)
            if low > top:
                continue
            # Where the end of a mixed response deters as well, that end is a segment of its own and
            # has its equilibrium already.
            if not _sure(other) and (low <= TIE or top >= 1 - TIE):
                continue
            before = count
            middle = 0.5 * (low + top)
            count = _write(out, count, game, POOLING, high, sent, row, 0.0, other, middle)
            if count > before:
                for divine in range(2):
                    passes = survives(unreached, other, value, divine == 1)
                    out[before, SURVIVES + divine] = passes
    return count


@kernel
def _mix_one(out, count, game, shared, alone, sent, mixer):  # type: ignore[no-untyped-def]
    """Add equilibria in which type `mixer` sends both messages and the other only `sent`.

    By Bayes' rule the belief `mu` after `sent` gives the probability `z` with which the mixer
    sends it: `mu (1 - mu)^-1 = q (1 - q)^-1 / z` if the irresolute type mixes (she bluffs), the
    same with `z` in place of `1 / z` if the resolute type does.
    """
    q = game.prior
    for row in shared:
        belief = row[BELIEF]
        if _sure(row) or q == 0 or q == 1:
            continue
        odds = belief * (1 - q) / ((1 - belief) * q)
        z = 1 / odds if mixer == 0 else odds
        if z >= 1 - TIE:
            continue
        column = IRRESOLUTE + 2 * mixer
        slope = row[column + 1] - row[column]
        for other in alone:
            if not (_sure(other) and _holds(other, float(mixer))) or abs(slope) <= TIE:
                continue
            t = (payoff(other, mixer, 0.0) - row[column]) / slope
            inside = row[RANGE] <= t <= row[RANGE + 1] and TIE < t < 1 - TIE
            if inside and payoff(row, 1 - mixer, t) >= payoff(other, 1 - mixer, 0.0) - TIE:
                mixed = z if sent == 1 else 1 - z
                high = (mixed, float(sent)) if mixer == 0 else (float(sent), mixed)
                count = _write(out, count, game, SEMI_SEPARATING, high, sent, row, t, other, 0.0)
    return count


@kernel
def _mix_both(out, count, game, low_rows, high_rows):  # type: ignore[no-untyped-def]
    """Add equilibria in which both types send both messages.

    Both indifferences are linear in the places `t` after low and `u` after high mobilization; the
    share `w` that mobilizes high makes the two beliefs average to the prior.
    """
    q = game.prior
    for row in low_rows:
        for other in high_rows:
            spread = other[BELIEF] - row[BELIEF]
            if _sure(row) or _sure(other) or abs(spread) <= TIE:
                continue
            w = (q - row[BELIEF]) / spread
            a = row[IRRESOLUTE + 1] - row[IRRESOLUTE]
            b = row[IRRESOLUTE + 3] - row[IRRESOLUTE + 2]
            c = other[IRRESOLUTE + 1] - other[IRRESOLUTE]
            d = other[IRRESOLUTE + 3] - other[IRRESOLUTE + 2]
            determinant = b * c - a * d
            if not (TIE < w < 1 - TIE) or abs(determinant) <= TIE:
                continue
            e = other[IRRESOLUTE] - row[IRRESOLUTE]
            f = other[IRRESOLUTE + 2] - row[IRRESOLUTE + 2]
            t = (c * f - d * e) / determinant
            u = (a * f - b * e) / determinant
            inside = row[RANGE] <= t <= row[RANGE + 1] and other[RANGE] <= u <= other[RANGE + 1]
            if inside and TIE < t < 1 - TIE and TIE < u < 1 - TIE:
                high = (w * (1 - other[BELIEF]) / (1 - q), w * other[BELIEF] / q)
                count = _write(out, count, game, SEMI_SEPARATING, high, 0, row, t, other, u)
    return count


@kernel(patience=_PATIENCE)
def assessments(game):  # type: ignore[no-untyped-def]
    """Give every equilibrium of a game, shape (count, COLUMNS); generic games only if mixed."""
    after = (continuations(game, 0), continuations(game, 1))
    out = np.empty((LIMIT, COLUMNS))
    count = 0
    for sent in range(2):
        count = _pool(out, count, game, after[sent], after[1 - sent], sent)
        count = _separate(out, count, game, after[sent], after[1 - sent], sent)
        for mixer in range(2):
            count = _mix_one(out, count, game, after[sent], after[1 - sent], sent, mixer)
    count = _mix_both(out, count, game, after[0], after[1])
    return out[:count].copy()
