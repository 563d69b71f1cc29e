"""The likelihood of a fitted binary model at any parameters: value, scores row by row, curvature.

All take the parameters stacked, ``theta = (b, g)`` of shape (k + l,), and the model's rows.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from willing.estimation import hetprobit
from willing.estimation.results import Link
from willing.numbers import Floats


def loglikelihood(link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats) -> float:
    """Give the log-likelihood."""
    if link != "logit":
        return hetprobit.loglikelihood(theta, y, X, Z)
    eta = X @ theta
    return float((y * eta - np.logaddexp(0, eta)).sum())


def row_scores(link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats) -> Floats:
    """Give each row's derivative of the log-likelihood, shape (n, k + l)."""
    if link != "logit":
        return hetprobit.scores(theta, y, X, Z)
    return np.asarray((y - expit(X @ theta))[:, None] * X)


def derivatives(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats
) -> tuple[Floats, Floats]:
    """Give the gradient (k + l,) and Hessian (k + l, k + l)."""
    if link != "logit":
        return hetprobit.derivatives(theta, y, X, Z)
    p = expit(X @ theta)
    return np.asarray(X.T @ (y - p)), -np.asarray(X.T @ ((p * (1 - p))[:, None] * X))
