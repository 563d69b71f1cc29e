"""The casebook, and the pages of the documentation that show forecasts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from willing.casebook.casebook import Casebook, scenario_text
from willing.casebook.cases import find_case, read_case, read_cases
from willing.casebook.made_scenarios import SETTINGS, made_scenario
from willing.casebook.wider_games import WiderGame
from willing.cli import app
from willing.errors import ScenarioError
from willing.forecast.forecast import forecast
from willing.forecast.forecast_scenario import forecast_subject
from willing.forecast.subject import subject_of_record
from willing.structural.stored import bootstrapped_of
from willing.theory.contest import RatioContest
from willing.theory.scenario import read_scenario, read_toml
from willing.theory.wider_scenario import read_crisis

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS.parent / "examples" / "wider"


@pytest.fixture(scope="module")
def book(record, estimates) -> Casebook:
    """The casebook of the record."""
    return Casebook(record, estimates)


@pytest.fixture(scope="module")
def cases(book):
    """Every case, with what the model says."""
    return {name: book.render(name) for name in read_cases()}


def test_the_page_says_what_the_model_says_now(book, cases, monkeypatch):
    """docs/casebook.md is what `willing casebook` writes."""
    # Every case has been asked once already.
    monkeypatch.setattr(Casebook, "render", lambda book, name: cases[name])
    assert (DOCS / "casebook.md").read_text(encoding="utf-8") == book.to_markdown()


def test_the_example_in_the_docs_is_the_output(record, estimates):
    """docs/forecasts.md shows what `willing forecast kosovo` prints."""
    page = (DOCS / "forecasts.md").read_text(encoding="utf-8")
    kosovo = subject_of_record(record, estimates.model, "kosovo")
    assert str(forecast(estimates, kosovo, bootstrapped=bootstrapped_of(estimates))) in page


def test_every_partner_paid_is_known_to_the_model(cases):
    """Names of payments are names of candidates, so that prices stand beside payments."""
    for case in cases.values():
        assert case.payments()["price"].null_count() == 0, case.file.name


def test_what_is_said_of_the_model_in_the_cases_holds(cases):
    """Sentences written by hand lean on these facts."""
    assert "Turkey" in cases["islamic-state-2014"].account.partners["partner"][:3]
    libya = cases["libya-2011"].account.partners
    assert set(libya["partner"][:4]) == {"France", "Italy", "Greece", "Turkey"}
    allies = cases["allies-1941"].payments()
    assert (allies["price"] == 0.0).all()
    italy = cases["italy-1915"].payments().row(0, named=True)
    assert italy["share"] < italy["worth"]
    turkey = cases["turkey-1991"].account.partners
    assert (turkey["join"] == 0.0).all()
    assert (turkey["price"] > turkey["worth"]).all()


def test_italys_price_hangs_on_the_decisiveness_of_the_contest():
    """At 1 instead of 3 nobody is worth a price."""
    crisis, game = read_scenario(read_cases()["italy-1915"].scenario)
    assert game.solve(crisis).coalition == ("Italy",)
    assert replace(game, contest=RatioContest(1.0)).solve(crisis).coalition == ()


def test_the_islamic_states_strength_hardly_matters(book):
    """Ten times the guess leaves the ten likeliest and moves nobody's chance by a tenth."""
    content = read_toml(read_cases()["islamic-state-2014"].scenario)
    stronger = content | {"target": content["target"] | {"strength": 0.005}}
    one, ten = (
        forecast(book.estimates, forecast_subject(each, book.estimates), draws=2).join
        for each in (content, stronger)
    )
    assert set(np.argsort(-one)[:10]) == set(np.argsort(-ten)[:10])
    assert np.abs(one - ten).max() < ISLAMIC_STATE


# The price of a partner depends on the target's power too, and chances are near a half.
ISLAMIC_STATE = 0.1


@pytest.mark.parametrize("name", SETTINGS)
def test_scenarios_made_from_the_sources_are_those_of_the_package(name):
    """Nobody has edited what `willing data renew` writes."""
    case = read_cases()[name]
    assert case.scenario.read_text(encoding="utf-8") == made_scenario(SETTINGS[name], case.joined)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 1", "lacks kind"),
        ('title="a"\nkind="epic"\nhappened="b"\nreading="c"\n[sources]', "kind is"),
        ('title="a"\nkind="game"\nside="1-2"\nhappened="b"\nreading="c"\n[sources]', "no other"),
        (
            'title="a"\nkind="game"\nhappened="b"\nreading="c"\n'
            '[[payments]]\nto="x"\nwhat="y"\nsource="z"\n[sources]',
            "not in sources",
        ),
    ],
)
def test_a_case_without_its_sources_is_refused(tmp_path, text, message):
    """Every payment is cited."""
    path = tmp_path / "case.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=message):
        read_case(path)


def test_the_files_of_payments_stand_in_the_cases(cases):
    """Every case that the files can tell of has the states it names, and what they cannot see."""
    seen = {name: case for name, case in cases.items() if case.seen is not None}
    assert {"gulf-1990", "korea-1950", "afghanistan-2001", "iraq-2003", "vietnam-1965"} <= {*seen}
    for case in seen.values():
        assert set(case.seen["name"]) == set(case.file.files.states)
        assert "What they do not see" in case.to_markdown()
    poland = seen["iraq-2003"].seen.filter(name="Poland").row(0, named=True)
    jordan = seen["iraq-2003"].seen.filter(name="Jordan").row(0, named=True)
    assert (poland["joined"], jordan["joined"]) == (True, False)
    assert poland["aid_after"] > 20 * poland["aid_before"]


def test_scenario_files_can_be_had(cases):
    """What is not of the record can be changed and asked again."""
    assert 'name = "Italy"' in scenario_text("italy-1915")
    with pytest.raises(ScenarioError, match="case of the record"):
        scenario_text("gulf-1990")


def test_the_command_lists_and_shows_cases():
    """Without a name the cases are listed; with one, a case is told; a wrong one is refused."""
    listed = CliRunner().invoke(app, ["casebook"])
    assert all(name in listed.output for name in read_cases())
    told = CliRunner().invoke(app, ["casebook", "italy-1915"])
    assert "the best coalition is Italy" in told.output
    wrong = CliRunner().invoke(app, ["casebook", "trojan-war"])
    assert isinstance(wrong.exception, ScenarioError)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["forecast"], "name a crisis"),
        (["forecast", "393", "--security", "a:b"], "FROM:TO:LEVELS"),
        (["forecast", "393", "--plot", "x.txt"], "a picture ends in"),
        (["forecast", "--evaluate", "--train", "1951:1999"], "go together"),
        (["forecast", "393", "--draws", "1"], "at least 2"),
    ],
)
def test_wrong_options_are_refused(arguments, message):
    """The message says what is allowed."""
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, ScenarioError)
    assert message in str(done.exception)


def test_the_command_forecasts_as_a_table_as_numbers_and_as_a_picture(tmp_path):
    """One crisis, three ways to take it away."""
    picture = tmp_path / "gulf.png"
    done = CliRunner().invoke(
        app, ["forecast", "393", "--draws", "5", "--plot", str(picture), "--without", "Turkey"]
    )
    assert done.exit_code == 0, done.output
    assert "hypothetical: without Turkey" in done.output
    assert picture.stat().st_size > 0
    swept = CliRunner().invoke(app, ["forecast", "393", "--draws", "5", "--security", "0:1:2"])
    assert "1.000" in swept.output


@pytest.mark.parametrize("asked", ["gulf", "Gulf War", "393", "393-645"])
def test_a_case_is_found_as_a_crisis_is(asked: str) -> None:
    """A part of the name, the title, ICB's number and the leader side lead to the same case."""
    assert find_case(asked).name == "gulf-1990"


def test_an_unknown_case_says_what_there_is() -> None:
    """What is no case may be a crisis that can be forecast."""
    with pytest.raises(ScenarioError, match="willing forecast"):
        find_case("nowhere")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("italy-1915", "Italy joins Entente"),
        ("iraq-2003", "that somebody who is invited refuses"),
        ("kosovo-1999", "of what is at stake"),
        ("iraq-1994", "demand     1.0000"),
        ("korea-1950", "China"),
    ],
)
def test_cases_of_wider_games_are_solved_as_their_examples(name: str, said: str) -> None:
    """The scenario of the package is the example of the checkout, and the case shows its play."""
    wider = read_cases()[name].wider
    assert wider is not None
    assert wider.file.read_text() == (EXAMPLES / wider.file.name).read_text()
    assert said in wider.solve()


def test_insecurity_keeps_the_peace_where_everything_is_demanded() -> None:
    """At Kuwait's border in 1994 the sentences of the case lean on war falling with security."""
    crisis, game = read_crisis(read_cases()["iraq-1994"].wider.file)
    found = [game.solve(crisis.with_security(one)) for one in (1.0, 0.6, 0.3, 0.0)]
    wars = [one.war for one in found]
    assert all(one.demand == 1.0 for one in found)
    assert wars == sorted(set(wars), reverse=True)


def test_a_wider_game_that_does_not_exist_is_named() -> None:
    """The message lists the games there are."""
    with pytest.raises(ScenarioError, match="bidding"):
        WiderGame(game="poker", scenario="x", reading="")
