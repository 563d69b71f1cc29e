"""The headline models on the whole sample are those of R, on rows that R reads from a file."""

from pathlib import Path

import polars as pl
import pytest

from willing.estimation.penalised import fit_penalised
from willing.evidence.claims import CLAIMS, claim_fit
from willing.evidence.inference import inference_table
from willing.evidence.over_imputations import imputed_divergence, pooled_fit
from willing.evidence.sample import Sample
from willing.record.store import load_record

DATA = Path(__file__).parents[1] / "data" / "evidence" / "headline.csv"
# Rubin's rules by mice: pooled_data.py, pooled.R.
POOLED = DATA.with_name("pooled.csv")
# R's Hessian of the heteroskedastic probit is taken by differences.
NEAR = 1e-3


@pytest.fixture(scope="module")
def by_r():
    """R's figures by model."""
    return {row["model"]: row for row in pl.read_csv(DATA, null_values="NA").iter_rows(named=True)}


def test_the_headline_is_that_of_r(by_r):
    """Estimates, errors clustered by crisis and log-likelihoods of logit, probit, het. probit."""
    triads = Sample().take(load_record(leader="every").triads)
    for model, name in (("logit", "formation"), ("probit", "joining"), ("hetprobit", "noise")):
        fit, claim = claim_fit(triads, CLAIMS[name])[0], CLAIMS[name]
        found, theirs = fit.estimate(claim.term, equation=claim.equation), by_r[model]
        assert found.value == pytest.approx(theirs["estimate"], rel=NEAR)
        assert found.std_error == pytest.approx(theirs["crisis"], rel=NEAR)
        assert fit.loglik == pytest.approx(theirs["loglik"], abs=NEAR)
        if name == "formation":
            firth = fit_penalised(fit.design, "logit")
            at = claim.position(fit)
            assert firth.params[at] == pytest.approx(by_r["Firth"]["estimate"], rel=NEAR)
            assert firth.std_errors[at] == pytest.approx(by_r["Firth"]["crisis"], rel=NEAR)
            table = inference_table(triads, claims={name: claim}, permutations=9)
            two_way = {row.method: row.std_error for row in table.rows}
            both = two_way["clusters: crisis and leader"]
            assert both == pytest.approx(theirs["both"], rel=NEAR)


def test_pooled_claims_are_those_of_mice():
    """Mean, error, degrees of freedom and missing information over twenty imputations are R's."""
    triads = load_record(leader="every", years="all").triads
    sample = Sample()
    imputed, mean = imputed_divergence(triads, sample), sample.take(triads)
    theirs = {row["claim"]: row for row in pl.read_csv(POOLED).iter_rows(named=True)}
    for name in ("joining", "target"):
        fit = claim_fit(mean, CLAIMS[name])[0]
        found = pooled_fit(mean, fit, imputed).estimate(CLAIMS[name].term)
        expected = theirs[name]
        assert found.value == pytest.approx(expected["estimate"], rel=NEAR)
        assert found.std_error**2 == pytest.approx(expected["total"], rel=NEAR)
        assert found.df == pytest.approx(expected["df"], rel=NEAR)
        assert found.missing == pytest.approx(expected["lambda"], rel=10 * NEAR)
