"""The cluster jackknife: what becomes of estimates when one cluster is left out at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from willing.estimation.design import column_spread
from willing.estimation.hetprobit import ResidualNear, index
from willing.estimation.results import BinaryResults, Link
from willing.estimation.row_likelihood import derivatives, gradient, row_scores
from willing.numbers import Floats, Ints

# Steps with the curvature of the full fit less the cluster's. Nine in ten clusters need two or
# three; one that half of the ones belong to may need twenty.
STEPS = 20
# A step shorter than so many standard errors is the last: the slowest searches are then within some
# thousandths of where they lead.
LAST_STEP = 0.003


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
    settled : ndarray of bool, shape (G,)
        Whether the last step was a short one. If not, the estimate is that of the shortest, of a
        model that may have none: the ones left are foretold.
    """

    clusters: Ints
    params: Floats
    full: Floats
    settled: NDArray[np.bool_]

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
        Newton steps from the full estimates at most. With 1 only the cluster's own rows are looked
        at.

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
    found, settled = np.empty((len(names), len(theta))), np.zeros(len(names), dtype=bool)
    of_all = _gradient_near(fit.link, theta, y, X, Z)
    for g in range(len(names)):
        own = order[bounds[g] : bounds[g + 1]]
        _, part = derivatives(fit.link, theta, y[own], X[own], Z[own])
        rest = np.linalg.inv(-(hessian - part))
        others = -scores[own].sum(axis=0)
        b, last = theta, np.inf
        for step in range(1, steps + 1):
            move = rest @ others
            # The square of a step's length in standard errors; where it grows, or curvature turns,
            # the search leads nowhere.
            length = float(move @ others)
            if not length < last:
                break
            b, last = b + move, length
            settled[g] = 0 <= length < LAST_STEP**2
            if settled[g] or length < 0 or step == steps:
                break
            others = of_all(b) - gradient(fit.link, b, y[own], X[own], Z[own])
        found[g] = b
    return Jackknife(names, found / scale, fit.params, settled)


def _gradient_near(
    link: Link, theta: Floats, y: Floats, X: Floats, Z: Floats
) -> Callable[[Floats], Floats]:
    """Give the gradient as a function of parameters that are near some."""
    if link == "logit":
        return lambda b: gradient(link, b, y, X, Z)
    k = X.shape[1]
    residual = ResidualNear(index(theta, X, Z), y)

    def at(b: Floats) -> Floats:
        if not Z.shape[1]:
            return np.asarray(X.T @ residual.at(X @ b))
        precision = np.exp(-(Z @ b[k:]))
        u = (X @ b[:k]) * precision
        r = residual.at(u)
        return np.concatenate([X.T @ (r * precision), -Z.T @ (r * u)])

    return at
