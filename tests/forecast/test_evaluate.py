"""Forecasts of crises that the forecaster was not estimated from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from willing.errors import DataError, EstimationError, SeparationError
from willing.forecast.evaluate import evaluate_years, varying_terms
from willing.forecast.forecasters import Boosting, Logit, Structural, forecasters
from willing.structural.coalition_model import CoalitionModel
from willing.structural.stored import sample_of

# One Newton step instead of a search, in probabilities of joining of a few percent.
ONE_STEP = 2e-3
# The searches of two programs end at slightly different places.
SEARCH = 1e-4


def test_a_logit_is_that_of_scikit_learn(small):
    """Forward forecasts come from the maximum of the likelihood of the earlier sides."""
    half = small.sides.count // 2
    train = small.sides.take(np.arange(half))
    test = small.sides.take(np.arange(half, small.sides.count))
    found = Logit("logit", ("divergence", "alliance")).forward(train, test)
    columns = [0, 2]
    other = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    other.fit(train.design[:, columns], train.joined)
    assert np.allclose(found.join, other.predict_proba(test.design[:, columns])[:, 1], atol=SEARCH)


def test_the_base_rate_without_a_crisis_is_that_of_the_others(small):
    """A crisis with many joins lowers its own base rate, not those of others."""
    sides = small.sides
    found = Logit("base rate").leave_out(sides)
    crisis = sides.crisis[sides.owner]
    for one in np.unique(sides.crisis):
        rest = sides.joined[crisis != one].mean()
        assert np.allclose(found.join[crisis == one], rest, atol=ONE_STEP)


def test_no_model_sees_the_crisis_that_it_forecasts(small):
    """Turning around what happened in a crisis leaves its forecast unchanged."""
    # Trees are grown anew for each crisis: four of them, and one sample, show a leak as well.
    known = np.unique(small.sides.crisis)
    near = known[np.argsort(np.abs(known - 408), kind="stable")[:4]]
    sides = small.sides.take(np.flatnonzero(np.isin(small.sides.crisis, near)))
    own = sides.crisis[sides.owner] == 408
    assert own.any()
    turned = replace(sides, joined=sides.joined ^ own)
    model = Boosting("boosting", ("distance",), samples=1)
    before, after = model.leave_out(sides), model.leave_out(turned)
    assert np.array_equal(before.join[own], after.join[own])
    assert not np.array_equal(before.join[~own], after.join[~own])


def test_the_structural_model_leaves_out_a_crisis_as_a_fit_without_it(small):
    """One Newton step gives nearly the probabilities of a search."""
    sides = small.sides
    found = Structural(small).leave_out(sides)
    own = sides.crisis == 408
    rest, wanted = sides.take(np.flatnonzero(~own)), sides.take(np.flatnonzero(own))
    fitted = Structural(small).forward(rest, wanted)
    assert np.allclose(found.join[own[sides.owner]], fitted.join, atol=ONE_STEP)


def test_everybody_is_judged_on_the_same_candidates(small):
    """Each model forecasts each row once."""
    three = np.isin(small.sides.crisis, np.unique(small.sides.crisis)[:3])
    sides = small.sides.take(np.flatnonzero(three))
    forecasts = [model.leave_out(sides).join for model in forecasters(small)]
    assert {len(join) for join in forecasts} == {len(sides.partner)}
    assert all(np.isfinite(join).all() for join in forecasts)


@pytest.fixture(scope="module")
def later(record):
    """Three years forecast from the four before, in which no crisis is after the Cold War."""
    model = CoalitionModel(terms=("divergence", "distance", "post_cold_war"), decisiveness=0.5)
    return evaluate_years(record, (1986, 1989), (1990, 1992), model=model)


def test_later_years_are_forecast_from_earlier_ones(later):
    """The table has every model, and terms that do not vary before are left out."""
    (scheme,) = later.schemes
    assert scheme.title == "1990-1992 from 1986-1989"
    assert scheme.table.height == 9
    assert scheme.calibration["candidates"].sum() == scheme.counts["candidates"]
    own = scheme.table.row(0, named=True)
    assert (own["model"], own["gain"], own["gain_error"]) == ("best", 0.0, 0.0)


def test_an_evaluation_prints_one_table_and_is_drawn(later):
    """Every model has a line with its scores."""
    text = str(later)
    for name in later.to_frame()["model"]:
        assert f"  {name} " in text
    assert later.plot().data.height == 10
    assert len(later.to_dict()["schemes"]) == 1


def test_a_term_that_no_joiner_of_a_few_years_has_is_left_out(record):
    """None of the joiners of 1985-1989 whom the model explains stood on the other side."""
    few = sample_of(record, (1985, 1989))
    model = CoalitionModel(decisiveness=0.5)
    found = varying_terms(few, model)
    assert set(model.terms) - set(found) == {"other_side", "post_cold_war"}


def test_years_in_which_terms_tell_joiners_without_error_are_refused_by_name(record):
    """Two years have too few leaders: the terms that part their coalitions are named."""
    few, model = sample_of(record, (1990, 1991)), CoalitionModel(decisiveness=0.5)
    with pytest.raises(SeparationError, match="leader_power"):
        replace(model, terms=varying_terms(few, model)).fit(few)


def test_years_that_overlap_or_hold_nothing_are_refused(record):
    """A crisis that a model was estimated from does not test it."""
    with pytest.raises(EstimationError, match="overlap"):
        evaluate_years(record, (1951, 1990), (1990, 1999))
    with pytest.raises(DataError, match="no crisis of 2020-2025"):
        evaluate_years(record, (1990, 1999), (2020, 2025), model=CoalitionModel(decisiveness=0.5))
