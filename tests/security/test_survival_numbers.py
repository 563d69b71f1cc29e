"""The numerical parts of the survival model against other programs and by brute force."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from willing.errors import EstimationError
from willing.estimation.logit import fit_logit, logit_covariance, refit_without
from willing.security.evaluation import area_under_curve
from willing.security.survival_design import restricted_cubic_spline

# Both sides solve the same smooth problem to machine precision or near it.
TIGHT = 1e-6


def simulated(n: int = 2000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A logit with three covariates, and leaders of ten rows each."""
    rng = np.random.default_rng(5)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, 3))])
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-X @ [-1.5, 0.8, 0.0, -0.4]))).astype(float)
    return X, y, np.arange(n) // 10


def test_logit_agrees_with_statsmodels() -> None:
    """Without a ridge the estimates and clustered errors are those of statsmodels."""
    X, y, cluster = simulated()
    weight = np.ones(len(y))
    fit = fit_logit(X, y, weight, ridge=0.0)
    covariance = logit_covariance(fit, X, y, weight, cluster)
    theirs = sm.Logit(y, X).fit(disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": cluster})
    n, k = X.shape
    # statsmodels also multiplies by (n - 1) / (n - k).
    ours = np.sqrt(np.diag(covariance) * (n - 1) / (n - k))
    np.testing.assert_allclose(fit.coefficients, theirs.params, rtol=TIGHT)
    np.testing.assert_allclose(fit.log_likelihood, theirs.llf, rtol=TIGHT)
    np.testing.assert_allclose(ours, theirs.bse, rtol=TIGHT)


def test_ridge_is_a_normal_prior() -> None:
    """The score of the data balances the pull of the prior, which leaves the constant alone."""
    X, y, _ = simulated()
    fit = fit_logit(X, y, np.ones(len(y)), ridge=50.0)
    p = 1 / (1 + np.exp(-X @ fit.coefficients))
    score = X.T @ (y - p)
    np.testing.assert_allclose(score, 50.0 * fit.coefficients * [0, 1, 1, 1], atol=1e-4)


def test_weight_two_is_two_rows() -> None:
    """A row that counts twice is the same as the row given twice."""
    X, y, _ = simulated(400)
    weight = np.where(np.arange(400) < 50, 2.0, 1.0)
    doubled = np.r_[np.arange(400), np.arange(50)]
    once = fit_logit(X, y, weight, ridge=1.0)
    twice = fit_logit(X[doubled], y[doubled], np.ones(450), ridge=1.0)
    np.testing.assert_allclose(once.coefficients, twice.coefficients, rtol=TIGHT)


def test_refitting_ends_where_fitting_does() -> None:
    """The chord method without a tenth of the rows gives the fit to the other rows."""
    X, y, cluster = simulated()
    kept = cluster % 10 != 3
    weight = np.ones(len(y))
    everybody = fit_logit(X, y, weight, ridge=1.0)
    ours = refit_without(X, y, weight, out=~kept, ridge=1.0, everybody=everybody)
    direct = fit_logit(X[kept], y[kept], np.ones(kept.sum()), ridge=1.0)
    np.testing.assert_allclose(ours, direct.coefficients, rtol=TIGHT, atol=TIGHT)


def test_separation_without_a_ridge_is_reported() -> None:
    """A covariate that decides the outcome has no finite estimate, and the message says so."""
    x = np.linspace(-1, 1, 100)
    X = np.column_stack([np.ones(100), x])
    with pytest.raises(EstimationError, match="ridge"):
        fit_logit(X, (x > 0).astype(float), np.ones(100), ridge=0.0)


def test_area_under_curve_agrees_with_sklearn() -> None:
    """With weights and tied scores the area is that of scikit-learn."""
    rng = np.random.default_rng(2)
    score = rng.integers(0, 30, 500) / 30
    outcome = (rng.uniform(size=500) < score).astype(float)
    weight = rng.uniform(0.1, 1, 500)
    ours = area_under_curve(score, outcome, weight)
    assert ours == pytest.approx(roc_auc_score(outcome, score, sample_weight=weight), rel=TIGHT)


@given(st.floats(1, 100), st.floats(0.1, 10))
def test_spline_is_linear_beyond_its_knots(start: float, step: float) -> None:
    """Second differences of the spline vanish below the first and above the last knot."""
    knots = (0.0, 0.3, 0.6, 1.0)
    for x in (start + np.array([0, 1, 2]) * step, -start - np.array([0, 1, 2]) * step):
        basis = restricted_cubic_spline(x, knots)
        curvature = basis[0] - 2 * basis[1] + basis[2]
        # Cubes of numbers up to 120 cancel to about 1e-9 of their size.
        np.testing.assert_allclose(curvature, 0, atol=1e-6 * np.abs(x).max() ** 3)


def test_spline_bends_between_its_knots() -> None:
    """Inside the knots the spline is not a straight line."""
    basis = restricted_cubic_spline(np.array([0.2, 0.5, 0.8]), (0.0, 0.3, 0.6, 1.0))
    assert (np.abs(basis[0] - 2 * basis[1] + basis[2])[1:] > 1e-3).all()
