"""Scores of probability forecasts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss

from willing.forecast.forecast_scores import (
    average_precision,
    calibration,
    difference,
    independent,
    ranked,
    score,
    sum_of_indicators,
)
from willing.structural.leader_sides import Sides

ROUNDING = 1e-12


def sides(joined: np.ndarray, lengths: list[int]) -> Sides:
    """Leader sides of different crises, of whom only who joined matters."""
    many, rows = len(lengths), len(joined)
    return Sides(
        names=tuple(map(str, range(many))),
        crisis=np.arange(many),
        start=np.concatenate([[0], np.cumsum(lengths)]),
        partner=np.arange(rows),
        strength=np.full(rows, 0.01),
        design=np.ones((rows, 1)),
        joined=joined,
        terms=("constant",),
        leader=np.zeros(many, dtype=int),
        target=np.zeros(many, dtype=int),
        leader_strength=np.ones(many),
        target_strength=np.ones(many),
        insecurity=np.zeros(many),
        retention=np.ones(many),
    )


@pytest.fixture
def case():
    """Random probabilities of thirty sides of ten, and coalitions drawn from them."""
    rng = np.random.default_rng(3)
    chance = rng.beta(0.5, 3.0, size=300)
    return chance, sides(rng.random(300) < chance, [10] * 30)


def test_brier_and_log_scores_are_those_of_scikit_learn(case):
    """The scores of joining are the usual ones, times 1,000."""
    chance, happened = case
    found = score(independent(chance, happened), happened)
    assert found.brier == pytest.approx(1000 * brier_score_loss(happened.joined, chance))
    assert found.log == pytest.approx(1000 * log_loss(happened.joined, chance))


def test_average_precision_is_that_of_scikit_learn_also_with_ties(case):
    """Candidates with equal chances share a rank."""
    chance, happened = case
    tied = np.round(chance, 1)
    assert average_precision(tied, happened.joined) == pytest.approx(
        average_precision_score(happened.joined, tied)
    )


def test_the_log_score_of_coalitions_is_the_sum_over_candidates_when_they_are_independent(case):
    """A coalition's probability is the product of what its candidates did."""
    chance, happened = case
    found = score(independent(chance, happened), happened)
    assert found.coalition == pytest.approx(found.log / 1000 * 300 / 30)


def test_a_sum_of_equal_indicators_is_binomial():
    """The distribution of size comes from the joining of each."""
    assert sum_of_indicators(np.full(12, 0.3)) == pytest.approx(
        stats.binom.pmf(np.arange(13), 12, 0.3), abs=ROUNDING
    )


def test_the_ranked_score_of_two_categories_is_the_brier_score():
    """With at most one partner, size and joining are the same event."""
    assert ranked(np.array([0.7, 0.3]), 1) == pytest.approx(0.7**2)
    assert ranked(np.array([0.7, 0.3]), 0) == pytest.approx(0.3**2)


def test_the_truth_beats_what_it_is_not(case):
    """Probabilities that generated the coalitions score better than their mean does."""
    chance, happened = case
    truth = independent(chance, happened)
    flat = independent(np.full(300, chance.mean()), happened)
    for name in ("brier", "log", "coalition", "size"):
        assert getattr(score(truth, happened), name) < getattr(score(flat, happened), name)
    gain, error = difference(truth, flat, happened)
    assert gain > 2 * error > 0.0
    assert difference(truth, truth, happened) == (0.0, 0.0)


def test_calibration_counts_every_candidate_once(case):
    """Tenths hold all candidates and all joins, and bands hold the observed rates."""
    chance, happened = case
    table = calibration(independent(chance, happened), happened)
    assert table["candidates"].sum() == 300
    assert (table["observed"] * table["candidates"]).sum() == pytest.approx(happened.joined.sum())
    assert (table["expected"] * table["candidates"]).sum() == pytest.approx(chance.sum())
    assert ((table["low"] <= table["observed"]) & (table["observed"] <= table["high"])).all()
    assert table["expected"].is_sorted()


def test_a_coalition_held_likeliest_is_counted_exact():
    """Independent candidates have the likeliest coalition of those with a chance above a half."""
    happened = sides(np.array([True, False, True, False]), [2, 2])
    found = independent(np.array([0.9, 0.1, 0.4, 0.2]), happened)
    assert found.likeliest.tolist() == [True, False]
    assert score(found, happened).exact == 0.5
