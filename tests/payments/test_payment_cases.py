"""Who was paid what around crises that everybody knows."""

import json

import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import DataError
from willing.payments.around import payments_around

TENTH = 0.05
KOREA, GULF, AFGHANISTAN, IRAQ = 132, 393, 434, 440


def of(found, code):
    """The row of a state."""
    return next(row for row in found.table.iter_rows(named=True) if row["ccode"] == code)


def test_turkey_in_the_gulf(record):
    """Turkey joined in 1990 and got 1,517 million in fiscal 1991, after less than a thousand."""
    turkey = of(payments_around(record, GULF), 640)
    assert turkey["joined"]
    assert turkey["aid_0"] == pytest.approx(1517.3, abs=TENTH)
    assert turkey["aid_before"] < 1000


def test_the_loan_to_poland_and_jordan_that_stood_aside(record):
    """Poland's loan of 2003 is at face value; Jordan, no joiner, was paid as well."""
    found = payments_around(record, IRAQ)
    assert of(found, 290)["aid_0"] == pytest.approx(5215.0, abs=TENTH)
    assert of(found, 663)["aid_0"] == pytest.approx(2329.8, abs=TENTH)
    assert not of(found, 663)["joined"]


def test_pakistan_after_september_2001(record):
    """From sanctions to a thousand million in a year."""
    pakistan = of(payments_around(record, AFGHANISTAN), 770)
    assert pakistan["aid_0"] == pytest.approx(1152.7, abs=TENTH)
    assert pakistan["aid_before"] < 200


def test_overlapping_crises_are_named(record):
    """Kuwait joined over its own freedom in 1990 and again in 1994."""
    assert "412" in of(payments_around(record, GULF), 690)["overlaps"]


def test_a_crisis_that_others_lead_has_arms_only(record):
    """Of a crisis that the United States do not lead, arms of the leader and a word why."""
    others = record.sides.filter(record.sides["year"].is_between(1960, 2010))
    led = set(others.filter(others["leader"] == 2)["crisno"])
    crisis = next(row for row in others.drop_nulls("leader")["crisno"] if row not in led)
    found = payments_around(record, crisis)
    assert found.series == ("tiv",)
    assert "not by the United States" in str(found)
    assert "aid_before" not in found.table.columns


def test_a_crisis_that_the_united_states_joined_has_arms_as_well(record):
    """Australia led over East Timor and the United States joined: eleven joiners, with arms."""
    found = payments_around(record, 432)
    assert found.leader_name == "Australia"
    assert found.targets == ("Indonesia",)
    assert found.table.filter(found.table["joined"].fill_null(False)).height == 11
    assert of(found, 2)["tiv_after"] is not None


def test_a_state_of_which_nobody_tells_is_neither_joiner_nor_other(record):
    """Nobody speaks of Somalia in 2018: all are shown, as untold, and none as staying away."""
    found = payments_around(record, 490)
    assert found.table["joined"].null_count() == found.table.height > 100
    assert "Not known whether they joined" in str(found)
    assert "Did not join" not in str(found)


def test_of_leaders_whom_nobody_joined_the_strongest_is_taken(record):
    """Russia, not Georgia, whose sides had no members in 2008."""
    assert payments_around(record, 458).leader_name == "Russia"


def test_years_that_no_file_covers_are_missing(record):
    """Aid begins in 1946: after the crisis over the Turkish Straits, not before it."""
    turkey = of(payments_around(record, 111), 640)
    assert turkey["aid_before"] is None
    assert turkey["aid_change"] is None
    assert turkey["aid_after"] > 0


def test_the_files_must_cover_the_crisis(record):
    """Arms begin in 1950: of the Greek civil war in 1946 they tell nothing."""
    with pytest.raises(DataError, match=r"arms 1950-2021\) do not cover"):
        payments_around(record, 112)


def test_the_command_prints_what_cannot_be_seen():
    """Every answer says what the files cannot tell."""
    shown = CliRunner().invoke(app, ["payments", str(GULF)])
    assert shown.exit_code == 0
    assert "not separated in time" in shown.stdout
    assert "Turkey" in shown.stdout
    content = json.loads(CliRunner().invoke(app, ["payments", str(GULF), "--json"]).stdout)
    assert {row["joined"] for row in content["partners"]} == {True, False}


def test_a_crisis_that_is_not_there_is_an_error():
    """An unknown number is named."""
    with pytest.raises(DataError, match="no crisis '5000'"):
        CliRunner().invoke(app, ["payments", "5000"], catch_exceptions=False)
