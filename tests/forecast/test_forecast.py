"""Forecasts of leader sides of the record."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from willing.divergence.divergence_measures import put_divergence
from willing.errors import DataError, EstimationError, ScenarioError
from willing.forecast.forecast import forecast
from willing.forecast.forecast_scenario import forecast_subject
from willing.forecast.held_out import without_crisis
from willing.forecast.subject import subject_of_record
from willing.forecast.sweep import sweep
from willing.structural.coalition_model import CoalitionModel
from willing.structural.stored import (
    STORED,
    bootstrapped_of,
    estimates_of,
    fingerprint,
    sample_of,
    store_estimates,
)

# The search for the maximum ends within this much of it, in units of log-likelihood.
GAIN_LEFT = 1e-8
# The quantal solver's own tolerance, which sums over candidates multiply.
SOLVER = 1e-6
# One Newton step instead of a search moves an estimate by less than this share of its error: .07
# for the value of victory, of which a few crises say little.
ONE_STEP = 0.1

KOSOVO = "430-345"
FEW = 20
# The years of the quick estimates.
SMALL = (1993, 1999)


@pytest.fixture(scope="module")
def kosovo(record, estimates):
    """The leader side against Yugoslavia in 1999."""
    return subject_of_record(record, estimates.model, KOSOVO)


@pytest.fixture(scope="module")
def found(estimates, kosovo):
    """Its forecast."""
    return forecast(estimates, kosovo, draws=FEW)


def test_the_stored_estimates_are_of_the_embedded_record(record):
    """What the package carries need not be fitted again."""
    model, sample = CoalitionModel(), sample_of(record)
    own = fingerprint(model.sides(sample), model, model.outcomes(sample))
    assert json.loads(STORED.read_text())["of"] == own


def test_the_stored_estimates_are_the_maximum(estimates):
    """A Newton step from them gains nothing."""
    likelihood = estimates.likelihood
    score = likelihood.scores(likelihood.expectations(estimates.params)).sum(axis=0)
    assert -score @ np.linalg.solve(estimates.fit.hessian, score) / 2 < GAIN_LEFT


def test_estimates_of_another_record_or_model_are_made_anew(record, estimates):
    """The fingerprint changes with a single join, and with an option of the model."""
    sides, model = estimates.sides, CoalitionModel()
    own = fingerprint(sides, model)
    assert fingerprint(sides, CoalitionModel(strength="milex"))["options"] != own["options"]
    joined = sides.joined.copy()
    joined[0] = ~joined[0]
    assert fingerprint(replace(sides, joined=joined), model)["data"] != own["data"]
    assert bootstrapped_of(without_crisis(estimates, 393)) is None


def test_a_forecast_from_other_estimates_says_so(record, tmp_path):
    """Whoever forecasts from another record or other options is told that nothing was stored."""
    said: list[str] = []
    terms = ("divergence", "distance", "alliance")
    model = CoalitionModel(terms=terms, decisiveness=0.5)
    estimates_of(sample_of(record, SMALL), model, tell=said.append)
    assert len(said) == 1
    assert "data and options" in said[0]


def test_stored_estimates_come_back_as_they_were(record, small, tmp_path):
    """Parameters, covariance and likelihood survive the file."""
    sample, path = sample_of(record, SMALL), tmp_path / "estimates.json"
    small = replace(small, model=replace(small.model, contest="profile"))
    store_estimates(small, path=path)
    stored = json.loads(path.read_text())
    asked = replace(small.model, decisiveness=None)
    again = estimates_of(sample, asked, path=path)
    assert stored["decisiveness"] == again.model.decisiveness == 0.5
    assert np.array_equal(again.params, small.params)
    assert np.array_equal(again.covariance, small.covariance)
    assert again.sides.names == small.sides.names


def test_one_newton_step_nearly_removes_a_crisis(record, small):
    """Estimates without a crisis agree with a fit without it."""
    for crisis in (408, 420):
        rest = np.flatnonzero(small.sides.crisis != crisis)
        assert len(rest) < small.sides.count
        fitted = small.model.fit_sides(small.sides.take(rest))
        moved = without_crisis(small, crisis)
        assert np.abs(moved.params - fitted.params).max() > 0.0
        assert (np.abs(moved.params - fitted.params) < ONE_STEP * small.std_errors).all()


def test_a_crisis_is_taken_out_of_its_own_forecast(estimates, found, kosovo):
    """What Kosovo taught the estimates does not help to forecast Kosovo."""
    inside = forecast(estimates, kosovo, draws=FEW, hold_out=False)
    assert found.held_out
    assert not inside.held_out
    assert inside.join @ inside.joined > found.join @ found.joined


def test_without_holding_out_it_is_the_prediction_of_the_estimates(estimates, kosovo):
    """Probabilities, prices and totals are those of the structural model."""
    inside = forecast(estimates, kosovo, draws=FEW, hold_out=False)
    known = estimates.probabilities(KOSOVO)
    assert np.allclose(inside.join, known.join, atol=SOLVER)
    assert np.array_equal(inside.price, known.price)
    for name in ("build", "victory", "bill", "victory_value"):
        assert getattr(inside, name).value == pytest.approx(getattr(known, name).value, abs=SOLVER)


def test_size_agrees_with_joining(found):
    """The number of partners is distributed as their joining says."""
    assert found.size.sum() == pytest.approx(1.0, abs=SOLVER)
    assert np.arange(len(found.size)) @ found.size == pytest.approx(found.join.sum(), abs=SOLVER)
    assert 1.0 - found.size[0] == pytest.approx(found.build.value, abs=SOLVER)
    assert found.expected_size.value == pytest.approx(found.join.sum())


def test_the_likeliest_coalitions_come_in_order_and_nobody_has_his_probability(found):
    """They are coalitions among all others."""
    chances = [each.probability for each in found.likeliest]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) < 1.0
    for each in found.likeliest:
        if not each.members:
            assert each.probability == pytest.approx(float(found.size[0]), abs=SOLVER)


def test_intervals_are_the_wider_the_less_is_known(estimates, kosovo, found):
    """Draws of a tenth of the spread give narrower intervals."""
    rng = np.random.default_rng(5)
    near = rng.multivariate_normal(estimates.params, estimates.covariance / 100, size=FEW)
    sharp = forecast(estimates, kosovo, bootstrapped=near)
    assert sharp.first_stage
    assert not found.first_stage
    assert ((sharp.high - sharp.low) < (found.high - found.low)).all()


def test_states_can_be_barred_or_made_certain(estimates, kosovo):
    """Neither is a candidate; a certain one's strength counts from the outset."""
    other = forecast(estimates, kosovo, without=["Turkey"], with_=["united kingdom"], draws=FEW)
    plain = forecast(estimates, kosovo, draws=FEW)
    assert {"Turkey", "United Kingdom"}.isdisjoint(other.partner)
    assert other.alone > plain.alone
    assert (other.certain, other.barred) == (("United Kingdom",), ("Turkey",))


def test_security_moves_the_value_of_victory_along_a_line(estimates, kosovo):
    """A sweep shows b0 + b1 (r - sigma)."""
    levels = sweep(estimates, kosovo, [0.5, 0.75, 1.0], draws=FEW)
    values = [each.victory_value.value for each in levels.forecasts]
    assert values[1] == pytest.approx((values[0] + values[2]) / 2)
    assert values[0] != values[2]
    assert levels.joining().height == 3 * len(kosovo.sides.partner)
    assert "0.750" in str(levels)


def test_a_crisis_is_found_by_number_side_or_name(record, estimates):
    """The side of most members stands for its crisis."""
    names = [
        subject_of_record(record, estimates.model, text).sides.names
        for text in ("393", "393-645", "gulf war")
    ]
    assert names == [("393-645",)] * 3


@pytest.mark.parametrize("wanted", ["korea", "atlantis", "99999", "393-999"])
def test_an_unclear_crisis_is_refused_with_what_there_is(record, estimates, wanted):
    """The message lists crises or sides."""
    with pytest.raises(DataError, match=r"give|no crisis|GULF WAR"):
        subject_of_record(record, estimates.model, wanted)


def test_an_unclear_state_is_refused(estimates, kosovo):
    """A beginning that fits several states, and a state that is no candidate."""
    with pytest.raises(ScenarioError, match="may be"):
        forecast(estimates, kosovo, without=["united"])
    with pytest.raises(ScenarioError, match="no candidate"):
        forecast(estimates, kosovo, with_=["Atlantis"])
    with pytest.raises(EstimationError, match="probability"):
        forecast(estimates, kosovo, security=1.5)
    with pytest.raises(ScenarioError, match="cannot both"):
        forecast(estimates, kosovo, with_=["France"], without=["France"])


def scenario_of_the_record(record, name: str) -> dict:
    """Write a leader side of the record as a scenario file would have it."""
    triads = put_divergence(record.triads.filter(pl.col("side") == name), "completed").join(
        record.crises.select("crisno", "severity"), on="crisno"
    )
    first = triads.row(0, named=True)
    keys = {
        "strength": "cinc_pee",
        "divergence": "difLPv",
        "distance": "PTdist",
        "insecurity": "hazard_partner",
        "joint_actions_against_target": "LPjoint_tee",
    }
    flags = {
        "alliance": "LPallies",
        "target_alliance": "PTallies",
        "contiguity": "PTcontig",
        "democracy": "demP",
    }
    years = {"years_since_joint_action": "LPjoint_years", "years_since_opposed": "LPopposed_years"}
    known = triads.drop_nulls([*keys.values(), *flags.values()])
    return {
        "leader": {
            "name": "L",
            "strength": first["cinc_ell"],
            "security": first["survival_given_defeat_leader"],
            "retention": first["survival_given_victory_leader"],
        },
        "target": {"name": "T", "strength": first["cinc_tee"]},
        "crisis": {
            "severity": first["severity"],
            "post_cold_war": bool(first["pcw"]),
            "major_target": bool(first["Tmaj"]),
        },
        "partners": [
            {"name": str(row["partner"])}
            | {key: row[column] for key, column in keys.items()}
            | {key: bool(row[column]) for key, column in flags.items()}
            | {key: row[column] for key, column in years.items() if row[column] is not None}
            for row in known.iter_rows(named=True)
        ],
    }


def test_a_scenario_file_says_the_same_as_the_record(record, estimates):
    """A crisis written as a scenario has the forecast that it has in the record."""
    own = forecast(
        estimates, subject_of_record(record, estimates.model, "343"), draws=FEW, hold_out=False
    )
    name = subject_of_record(record, estimates.model, "343").sides.names[0]
    other = forecast(
        estimates,
        forecast_subject(scenario_of_the_record(record, name), estimates),
        draws=FEW,
    )
    expected = dict(zip(map(str, own.code.tolist()), own.join.tolist(), strict=True))
    assert dict(zip(other.partner, other.join.tolist(), strict=True)) == pytest.approx(
        expected, abs=SOLVER
    )
    assert other.joined is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("target"), r"\[target\] is missing"),
        (lambda c: c["partners"][0].pop("distance"), "lacks distance"),
        (lambda c: c["crisis"].pop("severity"), "lacks severity"),
        (lambda c: c["partners"][0].update(distance=-1.0), "at least 0"),
        (lambda c: c["partners"][0].update(alliance=1), "true or false"),
        (lambda c: c["partners"][0].update(distence=1), "did you mean 'distance'"),
        (lambda c: c["partners"].append(c["partners"][0]), "unique"),
        (lambda c: c["leader"].update(security=2.0), "from 0 to 1"),
        (lambda c: c["leader"].update(retention=-1.0), "retention"),
        (lambda c: c.update(joined=["Atlantis"]), "not a partner"),
        (lambda c: c.update(partners=[]), "list of tables"),
        (
            lambda c: [c["partners"][k].pop("distance") for k in (0, 1)] + [c["crisis"].clear()],
            r"crisis lacks severity, post_cold_war; partners\[1\], partners\[2\] lack distance",
        ),
    ],
)
def test_a_wrong_scenario_is_refused_with_the_place(record, estimates, change, message):
    """The message names the table and the key."""
    content = scenario_of_the_record(record, KOSOVO)
    change(content)
    with pytest.raises(ScenarioError, match=message):
        forecast_subject(content, estimates)


def test_a_forecast_prints_turns_into_numbers_and_is_drawn(found):
    """Table, dict and picture show the same candidates."""
    assert "Kosovo, 1999" in str(found)
    assert "taken out" in str(found)
    plain = json.loads(json.dumps(found.to_dict()))
    assert len(plain["candidates"]) == len(found.partner) == found.to_frame().height
    assert found.plot().data.height == 20


def test_estimates_forecast_by_themselves(estimates, found, kosovo):
    """`estimates.forecast(...)` is the forecast."""
    assert np.array_equal(estimates.forecast(kosovo, draws=FEW).join, found.join)
