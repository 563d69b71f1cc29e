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
