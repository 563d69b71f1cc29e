"""A state's own residuals over time: how they hang together, and what they say of other years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from willing.errors import ConvergenceError
from willing.later import linalg
from willing.numbers import Floats

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class ResidualProcess:
    """A Gaussian process of residuals in time, one of its own for each state.

    ``cov(t, s) = lasting^2 + drifting^2 exp(-|t - s| / years) + fleeting^2 [t = s]``.

    Attributes
    ----------
    lasting, drifting, fleeting
        Standard deviations, in ideal points: of what stays with a state, of what fades, of what
        is of one session.
    years
        Years in which the correlation of what fades falls to 1/e.
    """

    lasting: float
    drifting: float
    fleeting: float
    years: float

    @property
    def spread(self) -> float:
        """Standard deviation of a residual of a state that never voted."""
        return float(np.sqrt(self.lasting**2 + self.drifting**2 + self.fleeting**2))

    def covariance(self, first: Floats, second: Floats) -> Floats:
        """Give the covariance of residuals of one state, shape (len(first), len(second))."""
        apart = np.abs(first[:, None] - second[None, :])
        return np.asarray(
            self.lasting**2
            + self.drifting**2 * np.exp(-apart / self.years)
            + self.fleeting**2 * (apart == 0)
        )

    def predict(self, known: Floats, residuals: Floats, wanted: Floats) -> tuple[Floats, Floats]:
        """Give mean and covariance of a state's residuals in the years wanted.

        Parameters
        ----------
        known, residuals
            Years in which it voted and its residuals then, shape (n,); n may be 0.
        wanted
            Other years, shape (m,).

        Returns
        -------
        tuple of ndarray
            Shapes (m,) and (m, m).
        """
        prior = self.covariance(wanted, wanted)
        if not len(known):
            return np.zeros(len(wanted)), prior
        factor = linalg.cho_factor(self.covariance(known, known))
        across = self.covariance(wanted, known)
        mean = across @ linalg.cho_solve(factor, residuals)
        covariance = prior - across @ linalg.cho_solve(factor, across.T)
        return mean, (covariance + covariance.T) / 2


def fit_process(years: Sequence[Floats], residuals: Sequence[Floats]) -> ResidualProcess:
    """Fit the process to the residuals of many states by maximum likelihood.

    Parameters
    ----------
    years, residuals
        One pair of arrays a state, residuals from predictions that did not know the state.

    Raises
    ------
    ConvergenceError
        If no maximum is found.
    """

    def cost(theta: Floats) -> float:
        process = ResidualProcess(*np.exp(theta).tolist())
        total = 0.0
        for t, r in zip(years, residuals, strict=True):
            L, lower = linalg.cho_factor(process.covariance(t, t), lower=True)
            half_log_det = float(np.log(np.diag(L)).sum())
            total += half_log_det + 0.5 * float(r @ linalg.cho_solve((L, lower), r))
            total += 0.5 * len(r) * LOG_2PI
        return total

    start = np.log([0.3, 0.3, 0.1, 10.0])
    bounds = [(-6.0, 1.0), (-6.0, 1.0), (-6.0, 1.0), (0.0, 5.0)]
    from scipy.optimize import minimize  # a fifth of a second to import

    found = minimize(cost, start, method="L-BFGS-B", bounds=bounds)
    if not np.isfinite(found.fun):
        raise ConvergenceError("the residuals of ideal points fit no process in time; look at them")
    return ResidualProcess(*np.exp(found.x).tolist())
