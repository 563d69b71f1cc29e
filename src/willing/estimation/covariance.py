"""Sandwich covariance of maximum-likelihood estimates, clustered."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from willing.errors import ConvergenceError
from willing.numbers import Floats


def clustered_covariance(
    scores: Floats, hessian: Floats, cluster: NDArray[np.integer[Any]]
) -> Floats:
    """Give the sandwich covariance of estimates whose errors are dependent within clusters.

    Parameters
    ----------
    scores : ndarray, shape (n, k)
        Derivative of each row's log-likelihood by the parameters.
    hessian : ndarray, shape (k, k)
        Second derivative of the total log-likelihood, negative definite.
    cluster : ndarray of int, shape (n,)
        Cluster of each row, numbered from 0 without gaps; G of them.

    Returns
    -------
    ndarray, shape (k, k)
        ``G/(G-1) H^-1 (sum_g s_g s_g') H^-1`` with ``s_g`` the sum of the scores of cluster g.

    Notes
    -----
    The factor G/(G-1) alone is what Stata applies to maximum-likelihood estimators and what
    ``sandwich::vcovCL`` of R applies to a ``glm`` by default (HC0 with ``cadjust``). Statsmodels
    multiplies by (n-1)/(n-k) as well.
    """
    n_clusters = int(cluster.max()) + 1
    totals = np.empty((n_clusters, scores.shape[1]))
    for column in range(scores.shape[1]):
        totals[:, column] = np.bincount(cluster, scores[:, column], n_clusters)
    return sandwich(totals, hessian)


def sandwich(totals: Floats, hessian: Floats) -> Floats:
    """Give the covariance of :func:`clustered_covariance` from scores summed by cluster.

    Parameters
    ----------
    totals : ndarray, shape (G, k)
        Summed scores of each cluster.
    hessian : ndarray, shape (k, k)
        Second derivative of the total log-likelihood, negative definite.
    """
    n_clusters = len(totals)
    try:
        bread = np.linalg.inv(-hessian)
    except np.linalg.LinAlgError as error:
        raise ConvergenceError(
            "the log-likelihood is flat at its maximum, so its curvature has no inverse"
        ) from error
    covariance = n_clusters / (n_clusters - 1) * bread @ (totals.T @ totals) @ bread
    return np.asarray((covariance + covariance.T) / 2)


def crossed_covariance(
    scores: Floats, hessian: Floats, first: NDArray[np.int64], second: NDArray[np.int64]
) -> Floats:
    """Give the sandwich covariance of errors dependent within either of two clusterings.

    Parameters
    ----------
    scores, hessian
        As in :func:`clustered_covariance`.
    first, second
        Cluster of each row by either, numbered from 0 without gaps, shape (n,).

    Returns
    -------
    ndarray, shape (k, k)
        The covariances by either less that by both together. Where clusters are few it can have
        negative eigenvalues; these are set to zero.

    References
    ----------
    Cameron, A. C., J. B. Gelbach and D. L. Miller. 2011. Robust inference with multiway
    clustering. Journal of Business & Economic Statistics 29(2): 238-249.
    """
    _, both = np.unique(first * (int(second.max()) + 1) + second, return_inverse=True)
    total = (
        clustered_covariance(scores, hessian, first)
        + clustered_covariance(scores, hessian, second)
        - clustered_covariance(scores, hessian, both)
    )
    values, vectors = np.linalg.eigh(total)
    if values[0] >= 0:
        return total
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)
