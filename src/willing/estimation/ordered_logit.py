"""Ordered logit by maximum likelihood, standard errors clustered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from willing.errors import EstimationError, NoVariationError, SeparationError
from willing.estimation.covariance import clustered_covariance
from willing.estimation.newton import maximise
from willing.numbers import Floats, Ints, logistic

# The linear programme's rounding, a row.
_NO_GAIN = 1e-9


@dataclass(frozen=True, eq=False)
class OrderedLogit:
    """A fitted ordered logit, :math:`P(y \\le j) = \\Lambda(c_j - x'b)`.

    Attributes
    ----------
    slopes
        :math:`b`, shape (k,).
    cuts
        :math:`c_0 < c_1 < \\dots`, shape (J - 1,) for J categories.
    covariance
        Of slopes, then cuts; clustered, shape (k + J - 1, k + J - 1).
    log_likelihood
        At the estimates.
    iterations
        Newton steps taken.
    """

    slopes: Floats
    cuts: Floats
    covariance: Floats
    log_likelihood: float
    iterations: int

    def probabilities(self, X: Floats) -> Floats:
        """Give the probability of each category for rows of shape (n, k), shape (n, J)."""
        return category_probabilities(X @ self.slopes, self.cuts)


def category_probabilities(index: Floats, cuts: Floats) -> Floats:
    """Give the probability of each category at an index of shape (n,), shape (n, J)."""
    below = logistic(cuts - index[:, np.newaxis])
    n = len(below)
    return np.diff(np.hstack([np.zeros((n, 1)), below, np.ones((n, 1))]), axis=1)


def fit_ordered_logit(
    X: Floats,
    y: Ints,
    cluster: Ints,
    *,
    names: Sequence[str],
    categories: Sequence[str],
) -> OrderedLogit:
    """Fit :math:`P(y \\le j) = \\Lambda(c_j - x'b)` by Newton's method.

    Parameters
    ----------
    X
        Explanatory columns without a constant, shape (n, k).
    y
        Categories from 0 to J - 1, in their order, shape (n,).
    cluster
        Numbers from 0 without gaps, shape (n,): whose errors may depend on one another.
    names
        What the k columns are called.
    categories
        What the J categories are called.

    Raises
    ------
    NoVariationError
        If a category is empty, or a column has one value only.
    SeparationError
        If the columns order some rows without error.
    ConvergenceError
        If the slopes are not identified, as of columns that are combinations of one another.

    References
    ----------
    McCullagh, P. 1980. Regression Models for Ordinal Data. Journal of the Royal Statistical
    Society B 42(2): 109-142.
    """
    J = len(categories)
    counts = np.bincount(y, minlength=J)
    if (counts == 0).any():
        empty = ", ".join(c for c, many in zip(categories, counts, strict=True) if many == 0)
        raise NoVariationError(
            f"none of the {len(y):,} rows is a {empty}; an ordered logit needs every category of "
            f"{', '.join(categories)}. Take more years or another source"
        )
    if int(cluster.max()) == 0:
        raise EstimationError("all rows belong to one cluster; clustered errors need at least two")
    spread = X.std(axis=0)
    if (spread == 0.0).any():
        same = ", ".join(n for n, s in zip(names, spread, strict=True) if s == 0.0)
        raise NoVariationError(f"{same} has the same value in all rows; leave it out")
    Z = (X - X.mean(axis=0)) / spread
    _require_overlap(Z, y, J, names)
    likelihood = _Likelihood(Z, y, J)
    share = np.cumsum(counts)[:-1] / len(y)
    start = np.concatenate([np.zeros(X.shape[1]), np.log(share / (1.0 - share))])
    labels = [*names, *(f"cut above {name}" for name in categories[:-1])]
    best = maximise(likelihood.value, likelihood.derivatives, start, names=labels)
    covariance = clustered_covariance(likelihood.scores(best.params), best.hessian, cluster)
    # Back from columns of mean 0 and spread 1: b = b_z / s, c = c_z + mean'b.
    k = X.shape[1]
    back = np.eye(k + J - 1)
    back[:k, :k] /= spread
    back[k:, :k] = X.mean(axis=0) / spread
    params = back @ best.params
    return OrderedLogit(
        slopes=params[:k],
        cuts=params[k:],
        covariance=np.asarray(back @ covariance @ back.T),
        log_likelihood=best.value,
        iterations=best.iterations,
    )


def fit_cuts(index: Floats, y: Ints, *, categories: Sequence[str]) -> tuple[Floats, float]:
    """Fit the cuts of an ordered logit whose index :math:`x'b` is given.

    Parameters
    ----------
    index
        Shape (n,).
    y, categories
        As of `fit_ordered_logit`.

    Returns
    -------
    tuple
        The cuts, shape (J - 1,), and the log-likelihood.
    """
    J = len(categories)
    likelihood = _Likelihood(np.empty((len(y), 0)), y, J, index)
    # With the index at its mean the cuts are the log odds of the outcomes' shares.
    share = np.cumsum(np.bincount(y, minlength=J))[:-1] / len(y)
    start = index.mean() + np.log(share / (1.0 - share))
    labels = [f"cut above {name}" for name in categories[:-1]]
    best = maximise(likelihood.value, likelihood.derivatives, start, names=labels)
    return best.params, best.value


@dataclass(frozen=True, eq=False)
class _Likelihood:
    """The log-likelihood of slopes and cuts with its derivatives."""

    X: Floats
    y: Ints
    J: int
    offset: Floats | float = 0.0

    def value(self, params: Floats) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            total = float(np.log(self._bounds(params)[2]).sum())
        return total if np.isfinite(total) else -np.inf

    def scores(self, params: Floats) -> Floats:
        up, low, P = self._bounds(params)
        upper, lower = self._gradients()
        return np.asarray(
            upper * (_density(up) / P)[:, np.newaxis] - lower * (_density(low) / P)[:, np.newaxis]
        )

    def derivatives(self, params: Floats) -> tuple[Floats, Floats]:
        up, low, P = self._bounds(params)
        upper, lower = self._gradients()
        a, b = _density(up) / P, _density(low) / P
        both = (upper * (a * b)[:, np.newaxis]).T @ lower
        hessian = (
            (upper * (_slope(up) / P - a**2)[:, np.newaxis]).T @ upper
            - (lower * (_slope(low) / P + b**2)[:, np.newaxis]).T @ lower
            + both
            + both.T
        )
        return self.scores(params).sum(axis=0), hessian

    def _bounds(self, params: Floats) -> tuple[Floats, Floats, Floats]:
        """Upper and lower bound of each row's latent error, and the probability between."""
        k = self.X.shape[1]
        index = self.X @ params[:k] + self.offset
        cuts = np.concatenate([[-np.inf], params[k:], [np.inf]])
        up, low = cuts[self.y + 1] - index, cuts[self.y] - index
        # Of large bounds the difference is taken in the other tail, where it is not rounded off.
        tail = np.where(
            low > 0.0,
            logistic(-low) - logistic(-up),
            logistic(up) - logistic(low),
        )
        return up, low, tail

    def _gradients(self) -> tuple[Floats, Floats]:
        """The derivatives of the bounds by the parameters, each of shape (n, k + J - 1)."""
        cut = np.eye(self.J + 1)[:, 1:-1]
        return np.hstack([-self.X, cut[self.y + 1]]), np.hstack([-self.X, cut[self.y]])


def _density(x: Floats) -> Floats:
    return np.asarray(logistic(x) * logistic(-x))


def _slope(x: Floats) -> Floats:
    return np.asarray(logistic(x) * logistic(-x) * (logistic(-x) - logistic(x)))


def _require_overlap(X: Floats, y: Ints, J: int, names: Sequence[str]) -> None:
    """Raise if some slopes and cuts never speak against a row, and for some row speak at all."""
    slopes = _separating_sign(X[:, 0], y, J) if X.shape[1] == 1 else _separating_slopes(X, y, J)
    involved = [name for name, v in zip(names, slopes, strict=True) if abs(v) > _NO_GAIN]
    if involved:
        raise SeparationError(
            f"{', '.join(involved)} predict outcomes without error, so that the slopes have no "
            "finite estimate; take more years or leave a column out"
        )


def _separating_sign(x: Floats, y: Ints, J: int) -> Floats:
    """Give the slope of a single column, 1 or -1, that orders all rows, shape (1,); else 0."""
    for sign in (1.0, -1.0):
        signed = sign * x
        if all(signed[y <= j].max() <= signed[y > j].min() for j in range(J - 1)):
            return np.array([sign])
    return np.zeros(1)


def _separating_slopes(X: Floats, y: Ints, J: int) -> Floats:
    """Give slopes from -1 to 1 that order all rows, shape (k,), by a linear programme; else 0."""
    from scipy.optimize import linprog  # a fifth of a second to import

    n, k = X.shape
    signed = []
    for j in range(J - 1):
        cut = np.zeros((n, J - 1))
        cut[:, j] = -1.0
        signed.append(np.where(y > j, 1.0, -1.0)[:, np.newaxis] * np.hstack([X, cut]))
    rows = np.vstack(signed)
    bounds = [(-1.0, 1.0)] * k + [(None, None)] * (J - 1)
    found = linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=bounds)
    if found.x is None or float((rows @ found.x).sum()) <= _NO_GAIN * len(rows):
        return np.zeros(k)
    return np.asarray(found.x[:k])
