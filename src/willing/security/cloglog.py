"""The complementary log-log regression of event-history models in discrete time."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from willing.errors import EstimationError
from willing.estimation.logit import ridge_penalty
from willing.numbers import Floats

_MAX_STEPS = 100
# Converged once another step would raise the log-likelihood by less than this.
_TOLERANCE = 1e-10
# A step that lowers the likelihood is halved at most this often; 2^-20 is no step.
_HALVINGS = 20
# Hazards are kept this far from 0 and 1, where the likelihood has no logarithm.
_MARGIN = 1e-12


def hazard_of(eta: Floats) -> Floats:
    """Give the probability `1 - exp(-exp(eta))`, shape (n,)."""
    return np.asarray(-np.expm1(-np.exp(np.minimum(eta, 10.0))))


def fit_cloglog(
    X: Floats, y: Floats, weight: Floats, *, ridge: float = 0.0, start: Floats | None = None
) -> Floats:
    """Maximise the likelihood of `P(y = 1 | x) = 1 - exp(-exp(x'b))` by Fisher's scoring.

    Parameters
    ----------
    X
        Shape (n, k), the first column ones.
    y
        Shape (n,), 0 or 1.
    weight
        Shape (n,), each row's share of an observation.
    ridge
        Penalty, >= 0, of all coefficients but the constant.
    start
        Coefficients to begin from, shape (k,); by default those of the base rate.

    Returns
    -------
    ndarray
        The coefficients, shape (k,).

    Raises
    ------
    EstimationError
        If the covariates are collinear, or the search does not end, as when `y` is separated.

    References
    ----------
    Prentice, R. L. and L. A. Gloeckler. 1978. Regression analysis of grouped survival data with
    application to breast cancer data. Biometrics 34(1): 57-67.
    """
    penalty = ridge_penalty(X.shape[1], ridge)
    if start is None:
        start = np.zeros(X.shape[1])
        start[0] = np.log(-np.log1p(-np.average(y, weights=weight)))
    b, value = start, _log_likelihood(X @ start, y, weight) - penalty @ start**2 / 2
    for _ in range(_MAX_STEPS):
        scores, information = scores_and_information(b, X, y, weight)
        gradient = scores.sum(axis=0) - penalty * b
        information += np.diag(penalty)
        try:
            step = cho_solve(cho_factor(information), gradient)
        except np.linalg.LinAlgError as error:
            raise EstimationError(
                "the covariates are collinear; leave some out or set a ridge above 0"
            ) from error
        if gradient @ step < _TOLERANCE:
            return b
        for _ in range(_HALVINGS):
            reached = _log_likelihood(X @ (b + step), y, weight) - penalty @ (b + step) ** 2 / 2
            if reached >= value:
                break
            step = step / 2
        b, value = b + step, reached
    raise EstimationError(
        f"the complementary log-log regression did not converge in {_MAX_STEPS} steps; an outcome "
        "may be separated: set a ridge above 0"
    )


def scores_and_information(
    b: Floats, X: Floats, y: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    """Give each row's score, shape (n, k), and the expected information, shape (k, k).

    Parameters
    ----------
    b
        Coefficients, shape (k,).
    X, y, weight
        As in `fit_cloglog`.
    """
    eta = X @ b
    p = np.clip(hazard_of(eta), _MARGIN, 1 - _MARGIN)
    slope = np.exp(np.minimum(eta, 10.0)) * (1 - p)
    scores = X * (weight * slope * (y - p) / (p * (1 - p)))[:, None]
    return scores, (X * (weight * slope**2 / (p * (1 - p)))[:, None]).T @ X


def _log_likelihood(eta: Floats, y: Floats, weight: Floats) -> float:
    rate = np.exp(np.minimum(eta, 10.0))
    return float(weight @ (y * np.log(np.maximum(-np.expm1(-rate), _MARGIN)) - (1 - y) * rate))
