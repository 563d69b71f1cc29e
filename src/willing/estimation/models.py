"""Fit the binary-outcome models: probit and logit by statsmodels, heteroskedastic probit here."""

from __future__ import annotations

import warnings

import numpy as np

from willing.errors import ConvergenceError, EstimationError
from willing.estimation import hetprobit
from willing.estimation.covariance import clustered_covariance
from willing.estimation.design import Design
from willing.estimation.newton import maximise, require_curvature
from willing.estimation.results import BinaryResults, Link
from willing.numbers import Floats

# A Newton step this short, in coefficients of scaled columns, leaves an error of its square.
LAST_STEP = 1e-6


def fit_probit(
    design: Design, *, name: str = "probit", start: Floats | None = None
) -> BinaryResults:
    """Fit ``P(y = 1) = Phi(x'b)`` by maximum likelihood, errors clustered.

    Parameters
    ----------
    design
        The data; its variance equation is ignored.
    name
        What to call the model.
    start
        Coefficients to begin from, shape (k,); zeros by default.

    Returns
    -------
    BinaryResults

    Raises
    ------
    ConvergenceError
        If the search fails, as it does when columns together separate the outcome.
    """
    return _fit_homoskedastic(design, "probit", name, start)


def fit_logit(design: Design, *, name: str = "logit", start: Floats | None = None) -> BinaryResults:
    """Fit ``P(y = 1) = 1 / (1 + exp(-x'b))``; otherwise as :func:`fit_probit`."""
    return _fit_homoskedastic(design, "logit", name, start)


def fit_hetprobit(
    design: Design, *, name: str = "hetprobit", start: Floats | None = None
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
    scale = np.concatenate([_spread(design.X), _spread(design.Z)])
    k = design.X.shape[1]
    X, Z = design.X / scale[:k], design.Z / scale[k:]
    names = (*design.terms, *(f"variance of {t}" for t in design.variance_terms))
    probit = fit_probit(design, start=None if start is None else start[:k])
    if start is None:
        start = np.concatenate([probit.params, np.zeros(Z.shape[1])])
    best = maximise(
        lambda theta: hetprobit.loglikelihood(theta, design.y, X, Z),
        lambda theta: hetprobit.derivatives(theta, design.y, X, Z),
        start * scale,
        names=names,
    )
    covariance = clustered_covariance(
        hetprobit.scores(best.params, design.y, X, Z), best.hessian, design.cluster
    )
    return BinaryResults(
        name=name,
        link="heteroskedastic probit",
        design=design,
        variance_terms=design.variance_terms,
        params=best.params / scale,
        covariance=covariance / np.outer(scale, scale),
        loglik=best.value,
        loglik_probit=probit.loglik,
        iterations=best.iterations,
    )


def _fit_homoskedastic(
    design: Design, link: Link, name: str, start: Floats | None
) -> BinaryResults:
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    scale = _spread(design.X)
    # The rank of X was checked when the design was built, more cheaply.
    model = {"probit": sm.Probit, "logit": sm.Logit}[link](
        design.y, design.X / scale, check_rank=False
    )
    begin = np.zeros(len(scale)) if start is None else start * scale
    try:
        with warnings.catch_warnings():
            # What statsmodels warns of, we raise below.
            warnings.simplefilter("ignore")
            fit = model.fit(begin, method="newton", maxiter=100, tol=LAST_STEP, disp=False)
        converged = bool(fit.mle_retvals["converged"]) and bool(np.isfinite(fit.llf))
    except (np.linalg.LinAlgError, PerfectSeparationError):
        converged = False
    if not converged:
        raise ConvergenceError(
            f"the {link} of {design.outcome} found no maximum in 100 Newton steps: columns that "
            "together predict the outcome without error make coefficients infinite. Drop sparse "
            f"columns or widen the sample ({int(design.y.sum()):,} of {design.n:,} rows are 1)"
        )
    hessian = model.hessian(fit.params)
    require_curvature(hessian, design.terms)
    covariance = clustered_covariance(model.score_obs(fit.params), hessian, design.cluster)
    return BinaryResults(
        name=name,
        link=link,
        design=design,
        variance_terms=(),
        params=fit.params / scale,
        covariance=covariance / np.outer(scale, scale),
        loglik=float(fit.llf),
        loglik_probit=None,
        iterations=int(fit.mle_retvals["iterations"]),
    )


def _spread(X: Floats) -> Floats:
    """Give the standard deviation of each column; 1 for a constant."""
    spread = X.std(axis=0)
    return np.where(spread > 0, spread, 1.0)
