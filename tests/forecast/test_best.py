"""The best model: the mean of structural log odds and boosting, held out and for one side."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, logit
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.forecast.best import combined
from willing.forecast.forecast import forecast
from willing.forecast.forecast_scores import average_precision, calibration_slope
from willing.forecast.forecasters import Ensemble, Logit, best_of, same_columns


def test_the_ensemble_is_the_mean_of_the_log_odds(small):
    """Between its members on the scale of log odds, side by side."""
    half = small.sides.count // 2
    train = small.sides.take(np.arange(half))
    test = small.sides.take(np.arange(half, small.sides.count))
    members = (Logit("one", ("divergence",)), Logit("other", ("alliance",)))
    one, other = (logit(each.forward(train, test).join) for each in members)
    found = Ensemble(members).forward(train, test)
    np.testing.assert_allclose(found.join, expit((one + other) / 2))


def test_a_forecast_by_the_best_model_is_held_out(small):
    """It is the mean of forecasts by three models that have not seen the crisis."""
    name = small.sides.names[small.sides.crisis.tolist().index(408)]
    found = forecast(small, name, model="best", draws=20)
    rest = small.sides.take(np.flatnonzero(small.sides.crisis != 408))
    logits, trees = (each.forward(rest, small.side(name)).join for each in same_columns(small))
    plain = forecast(small, name, draws=20).join
    mean = (logit(plain) + logit(logits) + logit(trees)) / 3
    np.testing.assert_allclose(found.join, expit(mean), rtol=1e-6)
    assert found.model == "best"
    assert found.held_out
    assert (found.low <= found.join).all()
    assert (found.join <= found.high).all()
    assert found.size.sum() == pytest.approx(1.0)
    assert found.expected_size.value == pytest.approx(found.join.sum())
    assert "boosting" in str(found)


def test_prices_stay_those_of_the_structural_model(small):
    """The ensemble says who joins; what they cost comes from the model that has prices."""
    name = small.sides.names[0]
    best, plain = (forecast(small, name, model=m, draws=20) for m in ("best", "structural"))
    assert np.array_equal(best.price, plain.price)
    assert best.bill == plain.bill
    assert best.victory == plain.victory
    assert not np.array_equal(best.join, plain.join)
    with pytest.raises(ScenarioError, match="structural or best"):
        forecast(small, name, model="oracle")


def test_equal_log_odds_stay_where_they_are():
    """Where both models agree their mean is what they say, and the other numbers are kept."""
    join = np.array([0.2, 0.6])
    numbers = np.array([[*join, 0.0, 0.0, 7.0]])
    moved, size = combined(numbers, [join, join])
    np.testing.assert_allclose(moved[0], [0.2, 0.6, 1 - 0.8 * 0.4, 0.8, 7.0])
    np.testing.assert_allclose(size, [0.32, 0.56, 0.12])


def test_the_calibration_slope_tells_forecasts_that_are_too_sure():
    """Log odds doubled have half the slope; those that are right have a slope of one."""
    rng = np.random.default_rng(5)
    odds = rng.normal(-2.0, 1.5, 40_000)
    happened = rng.uniform(size=len(odds)) < expit(odds)
    assert calibration_slope(expit(odds), happened) == pytest.approx(1.0, abs=0.05)
    doubled = calibration_slope(expit(2 * odds), happened)
    assert doubled == pytest.approx(calibration_slope(expit(odds), happened) / 2)
    assert np.isnan(calibration_slope(np.full(4, 0.5), np.array([True, False, True, False])))


def test_the_best_model_beats_the_base_rate_on_later_crises(small):
    """Half the crises of the nineties tell more of the other half than how often states join."""
    half = small.sides.count // 2
    train = small.sides.take(np.arange(half))
    test = small.sides.take(np.arange(half, small.sides.count))
    best = best_of(small).forward(train, test)
    base = Logit("base rate").forward(train, test)
    assert best.set_log.sum() > base.set_log.sum()
    assert average_precision(best.join, test.joined) > average_precision(base.join, test.joined)


def test_predictions_are_written_candidate_by_candidate(tmp_path):
    """The command writes what every model said of every candidate, and refuses other endings."""
    path = tmp_path / "predictions.parquet"
    years = ["--train", "1993:1995", "--test", "1996:1998"]
    command = ["forecast", "--evaluate", *years, "--severity-unknown"]
    done = CliRunner().invoke(app, [*command, "--predictions", str(path)])
    assert done.exit_code == 0, done.output
    written = pl.read_parquet(path)
    assert written["model"].n_unique() == 8
    counts = written.group_by("model").len()["len"]
    assert counts.n_unique() == 1
    assert "best better by" in done.output
    bad = CliRunner().invoke(app, [*command, "--predictions", str(tmp_path / "x.xls")])
    assert bad.exit_code != 0
