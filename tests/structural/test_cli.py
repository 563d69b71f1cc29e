"""`willing estimate` prints the estimates, and answers wrong options with the right ones."""

import json

import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.contest.outcome_model import OutcomeModel
from willing.errors import WillingError
from willing.record.store import load_record

# Few years, one term and a given decisiveness: quick, and the estimates are those of these crises.
QUICK = ["estimate", "--years", "1996:1999", "--terms", "leader_power", "--decisiveness", "0.5"]


def test_estimates_are_printed_as_json() -> None:
    """With --json, standard output is the estimates and nothing else."""
    found = CliRunner().invoke(app, [*QUICK, "--json"])
    assert found.exit_code == 0
    numbers = json.loads(found.stdout)
    assert numbers["decisiveness"] == 0.5
    assert {row["term"] for row in numbers["parameters"]} == {
        "victory",
        "victory x insecurity",
        "leader_power",
        "constant",
    }
    assert sum(row["observed"] for row in numbers["fit"]["sizes"]) == numbers["sides"]


def test_a_smaller_pool_has_fewer_candidates() -> None:
    """`--pool region` asks only the states of the target's region."""
    wide, narrow = (
        json.loads(CliRunner().invoke(app, [*QUICK, "--json", "--pool", pool]).stdout)["candidates"]
        for pool in ("all", "region")
    )
    assert 0 < narrow < wide


def test_the_report_is_written(tmp_path) -> None:
    """With --out, the page, its tables and its figures are in the folder."""
    found = CliRunner().invoke(app, [*QUICK, "--out", str(tmp_path)])
    assert found.exit_code == 0
    assert "H1" in found.stdout
    assert {"report.html", "tables", "figures"} <= {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "figures" / "prices.png").stat().st_size > 0


def test_the_contest_alone_is_printed() -> None:
    """The command gives what `OutcomeModel` estimates from the same crises."""
    found = CliRunner().invoke(app, ["estimate", "--outcomes", "--json"])
    told = OutcomeModel().fit(load_record())
    assert json.loads(found.stdout) == json.loads(json.dumps(told.to_dict()))


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--measure", "charm", "hazard"),
        ("--terms", "charm", "choose among"),
        ("--years", "1990", "first and the last year"),
        ("--decisiveness", "-1", "from 0.001 to 100"),
        ("--noise-growth", "50", "from -10 to 10"),
        ("--bootstrap", "1", "at least 2"),
        ("--workers", "0", "how many processes"),
        ("--scheduler", "tcp://127.0.0.1:9", "at least 2"),
        ("--record", "/nowhere", "holds no record"),
        ("--out", "/proc/report", "choose a folder"),
    ],
)
def test_wrong_values_are_named(option: str, value: str, message: str) -> None:
    """A wrong value raises an error whose message says what is allowed."""
    found = CliRunner().invoke(app, ["estimate", option, value])
    assert isinstance(found.exception, WillingError)
    assert message in str(found.exception)


def test_unknown_choices_are_refused_with_the_known_ones() -> None:
    """The command line itself knows the leader rules."""
    found = CliRunner().invoke(app, ["estimate", "--leader", "weakest"])
    assert found.exit_code == 2
    assert "strongest" in found.stderr
