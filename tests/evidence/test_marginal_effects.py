"""Predictions, comparisons and slopes, held against statsmodels on the record's own triads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from willing.errors import EstimationError
from willing.estimation.design import build_design
from willing.estimation.models import fit_hetprobit, fit_logit, fit_probit
from willing.record.store import load_record

TERMS = ("insecurity_leader", "difLPv", "LPallies", "demP", "pcw")
# Two optimisers agree to some eight digits, and numerical derivatives lose two of them.
AGREE = 1e-5


@pytest.fixture(scope="module")
def design():
    triads = load_record(years=(1991, 1999)).triads
    return build_design(triads, outcome="join", mean=TERMS[:4], cluster="crisno")


@pytest.fixture(scope="module", params=["probit", "logit"])
def both(request, design):
    """Our fit with the covariance of statsmodels, and theirs."""
    ours = {"probit": fit_probit, "logit": fit_logit}[request.param](design)
    model = {"probit": sm.Probit, "logit": sm.Logit}[request.param]
    theirs = model(design.y, design.X).fit(disp=0, tol=1e-12)
    return replace(ours, covariance=theirs.cov_params()), theirs


def test_average_slopes_are_those_of_statsmodels(both):
    """Average marginal effects and their delta-method errors, column by column."""
    ours, theirs = both
    margins = theirs.get_margeff(at="overall")
    found = ours.slopes()
    assert found["term"].to_list() == list(TERMS[:4])
    assert found["estimate"].to_numpy() == pytest.approx(margins.margeff[:4], rel=AGREE)
    assert found["std_error"].to_numpy() == pytest.approx(margins.margeff_se[:4], rel=AGREE)
    assert found["conf_low"].to_numpy() == pytest.approx(margins.conf_int()[:4, 0], rel=AGREE)


def test_comparisons_of_facts_are_those_of_statsmodels(both):
    """The average change from 0 to 1, with its error."""
    ours, theirs = both
    margins = theirs.get_margeff(at="overall", dummy=True)
    found = ours.comparisons(["LPallies", "demP"])
    assert found["contrast"].unique().to_list() == ["1 - 0"]
    assert found["estimate"].to_numpy() == pytest.approx(margins.margeff[2:4], rel=AGREE)
    assert found["std_error"].to_numpy() == pytest.approx(margins.margeff_se[2:4], rel=AGREE)


def test_predictions_are_those_of_statsmodels(both):
    """Row by row with errors, and in the mean."""
    ours, theirs = both
    rows = ours.predictions(average=False)
    told = theirs.get_prediction(ours.design.X).summary_frame()
    assert rows["estimate"].to_numpy() == pytest.approx(told["predicted"].to_numpy(), rel=AGREE)
    assert rows["std_error"].to_numpy() == pytest.approx(told["se"].to_numpy(), rel=10 * AGREE)
    assert ours.predictions()["estimate"][0] == pytest.approx(theirs.predict().mean(), rel=AGREE)


def test_fit_statistics_are_those_of_statsmodels(both):
    """Log-likelihood, criteria and McFadden's pseudo R2."""
    ours, theirs = both
    row = ours.fit_statistics().row(0, named=True)
    assert row["log_likelihood"] == pytest.approx(theirs.llf)
    assert row["aic"] == pytest.approx(theirs.aic)
    assert row["bic"] == pytest.approx(theirs.bic)
    assert row["pseudo_r2"] == pytest.approx(theirs.prsquared)


def test_products_follow_the_column_that_moves():
    """With insecurity x divergence, a comparison moves both terms; the difference is exact."""
    triads = load_record(years=(1991, 1999)).triads
    mean = ("insecurity_leader", "difLPv", "insecurity_leader:difLPv")
    design = build_design(triads, outcome="join", mean=mean, cluster="crisno")
    fit = fit_probit(design)
    found = fit.comparisons({"difLPv": (0.5, 1.5)}, at={"insecurity_leader": 0.2})
    low, high = (
        fit.predictions(at={"insecurity_leader": 0.2, "difLPv": d})["estimate"][0]
        for d in (0.5, 1.5)
    )
    assert found["estimate"][0] == pytest.approx(high - low)
    assert found["contrast"][0] == "1.5 - 0.5"


def test_variance_terms_move_too(design):
    """In a heteroskedastic probit a column of the variance changes the probability by both ways."""
    both_ways = replace(design, Z=design.X[:, :1], variance_terms=("insecurity_leader",))
    fit = fit_hetprobit(both_ways)
    k = len(design.terms)
    X = design.X.copy()
    X[:, 0] += 0.1
    g = fit.params[k]
    by_hand = [
        fit.predictions()["estimate"][0],
        _mean_probability(X @ fit.params[:k] * np.exp(-g * X[:, 0])),
    ]
    found = fit.comparisons({"insecurity_leader": 0.1})
    assert found["estimate"][0] == pytest.approx(by_hand[1] - by_hand[0])
    assert found["contrast"][0] == "+0.1"


def _mean_probability(index):
    from scipy.stats import norm

    return norm.cdf(index).mean()


def test_columns_that_are_not_there_are_named(both):
    """The message says which columns the model has."""
    with pytest.raises(EstimationError, match="there are insecurity_leader, difLPv"):
        both[0].slopes("nosuch")
