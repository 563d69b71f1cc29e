"""Redrawing leaders: what is drawn, kept and told again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import joblib
import numpy as np
import polars as pl
import pytest

from willing.errors import EstimationError
from willing.estimation.logit import fit_logit, refit_redrawn
from willing.security import LeaderSample, LeaderSurvival, fit_measures, leaders_to_score
from willing.security.leader_draws import LeaderDraws, draw_leaders

NAMES = ["hazard_plain", "cheibub", "stake"]
DRAWS = 6
# BLAS may sum in another order in another process.
SAME = 1e-9


@pytest.fixture(scope="module")
def draws(sample: LeaderSample, tmp_path_factory: pytest.TempPathFactory) -> LeaderDraws:
    """A few draws, kept in a folder."""
    return draw_leaders(
        sample, NAMES, draws=DRAWS, workers=2, cache=tmp_path_factory.mktemp("draws")
    )


@pytest.fixture(scope="module")
def some(survival: LeaderSurvival) -> pl.DataFrame:
    """The leaders of five states on a day in 1990."""
    days = pl.DataFrame({"ccode": [2, 200, 220, 651, 645], "date": [date(1990, 8, 2)] * 5})
    return leaders_to_score(survival.files, days)


def test_draws_spread_around_the_sample(
    sample: LeaderSample, draws: LeaderDraws, some: pl.DataFrame
) -> None:
    """Redrawn scores differ from each other and stay near those of the sample."""
    drawn = np.stack([scores.to_numpy() for scores in draws.scores(some)])
    own = fit_measures(sample, NAMES).score(some).to_numpy()
    spread = drawn.std(axis=0)
    assert drawn.shape == (DRAWS, 5, 3)
    assert (spread > 0).all()
    assert (np.abs(drawn.mean(axis=0) - own) < 4 * spread + 0.01).all()


def test_two_workers_of_dask_make_the_same_draws(sample: LeaderSample, draws: LeaderDraws) -> None:
    """A cluster that joblib is told of fits the very coefficients that threads do."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        again = draw_leaders(sample, ["cheibub"], draws=DRAWS)
    own = draws.coefficients["cheibub"]
    np.testing.assert_allclose(again.coefficients["cheibub"], own, rtol=0, atol=SAME)


def test_draws_are_the_same_whoever_makes_them(sample: LeaderSample, draws: LeaderDraws) -> None:
    """Neither the number of threads nor the other measures asked for change a draw."""
    alone = draw_leaders(sample, ["cheibub"], draws=DRAWS, workers=1)
    np.testing.assert_array_equal(alone.coefficients["cheibub"], draws.coefficients["cheibub"])


def test_kept_draws_are_read_again(
    sample: LeaderSample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second call reads what the first one kept; another sample has draws of its own."""
    first = draw_leaders(sample, ["cheibub"], draws=2, cache=tmp_path)

    def nothing(*_: object) -> None:
        raise AssertionError("drawn again")

    with monkeypatch.context() as patched:
        patched.setattr("willing.security.leader_draws._draw_many", nothing)
        again = draw_leaders(sample, ["cheibub"], draws=2, cache=tmp_path)
    np.testing.assert_array_equal(first.coefficients["cheibub"], again.coefficients["cheibub"])
    draw_leaders(sample.as_of(date(1990, 12, 31)), ["cheibub"], draws=2, cache=tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_a_damaged_file_of_draws_is_made_again(sample: LeaderSample, tmp_path: Path) -> None:
    """What cannot be read is not used."""
    first = draw_leaders(sample, ["cheibub"], draws=2, cache=tmp_path)
    next(tmp_path.glob("*.npz")).write_bytes(b"no archive")
    again = draw_leaders(sample, ["cheibub"], draws=2, cache=tmp_path)
    np.testing.assert_array_equal(first.coefficients["cheibub"], again.coefficients["cheibub"])


def test_one_draw_has_no_spread(sample: LeaderSample) -> None:
    """At least two draws are needed."""
    with pytest.raises(EstimationError, match="at least 2"):
        draw_leaders(sample, ["cheibub"], draws=1)


def test_the_short_way_ends_near_the_long_one() -> None:
    """A redrawn cross-fit in few passes misses full fits by little of a standard error."""
    rng = np.random.default_rng(8)
    X = np.column_stack([np.ones(3000), rng.normal(size=(3000, 3))])
    y = (rng.random(3000) < 1 / (1 + np.exp(1.5 - X[:, 1]))).astype(float)
    fold = rng.integers(0, 5, 3000)
    weight = rng.poisson(1.0, 3000).astype(float)
    start = fit_logit(X, y, np.ones(3000), ridge=2.0)
    error = np.sqrt(np.diag(np.linalg.inv(start.information)))
    short = refit_redrawn(X, y, weight, fold, 5, ridge=2.0, start=start.coefficients)
    for f in range(5):
        kept = fold != f
        full = fit_logit(X[kept], y[kept], weight[kept], ridge=2.0).coefficients
        assert (np.abs(short[f] - full) < 0.05 * error).all()
