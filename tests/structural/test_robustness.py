"""Wider models are tested against the one that was fitted, and measures on the same sides."""

import json
from dataclasses import replace

import pytest

from willing.record.store import Record, load_record
from willing.record.strength import MEASURES
from willing.structural.coalition_model import CoalitionModel
from willing.structural.estimates import Estimates
from willing.structural.estimation_report import structural_report
from willing.structural.fit_checks import check_fit
from willing.structural.maximum import fit
from willing.structural.profile_likelihood import DROP
from willing.structural.robustness import Robustness, check_robustness

# The fit without a term is searched within 1e-6 of its maximum.
SAME = 1e-5


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(years=(1997, 1999))


@pytest.fixture(scope="module")
def estimates(record: Record) -> Estimates:
    return CoalitionModel(terms=("divergence", "leader_power"), decisiveness=0.5).fit(record)


@pytest.fixture(scope="module")
def found(estimates: Estimates, record: Record) -> Robustness:
    return check_robustness(estimates, record)


def test_the_likelihood_ratio_is_that_of_the_two_fits(
    found: Robustness, estimates: Estimates, record: Record
) -> None:
    """Without its extra term the wider model is the model that was fitted."""
    model = replace(estimates.model, terms=(*estimates.model.terms, "insecurity"))
    gain = model.fit(record).log_likelihood - estimates.log_likelihood
    (test,) = (t for t in found.extra if t.term == "insecurity")
    assert test.lr.statistic == pytest.approx(2 * gain, abs=SAME)


def test_the_noise_profile_passes_through_the_estimates(
    found: Robustness, estimates: Estimates
) -> None:
    """At rho = 0 the profile has the log-likelihood of the estimates, within its slack."""
    height = dict(zip(found.noise.values, found.noise.log_likelihoods, strict=True))[0.0]
    assert height == pytest.approx(estimates.log_likelihood, abs=2e-3)


def test_the_profile_of_b1_loses_what_the_likelihood_ratio_says(
    found: Robustness, estimates: Estimates
) -> None:
    """It peaks at the estimate, its ends lose 1.92, and a refit there finds no more."""
    curve = found.insecurity
    assert curve.best == estimates.params[1]
    assert curve.low < curve.best < curve.high
    held = fit(estimates.likelihood, held={"victory x insecurity": curve.high})
    assert held.params[1] == curve.high
    assert estimates.log_likelihood - held.value == pytest.approx(DROP, abs=0.1)
    assert f"b1: {curve}" in str(found)


def test_measures_of_strength_are_ranked_on_the_same_sides(found: Robustness) -> None:
    """Every measure is there, the best fit first, and log-likelihoods are of the same data."""
    frame = found.strength_frame()
    assert set(frame["measure"]) == set(MEASURES)
    assert frame["log_likelihood"].is_sorted(descending=True)
    assert frame["sides"].n_unique() == frame["candidates"].n_unique() == 1


def test_the_tests_print_and_become_json_and_a_report(
    found: Robustness, estimates: Estimates
) -> None:
    """They print, turn into plain values, and are in the report."""
    assert "insecurity:divergence beside insecurity" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["strength"]
    tables = {
        table.name for table in structural_report(estimates, check_fit(estimates), found).tables
    }
    assert {"wider", "strength"} <= tables
