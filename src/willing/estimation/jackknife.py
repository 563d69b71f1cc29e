"""The cluster jackknife: what becomes of estimates when one cluster is left out at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.estimation.design import column_spread
from willing.estimation.results import BinaryResults
from willing.estimation.row_likelihood import derivatives, gradient, row_scores
from willing.numbers import Floats, Ints

# Steps with the curvature of the full fit less the cluster's; the first already has the error of
# a square, and a coefficient moves by less than a hundredth of a standard error after the second.
STEPS = 2


@dataclass(frozen=True, eq=False)
class Jackknife:
    """Estimates without each cluster.

    Attributes
    ----------
    clusters : ndarray of int, shape (G,)
        The clusters, as they were numbered.
    params : ndarray, shape (G, k + l)
        Estimates without each.
    full : ndarray, shape (k + l,)
        Estimates with all.
    """

    clusters: Ints
    params: Floats
    full: Floats

    @property
    def covariance(self) -> Floats:
        """``(G - 1) / G sum_g (b_-g - b)(b_-g - b)'``, shape (k + l, k + l)."""
        apart = self.params - self.full
        share = (len(self.clusters) - 1) / len(self.clusters)
        return np.asarray(share * apart.T @ apart)


def cluster_jackknife(
    fit: BinaryResults, cluster: Ints | None = None, *, steps: int = STEPS
) -> Jackknife:
    """Leave out one cluster at a time.

    Parameters
    ----------
    fit
        A fitted model.
    cluster
        Cluster of each of its rows, any whole numbers, shape (n,); those of its standard errors by
        default.
    steps
        Newton steps from the full estimates. With 1 only the cluster's own rows are looked at.

    References
    ----------
    MacKinnon, J. G., M. O. Nielsen and M. D. Webb. 2023. Fast and reliable jackknife and bootstrap
    methods for cluster-robust inference. Journal of Applied Econometrics 38(5): 671-694 (their
    CV3, about the full estimates).
    """
    design = fit.design
    cluster = design.cluster if cluster is None else cluster
    k, wide = design.X.shape[1], len(fit.variance_terms)
    scale = np.concatenate([column_spread(design.X), column_spread(design.Z[:, :wide])])
    y, X, Z = design.y, design.X / scale[:k], design.Z[:, :wide] / scale[k:]
    theta = fit.params * scale
    _, hessian = derivatives(fit.link, theta, y, X, Z)
    scores = row_scores(fit.link, theta, y, X, Z)
    names, place = np.unique(cluster, return_inverse=True)
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(len(names) + 1))
    found = np.empty((len(names), len(theta)))
    for g in range(len(names)):
        own = order[bounds[g] : bounds[g + 1]]
        _, part = derivatives(fit.link, theta, y[own], X[own], Z[own])
        rest = np.linalg.inv(-(hessian - part))
        b = theta - rest @ scores[own].sum(axis=0)
        for _ in range(steps - 1):
            others = gradient(fit.link, b, y, X, Z)
            others -= gradient(fit.link, b, y[own], X[own], Z[own])
            b = b + rest @ others
        found[g] = b
    return Jackknife(names, found / scale, fit.params)
