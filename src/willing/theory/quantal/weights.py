"""The log weight of every coalition, as functions of strength beyond the leader's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from willing.numbers import Floats, Masks
from willing.theory.engine.mean_field import MovingPrices
from willing.theory.payoffs import Terms, payoffs, victory, with_power

# Exponents below this leave nothing.
_FAINTEST = -30.0
# What a price may move, in units of noise, where no coalition holds the partner.
_STEEP = 4.0
# How far below the leader's strength a price may go on, as shares of it.
_DEPTHS = np.geomspace(1e-9, 0.999, 120)
_EVERYONE = slice(None)


@dataclass(frozen=True, eq=False)
class Weights:
    """What coalitions weigh in the quantal response: :math:`U(S)/\\tau = F(x) - \\sum_S w_i(x)`.

    Attributes
    ----------
    terms
        The game in numbers.
    noise
        :math:`\\tau > 0`.
    members
        Indices of partners who are in for certain. They belong to `F`, and `x` counts the strength
        of those who are free.
    """

    terms: Terms
    noise: float
    members: tuple[int, ...] = ()

    @cached_property
    def free(self) -> Masks:
        """Who is still free to join, shape (n,)."""
        free = np.ones(len(self.terms.strength), dtype=bool)
        free[list(self.members)] = False
        return free

    @cached_property
    def strength(self) -> Floats:
        """Strength of the free partners, shape (free,)."""
        return self.terms.strength[self.free]

    @property
    def separable(self) -> bool:
        """Whether no partner's price moves with the coalition's strength."""
        priced = self.terms.stake.any() or self.terms.drag.any() or self.terms.power > 0.0
        return not (priced and self.strength.any())

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
        return self._burden(x, _EVERYONE if self.free.all() else self.free)

    def payments(self, x: Floats) -> Floats:
        """Give every partner's side payment, shape (..., n).

        Below her own strength, where no coalition holds the partner, her price goes on smoothly:
        at nothing if that is what she asks there, else as what she would ask.
        """
        return self.noise * self._burden(x, _EVERYONE, friction=False)

    def log_weight(self, masks: Masks) -> Floats:
        """Give :math:`U(S)/\\tau` of coalitions of free partners, masks of shape (k, free)."""
        members = np.zeros((len(masks), len(self.free)), dtype=bool)
        members[:, self.free] = masks
        members[:, list(self.members)] = True
        return payoffs(self.terms, members) / self.noise

    @property
    def moving(self) -> MovingPrices:
        """The free partners' game as the engine takes it."""
        return MovingPrices(self.own, self.strength, self.reward, self.cost, self.log_weight)

    @cached_property
    def _comes_free(self) -> Masks:
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
        rate = np.abs(self.terms.stake) + self.terms.power * self.terms.victory_value
        moved = rate[:, np.newaxis] * np.maximum.accumulate(fall)
        deep = (moved <= _STEEP * self.noise).sum(axis=1)
        depth: Floats = _DEPTHS[np.maximum(deep - 1, 0)]
        return depth

    def _burden(
        self, x: Floats, who: slice | list[int] | Masks, *, friction: bool = True
    ) -> Floats:
        """Give payment, and friction, of some partners over the noise, shape (..., some)."""
        terms, M = self.terms, self.total(x)[..., np.newaxis]
        p = self.victory(x)[..., np.newaxis]
        outlay, stake = terms.outlay[who] / self.noise, terms.stake[who] / self.noise
        drag = terms.drag[who] / self.noise * friction
        if not terms.stake.any() and terms.power == 0.0:
            return np.maximum(outlay, 0.0) + drag * p
        strength = terms.strength[who]
        help_ = p - victory(terms, self._without(M, strength, self._depth[who]))
        paid = outlay - stake * help_
        free = np.where(terms.leader_strength + strength > M, self._comes_free[who], paid < 0.0)
        least: Floats = np.where(free, 0.0, paid)
        if terms.power > 0.0:
            least = with_power(terms, self.noise * least, help_) / self.noise
        return least + drag * p

    def _without(self, M: Floats, strength: Floats, depth: Floats) -> Floats:
        """Give the strength of coalitions without each of some partners, shape (..., some).

        No coalition is weaker than its leader; below her strength the difference goes over into
        a constant, her strength less the share `depth`, along a curve that agrees with it to the
        third derivative.
        """
        own = self.terms.leader_strength
        rest = M - strength
        short = np.minimum(rest / own - 1.0, 0.0) / depth
        fall = np.maximum(short - short**2 / 2.0 + short**3 / 3.0, _FAINTEST)
        return np.where(rest < own, own * (1.0 + depth * np.expm1(fall)), rest)
