"""Divergence of every pair: portfolios, imputation, and what stands in a model's columns."""

import numpy as np
import polars as pl
import pytest

from willing.divergence.completion import impute, load_checks
from willing.divergence.divergence_measures import (
    MEASURES,
    by_hand,
    divergence_of,
    put_divergence,
    states,
)
from willing.divergence.kriging import ResidualProcess, fit_process
from willing.divergence.portfolios import kappa_scores, s_scores
from willing.errors import DataError
from willing.record.store import load_record

# Sums of some hundred products.
CLOSE = 1e-12


@pytest.fixture(scope="module")
def triads():
    """Triads of two decades."""
    return load_record(years=(1951, 1970)).triads


def random_levels(n=7, seed=3):
    """A symmetric matrix of commitments with 3 on the diagonal."""
    rng = np.random.default_rng(seed)
    levels = np.triu(rng.integers(0, 4, (n, n)), 1).astype(float)
    levels = levels + levels.T
    np.fill_diagonal(levels, 3)
    return levels, rng.random(n)


def test_s_is_signorino_and_ritters():
    """S of each pair is 1 less twice the weighted distance over the largest possible one."""
    levels, weights = random_levels()
    for w in (None, weights):
        found = s_scores(levels, w)
        used = np.ones(len(levels)) if w is None else w
        for i, j in np.ndindex(found.shape):
            distance = (used * np.abs(levels[i] - levels[j])).sum() / (3 * used.sum())
            assert found[i, j] == pytest.approx(1 - 2 * distance, abs=CLOSE)


def test_kappa_sets_likeness_against_chance():
    """Kappa compares squared distances with those of all pairings of the two rows' entries."""
    levels, _ = random_levels()
    found = kappa_scores(levels)
    n = len(levels)
    for i, j in np.ndindex(found.shape):
        chance = ((levels[i][:, None] - levels[j][None, :]) ** 2).sum() / n
        # Within a row the pairings include each entry with itself, as in a table of margins.
        observed = ((levels[i] - levels[j]) ** 2).sum()
        assert found[i, j] == pytest.approx(1 - observed / chance, abs=1e-9)


def test_kriging_meets_known_years_and_forgets_them_with_time():
    """Without a fleeting part a known year is met exactly; far from it the mean falls back."""
    process = ResidualProcess(lasting=0.0, drifting=0.5, fleeting=0.0, years=5.0)
    mean, covariance = process.predict(
        np.array([1960.0]), np.array([0.8]), np.array([1960.0, 1965.0, 2060.0])
    )
    assert mean == pytest.approx([0.8, 0.8 * np.exp(-1), 0.0], abs=1e-8)
    assert np.diag(covariance) == pytest.approx([0, 0.25 * (1 - np.exp(-2)), 0.25], abs=1e-8)


def test_the_process_of_residuals_is_recovered():
    """Residuals drawn from a process give its standard deviations back."""
    rng = np.random.default_rng(11)
    true = ResidualProcess(lasting=0.4, drifting=0.4, fleeting=0.15, years=6.0)
    years = [np.arange(1950.0, 1990.0)] * 120
    factor = np.linalg.cholesky(true.covariance(years[0], years[0]))
    found = fit_process(years, [factor @ rng.standard_normal(40) for _ in years])
    assert found.spread == pytest.approx(true.spread, rel=0.1)
    assert found.fleeting == pytest.approx(true.fleeting, rel=0.1)


def test_imputation_leaves_what_was_observed():
    """Draws differ where a state did not vote, and are the vote where it did."""
    process = ResidualProcess(0.3, 0.3, 0.1, 9.0)
    observed = np.array([0.2, np.nan, -0.4, np.nan])
    state, year = np.array([1, 1, 1, 2]), np.array([1950.0, 1951, 1952, 1950])
    mean, spread, drawn = impute(state, year, observed, np.zeros(4), process, draws=50)
    assert (drawn[[0, 2]] == observed[[0, 2]][:, None]).all()
    assert (spread[[0, 2]] == 0).all()
    assert spread[1] < spread[3] == pytest.approx(process.spread)
    assert drawn[1].std() == pytest.approx(spread[1], rel=0.4)
    assert mean[3] == 0


def test_left_out_states_are_told_as_well_as_claimed():
    """The embedded checks: most of the variance, and intervals that cover what they should."""
    checks = load_checks()
    assert checks.never > 0.65
    assert checks.masked > 0.9
    assert 0.85 < checks.never_coverage < 0.95
    assert 0.85 < checks.masked_coverage < 0.95


def test_every_member_has_a_place_and_votes_stay():
    """A state-year has either a vote or twenty draws."""
    frame = states()
    votes = frame["ideal_point"].is_not_null()
    for name in ("mean", "spread", "draw_1", "draw_20"):
        assert (frame[name].is_null() == votes).all()


@pytest.mark.parametrize("draw", [None, 1, 20])
def test_completed_divergence_keeps_what_the_votes_say(triads, draw):
    """Where both states voted, the completed column is the record's; elsewhere it is there."""
    found = put_divergence(triads, "completed", draw=draw)
    for name in ("difLPv", "difTPv"):
        known = triads[name].is_not_null()
        assert (found[name] == triads[name]).filter(known).all()
        assert found.filter(pl.col("join") == 1)[name].null_count() == 0
        lost = found.filter(pl.col(name).is_null()).select(ccode="target", year="year")
        members = states().select("ccode", "year")
        assert lost.join(members, on=["ccode", "year"], how="semi").is_empty()


@pytest.mark.parametrize("measure", [name for name in MEASURES if name != "ideal points"])
def test_divergence_is_symmetric_and_known_of_every_pair(triads, measure):
    """The Koreas and Germanies of 1955 have a divergence by every measure, either way round."""
    pairs = pl.DataFrame({"ccode1": [731, 260, 2], "ccode2": [732, 265, 731], "year": [1955] * 3})
    there = divergence_of(pairs, measure)
    back = divergence_of(pairs.rename({"ccode1": "ccode2", "ccode2": "ccode1"}), measure)
    assert there.null_count() == 0
    assert there.to_list() == pytest.approx(back.to_list())


def test_ideal_points_agree_with_the_record(triads):
    """The embedded votes give the record's own distances."""
    asked = triads.select(ccode1="leader", ccode2="partner", year="year")
    found = divergence_of(asked, "ideal points")
    both = found.is_not_null() & triads["difLPv"].is_not_null()
    gap = (found - triads["difLPv"]).abs().filter(both)
    assert gap.max() < 1e-5


def test_south_vietnam_stands_beside_its_neighbours():
    """The imputed points of South Vietnam come with those that one would choose by hand."""
    table = by_hand()
    assert table["by_hand"].null_count() == 0
    assert (table["spread"] > 0.3).all()


@pytest.mark.parametrize(("measure", "draw"), [("tau", None), ("completed", 21)])
def test_what_does_not_exist_is_refused(triads, measure, draw):
    """A measure or imputation that there is not raises with what there is."""
    with pytest.raises(DataError, match=r"there are|are 1 to"):
        put_divergence(triads, measure, draw=draw)


def test_portfolios_and_regimes_weigh_alike_together():
    """Each is in units of its mean over all pairs of the year, so that their mean has mean one."""
    here = states().filter(pl.col("year") == 1959)["ccode"].to_list()
    pairs = pl.DataFrame(
        [(a, b, 1960) for a in here for b in here if a < b],
        ["ccode1", "ccode2", "year"],
        orient="row",
    )
    parts = [divergence_of(pairs, name) for name in ("S, weighted", "regime")]
    together = divergence_of(pairs, "S and regime")
    by_hand = sum(part / part.mean() for part in parts) / 2
    np.testing.assert_allclose(together.to_numpy(), by_hand.to_numpy(), rtol=1e-9)
