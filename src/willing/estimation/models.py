"""Fit the binary-outcome models by maximum likelihood: probit, logit, heteroskedastic probit."""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np
from scipy.special import logit, ndtri
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from willing.errors import ConvergenceError, EstimationError
from willing.estimation import marginal_effects as marginal_effects
from willing.estimation.covariance import sandwich
from willing.estimation.design import Design, column_spread
from willing.estimation.newton import GAIN_LEFT, maximise
from willing.estimation.results import BinaryResults, Link
from willing.estimation.row_likelihood import RowLikelihood, cluster_scores
from willing.numbers import Floats

# A log-likelihood this near to zero is that of an outcome foretold without error: the search then
# ends on a plateau, at whatever coefficients it has reached.
PERFECT = 1e-6


def one_blas_thread() -> AbstractContextManager[object]:
    """Hold BLAS to one thread: on matrices a few columns wide more only wait for each other."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def fit_probit(
    design: Design,
    *,
    name: str = "probit",
    start: Floats | None = None,
    tolerance: float = GAIN_LEFT,
) -> BinaryResults:
    """Fit ``P(y = 1) = Phi(x'b)`` by maximum likelihood, errors clustered.

    Parameters
    ----------
    design
        The data; its variance equation is ignored.
    name
        What to call the model.
    start
        Coefficients to begin from, shape (k,); by default those of the constant alone.
    tolerance
        The log-likelihood that the search may leave to gain.

    Returns
    -------
    BinaryResults

    Raises
    ------
    ConvergenceError
        If the search fails, as it does when columns together separate the outcome.
    """
    return _fit_homoskedastic(design, "probit", name, start, tolerance)


def fit_logit(
    design: Design,
    *,
    name: str = "logit",
    start: Floats | None = None,
    tolerance: float = GAIN_LEFT,
) -> BinaryResults:
    """Fit ``P(y = 1) = 1 / (1 + exp(-x'b))``; otherwise as :func:`fit_probit`."""
    return _fit_homoskedastic(design, "logit", name, start, tolerance)


def fit_hetprobit(
    design: Design,
    *,
    name: str = "hetprobit",
    start: Floats | None = None,
    tolerance: float = GAIN_LEFT,
    beside: bool = True,
) -> BinaryResults:
    """Fit ``P(y = 1) = Phi(x'b / exp(z'g))`` by maximum likelihood, errors clustered.

    Parameters
    ----------
    design
        The data, with at least one column in the variance equation.
    name
        What to call the model.
    start
        Coefficients (b, g) to begin from, shape (k + l,); by default those of the probit and
        g = 0, where the two models coincide.
    tolerance
        The log-likelihood that the search may leave to gain.
    beside
        Whether the probit is fitted beside it, for the likelihood ratio, also where the search has
        another start.

    Returns
    -------
    BinaryResults

    Raises
    ------
    EstimationError
        If the variance equation is empty.
    ConvergenceError
        If the search fails or the parameters are not identified.

    References
    ----------
    Harvey, A. C. 1976. Estimating regression models with multiplicative heteroscedasticity.
    Econometrica 44(3): 461-465. Alvarez, R. M. and J. Brehm. 1995. American ambivalence towards
    abortion policy. American Journal of Political Science 39(4): 1055-1082.
    """
    if not design.variance_terms:
        raise EstimationError(
            "a heteroskedastic probit needs a column in its variance equation; "
            "name one, or fit a probit"
        )
    scale = np.concatenate([column_spread(design.X), column_spread(design.Z)])
    k = design.X.shape[1]
    X, Z = design.X / scale[:k], design.Z / scale[k:]
    names = (*design.terms, *(f"variance of {t}" for t in design.variance_terms))
    probit = None
    if beside or start is None:
        probit = fit_probit(design, start=None if start is None else start[:k], tolerance=tolerance)
    if start is None and probit is not None:
        start = np.concatenate([probit.params, np.zeros(Z.shape[1])])
    link: Link = "heteroskedastic probit"
    rows = RowLikelihood(link, design.y, X, Z)
    best = maximise(rows.value, rows.derivatives, start * scale, names=names, tolerance=tolerance)
    covariance = sandwich(
        cluster_scores(link, best.params, design.y, X, Z, design.cluster), best.hessian
    )
    return BinaryResults(
        name=name,
        link=link,
        design=design,
        variance_terms=design.variance_terms,
        params=best.params / scale,
        covariance=covariance / np.outer(scale, scale),
        loglik=best.value,
        loglik_probit=None if probit is None else probit.loglik,
        iterations=best.iterations,
    )


def _fit_homoskedastic(
    design: Design, link: Link, name: str, start: Floats | None, tolerance: float
) -> BinaryResults:
    scale = column_spread(design.X)
    X, none = design.X / scale, design.Z[:, :0]
    begin = _base_rate(design, link) if start is None else start * scale
    try:
        rows = RowLikelihood(link, design.y, X, none)
        best = maximise(
            rows.value, rows.derivatives, begin, names=design.terms, tolerance=tolerance
        )
        if best.value > -PERFECT:
            raise ConvergenceError("the fit is perfect")
    except ConvergenceError as error:
        raise ConvergenceError(
            f"the {link} of {design.outcome} found no maximum: columns that together predict the "
            "outcome without error make coefficients infinite. Drop sparse columns or widen the "
            f"sample ({int(design.y.sum()):,} of {design.n:,} rows are 1); {error}"
        ) from error
    totals = cluster_scores(link, best.params, design.y, X, none, design.cluster)
    covariance = sandwich(totals, best.hessian)
    return BinaryResults(
        name=name,
        link=link,
        design=design,
        variance_terms=(),
        params=best.params / scale,
        covariance=covariance / np.outer(scale, scale),
        loglik=best.value,
        loglik_probit=None,
        iterations=best.iterations,
    )


def _base_rate(design: Design, link: Link) -> Floats:
    """Give the coefficients of a model of the constant alone: rare outcomes are far from zero."""
    share = float(np.clip(design.y.mean(), 1 / (design.n + 1), design.n / (design.n + 1)))
    start = np.zeros(len(design.terms))
    start[-1] = ndtri(share) if link == "probit" else logit(share)
    return start
