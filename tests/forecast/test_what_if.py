"""Actual beside hypothetical: differences, their intervals, and what is not to be read."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import command_line
import willing as w
from willing.errors import DataError, ScenarioError
from willing.forecast.cautions import cautions
from willing.forecast.forecast import forecast
from willing.forecast.subject import subject_of_record
from willing.structural.change import compare
from willing.structural.specification import DECISIVENESS_RANGE

KOSOVO = "430-345"
# A standard error from 400 normal draws is within a tenth or so of the delta method's.
DRAWS, SHARE = 400, 0.15


@pytest.fixture(scope="module")
def changed(estimates):
    return forecast(estimates, KOSOVO, draws=DRAWS, hold_out=False).what_if(security=0.6)


def test_differences_are_those_of_the_two_forecasts(estimates, changed):
    """Hypothetical less actual, candidate by candidate and in all."""
    options = {"draws": 2, "hold_out": False}
    before = forecast(estimates, KOSOVO, **options)
    after = forecast(estimates, KOSOVO, security=0.6, **options)
    own = changed.to_frame().sort("code")
    expected = dict(zip(after.code.tolist(), (after.join - before.join).tolist(), strict=True))
    assert own["difference"].to_list() == pytest.approx(
        [expected[code] for code in own["code"]], abs=1e-9
    )
    assert changed.totals["bill"].value == pytest.approx(after.bill.value - before.bill.value)


def test_intervals_are_paired_and_agree_with_the_delta_method(estimates, changed):
    """Percentiles of paired differences are those of the delta method's normal, near enough."""
    delta = compare(estimates, KOSOVO, security=0.6)
    error = dict(zip(delta.partner.tolist(), delta.join_error.tolist(), strict=True))
    frame = changed.to_frame().head(5)
    for row in frame.iter_rows(named=True):
        width = (row["high"] - row["low"]) / (2 * 1.96)
        assert width == pytest.approx(error[row["code"]], rel=3 * SHARE)
        unpaired = np.ptp(
            changed.actual.to_frame().filter(code=row["code"]).select("low", "high").to_numpy()
        )
        assert row["high"] - row["low"] < unpaired


def test_who_cannot_join_is_at_nought_and_who_joins_for_certain_at_one(estimates):
    """Both stay in the table, with the interval of what they were."""
    found = forecast(estimates, KOSOVO, draws=20).what_if(without=["Italy"], join=["FRN"])
    rows = {row["partner"]: row for row in found.to_frame().iter_rows(named=True)}
    assert rows["Italy"]["hypothetical"] == 0.0
    assert rows["Italy"]["low"] == pytest.approx(-found.actual.to_frame()["high"].max(), abs=0.1)
    assert rows["France"]["hypothetical"] == 1.0
    assert rows["France"]["difference"] == pytest.approx(1.0 - rows["France"]["actual"])
    assert len(found.to_frame()) == len(found.actual.partner)


def test_a_forecast_answers_what_if_and_adds_to_what_was_changed_already(record):
    """`w.forecast(...).what_if(...)`, from a forecast that bars somebody already; both pickle."""
    base = w.forecast("kosovo", without=["Italy"], record=record)
    found = pickle.loads(pickle.dumps(base)).what_if(security=0.5)
    assert found.actual.barred == found.hypothetical.barred == ("Italy",)
    assert found.hypothetical.security == pytest.approx(0.5)
    with pytest.raises(ScenarioError, match="nothing is changed"):
        base.what_if()
    with pytest.raises(ScenarioError, match="put together by hand"):
        replace(base, ask=None).what_if(security=0.5)


def test_a_negative_value_of_victory_is_said(estimates):
    """Where the estimates give victory a negative value, nothing of it is to be read."""
    b0, b1 = estimates.params[:2]
    side = estimates.side(KOSOVO)
    worst = replace(side, insecurity=np.array([-(b0 + 1.0) / b1]))
    assert any("negative (-1)" in each for each in cautions(estimates, worst, []))


def test_a_parameter_at_its_bound_is_said(small):
    """A decisiveness at the end of its range is no estimate."""
    at_end = replace(small, model=replace(small.model, decisiveness=DECISIVENESS_RANGE[0]))
    side = small.sides.take([0])
    names = [str(code) for code in side.partner]
    assert any("end of its range" in each for each in cautions(at_end, side, names))
    assert not any("end of its range" in each for each in cautions(small, side, names))


def test_values_outside_those_seen_are_said_by_name(small):
    """A leader more insecure than any, and a candidate farther than any, are named."""
    side = small.sides.take([0])
    names = [f"state {row}" for row in range(len(side.partner))]
    usual = " ".join(cautions(small, side, names))
    assert "seen" not in usual
    design = side.design.copy()
    design[1, side.terms.index("divergence")] = 99.0
    odd = replace(side, design=design, insecurity=np.array([1.0]))
    said = " ".join(cautions(small, odd, names))
    assert "so insecure" in said
    assert "divergence is outside what was seen: state 1" in said


def test_the_command_prints_actual_beside_hypothetical():
    """`willing forecast gulf --security 0.3`, as a table and as JSON."""
    done = command_line.run("forecast", "gulf", "--security", "0.3")
    assert done.returncode == 0, done.stderr
    assert "Gulf War, 1990" in done.stdout
    assert "actual" in done.stdout
    assert "difference" in done.stdout
    assert "by the estimates" in done.stdout
    told = json.loads(command_line.run("forecast", "gulf", "--join", "Turkey", "--json").stdout)
    assert told["change"] == "Turkey joins for certain"
    first = max(told["candidates"], key=lambda row: row["difference"])
    assert first["partner"] == "Turkey"
    assert told["differences"]["victory"]["value"] > 0


@pytest.mark.parametrize(
    ("name", "crisis"), [("gulf", 393), ("tonkin 1964", 210), ("Gulf War", 393), ("393", 393)]
)
def test_crises_answer_to_the_closest_rule(record, estimates, name, crisis):
    """A whole name, a name without `war`, a part with the year, the number."""
    found = subject_of_record(record, estimates.model, name)
    assert found.sides.crisis[0] == crisis


def test_a_misspelt_crisis_is_guessed(record, estimates):
    """The message says which crisis may have been meant."""
    with pytest.raises(DataError, match="did you mean Kosovo"):
        subject_of_record(record, estimates.model, "kossovo")


def test_the_changes_are_drawn_and_framed(changed, tmp_path):
    """The picture is written, and the totals are a frame."""
    file = tmp_path / "change.png"
    changed.plot().save(file, verbose=False, dpi=40)
    assert file.stat().st_size > 0
    totals = changed.totals_frame()
    assert totals.select(pl.col("hypothetical") - pl.col("actual")).to_series().to_list() == (
        pytest.approx(totals["difference"].to_list())
    )
