"""The derivatives that Newton's method asks for, with an exact Hessian only where one is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from willing.estimation.newton import GAIN_LEFT
from willing.numbers import Floats
from willing.structural.likelihood import Expectations, Likelihood

# Steps after which a mended Hessian is computed anew: the search began too far away for it.
_STALE = 8
# Less curvature along a step than this share of what was expected is rounding.
_NO_CURVATURE = 1e-8


class Ascent:
    """A log-likelihood climbed by quasi-Newton steps to a maximum that an exact Hessian certifies.

    A Hessian costs as much as three scores. It changes little from step to step, so that it is
    kept, and mended by the change of the score along each step, as Broyden, Fletcher, Goldfarb
    and Shanno do; the log-likelihood is concave, which keeps it negative definite.

    Parameters
    ----------
    likelihood
        The log-likelihood.
    begin
        All parameters where the search begins, shape (2 + k,).
    free
        Which of them move, shape (2 + k,).
    scale
        What those are multiplied by for the search, shape (free,).
    hessian
        The second derivative at the beginning, approximately, shape (2 + k, 2 + k).
    exact
        Whether the Hessian is computed where the search ends.

    Attributes
    ----------
    params
        All parameters where the search is, shape (2 + k,).
    hessian
        The second derivative there, approximately, shape (2 + k, 2 + k).

    References
    ----------
    Nocedal, J. and S. J. Wright. 2006. Numerical Optimization. New York: Springer, chapter 6.
    """

    def __init__(
        self,
        likelihood: Likelihood,
        begin: Floats,
        free: NDArray[np.bool_],
        scale: Floats,
        hessian: Floats,
        *,
        exact: bool,
    ) -> None:
        self.hessian, self.params = hessian, begin
        self._likelihood, self._begin, self._free, self._scale = likelihood, begin, free, scale
        self._exact = exact
        self._steps = 0
        self._score: Floats | None = None
        self._looked_at = begin
        self._expected: Expectations | None = None

    def whole(self, scaled: Floats) -> Floats:
        """Give all parameters, shape (2 + k,), at a point of the search, shape (free,)."""
        params = self._begin.copy()
        params[self._free] = scaled / self._scale
        return params

    def value(self, scaled: Floats) -> float:
        """Give the log-likelihood."""
        params = self.whole(scaled)
        return float(self._likelihood.side_values(params, self._expectations(params)).sum())

    def derivatives(self, scaled: Floats) -> tuple[Floats, Floats]:
        """Give the score, shape (free,), and about the Hessian, shape (free, free)."""
        params = self.whole(scaled)
        score = self._likelihood.scores(self._expectations(params)).sum(axis=0)
        if self._score is not None:
            self.hessian = mend(self.hessian, params - self.params, score - self._score)
            self._steps += 1
        self.params, self._score = params, score
        gradient = score[self._free] / self._scale
        near_top = self._exact and _gain_left(gradient, self._scaled_hessian()) < GAIN_LEFT
        if near_top or self._steps == _STALE:
            self.hessian = self._likelihood.hessian(params)
            self._steps = 0
        return gradient, self._scaled_hessian()

    def _scaled_hessian(self) -> Floats:
        free = self._free
        return self.hessian[np.ix_(free, free)] / np.outer(self._scale, self._scale)

    def _expectations(self, params: Floats) -> Expectations:
        """Give expectations, not computed twice at the point where a step ends."""
        if self._expected is None or not np.array_equal(params, self._looked_at):
            self._looked_at, self._expected = params, self._likelihood.expectations(params)
        return self._expected


def _gain_left(gradient: Floats, hessian: Floats) -> float:
    """Half the Newton decrement."""
    return float(gradient @ np.linalg.solve(-hessian, gradient)) / 2


def mend(hessian: Floats, step: Floats, change: Floats) -> Floats:
    """Make a Hessian map a step to the change of the score along it, shapes (k, k), (k,), (k,)."""
    expected = hessian @ step
    along, guessed = float(change @ step), float(expected @ step)
    if along >= _NO_CURVATURE * guessed:
        return hessian
    mended = hessian + np.outer(change, change) / along - np.outer(expected, expected) / guessed
    return np.asarray((mended + mended.T) / 2)
