"""States that face the leader in an open crisis are not asked to join her."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import willing as w
from willing.errors import ScenarioError
from willing.forecast.forecast_scenario import forecast_subject
from willing.forecast.open_crises import facing_leader
from willing.forecast.subject import subject_of_record
from willing.record.store import load_record

NORTH_KOREA, SOVIET_UNION = 731, 365
KOREA_CHINA, IRAQ_1994 = "133-710", "412-645"


def test_nobody_who_faced_the_leader_in_an_open_crisis_ever_joined_her():
    """The rule excludes no joiner of the record, whoever of the crisis actors leads."""
    facing = load_record(years="all", leader="every").triads.filter(pl.col("LPopposed_years") == 0)
    assert facing.height == 127
    assert facing["join"].sum() == 0


def test_north_korea_is_not_asked_to_join_against_china(record, estimates):
    """In 1950 she and the Soviet Union face the United States."""
    subject = subject_of_record(record, estimates.model, KOREA_CHINA)
    assert set(subject.facing) == {NORTH_KOREA, SOVIET_UNION}
    assert not set(subject.facing) & set(subject.sides.partner.tolist())


def test_everybody_else_is_asked(record, estimates):
    """Of the candidates of a side in the sample those alone go who face the leader that day."""
    everybody = estimates.side(IRAQ_1994)
    subject = subject_of_record(record, estimates.model, IRAQ_1994)
    facing = facing_leader(record, everybody)
    assert everybody.partner[facing].tolist() == list(subject.facing)
    assert everybody.partner[~facing].tolist() == subject.sides.partner.tolist()
    assert {subject.states[c] for c in subject.facing} == {"North Korea", "Yugoslavia", "Haiti"}


def test_who_is_not_asked_is_said(record):
    """The forecast names them, and asking for one of them says why she is no candidate."""
    found = w.forecast(KOREA_CHINA, record=record)
    assert set(found.facing) == {"North Korea", "Soviet Union"}
    assert "not asked, as they face the leader in an open crisis" in str(found)
    assert found.to_dict()["facing"] == list(found.facing)
    with pytest.raises(ScenarioError, match="North Korea is not asked"):
        found.what_if(join=["North Korea"])


def test_a_joiner_who_is_not_kept_counts_as_the_leader(small):
    """Strength is not lost, and a side without candidates is left out."""
    sides = small.sides.take(np.flatnonzero(np.diff(small.sides.start) > small.sides.sizes))
    kept = ~sides.joined
    kept[sides.rows(0)] = False
    fewer = sides.only(kept)
    assert fewer.names == sides.names[1:]
    total = sides.leader_strength + sides.observed_strength
    np.testing.assert_allclose(fewer.leader_strength, total[1:])
    assert not fewer.joined.any()
    whole = sides.only(np.ones_like(kept))
    np.testing.assert_array_equal(whole.partner, sides.partner)


def test_a_partner_of_a_scenario_may_face_the_leader(estimates):
    """``years_since_opposed = 0`` takes her from the candidates; somebody must be left."""
    one = {
        "strength": 0.01,
        "divergence": 1.0,
        "distance": 1000.0,
        "alliance": False,
        "contiguity": True,
        "democracy": True,
        "insecurity": 0.1,
    }
    content = {
        "leader": {"name": "L", "strength": 0.1, "security": 0.8},
        "target": {"name": "T", "strength": 0.05},
        "crisis": {"severity": 3, "post_cold_war": True},
        "partners": [{"name": "A", **one}, {"name": "B", **one, "years_since_opposed": 0}],
    }
    subject = forecast_subject(content, estimates)
    assert [subject.states[code] for code in subject.sides.partner] == ["A"]
    assert [subject.states[code] for code in subject.facing] == ["B"]
    content["partners"][1]["years_since_opposed"] = 0.5
    assert len(forecast_subject(content, estimates).sides.partner) == 2
    content["partners"] = [{"name": "B", **one, "years_since_opposed": 0}]
    with pytest.raises(ScenarioError, match="every partner faces the leader"):
        forecast_subject(content, estimates)
