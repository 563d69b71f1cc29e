"""Heteroskedastic probit: ``P(y = 1) = Phi(x'b / exp(z'g))``.

All functions take the parameters stacked, ``theta = (b, g)`` of shape (k + l,), and the arrays of
a :class:`~willing.estimation.design.Design`. With ``u = x'b exp(-z'g)``, ``q = 2y - 1`` and the
generalised residual ``r = q phi(u) / Phi(q u)``, whose derivative by ``u`` is ``-r (r + u)``, the
derivatives of a row's log-likelihood ``log Phi(q u)`` follow by the chain rule from
``du/db = exp(-z'g) x`` and ``du/dg = -u z``. With l = 0 it is the probit.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import log_ndtr

from willing.numbers import Floats

LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)
# Rows looked at together: with some twenty columns they and their copy stay in a core's own cache
# (1 to 2 MB); 2,048 and 8,192 take a tenth longer.
BLOCK = 4096


def index(theta: Floats, X: Floats, Z: Floats) -> Floats:
    """Give the probit index ``u = x'b exp(-z'g)``, shape (n,)."""
    k = X.shape[1]
    return np.asarray((X @ theta[:k]) * np.exp(-(Z @ theta[k:])))


def index_gradient(theta: Floats, X: Floats, Z: Floats) -> Floats:
    """Give the derivative of the index by the parameters, shape (n, k + l)."""
    k = X.shape[1]
    precision = np.exp(-(Z @ theta[k:]))
    u = (X @ theta[:k]) * precision
    return np.column_stack([precision[:, None] * X, -u[:, None] * Z])


def loglikelihood(
    theta: Floats, y: Floats, X: Floats, Z: Floats, weights: Floats | None = None
) -> float:
    """Give the log-likelihood ``sum w log Phi(q u)``; minus infinity where it overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        rows = log_ndtr((2 * y - 1) * index(theta, X, Z))
        total = float(rows.sum() if weights is None else weights @ rows)
    return total if math.isfinite(total) else -math.inf


def scores(theta: Floats, y: Floats, X: Floats, Z: Floats) -> Floats:
    """Give each row's derivative of the log-likelihood, shape (n, k + l)."""
    k = X.shape[1]
    precision = np.exp(-(Z @ theta[k:]))
    u = (X @ theta[:k]) * precision
    r = _residual(u, y)
    return np.concatenate([X.T * (r * precision), -Z.T * (r * u)]).T


def gradient(theta: Floats, y: Floats, X: Floats, Z: Floats) -> Floats:
    """Give the gradient of the log-likelihood, shape (k + l,)."""
    k = X.shape[1]
    precision = np.exp(-(Z @ theta[k:]))
    u = (X @ theta[:k]) * precision
    r = _residual(u, y)
    return np.concatenate([X.T @ (r * precision), -Z.T @ (r * u)])


def derivatives(
    theta: Floats, y: Floats, X: Floats, Z: Floats, weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """Give the gradient (k + l,) and Hessian (k + l, k + l) of the log-likelihood."""
    return evaluate(theta, y, X, Z, weights)[1:]


def evaluate(
    theta: Floats, y: Floats, X: Floats, Z: Floats, weights: Floats | None = None
) -> tuple[float, Floats, Floats]:
    """Give the log-likelihood, its gradient and its Hessian in one pass over the rows."""
    k, size = X.shape[1], len(theta)
    value, first, H = 0.0, np.zeros(size), np.zeros((size, size))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(y), BLOCK):
            own = slice(start, start + BLOCK)
            x, z, q = X[own], Z[own], 2 * y[own] - 1
            precision = np.exp(-(z @ theta[k:])) if size > k else None
            u = x @ theta[:k]
            if precision is not None:
                u *= precision
            rows = log_ndtr(q * u)
            r = q * np.exp(-0.5 * u**2 - LOG_SQRT_2PI - rows)
            slope = -r * (r + u)
            if weights is None:
                value += float(rows.sum())
            else:
                # Value and both derivatives of a row are linear in these three.
                w = weights[own]
                value += float(w @ rows)
                r, slope = w * r, w * slope
            # The probit is concave in its index, so that the curvature has a root.
            root = np.sqrt(np.maximum(-slope, 0.0))
            if precision is None:
                first += r @ x
            else:
                turn = slope * u + r
                first[:k] += (r * precision) @ x
                first[k:] -= (r * u) @ z
                H[:k, k:] -= x.T @ ((precision * turn)[:, None] * z)
                H[k:, k:] += z.T @ ((u * turn)[:, None] * z)
                root *= precision
            # A column after the other: each is contiguous where X is in Fortran's order.
            rooted = x.T * root
            H[:k, :k] -= rooted @ rooted.T
    H[k:, :k] = H[:k, k:].T
    return (value if math.isfinite(value) else -math.inf), first, H


def residuals(theta: Floats, y: Floats, X: Floats, Z: Floats) -> tuple[Floats, Floats]:
    """Give each row's first and second derivative of the log-likelihood by its index, (n,) each."""
    return residuals_at(index(theta, X, Z), y)


def residuals_at(u: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Give the same at a known index, shape (n,)."""
    r = _residual(u, y)
    return r, -r * (r + u)


class ResidualNear:
    """The generalised residual at indices near one at which it is known, by its Taylor series.

    That takes a fifth of the time, since nearly all rows of other estimates of the same model are
    near.

    Parameters
    ----------
    u, y
        The index and the outcome, shape (n,).
    """

    # A row further away is worked out afresh; the fifth term, the first left out, is below 3e-6.
    NEAR = 0.2

    def __init__(self, u: Floats, y: Floats) -> None:
        r = _residual(u, y)
        # By Leibniz' rule from r' = -r g with g = r + u.
        g = r + u
        r1 = -r * g
        r2 = -(r1 * g + r * (r1 + 1))
        r3 = -(r2 * g + 2 * r1 * (r1 + 1) + r * r2)
        r4 = -(r3 * g + 3 * r2 * (r1 + 1) + 3 * r1 * r2 + r * r3)
        self._u, self._y = u, y
        self._terms = (r4 / 24, r3 / 6, r2 / 2, r1, r)

    def at(self, u: Floats) -> Floats:
        """Give the residual at other indices, shape (n,)."""
        apart = u - self._u
        found = np.zeros_like(apart)
        for term in self._terms:
            found *= apart
            found += term
        far = np.flatnonzero(np.abs(apart) > self.NEAR)
        found[far] = _residual(u[far], self._y[far])
        return found


def _residual(u: Floats, y: Floats) -> Floats:
    q = 2 * y - 1
    return np.asarray(q * np.exp(-0.5 * u**2 - LOG_SQRT_2PI - log_ndtr(q * u)))
