"""The structural model on a contest that outcomes tell, alone and jointly with coalitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from designs import PARAMS, draw_sides

from willing.contest.contest_estimates import ContestEstimates
from willing.contest.outcome_model import OutcomeModel
from willing.errors import EstimationError
from willing.record.store import load_record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.hypotheses import describe_office, fieller
from willing.structural.leader_sides import Sides
from willing.structural.maximum import fit
from willing.structural.stored import sample_of
from willing.structural.two_step import carried
from willing.theory.contest import DrawContest

# Without room for draws it is the ratio contest that the sides are drawn from.
CONTEST = DrawContest(0.7, -0.02, 0.0)
TERMS = ("distance", "alliance", "leader_power")


def contests(seed: int, count: int = 4000) -> ContestEstimates:
    """Estimate the contest from simulated outcomes, nearly without draws."""
    rng = np.random.default_rng(seed)
    M, m_T = rng.lognormal(-3.0, 1.5, count), rng.lognormal(-3.0, 1.5, count)
    defeat, victory = CONTEST.defeat(M, m_T), CONTEST(M, m_T)
    u = rng.uniform(size=count)
    outcome = np.where(u < defeat, "defeat", np.where(u > 1.0 - victory, "victory", "draw"))
    rows = pl.DataFrame(
        {
            "contest": np.arange(count),
            "m_leader": M,
            "m_target": m_T,
            "outcome": outcome,
        }
    ).with_columns(m_joiners=0.0, m_allies=0.0)
    return OutcomeModel().fit_contests(rows)


@pytest.fixture(scope="module")
def outcomes() -> ContestEstimates:
    return contests(1)


@pytest.fixture(scope="module")
def sides() -> Sides:
    return draw_sides(8, count=300)


def test_the_joint_likelihood_recovers_contest_and_values(sides, outcomes):
    """Decisiveness, values of victory and prices drawn are within their intervals."""
    found = CoalitionModel(contest="joint").fit_sides(sides, outcomes)
    assert found.profile is not None
    assert found.profile.low <= CONTEST.decisiveness <= found.profile.high
    assert (np.abs(found.params - PARAMS) < 3.0 * found.std_errors).all()
    assert found.model.backed


def test_outcomes_narrow_the_decisiveness(sides, outcomes):
    """The interval with outcomes lies within that of the coalitions alone, if wider at all."""
    alone = CoalitionModel(contest="profile").fit_sides(sides).profile
    joint = CoalitionModel(contest="joint").fit_sides(sides, outcomes).profile
    assert np.log(joint.high / joint.low) < np.log(alone.high / max(alone.low, 1e-3))


def test_the_uncertainty_of_the_contest_is_carried_on(sides, outcomes):
    """What is added is how estimates move with the contest, times the contest's covariance."""
    model = CoalitionModel()
    known = model.with_contest(outcomes)
    found = model.fit_sides(sides, outcomes)
    without = known.fit_sides(sides)
    assert (found.std_errors >= without.std_errors).all()
    uncertain = np.array([[1.0, 0.0], [0.0, 0.0]])
    added = carried(without.likelihood, without.fit, uncertain)
    h, g = 1e-3, known.decisiveness
    moved = [fit(replace(known, decisiveness=g + way).likelihood(sides)).params for way in (h, -h)]
    slope = (moved[0] - moved[1]) / (2 * h)
    np.testing.assert_allclose(np.sqrt(np.diag(added)), np.abs(slope), rtol=0.02, atol=1e-4)


def test_a_contest_from_outcomes_needs_outcomes(sides):
    """Sides alone do not tell who wins; the message says what to do."""
    with pytest.raises(EstimationError, match="needs the outcomes"):
        CoalitionModel().fit_sides(sides)
    with pytest.raises(EstimationError, match="cuts without"):
        CoalitionModel(cuts=(0.0, 1.0))


def test_the_record_gives_a_contest_and_says_so():
    """The default model takes the contest from the record's outcomes, and prints where from."""
    record = sample_of(load_record(years="all"), (1990, 1999))
    found = CoalitionModel(terms=TERMS).fit(record)
    assert found.outcomes is not None
    assert found.model.decisiveness == found.outcomes.decisiveness
    assert "carried into the standard errors" in str(found)
    assert "leaders alone win" in str(found)


def test_fieller_bounds_what_is_not_rejected():
    """At its ends the difference b1 - q b0 is just told from zero; without b0 it has no bounds."""
    b, V = np.array([10.0, 4.0]), np.array([[4.0, 1.0], [1.0, 9.0]])
    for q in fieller(b, V):
        w = np.array([-q, 1.0])
        assert abs(w @ b) / np.sqrt(w @ V @ w) == pytest.approx(1.959964, rel=1e-5)
    assert fieller(np.array([1.0, 4.0]), V) is None
    assert "no bounds" in describe_office(np.array([1.0, 4.0]), V)


def test_no_probability_of_victory_without_outcomes(sides):
    """A contest that is given or fitted to coalitions alone is not read as one of victory."""
    found = CoalitionModel(decisiveness=0.7).fit_sides(sides)
    prediction = found.probabilities(sides.names[0])
    assert "probability of victory" not in str(prediction)
    assert prediction.to_dict()["victory"] is None
    assert "no outcome backs" in str(found)
