"""The likelihood of a fitted binary model at any parameters: value, scores row by row, curvature.

All take the parameters stacked, ``theta = (b, g)`` of shape (k + l,), and the model's rows.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from willing.estimation import hetprobit
from willing.estimation.results import Link
from willing.numbers import Floats


def loglikelihood(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats, weights: Floats | None = None
) -> float:
    """Give the log-likelihood, rows weighted."""
    if link != "logit":
        return hetprobit.loglikelihood(theta, y, X, Z, weights)
    eta = X @ theta
    rows = y * eta - np.logaddexp(0, eta)
    return float(rows.sum() if weights is None else weights @ rows)


def row_scores(link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats) -> Floats:
    """Give each row's derivative of the log-likelihood, shape (n, k + l)."""
    if link != "logit":
        return hetprobit.scores(theta, y, X, Z)
    return np.asarray((y - expit(X @ theta))[:, None] * X)


def gradient(link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats) -> Floats:
    """Give the gradient of the log-likelihood, shape (k + l,)."""
    if link != "logit":
        return hetprobit.gradient(theta, y, X, Z)
    return np.asarray(X.T @ (y - expit(X @ theta)))


def derivatives(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats, weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """Give the gradient (k + l,) and Hessian (k + l, k + l), rows weighted."""
    if link != "logit":
        return hetprobit.derivatives(theta, y, X, Z, weights)
    p = expit(X @ theta)
    residual, curvature = y - p, p * (1 - p)
    if weights is not None:
        residual, curvature = weights * residual, weights * curvature
    return np.asarray(X.T @ residual), -np.asarray(X.T @ (curvature[:, None] * X))
