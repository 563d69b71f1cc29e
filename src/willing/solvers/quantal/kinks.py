"""Where prices have kinks: a pivotal price that falls to nothing stays there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.crisis import Floats
from willing.payoffs import Masks, victory
from willing.solvers.quantal.panels import Ints
from willing.solvers.quantal.profile import Profile
from willing.solvers.quantal.weights import Weights

BEYOND = 1.5
"""The last window ends at so many times the greatest strength that matters."""

# Points between which a price is looked at for a change of sign, and halvings that place it.
_SCAN, _HALVINGS = 129, 50


@dataclass(frozen=True, eq=False)
class Kinks:
    """Where the price of a partner who may be a member falls to zero, or rises from it.

    Attributes
    ----------
    at
        Strengths beyond the leader's, increasing, shape (kinks,).
    who
        The partners, shape (kinks,).
    dear
        Whether she is paid below that strength, shape (kinks,).
    paid
        Who is paid there, shape (kinks, n). Of kinks at one strength those before are passed.
    """

    at: Floats
    who: Ints
    dear: Masks
    paid: Masks

    def within(self, low: float, high: float) -> Kinks:
        """Give those between two strengths."""
        return self.select((self.at > low) & (self.at < high))

    def select(self, chosen: Masks) -> Kinks:
        """Give some of them, by a mask."""
        return Kinks(self.at[chosen], self.who[chosen], self.dear[chosen], self.paid[chosen])


def find_kinks(weights: Weights, profile: Profile) -> Kinks:
    """Find where the price of a partner who may be a member falls to zero, wherever windows are."""
    terms = weights.terms
    if not weights.kinked:
        nobody = np.empty((0, len(terms.strength)), dtype=bool)
        return Kinks(np.empty(0), np.empty(0, dtype=np.int64), nobody[:, 0], nobody)
    x = np.geomspace(weights.own, BEYOND * (weights.own + profile.high), _SCAN) - weights.own
    own = terms.leader_strength + terms.strength
    dear = weights.asked(x) > 0.0
    turns = (dear[1:] != dear[:-1]) & (weights.total(x[1:])[:, np.newaxis] > own)
    turns[:, list(weights.absent)] = False
    at, who = np.nonzero(turns)
    left, right = x[at], x[at + 1]
    before = dear[at, who]
    outlay, stake, strength = terms.outlay[who], terms.stake[who], terms.strength[who]
    for _ in range(_HALVINGS):
        middle = (left + right) / 2.0
        M = weights.total(middle)
        without = np.maximum(M - strength, terms.leader_strength)
        same = (outlay > stake * (victory(terms, M) - victory(terms, without))) == before
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    # A price that passes zero where no coalition holds the partner goes on without a kink.
    held = np.flatnonzero(weights.total(right) > own[who])
    order = held[np.argsort(right[held], kind="stable")]
    right, who, before = right[order], who[order], before[order]
    paid: Masks = weights.payments(right) > 0.0
    kink, other = np.nonzero(right[:, np.newaxis] == right)
    paid[kink, who[other]] = before[other] != (other < kink)
    return Kinks(right, who, before, paid)
