"""Every result of the package has one manner: short to name, full to print, tidy to take away."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import polars as pl
import pytest

import command_line
import willing
import willing as w
from willing.estimation.design import build_design
from willing.estimation.models import fit_probit
from willing.manner import Result
from willing.record.store import load_record
from willing.structural.stored import estimates_of, sample_of
from willing.theory.propositions import CLAIMS, Verdicts, check_claim
from willing.theory.wider_scenario import (
    read_bidding,
    read_crisis,
    read_expansion,
    read_invitations,
    read_signaling,
)

EXAMPLES = Path(__file__).parents[1] / "examples"
SHORT = 140
# They turn into plain values, but are numbers, options, definitions or data, not results.
NO_RESULTS = {
    "Band",
    "Contrast",
    "Choices",
    "Manifest",
    "Measure",
    "Fetched",
    "Verdict",
}
DRAWN = (
    "Equilibrium",
    "SecurityPath",
    "NearTies",
    "QuantalResponse",
    "CrisisQuantal",
    "ExpansionQuantal",
    "CrisisEquilibrium",
    "CrisisPath",
    "ExpansionEquilibrium",
    "BiddingEquilibria",
    "MenuOutcome",
    "InvitationEquilibrium",
    "Forecast",
    "WhatIf",
    "Estimates",
    "Case",
    "Verdicts",
)


def _classes():
    found = {}
    for module in pkgutil.walk_packages(willing.__path__, "willing."):
        if module.name.split(".")[1] in ("web", "cli", "__main__"):
            continue
        for name, kind in vars(importlib.import_module(module.name)).items():
            if (
                inspect.isclass(kind)
                and kind.__module__ == module.name
                and hasattr(kind, "to_dict")
                and not name.startswith("_")
                and kind is not Result
            ):
                found[f"{module.name}.{name}"] = kind
    return found


CLASSES = _classes()


def test_whatever_turns_into_plain_values_is_a_result():
    """No class of the package has its own manner, but for those that are no results."""
    others = {kind.__name__ for kind in CLASSES.values() if not issubclass(kind, Result)}
    assert others <= NO_RESULTS
    assert len(CLASSES) > 60


@pytest.mark.parametrize(
    "kind", [k for k in CLASSES.values() if issubclass(k, Result)], ids=lambda k: k.__name__
)
def test_each_result_has_the_whole_manner(kind):
    """It says what it is, is named shortly, and overrides nothing but what it knows better."""
    assert kind.__doc__
    assert kind.__repr__ is Result.__repr__
    assert kind.summary is Result.summary
    assert kind.to_dict is not Result.to_dict
    for name in ("to_frame", "to_html", "to_latex", "_repr_html_"):
        assert callable(getattr(kind, name))
    if kind.__name__ in DRAWN:
        assert callable(kind.plot)


@pytest.fixture(scope="module")
def results():
    """One of many kinds, made of the examples and the record."""
    crisis, game = w.read_scenario(EXAMPLES / "gulf.toml")
    korea, balancers, expansion = read_expansion(EXAMPLES / "wider" / "expansion-korea.toml")
    kosovo, bargaining = read_crisis(EXAMPLES / "wider" / "crisis-kosovo.toml")
    bids = read_bidding(EXAMPLES / "wider" / "bidding-italy.toml")
    iraq, invitations = read_invitations(EXAMPLES / "wider" / "invitations-iraq.toml")
    record = load_record(years="all")
    estimates = estimates_of(sample_of(record))
    design = build_design(
        record.triads, outcome="join", mean=["insecurity_leader", "difLPv"], cluster="crisno"
    )
    gulf = w.forecast("gulf", record=record)
    return [
        game.solve(crisis),
        game.path(crisis),
        game.near(crisis, 0.01),
        game.quantal(crisis, noise=0.05),
        bargaining.solve(kosovo),
        bargaining.path(kosovo),
        bargaining.quantal(kosovo, noise=0.05),
        expansion.solve(korea, balancers),
        expansion.quantal(korea, balancers, noise=0.05),
        bids.bids(),
        bids.menus(),
        invitations.solve(iraq),
        read_signaling(EXAMPLES / "wider" / "signals-weak.toml").equilibria()[0],
        estimates,
        fit_probit(design),
        gulf,
        gulf.what_if(security=0.5),
        w.scenario("USA", "Iraq", "UK, France", year=2003, record=record),
        w.casebook("gulf"),
        Verdicts(tuple(check_claim(claim, games=5) for claim in CLAIMS[:3])),
        record,
    ]


def test_results_are_short_to_name_and_tidy_to_take_away(results):
    """Of each kind: representation, text, plain values, frame, HTML and LaTeX."""
    for result in results:
        kind = type(result).__name__
        assert repr(result).startswith(f"<{kind}: ")
        assert len(repr(result)) <= SHORT, kind
        assert result.summary() == str(result)
        json.dumps(result.to_dict())
        frame = result.to_frame()
        assert isinstance(frame, pl.DataFrame), kind
        assert frame.height
        assert len(set(frame.columns)) == frame.width
        shown = result._repr_html_()
        assert "<table" in shown
        assert "in full" in shown
        assert "<table" in result.to_html()
        assert "tabular" in result.to_latex() or "longtable" in result.to_latex()


def test_results_that_can_be_drawn_are(results, tmp_path):
    """Each of the games, estimates, forecasts, cases and checks of claims draws itself."""
    drawn = [each for each in results if type(each).__name__ in DRAWN]
    assert {type(each).__name__ for each in drawn} == set(DRAWN)
    for number, result in enumerate(drawn):
        file = tmp_path / f"{number}.svg"
        result.plot().save(file, verbose=False)
        assert file.stat().st_size > 0


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--derivations"),
        ("episodes", "259-2014"),
        ("security", "--define"),
        ("casebook",),
        ("solve", EXAMPLES / "gulf.toml", "--figure", "near"),
    ],
    ids=lambda words: words[0],
)
def test_a_picture_of_what_is_not_drawn_is_refused(words, tmp_path):
    """Before any work, with what to leave out or to add."""
    done = command_line.run(*words, "--plot", tmp_path / "picture.svg")
    assert done.returncode == 2
    assert "--plot" in done.stderr or "--near" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_claim_that_fails_is_drawn(tmp_path):
    """`willing check --plot` writes its picture beside what it prints."""
    file = tmp_path / "claims.svg"
    command_line.run("check", "--claim", "h1-one", "--games", "5", "--plot", file)
    assert file.stat().st_size > 0


def test_rooms_that_are_called_like_what_one_does_can_be_called():
    """`w.forecast` and `w.casebook` remain packages, and are functions too."""
    importlib.import_module("willing.forecast.result")
    assert callable(w.forecast)
    assert inspect.ismodule(w.forecast)
    assert "gulf-1990" in w.casebook()


def test_the_command_line_solves_with_noise_and_another_security():
    """`solve --quantal NOISE --security X` and what it says of victory."""
    done = command_line.run(
        "solve", EXAMPLES / "gulf.toml", "--quantal", "0.05", "--security", "0.3", "--json"
    )
    told = json.loads(done.stdout)
    crisis, game = w.read_scenario(EXAMPLES / "gulf.toml")
    crisis = crisis.with_security(0.3)
    assert told["equilibrium"] == game.solve(crisis).to_dict()
    assert told["quantal"]["join"] == game.quantal(crisis, noise=0.05).to_dict()["join"]
    assert "by the file's rules" in command_line.run("solve", EXAMPLES / "gulf.toml").stdout


def test_the_package_says_how_to_cite_it():
    """As a sentence, as BibTeX and as JSON, with the version in use and CITATION.cff's year."""
    version = w.__version__
    assert version in command_line.run("cite").stdout
    assert "@software{willing" in command_line.run("cite", "--bibtex").stdout
    told = json.loads(command_line.run("cite", "--json").stdout)
    assert told["version"] == version
    text = (Path(__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8")
    assert f"date-released: {told['package'].split('. ')[1]}" in text


def test_the_shell_can_be_taught_to_complete():
    """`willing --install-completion` is there."""
    assert "--install-completion" in command_line.run("--help").stdout
