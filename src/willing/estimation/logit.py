"""A logit with a light ridge, and its standard errors clustered by leader."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from willing.errors import EstimationError
from willing.estimation.covariance import clustered_covariance
from willing.later import linalg, special
from willing.numbers import Floats

_MAX_STEPS = 50
# Converged once another step would raise the log-likelihood by less than this: coefficients are
# then within a millionth of a standard error of the maximum.
_TOLERANCE = 1e-12
# What a bootstrap draw may leave: a coefficient then misses the maximum by less than a thousandth
# of its standard error.
_ROUGH = 1e-6
_LONGEST_STEP = 5.0
# Steps of the chord method before its information is renewed. Most fits end within 8; where the
# rows left out hold much of what is known of a coefficient, they would otherwise take hundreds.
_RENEW = 10
_NO_CONVERGENCE = (
    f"the logit did not converge in {_MAX_STEPS} steps; an outcome may be separated: "
    "set a ridge above 0"
)


@dataclass(frozen=True)
class LogitFit:
    """A fitted logit.

    Attributes
    ----------
    coefficients
        Shape (k,); the first belongs to the constant.
    information
        Shape (k, k): minus the Hessian of the penalised log-likelihood.
    log_likelihood
        Without the penalty.
    """

    coefficients: Floats
    information: Floats
    log_likelihood: float


def fit_logit(
    X: Floats,
    y: Floats,
    weight: Floats,
    *,
    ridge: float,
    start: Floats | None = None,
    tolerance: float = _TOLERANCE,
) -> LogitFit:
    """Maximise `sum_i w_i log P(y_i | x_i) - ridge / 2 * sum_j b_j^2` by Newton's method.

    The constant, the first column, is not penalised.

    Parameters
    ----------
    X
        Shape (n, k), the first column ones.
    y
        Shape (n,), 0 or 1.
    weight
        Shape (n,), each row's share of an observation.
    ridge
        Penalty, >= 0: the precision of a normal prior at 0 for each coefficient.
    start
        Coefficients to begin from, shape (k,); zeros by default.
    tolerance
        The search ends when another step would raise the log-likelihood by less.

    Returns
    -------
    LogitFit

    Raises
    ------
    EstimationError
        If it does not converge, as when `y` is separated and `ridge` is 0.
    """
    b = np.zeros(X.shape[1]) if start is None else start
    penalty = ridge_penalty(X.shape[1], ridge)
    for _ in range(_MAX_STEPS):
        p = special.expit(X @ b)
        information = (X * (weight * p * (1 - p))[:, None]).T @ X + np.diag(penalty)
        gradient = X.T @ (weight * (y - p)) - penalty * b
        step = _solve(information, gradient)
        if gradient @ step < tolerance:
            eta = X @ b
            log_likelihood = float(weight @ (y * eta - np.logaddexp(0, eta)))
            return LogitFit(b, (information + information.T) / 2, log_likelihood)
        # A Newton step of a logit overshoots only where it is long.
        b = b + step / max(1.0, float(np.abs(step).max()) / _LONGEST_STEP)
    raise EstimationError(_NO_CONVERGENCE)


def refit_without(
    X: Floats,
    y: Floats,
    weight: Floats,
    *,
    out: NDArray[np.bool_],
    ridge: float,
    everybody: LogitFit,
) -> Floats:
    """Fit again without some rows, as in cross-fitting, at a fraction of the cost.

    The chord method: Newton's with the information of the fit to all rows less the part of the
    rows left out, worked out anew only where that is slow. It ends at the same maximum as
    `fit_logit` on the other rows.

    Parameters
    ----------
    X, y, weight, ridge
        As in `fit_logit`, all rows.
    out
        Shape (n,): the rows to leave out.
    everybody
        The fit to all rows.

    Returns
    -------
    ndarray
        The coefficients, shape (k,).

    Raises
    ------
    EstimationError
        If it does not converge, because the rows left out matter too much.
    """
    b = everybody.coefficients.copy()
    p = special.expit(X[out] @ b)
    left_out = (X[out] * (weight[out] * p * (1 - p))[:, None]).T @ X[out]
    information = everybody.information - left_out
    X, y, weight = X[~out], y[~out], weight[~out]
    penalty = ridge_penalty(X.shape[1], ridge)
    for number in range(1, _MAX_STEPS):
        p = special.expit(X @ b)
        if number % _RENEW == 0:
            information = (X * (weight * p * (1 - p))[:, None]).T @ X + np.diag(penalty)
        gradient = X.T @ (weight * (y - p)) - penalty * b
        step = _solve(information, gradient)
        if gradient @ step < _TOLERANCE:
            return b
        b = b + step
    raise EstimationError(_NO_CONVERGENCE)


def refit_redrawn(
    X: Floats,
    y: Floats,
    weight: Floats,
    fold: NDArray[np.integer],
    folds: int,
    *,
    ridge: float,
    start: Floats,
) -> Floats:
    """Cross-fit again with other weights, as a bootstrap does, in a few passes over the rows.

    The fit to everybody starts from that of the sample and ends within a thousandth of a standard
    error; one Newton step from it leaves out each fold (Andrews' k-step bootstrap). Where a fold
    holds much of what is known of a coefficient, that coefficient may miss its maximum by up to a
    standard error; the spread of the scores over draws is that of full fits to three digits.

    Parameters
    ----------
    X, y, weight, ridge
        As in `fit_logit`; rows of weight 0 cost nothing.
    fold, folds
        Shape (n,), the fold of each row, and how many there are.
    start
        Coefficients of the sample, shape (k,).

    Returns
    -------
    ndarray
        Shape (folds, k).

    References
    ----------
    Andrews, Donald W. K. 2002. Higher-order improvements of a computationally attractive k-step
    bootstrap for extremum estimators. Econometrica 70(1): 119-162.
    """
    order = np.argsort(fold, kind="stable")
    order = order[weight[order] > 0]
    X, y, weight, fold = X[order], y[order], weight[order], fold[order]
    fit = fit_logit(X, y, weight, ridge=ridge, start=start, tolerance=_ROUGH)
    b = fit.coefficients
    if folds == 1:
        return b[None, :]
    p = special.expit(X @ b)
    score, curvature = weight * (y - p), weight * p * (1 - p)
    bounds = np.searchsorted(fold, np.arange(folds + 1))
    found = np.empty((folds, X.shape[1]))
    for f in range(folds):
        out = slice(bounds[f], bounds[f + 1])
        left_out = (X[out] * curvature[out, None]).T @ X[out]
        found[f] = b - _solve(fit.information - left_out, X[out].T @ score[out])
    return found


def ridge_penalty(k: int, ridge: float) -> Floats:
    """Give the penalty of each of k coefficients, shape (k,): none on the constant, the first."""
    penalty = np.full(k, ridge)
    penalty[0] = 0.0
    return penalty


def _solve(information: Floats, gradient: Floats) -> Floats:
    try:
        return np.asarray(linalg.cho_solve(linalg.cho_factor(information), gradient))
    except np.linalg.LinAlgError as error:
        raise EstimationError(
            "the covariates are collinear; leave some out or set a ridge above 0"
        ) from error


def logit_covariance(
    fit: LogitFit, X: Floats, y: Floats, weight: Floats, cluster: NDArray[np.integer]
) -> Floats:
    """Give the sandwich covariance of the coefficients, clustered.

    Parameters
    ----------
    fit
        A fit to the same data.
    X, y, weight
        As in `fit_logit`.
    cluster
        Shape (n,), whole numbers from 0: who belongs together.

    Returns
    -------
    ndarray
        Shape (k, k), `A^-1 (sum_c s_c s_c') A^-1 * G / (G - 1)`, with `A` the information, `s_c`
        the sum of the scores of cluster c and G the number of clusters.
    """
    scores = X * (weight * (y - special.expit(X @ fit.coefficients)))[:, None]
    return clustered_covariance(scores, -fit.information, cluster)
