"""Logit and probit with Jeffreys' penalty: finite estimates where the outcome is rare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, log_expit, log_ndtr
from scipy.stats import chi2

from willing.errors import ConvergenceError
from willing.estimation.design import Design, column_spread
from willing.numbers import Floats

LOG_SQRT_2PI = 0.5 * float(np.log(2 * np.pi))
ITERATIONS = 200
# Of a coefficient of scaled columns.
LAST_STEP = 1e-9


@dataclass(frozen=True, eq=False)
class PenalisedResults:
    """Penalised estimates.

    Attributes
    ----------
    terms : tuple of str
        Names of the k coefficients.
    params, std_errors : ndarray, shape (k,)
        Estimates, and roots of the diagonal of the inverse information: rows taken as independent.
    penalised : float
        Log-likelihood with half the log determinant of the information added.
    """

    terms: tuple[str, ...]
    params: Floats
    std_errors: Floats
    penalised: float


@dataclass(frozen=True, eq=False)
class _Rows:
    """Of each row at an index: log-likelihood, residual, weight, and the weight's log slope."""

    loglik: Floats
    residual: Floats
    weight: Floats
    slope: Floats


def fit_penalised(
    design: Design,
    link: Literal["logit", "probit"],
    *,
    fixed: int | None = None,
    start: Floats | None = None,
) -> PenalisedResults:
    """Maximise ``l(b) + log |I(b)| / 2``, I the expected information.

    Parameters
    ----------
    design
        The data; a variance equation is ignored.
    link
        Logit (Firth's estimates) or probit.
    fixed
        A coefficient held at zero, the penalty being that of all of them; none by default.
    start
        Coefficients to begin from, shape (k,); by default zeros.

    Returns
    -------
    PenalisedResults

    Raises
    ------
    ConvergenceError
        If the search does not end.

    References
    ----------
    Firth, D. 1993. Bias reduction of maximum likelihood estimates. Biometrika 80(1): 27-38.
    Kosmidis, I. and D. Firth. 2021. Jeffreys-prior penalty, finiteness and shrinkage in
    binomial-response generalized linear models. Biometrika 108(1): 71-82.
    """
    scale = column_spread(design.X)
    X, y = design.X / scale, design.y
    rows: Callable[[Floats, Floats], _Rows] = _logit if link == "logit" else _probit
    free = np.arange(X.shape[1]) != (-1 if fixed is None else fixed)
    b = np.zeros(X.shape[1]) if start is None else np.where(free, start * scale, 0.0)
    value, information, gradient = _state(rows, y, X, b)
    for _ in range(ITERATIONS):
        step = np.zeros_like(b)
        step[free] = np.linalg.solve(information[np.ix_(free, free)], gradient[free])
        step *= min(1.0, 2.0 / float(np.abs(step).max() or 1.0))
        for halving in range(30):
            candidate = b + 0.5**halving * step
            reached, information, gradient = _state(rows, y, X, candidate)
            if reached >= value - 1e-10 * abs(value):
                break
        b, value = candidate, reached
        if float(np.abs(step).max()) < LAST_STEP:
            errors = np.sqrt(np.diag(np.linalg.inv(information)))
            # The determinant is of scaled columns; the likelihood of natural units adds their logs.
            return PenalisedResults(
                design.terms, b / scale, errors / scale, value + float(np.log(scale).sum())
            )
    raise ConvergenceError(
        f"the penalised {link} of {design.outcome} found no maximum in {ITERATIONS} steps; "
        "drop sparse columns"
    )


def penalised_test(
    design: Design,
    link: Literal["logit", "probit"],
    term: str,
    *,
    full: PenalisedResults | None = None,
) -> float:
    """Give the p-value of the penalised likelihood-ratio test that a coefficient is zero.

    Parameters
    ----------
    design, link
        As in :func:`fit_penalised`.
    term
        Whose coefficient.
    full
        What :func:`fit_penalised` gave of them, where it is at hand.
    """
    full = full or fit_penalised(design, link)
    null = fit_penalised(design, link, fixed=design.terms.index(term), start=full.params)
    return float(chi2.sf(2 * max(full.penalised - null.penalised, 0.0), 1))


def _state(
    rows: Callable[[Floats, Floats], _Rows], y: Floats, X: Floats, b: Floats
) -> tuple[float, Floats, Floats]:
    """Penalised log-likelihood, information and gradient."""
    at = rows(X @ b, y)
    weighted = at.weight[:, None] * X
    information = X.T @ weighted
    leverage = np.einsum("ij,ij->i", weighted @ np.linalg.inv(information), X)
    gradient = X.T @ (at.residual + 0.5 * leverage * at.slope)
    _, log_det = np.linalg.slogdet(information)
    return float(at.loglik.sum() + 0.5 * log_det), information, gradient


def _logit(eta: Floats, y: Floats) -> _Rows:
    p = expit(eta)
    return _Rows(log_expit((2 * y - 1) * eta), y - p, p * (1 - p), 1 - 2 * p)


def _probit(eta: Floats, y: Floats) -> _Rows:
    q = 2 * y - 1
    log_phi = -0.5 * eta**2 - LOG_SQRT_2PI
    above, below = np.exp(log_phi - log_ndtr(eta)), np.exp(log_phi - log_ndtr(-eta))
    # w = phi^2 / (Phi (1 - Phi)); its log slope is -2 eta - phi / Phi + phi / (1 - Phi).
    return _Rows(
        log_ndtr(q * eta),
        np.where(q > 0, above, -below),
        above * below,
        -2 * eta - above + below,
    )
