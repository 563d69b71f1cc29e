"""The heteroskedastic probit: its derivatives, and what it finds in data of its own kind."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from willing.estimation import hetprobit
from willing.estimation.design import build_design
from willing.estimation.models import fit_hetprobit, fit_probit

# Central differences of functions of order 100 with step 1e-6 are good to about five digits.
DERIVATIVE = 1e-4
TRUTH = np.array([0.8, -0.5, -0.7, 0.6])  # x1, x2, constant, variance of z
# 95 % of 200 replications, three binomial standard errors either way.
COVERAGE = (0.90, 0.99)
REPLICATIONS = 200


def simulate(seed: int, n: int) -> pl.DataFrame:
    """Draw data from the model with `TRUTH`, each row its own cluster in groups of ten."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(n, 2)), rng.uniform(0, 2, size=n)
    latent = x @ TRUTH[:2] + TRUTH[2] + np.exp(TRUTH[3] * z) * rng.normal(size=n)
    return pl.DataFrame(
        {"y": latent > 0, "x1": x[:, 0], "x2": x[:, 1], "z": z, "g": np.arange(n) // 10}
    )


def design_of(frame: pl.DataFrame):
    """Set up the model the data come from."""
    return build_design(frame, outcome="y", mean=["x1", "x2"], variance=["z"], cluster="g")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_derivatives_are_those_of_the_likelihood(seed):
    """The analytic gradient and Hessian are what finite differences approach."""
    rng = np.random.default_rng(seed)
    X, Z = rng.normal(size=(60, 3)), rng.normal(size=(60, 2))
    y, theta = rng.integers(2, size=60).astype(float), rng.normal(scale=0.5, size=5)
    gradient, H = hetprobit.derivatives(theta, y, X, Z)

    def likelihood(t):
        return hetprobit.loglikelihood(t, y, X, Z)

    def slope(t):
        return hetprobit.derivatives(t, y, X, Z)[0]

    scale = 1 + np.abs(H).max()
    np.testing.assert_allclose(
        gradient, approx_fprime(theta, likelihood, 1e-7), atol=DERIVATIVE * scale
    )
    np.testing.assert_allclose(H, approx_fprime(theta, slope, 1e-7), atol=DERIVATIVE * scale)
    np.testing.assert_allclose(hetprobit.scores(theta, y, X, Z).sum(axis=0), gradient, atol=1e-9)


def test_the_truth_is_recovered():
    """With many rows the estimates are within four standard errors of the truth, and close."""
    fit = fit_hetprobit(design_of(simulate(7, 40_000)))
    assert np.abs((fit.params - TRUTH) / fit.std_errors).max() < 4
    assert np.abs(fit.params - TRUTH).max() < 0.1


def test_intervals_cover_the_truth_as_often_as_they_say():
    """Clustered 95 % intervals cover each true coefficient about 95 times in a hundred."""
    covered = np.zeros(len(TRUTH))
    for seed in range(REPLICATIONS):
        fit = fit_hetprobit(design_of(simulate(seed, 2_000)))
        covered += np.abs(fit.params - TRUTH) < 1.96 * fit.std_errors
    assert np.all((covered / REPLICATIONS > COVERAGE[0]) & (covered / REPLICATIONS < COVERAGE[1]))


def test_constant_variance_is_accepted_when_true_and_rejected_when_false():
    """The Wald and likelihood-ratio tests see noise that grows, and none where there is none."""
    frame = simulate(3, 20_000)
    grows = fit_hetprobit(design_of(frame))
    rng = np.random.default_rng(4)
    even = frame.with_columns(y=pl.col("x1") + pl.Series(rng.normal(size=frame.height)) > 0)
    constant = fit_hetprobit(design_of(even))
    assert max(grows.wald.p, grows.likelihood_ratio.p) < 1e-6
    assert min(constant.wald.p, constant.likelihood_ratio.p) > 0.01


def test_probit_is_the_special_case_without_a_variance_equation():
    """The likelihood at g = 0 is the probit's, and the fit never falls below it."""
    design = design_of(simulate(5, 3_000))
    probit, full = fit_probit(design), fit_hetprobit(design)
    theta = np.append(probit.params, 0.0)
    at_zero = hetprobit.loglikelihood(theta, design.y, design.X, design.Z)
    assert at_zero == pytest.approx(probit.loglik)
    assert full.loglik >= probit.loglik


def test_estimates_do_not_depend_on_units_or_the_starting_point():
    """A column in other units changes its own coefficient by the factor and nothing else."""
    frame = simulate(6, 3_000)
    plain = fit_hetprobit(design_of(frame))
    rescaled = fit_hetprobit(design_of(frame.with_columns(pl.col("x1") * 1e-4)))
    elsewhere = fit_hetprobit(design_of(frame), start=np.array([0.1, 0.1, 0.1, -0.5]))
    expected = plain.params * np.array([1e4, 1, 1, 1])
    np.testing.assert_allclose(rescaled.params, expected, rtol=1e-5)
    np.testing.assert_allclose(elsewhere.params, plain.params, rtol=1e-5)
