"""Which beliefs after an unreached message a refinement allows, in the signalling game."""

from __future__ import annotations

import numpy as np

from willing.kernels import kernel
from willing.theory.signaling.continuations import BELIEF, IRRESOLUTE, RANGE, TIE, cut


@kernel
def payoff(row, resolve, t):  # type: ignore[no-untyped-def]
    """Give the payoff of a type of leader at a place on a segment."""
    column = IRRESOLUTE + 2 * resolve
    return (1 - t) * row[column] + t * row[column + 1]


@kernel
def ruled_out(rows, sent, divine):  # type: ignore[no-untyped-def]
    """Say which types a refinement rules out as senders of an unreached message.

    The intuitive criterion (Cho and Kreps 1987) rules a type out if no response that is rational
    for some belief would leave it as well off as the message it sends. D1 (`divine`) also rules
    it out if every such response makes the other type strictly better off.

    Parameters
    ----------
    rows
        The segments that can follow the unreached message.
    sent
        The equilibrium payoffs of the two types, shape (2,).
    divine
        Whether to apply D1.
    """
    tempted = np.zeros(2, dtype=np.bool_)
    nested = np.ones(2, dtype=np.bool_)
    for row in rows:
        for resolve in range(2):
            column = IRRESOLUTE + 2 * resolve
            low, high = cut(
                row[RANGE],
                row[RANGE + 1],
                row[column] - sent[resolve],
                row[column + 1] - sent[resolve],
            )
            if low <= high:
                tempted[resolve] = True
                # The other type's gain is affine in t: the ends of the interval decide.
                for t in (low, high):
                    nested[resolve] &= payoff(row, 1 - resolve, t) > sent[1 - resolve] + TIE
    if divine:
        return ~tempted | nested
    return ~tempted


@kernel
def survives(rows, row, sent, divine):  # type: ignore[no-untyped-def]
    """Say whether the response in `row` can rest on a belief that the refinement allows."""
    out = ruled_out(rows, sent, divine)
    if out[0] == out[1]:
        return True
    if out[0]:
        return row[BELIEF + 1] >= 1 - TIE
    return row[BELIEF] <= TIE
