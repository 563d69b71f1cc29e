"""The best model: the structural one, a logit and boosting, stacked; held out and for one side."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, logit
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.forecast.forecast import forecast
from willing.forecast.forecast_scores import (
    average_precision,
    calibration_slope,
    independent,
)
from willing.forecast.forecasters import Logit, members_of, same_columns
from willing.forecast.kept_scores import score_tables, stack_said, stored_stack
from willing.forecast.rolling import stack_of
from willing.forecast.shared_shock import coalitions
from willing.forecast.stacking import Stack, combined, learn

# Sixty-one values of the shock against an integral on a fine grid.
QUADRATURE = 1e-5
# Twenty-five nodes about the mode of each side, and central differences.
ABOUT_THE_MODE, DIFFERENCES = 1e-4, 1e-3


SEED = 11
SHOCK = 1.2


@pytest.fixture(scope="module")
def shaken(small):
    """Sides of few candidates whose log odds are twice a model's, less one, and share a shock."""
    rng = np.random.default_rng(SEED)
    sides, many = small.sides, 6
    one = sides.take(np.zeros(1500, dtype=int))
    first = np.concatenate([np.arange(s, s + many) for s in one.start[:-1]])
    odds = rng.normal(-0.5, 1.0, len(first))
    shock = np.repeat(rng.normal(size=one.count), many)
    joined = rng.uniform(size=len(first)) < expit(-1.0 + 2.0 * odds + SHOCK * shock)
    drawn = replace(
        one,
        start=np.arange(one.count + 1) * many,
        partner=one.partner[first],
        strength=one.strength[first],
        design=one.design[first],
        joined=joined,
    )
    return expit(odds), drawn


def test_a_stack_learns_intercept_weight_and_shock(shaken):
    """From coalitions drawn from it, the stack that drew them comes back."""
    join, sides = shaken
    found = learn([join], sides)
    assert found.intercept == pytest.approx(-1.0, abs=0.15)
    assert found.weights[0] == pytest.approx(2.0, abs=0.15)
    assert found.shock == pytest.approx(SHOCK, abs=0.15)


def test_a_shock_is_summed_over_by_hand(shaken):
    """Probabilities of all coalitions of a side are those of an integral over the shock."""
    join, sides = shaken
    one, stack = sides.take([0]), Stack(-1.0, (2.0,), SHOCK)
    odds = stack.log_odds([join[: len(one.partner)]])
    u = np.linspace(-8.0, 8.0, 4001)
    density = np.exp(-(u**2) / 2) / np.exp(-(u**2) / 2).sum()
    p = expit(odds[:, np.newaxis] + SHOCK * u)
    chances = {}
    for mask in itertools.product([False, True], repeat=len(odds)):
        own = np.where(np.array(mask)[:, np.newaxis], p, 1.0 - p).prod(axis=0) @ density
        found = stack.predict([join[: len(odds)]], replace(one, joined=np.array(mask)))
        assert np.exp(found.set_log[0]) == pytest.approx(own, rel=QUADRATURE)
        chances[mask] = (own, bool(found.likeliest[0]))
    assert max(chances.values())[1]
    assert sum(likeliest for _, likeliest in chances.values()) == 1
    by_size = [sum(c for m, (c, _) in chances.items() if sum(m) == k) for k in range(len(odds) + 1)]
    np.testing.assert_allclose(found.size[0], by_size, rtol=QUADRATURE)
    np.testing.assert_allclose(found.join, p @ density, rtol=QUADRATURE)


@pytest.mark.parametrize("joiners", [0, 1, 20])
def test_coalitions_that_tell_much_of_the_shock_are_summed_over_exactly(small, joiners):
    """Where it is known to a tenth, or its density has a cliff, the sum is that of a fine grid."""
    side, shock = small.sides.take([int(np.diff(small.sides.start).argmax())]), 2.0
    side = replace(side, joined=np.arange(len(side.partner)) < joiners)
    odds = np.linspace(-2.0, -6.0, len(side.partner))
    u = np.linspace(-12.0, 12.0, 24_001)
    own = side.joined[:, np.newaxis] * (x := odds[:, np.newaxis] + shock * u) - np.logaddexp(0, x)
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi) * (u[1] - u[0])
    found, by_odds, by_shock = coalitions(odds, shock, side)
    assert found[0] == pytest.approx(np.log(np.exp(own.sum(axis=0)) @ density), abs=ABOUT_THE_MODE)
    wide = [coalitions(odds, shock + step, side)[0][0] for step in (-1e-4, 1e-4)]
    assert by_shock[0] == pytest.approx(np.diff(wide)[0] / 2e-4, abs=DIFFERENCES)
    moved = [coalitions(odds + step, shock, side)[0][0] for step in (-1e-4, 1e-4)]
    assert by_odds.sum() == pytest.approx(np.diff(moved)[0] / 2e-4, abs=DIFFERENCES)


def test_without_a_past_the_stack_is_the_mean_of_the_log_odds(shaken):
    """Where nothing was forecast before, models count alike and candidates are independent."""
    join, sides = shaken
    found = stack_of([], ["one", "other"]).predict([join, expit(logit(join) + 1.0)], sides)
    np.testing.assert_allclose(found.join, expit(logit(join) + 0.5))
    np.testing.assert_allclose(found.set_log, independent(found.join, sides).set_log)


def test_a_forecast_by_the_best_model_is_held_out(small):
    """Without a past it is the mean of forecasts by three models that have not seen the crisis."""
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
    assert not found.stacked
    assert "without a shared shock" in str(found)


def test_a_crisis_of_the_record_is_stacked_by_what_had_not_seen_it(small, tmp_path):
    """Each year has the stack without its five years; a crisis of today, or unseen, that of all."""
    whole, without = ({"intercept": a, "weights": [1.0], "shock": 1.0} for a in (0.5, 0.7))
    kept = {"params": small.params.tolist(), "stack": whole, "without": {"1995": without}}
    path = tmp_path / "scores.json"
    path.write_text(json.dumps(kept))
    found = {year: stored_stack(small, year, path) for year in (None, 1950, 1995, 1999, 2000)}
    assert [each.intercept for each in found.values()] == [0.5, 0.5, 0.7, 0.7, 0.5]
    path.write_text(json.dumps(kept | {"params": [0.0]}))
    assert stored_stack(small, 1995, path) is None


def test_the_page_shows_the_scores_that_are_kept():
    """The table of docs/forecasts.md is made of the scores that come with the package."""
    page = (Path(__file__).parents[2] / "docs" / "forecasts.md").read_text(encoding="utf-8")
    for table in score_tables():
        assert table.to_markdown().strip() in page
    assert stack_said() in page


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
    moved, size = combined(numbers, [join, join], Stack.mean(3))
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
    joins = [each.forward(train, test).join for each in members_of(small)]
    best = Stack.mean(3).predict(joins, test)
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
    assert written["model"].n_unique() == 9
    counts = written.group_by("model").len()["len"]
    assert counts.n_unique() == 1
    assert "best better by" in done.output
    bad = CliRunner().invoke(app, [*command, "--predictions", str(tmp_path / "x.xls")])
    assert bad.exit_code != 0
