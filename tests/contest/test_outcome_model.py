"""The contest estimated from outcomes: against R, on the record, and on bad input."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from willing import OutcomeModel, load_record
from willing.contest.contests import load_opposing_sides
from willing.contest.outcome_checks import check_outcomes
from willing.errors import (
    DataError,
    EmptyOutcomesError,
    EstimationError,
    NoVariationError,
    SeparationError,
)
from willing.estimation.ordered_logit import (
    _separating_sign,
    _separating_slopes,
    fit_ordered_logit,
)
from willing.record.store import Record
from willing.sources.opposing_sides import read_opposing_sides

DATA = Path(__file__).parents[1] / "data" / "contest"
CATEGORIES = ("defeat", "draw", "victory")
# clm stops at a gradient of 1e-12; the csv has some fifteen digits.
TOLERANCE = 1e-7


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(years="all")


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        ("strength", {"ratio": "log(M / m_T)"}),
        (
            "controls",
            {"ratio": "log(M / m_T)", "democracy": "leader_democracy", "major": "leader_major"},
        ),
    ],
)
def test_ordered_logit_agrees_with_r(model, columns):
    """Slopes, cuts, clustered errors and log-likelihood are those of R (reference.R)."""
    rows = pl.read_csv(DATA / "contests.csv")
    fit = fit_ordered_logit(
        rows.select(columns.keys()).to_numpy().astype(float),
        rows["outcome"].cast(pl.Enum(CATEGORIES)).to_physical().cast(pl.Int64).to_numpy(),
        np.unique(rows["contest"].to_numpy(), return_inverse=True)[1],
        names=tuple(columns.values()),
        categories=CATEGORIES,
    )
    reference = pl.read_csv(DATA / "reference.csv", null_values="NA").filter(model=model)
    params = np.concatenate([fit.slopes, fit.cuts, [fit.log_likelihood]])
    np.testing.assert_allclose(params, reference["estimate"], rtol=TOLERANCE)
    errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(errors, reference["se"].drop_nulls(), rtol=1e-6)


def test_the_slope_and_cuts_of_simulated_contests_are_recovered():
    """Outcomes drawn from an ordered logit give back its parameters within their errors."""
    rng = np.random.default_rng(3)
    x = rng.normal(0.0, 2.0, 20_000)
    latent = 0.23 * x + rng.logistic(size=len(x))
    y = np.searchsorted([-1.8, 0.5], latent)
    fit = fit_ordered_logit(x[:, None], y, np.arange(len(x)), names=("x",), categories=CATEGORIES)
    away = (np.concatenate([fit.slopes, fit.cuts]) - [0.23, -1.8, 0.5]) / np.sqrt(
        np.diag(fit.covariance)
    )
    assert np.abs(away).max() < 3.0


def test_crises_wars_and_disputes_agree_on_decisiveness(record):
    """All three sources put the slope between .2 and .3, and tell it from zero."""
    for source in ("icb", "wars", "mids"):
        found = OutcomeModel(source=source).fit(record)
        assert 0.2 < found.decisiveness < 0.3
        assert found.decisiveness > 1.96 * found.decisiveness_se


def test_the_contest_is_that_of_the_estimates(record):
    """What the contest says of a side is what the ordered logit says."""
    found = OutcomeModel().fit(record)
    row = found.contests.row(5, named=True)
    M, m_T = row["m_leader"] + row["m_joiners"], row["m_target"] + row["m_allies"]
    contest = found.contest
    expected = [contest.defeat(M, m_T), contest.draw(M, m_T), contest(M, m_T)]
    np.testing.assert_allclose(found.probabilities[5], expected)


def test_outcomes_expected_add_up_to_those_observed(record):
    """The cuts' scores are zero: over all sides, each outcome is expected as often as it was."""
    found = OutcomeModel().fit(record)
    expected = found.probabilities.sum(axis=0)
    # Exact for a binary logit; with three outcomes one slope serves both cuts.
    np.testing.assert_allclose(expected, [found.counts()[c] for c in CATEGORIES], rtol=0.01)


def test_checks_of_the_record_hold_up(record):
    """Both strengths count alike, partners like leaders, and strength foretells outcomes."""
    model = OutcomeModel(years=(1946, 1999))
    checks = check_outcomes(model.fit(record), record)
    assert checks.mirror is not None
    assert checks.mirror.p > 0.05
    assert checks.partners_alike.p > 0.05
    total = checks.out_of_time.row(-1, named=True)
    assert total["strength"] < total["shares"] < total["ratio"]
    assert checks.measures is not None
    best = checks.measures.sort("log_likelihood", descending=True)["measure"][0]
    assert best == "cinc"
    assert "mirror test" in str(checks)
    assert checks.seen_from_both is not None
    both = checks.seen_from_both.filter(leader="defeat", target="defeat")["contests"].sum()
    assert both == 0


def test_results_print_and_become_plain_values(record):
    """Estimates have a table, plain values and a picture."""
    found = OutcomeModel(source="wars").fit(record)
    assert "at equal strength" in str(found)
    assert found.to_dict()["decisiveness"] == found.decisiveness
    assert found.to_frame().height == 3
    assert found.calibration().filter(outcome="draw").height == 10
    assert found.plot() is not None


def test_embedded_sides_are_those_of_the_files(raw):
    """The sides of wars and disputes that come with the package are what the files say."""
    assert load_opposing_sides().equals(read_opposing_sides(raw))


def test_bad_input_is_named(record):
    """Outcomes missing, a category empty, perfect prediction: each has its own exception."""
    with pytest.raises(EmptyOutcomesError, match="no contest of 1700-1750"):
        OutcomeModel(years=(1700, 1750)).fit(record)
    with pytest.raises(DataError, match="outcome_ell"):
        OutcomeModel().fit(replace(record, sides=record.sides.drop("outcome_ell")))
    rows = OutcomeModel().contests(record)
    with pytest.raises(NoVariationError, match="is a draw"):
        OutcomeModel().fit_contests(rows.filter(pl.col("outcome") != "draw"))
    order = {"defeat": 1e-3, "draw": 1.0, "victory": 1e3}
    perfect = rows.with_columns(
        m_leader=pl.col("m_target") * pl.col("outcome").replace_strict(order),
        m_joiners=0.0,
        m_allies=0.0,
    )
    with pytest.raises(SeparationError, match="without error"):
        OutcomeModel().fit_contests(perfect)
    for options in (
        {"source": "wars", "controls": ("distance",)},
        {"controls": ("luck",)},
        {"partner_weight": -1.0},
        {"half_distance": 0.0},
    ):
        with pytest.raises(EstimationError):
            OutcomeModel(**options)
    for options in ({"source": "wars", "strength": "milex"}, {"source": "battles"}):
        with pytest.raises(EstimationError):
            OutcomeModel(**options).fit(record)
    with pytest.raises(EstimationError, match="draws=True"):
        _ = OutcomeModel(draws=False).fit(record).contest


def test_a_single_column_separates_where_the_linear_programme_says_so():
    """Comparing extremes finds the same separations as the programme for many columns."""
    rng = np.random.default_rng(0)
    found = set()
    for _ in range(60):
        J = int(rng.integers(2, 4))
        y = np.concatenate([np.arange(J), rng.integers(0, J, int(rng.integers(2, 5)))])
        x = rng.integers(0, 4, len(y)) + rng.choice([-2.0, 0.0, 2.0]) * y
        if x.std() > 0.0:
            x = (x - x.mean()) / x.std()
            (exact,) = np.abs(_separating_sign(x, y, J)) > TOLERANCE
            (programme,) = np.abs(_separating_slopes(x[:, np.newaxis], y, J)) > TOLERANCE
            assert exact == programme
            found.add(bool(exact))
    assert found == {True, False}
