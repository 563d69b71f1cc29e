"""The likelihood of a fitted binary model at any parameters: value, scores row by row, curvature.

All take the parameters stacked, ``theta = (b, g)`` of shape (k + l,), and the model's rows.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from willing.estimation import hetprobit
from willing.estimation.design import side_by_side
from willing.estimation.results import Link
from willing.numbers import Floats, Ints

# Log-likelihood, its gradient (k + l,) and its Hessian (k + l, k + l).
Evaluated = tuple[float, Floats, Floats]


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


def scores_along(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats, direction: Floats
) -> Floats:
    """Give each row's score times one direction of the parameters, shape (n,).

    Parameters
    ----------
    link, theta, y, X, Z
        The model and its rows.
    direction
        Shape (k + l,).
    """
    k = X.shape[1]
    along = X @ direction[:k]
    if link == "logit":
        return np.asarray((y - expit(X @ theta)) * along)
    precision = np.exp(-(Z @ theta[k:]))
    u = (X @ theta[:k]) * precision
    r, _ = hetprobit.residuals_at(u, y)
    return np.asarray(r * (precision * along - u * (Z @ direction[k:])))


def gradient(link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats) -> Floats:
    """Give the gradient of the log-likelihood, shape (k + l,)."""
    if link != "logit":
        return hetprobit.gradient(theta, y, X, Z)
    return np.asarray(X.T @ (y - expit(X @ theta)))


def derivatives(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats, weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """Give the gradient (k + l,) and Hessian (k + l, k + l), rows weighted."""
    return evaluate(link, theta, y, X, Z, weights)[1:]


def evaluate(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats, weights: Floats | None = None
) -> tuple[float, Floats, Floats]:
    """Give the log-likelihood, its gradient and its Hessian in one pass, rows weighted."""
    if link != "logit":
        return hetprobit.evaluate(theta, y, X, Z, weights)
    eta = X @ theta
    p = expit(eta)
    rows, residual, curvature = y * eta - np.logaddexp(0, eta), y - p, p * (1 - p)
    if weights is not None:
        rows, residual, curvature = weights * rows, weights * residual, weights * curvature
    rooted = np.sqrt(curvature)[:, None] * X
    return float(rows.sum()), np.asarray(X.T @ residual), -np.asarray(rooted.T @ rooted)


class RowLikelihood:
    """The log-likelihood of a model's rows as a search asks for it: value, then derivatives.

    Parameters
    ----------
    link
        Which model.
    y, X, Z
        Its rows.
    weights
        Of the rows, shape (n,); 1 each by default.
    known
        Parameters at which value, gradient and Hessian are known, and these three.
    """

    def __init__(
        self,
        link: Link,
        y: Floats,
        X: Floats,
        Z: Floats,
        weights: Floats | None = None,
        *,
        known: tuple[Floats, Evaluated] | None = None,
    ) -> None:
        self._rows = (y, X, Z, weights)
        self._link = link
        self._theta: Floats | None = None
        self._found: Evaluated = (0.0, np.empty(0), np.empty((0, 0)))
        if known is not None:
            self._theta, self._found = known

    def value(self, theta: Floats) -> float:
        """Give the log-likelihood."""
        return self._at(theta)[0]

    def derivatives(self, theta: Floats) -> tuple[Floats, Floats]:
        """Give its gradient (k + l,) and Hessian (k + l, k + l)."""
        return self._at(theta)[1:]

    def _at(self, theta: Floats) -> tuple[float, Floats, Floats]:
        """Evaluate once: nearly every point whose value is asked for is one the search moves to."""
        if self._theta is None or not np.array_equal(theta, self._theta):
            self._found = evaluate(self._link, theta, *self._rows)
            self._theta = theta.copy()
        return self._found


def cluster_scores(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats, cluster: Ints
) -> Floats:
    """Sum the scores of :func:`row_scores` by cluster, shape (G, k + l).

    Parameters
    ----------
    link, theta, y, X, Z
        The model and its rows.
    cluster
        Cluster of each row, numbered from 0 without gaps, shape (n,).
    """
    if link == "logit":
        return summed_by(cluster, y - expit(X @ theta), X)
    k = X.shape[1]
    precision = np.exp(-(Z @ theta[k:]))
    u = (X @ theta[:k]) * precision
    r, _ = hetprobit.residuals_at(u, y)
    return np.hstack([summed_by(cluster, r * precision, X), summed_by(cluster, -r * u, Z)])


def summed_by(group: Ints, weights: Floats, columns: Floats, groups: int | None = None) -> Floats:
    """Give the weighted sums of columns by group, shape (G, k), without weighting a copy of them.

    Parameters
    ----------
    group
        Group of each row, numbered from 0, shape (n,).
    weights
        Of each row, shape (n,).
    columns
        Shape (n, k).
    groups
        How many there are, G; by default the last has rows.
    """
    # Imported where it is used: it takes a tenth of a second, which short commands do without.
    from scipy.sparse import csr_array

    count = int(group.max()) + 1 if groups is None else groups
    members = csr_array((weights, (group, np.arange(len(group)))), shape=(count, len(group)))
    return side_by_side([members @ column for column in columns.T], rows=count)
