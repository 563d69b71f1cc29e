"""The estimators agree with R (tests/data/evidence/reference.R) on a committed data set."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from willing.estimation.design import Design, build_design
from willing.estimation.models import fit_hetprobit, fit_logit, fit_probit

DATA = Path(__file__).parents[1] / "data" / "evidence"
# Two of R's own optimisers agree to seven digits here; six leave room for its differentiation.
TOLERANCE = 1e-6
# Slopes in R are differences of 1e-5, and their errors derivatives of those.
DIFFERENCED = 1e-5


@pytest.fixture(scope="module")
def design() -> Design:
    """The committed data: 3,000 rows in 60 clusters with a common shock."""
    frame = pl.read_csv(DATA / "clustered.csv")
    return build_design(frame, outcome="y", mean=["x1", "x2", "z1"], variance=["z1"], cluster="g")


@pytest.mark.parametrize(
    ("model", "fit"), [("probit", fit_probit), ("logit", fit_logit), ("hetprobit", fit_hetprobit)]
)
def test_coefficients_and_clustered_errors_agree_with_r(design, model, fit):
    """Estimates and clustered standard errors are those of an independent program."""
    reference = pl.read_csv(DATA / "reference.csv").filter(pl.col("model") == model)
    ours = fit(design).to_frame()
    label = (
        pl.when(pl.col("equation") == "variance").then(pl.lit("variance ")).otherwise(pl.lit(""))
    )
    both = ours.with_columns(term=label + pl.col("term")).join(reference, on="term", suffix="_r")
    assert both.height == ours.height
    np.testing.assert_allclose(both["estimate"], both["estimate_r"], rtol=TOLERANCE)
    np.testing.assert_allclose(both["std_error"], both["se"], rtol=TOLERANCE)


def test_likelihoods_and_tests_of_constant_variance_agree_with_r(design):
    """Log-likelihoods, the likelihood-ratio test and the clustered Wald test are R's."""
    reference = dict(pl.read_csv(DATA / "reference_tests.csv").iter_rows())
    fit = fit_hetprobit(design)
    ours = {
        "loglik_probit": fit.loglik_probit,
        "loglik_hetprobit": fit.loglik,
        "likelihood_ratio": fit.likelihood_ratio.statistic,
        "wald": fit.wald.statistic,
    }
    assert ours == pytest.approx(reference, rel=TOLERANCE)


@pytest.mark.parametrize(
    ("model", "fit"), [("probit", fit_probit), ("logit", fit_logit), ("hetprobit", fit_hetprobit)]
)
def test_predictions_comparisons_and_slopes_agree_with_r(design, model, fit):
    """Averages and delta-method errors are those of marginaleffects' definitions in base R."""
    told = pl.read_csv(DATA / "average_effects.csv").filter(pl.col("model") == model)
    expected = {row["quantity"]: row for row in told.iter_rows(named=True)}
    found = fit(design)
    terms = ("x1", "x2", "z1")
    ours = {"prediction": found.predictions().row(0, named=True)}
    ours |= {f"slope {t['term']}": t for t in found.slopes().iter_rows(named=True)}
    for term in terms:
        ours[f"comparison {term}"] = found.comparisons({term: (0.0, 1.0)}).row(0, named=True)
    assert set(ours) == set(expected)
    for name, row in ours.items():
        assert row["estimate"] == pytest.approx(expected[name]["estimate"], rel=DIFFERENCED), name
        assert row["std_error"] == pytest.approx(expected[name]["se"], rel=DIFFERENCED), name
