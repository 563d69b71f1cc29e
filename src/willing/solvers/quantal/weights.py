"""The log weight of every coalition, as functions of strength beyond the leader's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.payoffs import Masks, Terms, victory

# Exponents below this leave nothing.
_FAINTEST = -30.0
# What a price may move, in units of noise, where no coalition holds the partner.
_STEEP = 4.0
# Step of a difference quotient, as a share of the leader's strength, and a divisor above zero.
_STEP, _TINY = 1e-4, 1e-9


@njit(cache=True, nogil=True)
def _without(M: Floats, strength: Floats, own: float, depth: Floats) -> Floats:
    """Give the strength of coalitions without each partner, shape (points, n).

    No coalition is weaker than its leader; below her strength `own` the difference goes over into
    a constant, `own` less the share `depth`, along a curve that agrees with it to the third
    derivative.
    """
    without = np.empty((M.shape[0], strength.shape[0]))
    for g in range(M.shape[0]):
        for i in range(strength.shape[0]):
            rest = M[g] - strength[i]
            if rest < own:
                short = (rest / own - 1.0) / depth[i]
                fall = short - short**2 / 2.0 + short**3 / 3.0
                rest = own * (1.0 + depth[i] * np.expm1(max(fall, _FAINTEST)))
            without[g, i] = rest
    return without


@njit(cache=True, nogil=True)
def _cut_at_zero(asked: Floats, M: Floats, own: Floats, free: Masks) -> None:
    """Turn what is asked into payments, shape (points, n), in place."""
    for g in range(M.shape[0]):
        for i in range(own.shape[0]):
            if free[i] if M[g] < own[i] else asked[g, i] < 0.0:
                asked[g, i] = 0.0


@dataclass(frozen=True, eq=False)
class Weights:
    """What coalitions weigh in the quantal response: :math:`U(S)/\\tau = F(x) - \\sum_S w_i(x)`.

    Attributes
    ----------
    terms
        The game in numbers.
    noise
        :math:`\\tau > 0`.
    members, absent
        Indices of partners who are in, or out, for certain. Members belong to `F`, and `x` counts
        the strength of those who are free.
    """

    terms: Terms
    noise: float
    members: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()

    @cached_property
    def others(self) -> Masks:
        """Who is still free to join, shape (n,)."""
        free = np.ones(len(self.terms.strength), dtype=bool)
        free[[*self.members, *self.absent]] = False
        return free

    @cached_property
    def strength(self) -> Floats:
        """Strength of the free partners, shape (free,)."""
        return self.terms.strength[self.others]

    @property
    def separable(self) -> bool:
        """Whether no partner's price moves with the coalition's strength."""
        priced = self.terms.stake.any() or self.terms.drag.any()
        return not (priced and self.strength.any())

    @property
    def kinked(self) -> bool:
        """Whether a price can fall to zero, and stay there, as the coalition changes."""
        return bool(self.terms.stake.any())

    @cached_property
    def corners(self) -> Floats:
        """Strengths below which a price is continued by another curve, increasing."""
        priced = self.others & (self.terms.stake != 0.0) & ~self._free
        return np.unique(self.terms.strength[priced])

    @cached_property
    def own(self) -> float:
        """Strength of the leader and those who are in for certain."""
        return self.terms.leader_strength + float(self.terms.strength[list(self.members)].sum())

    def total(self, x: Floats) -> Floats:
        """Give :math:`M`, in the shape of `x`."""
        return self.own + np.asarray(x, dtype=float)

    def victory(self, x: Floats) -> Floats:
        """Give :math:`p(M)`, in the shape of `x`."""
        return victory(self.terms, self.total(x))

    def reward(self, x: Floats) -> Floats:
        """Give :math:`F`, in the shape of `x`."""
        F = self.terms.victory_value * self.victory(x)
        if self.members:
            F = F - self._burden(x)[..., list(self.members)].sum(axis=-1)
        return F / self.noise

    def cost(self, x: Floats) -> Floats:
        """Give :math:`w_i` of the free partners, shape (..., free)."""
        return self._burden(x)[..., self.others] / self.noise

    def payments(self, x: Floats) -> Floats:
        """Give every partner's side payment, shape (..., n).

        Below her own strength, where no coalition holds the partner, her price goes on smoothly:
        at nothing if that is what she asks there, else as what she would ask.
        """
        if not self.terms.stake.any():
            paid = np.maximum(self.terms.outlay, 0.0)
            return np.broadcast_to(paid, (*np.shape(x), len(paid)))
        asked = self.asked(x)
        own = self.terms.leader_strength + self.terms.strength
        _cut_at_zero(asked.reshape(-1, len(own)), self.total(x).ravel(), own, self._free)
        return asked

    def asked(self, x: Floats) -> Floats:
        """Give what every partner would ask if payments could be negative, shape (..., n)."""
        terms, M = self.terms, self.total(x)
        without = _without(M.ravel(), terms.strength, terms.leader_strength, self._depth)
        p = victory(terms, M)[..., np.newaxis]
        others: Floats = victory(terms, without).reshape(*M.shape, -1)
        return terms.outlay - terms.stake * (p - others)

    @cached_property
    def _free(self) -> Masks:
        """Whose price is nothing when she joins alone, shape (n,)."""
        terms = self.terms
        alone = victory(terms, terms.leader_strength + terms.strength)
        gain = alone - victory(terms, np.asarray(terms.leader_strength))
        free: Masks = terms.outlay <= terms.stake * gain
        return free

    @cached_property
    def _depth(self) -> Floats:
        """How far below the leader's strength prices go on, as a share of it, shape (n,)."""
        own = self.terms.leader_strength
        ends = victory(self.terms, own * np.array([1.0 - _STEP, 1.0]))
        slope = np.abs(self.terms.stake) * float(ends[1] - ends[0]) / _STEP
        return np.clip(_STEEP * self.noise / np.maximum(slope, _TINY), _TINY, 1.0)

    def _burden(self, x: Floats) -> Floats:
        drag = self.terms.drag * self.victory(x)[..., np.newaxis]
        return self.payments(x) + drag
