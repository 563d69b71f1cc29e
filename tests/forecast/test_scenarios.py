"""Scenarios filled in from the sources' last years, and the file that all commands share."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from datetime import date

import polars as pl
import pytest

import command_line
from willing.errors import ScenarioError
from willing.forecast.forecast import forecast
from willing.forecast.forecast_scenario import CRISIS_COLUMNS, PARTNER_COLUMNS, forecast_subject
from willing.forecast.scenario_of_states import scenario
from willing.record.store import load_record
from willing.sources.state_names import ISO, find_state
from willing.sources.states import members
from willing.structural.stored import estimates_of, sample_of
from willing.theory.bargaining.crisis_game import CrisisGame
from willing.theory.bidding.bidding_rules import Bidder, Courted
from willing.theory.contest import DrawContest
from willing.theory.crisis import Leader, Partner, Target
from willing.theory.expansion.expansion_game import ExpansionGame
from willing.theory.expansion.expansion_rules import Balancer
from willing.theory.game import CoalitionGame
from willing.theory.scenario import crisis_and_game
from willing.theory.scenario_keys import KEYS, keys_of
from willing.theory.signaling.signaling_game import SignalingGame

TODAY = date(2024, 1, 1)
ASKED = "Japan, Taiwan, AUL, Philippines, South Korea, UK"
# Ideal points and distances are kept with three digits and in whole kilometres.
DISTANCE, KILOMETRES = 2e-3, 1.0
KOSOVO, KOSOVO_CRISIS = 1999, 430


@pytest.fixture(scope="module")
def record():
    return load_record(years="all")


@pytest.fixture(scope="module")
def taiwan(record):
    return scenario("USA", "China", ASKED, year=2024, record=record)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Japan", 740),
        ("740", 740),
        ("AUL", 900),
        ("DEU", 255),
        ("gmy", 255),
        ("UK", 200),
        ("Türkiye", 640),
        ("USSR", 365),
        ("philip", 840),
        ("Côte d'Ivoire", 437),
    ],
)
def test_states_are_found_by_what_people_call_them(name, code):
    """Name, COW code, COW abbreviation, ISO code, other names and beginnings are all known."""
    assert find_state(name, TODAY) == code


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Tiawan", "did you mean Taiwan"),
        ("AUS", "Austria .305., Australia .900."),
        ("GDR", "from 1954-03-25 to 1990-10-02"),
        ("korea", "North Korea .731., South Korea .732."),
        ("", "there is no state"),
    ],
)
def test_states_that_are_not_found_are_guessed(name, message):
    """The message says who may have been meant, or when the state was one."""
    with pytest.raises(ScenarioError, match=message):
        find_state(name, TODAY)


def test_every_member_of_today_has_an_iso_code():
    """The table of ISO codes is complete, and no code stands for two states."""
    assert set(members(TODAY)["ccode"]) <= set(ISO)
    assert len(set(ISO.values())) == len(ISO)


def test_a_scenario_of_1999_says_what_the_record_says_of_kosovo(record):
    """Every value that goes by years is the one that the record has of the crisis of that year."""
    filled = scenario("USA", 345, year=KOSOVO, record=record)
    triads = record.triads.filter(crisno=KOSOVO_CRISIS, leader=2, target=345)
    own = {row["partner"]: row for row in triads.iter_rows(named=True)}
    wide = filled.values.filter(table="partners").pivot("key", index="code", values="value")
    assert wide.height > 150
    for row in wide.iter_rows(named=True):
        there = own[row["code"]]
        assert float(row["strength"]) == pytest.approx(there["cinc_pee"], abs=1e-7)
        assert float(row["distance"]) == pytest.approx(there["PTdist"], abs=KILOMETRES)
        for key, column in (("divergence", "difLPv"), ("target_divergence", "difTPv")):
            if there[column] is not None:
                assert float(row[key]) == pytest.approx(there[column], abs=DISTANCE)
        for key in ("alliance", "democracy", "contiguity", "target_rivalry", "region"):
            assert (row[key] == "true") == bool(there[PARTNER_COLUMNS[key]]), (row["name"], key)
        for key in ("joint_actions", "opposed", "past_joins"):
            # Crises may have ended between New Year and the day on which this one began.
            assert float(row[key]) <= there[PARTNER_COLUMNS[key]]


def test_values_carry_their_years_and_old_ones_are_flagged_or_refused(taiwan, record):
    """Capabilities end in 2022, alliances in 2018; at five years the latter are old."""
    of = {(row["state"], row["key"]): row["of"] for row in taiwan.to_frame().iter_rows(named=True)}
    assert of["Japan", "strength"] == 2022
    assert of["Japan", "alliance"] == 2018
    assert of["Taiwan", "divergence"] == 2018, "Taiwan has not voted since 1971"
    assert of["Japan", "divergence"] == 2023
    assert {"alliance", "contiguity"} <= set(taiwan.old["key"])
    assert "strength" not in taiwan.old["key"]
    assert "6 years old" in taiwan.to_toml()
    with pytest.raises(ScenarioError, match="older than 5 years"):
        scenario("USA", "China", ASKED, year=2024, refuse_old=True, record=record)
    assert scenario("USA", "China", "Japan", year=2024, max_age=10, record=record).old.is_empty()


def test_all_states_but_those_of_whom_something_is_not_known(record):
    """With everybody asked, who lacks a value is left out and named."""
    every = scenario("USA", "China", year=2024, record=record)
    assert len(every.partners) + len(every.left_out) == members(TODAY).height - 2
    assert every.left_out["Iceland"] == ["democracy"]
    assert any("Iceland" in remark for remark in every.remarks())


def test_who_stands_on_the_other_side_rarely_joins(taiwan, record):
    """Who has just fought the leader, or is the ally of a major power, joins less than before."""
    estimates, content = estimates_of(sample_of(record)), taiwan.to_dict()

    def joins(crisis, **told):
        others = [{**each} for each in content["partners"] if each["name"] != "Taiwan"]
        asked = next(each for each in content["partners"] if each["name"] == "Taiwan")
        changed = {**content, "crisis": {**content["crisis"], **crisis}}
        changed["partners"] = [*others, {**asked, **told}]
        found = forecast(estimates, forecast_subject(changed, estimates), draws=2).to_frame()
        return found.row(by_predicate=pl.col("partner") == "Taiwan", named=True)["join"]

    neither = joins({}, target_alliance=False)
    assert content["crisis"]["major_target"]
    assert joins({}, years_since_opposed=0.5, target_alliance=False) < neither / 2
    assert joins({}, target_alliance=True) < neither / 2
    assert joins({"major_target": False}, target_alliance=True) == neither


def test_one_file_is_solved_and_forecast_with_the_same_contest(taiwan, record):
    """Theory and estimates read the same text, and agree on what the leader can do alone."""
    content = tomllib.loads(taiwan.to_toml())
    assert taiwan.to_dict() == content
    crisis, game = crisis_and_game(content)
    estimates = estimates_of(sample_of(record))
    found = forecast(estimates, forecast_subject(content, estimates), draws=2)
    assert set(crisis.names) == set(found.partner) == set(taiwan.partners)
    alone = float(game.contest(crisis.leader.strength, crisis.target.strength))
    assert alone == pytest.approx(found.alone, abs=1e-5)
    assert game.retention == content["leader"]["retention"]


def test_the_command_writes_a_file_that_every_reader_takes(tmp_path):
    """`willing scenario > file`, then solve and the wider games of the same file."""
    done = command_line.run(
        "scenario", "USA", "China", "--partners", ASKED, "--year", "2024", "--security", "0.6"
    )
    assert done.returncode == 0, done.stderr
    assert "older than 5 years" in done.stderr
    file = tmp_path / "taiwan.toml"
    file.write_text(done.stdout)
    for command in (("solve",), ("wider", "crisis"), ("wider", "expansion")):
        asked = command_line.run(*command, file)
        assert asked.returncode == 0, asked.stderr
        assert "security 0.6" in asked.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("USA", "China", "--year", "2024"), "name the --partners, or ask for --all"),
        (("USA", "China", "--partners", "Japn", "--year", "2024"), "did you mean Japan"),
        (("USA", "China", "--partners", "USA", "--year", "2024"), "named twice"),
        (("USA", "China", "--all", "--year", "1900"), "1946 to 2100"),
        (("USA", "China", "--all", "--year", "2024", "--severity", "9"), "from 1"),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_allowed(arguments, message):
    """Bad input ends with a message and code 2."""
    done = command_line.run("scenario", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_the_keys_that_are_documented_are_those_that_are_read():
    """The catalogue has every field of what files describe, and every key of a forecast."""

    def names(kind):
        return {each.name for each in fields(kind)}

    contest = {"contest", *names(DrawContest)}
    assert set(keys_of("target")) == names(Target)
    assert set(keys_of("leader")) == names(Leader) | {"retention", "hazard"}
    assert set(keys_of("partners")) == names(Partner) | names(Courted) | set(PARTNER_COLUMNS)
    assert set(keys_of("crisis")) == set(CRISIS_COLUMNS)
    assert set(keys_of("game")) == names(CoalitionGame) | contest
    assert set(keys_of("bargaining")) == names(CrisisGame) - {"game"}
    assert set(keys_of("expansion")) == names(ExpansionGame) - {"game"}
    assert set(keys_of("balancers")) == names(Balancer)
    assert set(keys_of("signals")) == names(SignalingGame) | contest
    assert set(keys_of("first")) == set(keys_of("second")) == names(Bidder)
    assert set(keys_of("bidding")) == contest
    assert len({(key.table, key.name) for key in KEYS}) == len(KEYS)


def test_candidates_answer_to_abbreviations_too(taiwan, record):
    """A state of a file, numbered by the file, is found by its ISO code; others by a guess."""
    estimates = estimates_of(sample_of(record))
    subject = forecast_subject(taiwan.to_dict(), estimates)
    assert subject.codes(["PHL", "UKG"]) == subject.codes(["Philippines", "United Kingdom"])
    with pytest.raises(ScenarioError, match="did you mean Philippines"):
        subject.codes(["Phillipines"])


def test_no_value_is_of_a_year_after_the_crisis(record):
    """A scenario of the past knows nothing of its future."""
    filled = scenario("USA", "Iraq", "UK, France", year=1990, record=record)
    before = filled.to_frame().filter(pl.col("of") > 1990)
    assert before.is_empty()
    bush = filled.to_frame().row(by_predicate=pl.col("key") == "security", named=True)
    assert bush["of"] == 1990
    assert "Bush" in bush["note"]
