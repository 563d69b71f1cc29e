"""The log weight of every coalition, as functions of strength beyond the leader's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.crisis import Floats
from willing.payoffs import Masks, Terms, victory

# Log of the least strength, in units of the leader's, that a contest is asked about.
_FAINTEST = -20.0


@dataclass(frozen=True, eq=False)
class Weights:
    """What coalitions weigh in the quantal response: :math:`U(S)/\\tau = F(x) - \\sum_S w_i(x)`.

    Attributes
    ----------
    terms
        The game in numbers.
    noise
        :math:`\\tau > 0`.
    member
        Index of a partner who is in for certain, or None. She belongs to `F`, and `x` counts the
        strength of the others.
    """

    terms: Terms
    noise: float
    member: int | None = None

    @property
    def others(self) -> Masks:
        """Who is still free to join, shape (n,)."""
        free = np.ones(len(self.terms.strength), dtype=bool)
        if self.member is not None:
            free[self.member] = False
        return free

    @property
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

    def total(self, x: Floats) -> Floats:
        """Give :math:`M`, in the shape of `x`."""
        joined = 0.0 if self.member is None else self.terms.strength[self.member]
        return self.terms.leader_strength + joined + np.asarray(x, dtype=float)

    def victory(self, x: Floats) -> Floats:
        """Give :math:`p(M)`, in the shape of `x`."""
        return victory(self.terms, self.total(x))

    def reward(self, x: Floats) -> Floats:
        """Give :math:`F`, in the shape of `x`."""
        F = self.terms.victory_value * self.victory(x)
        if self.member is not None:
            F = F - self._burden(x)[..., self.member]
        return F / self.noise

    def cost(self, x: Floats) -> Floats:
        """Give :math:`w_i` of the free partners, shape (..., free)."""
        return self._burden(x)[..., self.others] / self.noise

    def payments(self, x: Floats) -> Floats:
        """Give every partner's side payment, shape (..., n)."""
        return np.maximum(self.asked(x), 0.0)

    def asked(self, x: Floats) -> Floats:
        """Give what every partner would ask if payments could be negative, shape (..., n)."""
        terms, M = self.terms, self.total(x)[..., np.newaxis]
        without = M - terms.strength
        # No coalition that holds the partner is so weak that the others fall short of the leader;
        # interpolation still wants a smooth curve there. This one agrees to the third derivative.
        short = np.minimum(without / terms.leader_strength - 1.0, 0.0)
        faded = np.exp(np.maximum(short - short**2 / 2.0 + short**3 / 3.0, _FAINTEST))
        without = np.where(short < 0.0, terms.leader_strength * faded, without)
        return terms.outlay - terms.stake * (victory(terms, M) - victory(terms, without))

    def _burden(self, x: Floats) -> Floats:
        drag = self.terms.drag * self.victory(x)[..., np.newaxis]
        return self.payments(x) + drag
