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
# How far below the leader's strength a price may go on, as shares of it.
_DEPTHS = np.geomspace(1e-9, 0.999, 120)
_EVERYONE = slice(None)


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
def _charge(
    others: Floats,
    M: Floats,
    p: Floats,
    own: Floats,
    free: Masks,
    outlay: Floats,
    stake: Floats,
    drag: Floats,
) -> None:
    """Turn victory without each partner into her payment and friction, (points, n), in place."""
    for g in range(M.shape[0]):
        for i in range(own.shape[0]):
            paid = outlay[i] - stake[i] * (p[g] - others[g, i])
            if free[i] if M[g] < own[i] else paid < 0.0:
                paid = 0.0
            others[g, i] = paid + drag[i] * p[g]


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
        F = self.terms.victory_value * self.victory(x) / self.noise
        if self.members:
            F = F - self._burden(x, list(self.members)).sum(axis=-1)
        return F

    def cost(self, x: Floats) -> Floats:
        """Give :math:`w_i` of the free partners, shape (..., free)."""
        return self._burden(x, _EVERYONE if self.others.all() else self.others)

    def payments(self, x: Floats) -> Floats:
        """Give every partner's side payment, shape (..., n).

        Below her own strength, where no coalition holds the partner, her price goes on smoothly:
        at nothing if that is what she asks there, else as what she would ask.
        """
        return self.noise * self._burden(x, _EVERYONE, friction=False)

    def asked(self, x: Floats) -> Floats:
        """Give what every partner would ask if payments could be negative, shape (..., n)."""
        M = self.total(x)
        others = self._others(M.ravel(), _EVERYONE).reshape(*M.shape, len(self.terms.strength))
        asked: Floats = self.terms.outlay - self.terms.stake * (
            self.victory(x)[..., np.newaxis] - others
        )
        return asked

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
        fall = victory(self.terms, np.asarray(own)) - victory(self.terms, own * (1.0 - _DEPTHS))
        moved = np.abs(self.terms.stake)[:, np.newaxis] * np.maximum.accumulate(fall)
        deep = (moved <= _STEEP * self.noise).sum(axis=1)
        depth: Floats = _DEPTHS[np.maximum(deep - 1, 0)]
        return depth

    def _burden(
        self, x: Floats, who: slice | list[int] | Masks, *, friction: bool = True
    ) -> Floats:
        """Give payment, and friction, of some partners over the noise, shape (..., some)."""
        terms, M, p = self.terms, self.total(x), self.victory(x)
        outlay, stake = terms.outlay[who] / self.noise, terms.stake[who] / self.noise
        drag = terms.drag[who] / self.noise * friction
        if not terms.stake.any():
            return np.maximum(outlay, 0.0) + drag * p[..., np.newaxis]
        own, flat = terms.leader_strength + terms.strength[who], M.ravel()
        burden = self._others(flat, who)
        _charge(burden, flat, p.ravel(), own, self._free[who], outlay, stake, drag)
        return burden.reshape(*M.shape, len(own))

    def _others(self, M: Floats, who: slice | list[int] | Masks) -> Floats:
        """Give victory without each of some partners, shape (points, some)."""
        terms = self.terms
        strength, depth = terms.strength[who], self._depth[who]
        return victory(terms, _without(M, strength, terms.leader_strength, depth))
