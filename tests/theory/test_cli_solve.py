"""`willing solve` as a user meets it: a file in, text or a picture out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import command_line
from command_line import Done
from willing.cli import app
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.pictures import (
    best_by_size,
    pay_over_security,
    plot_path,
    tolerated_divergences,
)
from willing.theory.scenario import read_scenario

EXAMPLES = Path(__file__).parents[2] / "examples"
GULF = EXAMPLES / "gulf.toml"


def run(*arguments: str | Path) -> Done:
    return command_line.run("solve", *arguments)


def test_table_names_everybody_and_says_that_the_optimum_is_proven():
    """The printed answer has the coalition, every partner and the certificate."""
    done = run(GULF)
    assert done.returncode == 0, done.stderr
    crisis, game = read_scenario(GULF)
    for name in crisis.names:
        assert name in done.stdout
    assert "proven optimal" in done.stdout
    assert f"{game.solve(crisis).value:.4f}" in done.stdout


def test_json_holds_the_equilibrium_the_path_and_the_near_ties():
    """With --json nothing but the numbers is printed, and they are the library's."""
    result = json.loads(run(GULF, "--path", "--near", "0.01", "--json").stdout)
    crisis, game = read_scenario(GULF)
    assert result["equilibrium"] == game.solve(crisis).to_dict()
    assert result["path"]["breakpoints"] == list(game.path(crisis).breakpoints)
    assert result["near"]["coalitions"][0] == result["equilibrium"]["coalition"]


@pytest.mark.parametrize("figure", ["path", "acceptance", "sizes"])
def test_figures_are_drawn(figure, tmp_path):
    """Each figure is written as a picture."""
    file = tmp_path / "figure.png"
    done = CliRunner().invoke(app, ["solve", str(GULF), "--plot", str(file), "--figure", figure])
    assert done.exit_code == 0, done.output
    assert file.read_bytes().startswith(b"\x89PNG")


def test_tree_is_written(tmp_path):
    """With --efg the game tree is written in Gambit's format."""
    file = tmp_path / "gulf.efg"
    assert CliRunner().invoke(app, ["solve", str(GULF), "--efg", str(file)]).exit_code == 0
    assert file.read_text().startswith("EFG 2 R")


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda f: f.stem)
def test_every_plain_example_is_solved(file):
    """A scenario that lies in the folder itself is one for this command."""
    done = CliRunner().invoke(app, ["solve", str(file)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    "file", sorted(EXAMPLES.glob("counterexamples/*.toml")), ids=lambda f: f.stem
)
def test_counterexamples_replay(file):
    """Every counterexample of the propositions is a scenario that the command solves."""
    done = run(file, "--path")
    assert done.returncode == 0, done.stderr
    assert "less secure" in done.stdout


def test_unique_implementation_is_asked_for_in_the_file(tmp_path):
    """A scenario may ask for unique implementation, and the payments come in their order."""
    file = tmp_path / "unique.toml"
    file.write_text(GULF.read_text() + 'implementation = "unique"\n')
    done = CliRunner().invoke(app, ["solve", str(file)])
    assert done.exit_code == 0, done.output
    assert "order in which they are convinced" in done.output


BAD = {
    "security": ("security = 0.6", "security = 1.6", "leader.security"),
    "negative": ("strength = 0.12", "strength = -0.12", "strength"),
    "nan": ("cost = 0.02", "cost = nan", "cost"),
    "unknown": ("friction =", "frction =", "friction"),
    "twice": ('name = "France"', 'name = "Egypt"', "Egypt"),
    "toml": ("[game]", "[game", "TOML"),
}


@pytest.mark.parametrize(("old", "new", "named"), BAD.values(), ids=BAD)
def test_bad_scenario_ends_in_a_message_and_code_2(old, new, named, tmp_path):
    """Bad input is named on standard error, without a traceback, and nothing is printed."""
    file = tmp_path / "bad.toml"
    file.write_text(GULF.read_text().replace(old, new, 1))
    done = run(file)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["missing.toml"], "missing.toml"),
        ([GULF, "--plot", "figure.doc"], "--plot"),
        ([GULF, "--plot", "figure.png", "--figure", "map"], "--figure"),
        ([GULF, "--figure", "map"], "--figure"),
        ([GULF, "--near", "-1"], "loss"),
    ],
)
def test_bad_options_end_in_a_message_and_code_2(arguments, named):
    """An option that cannot be met is named, and no file is left behind."""
    done = run(*arguments)
    assert done.returncode == 2
    assert named in done.stderr
    assert not Path("figure.png").exists()


def test_best_coalition_of_the_best_size_is_the_equilibrium():
    """The largest payoff over sizes is the game's value, and size zero is going alone."""
    crisis, game = read_scenario(GULF)
    found, table = game.solve(crisis), best_by_size(game, crisis)
    assert table["payoff"].max() == pytest.approx(found.value)
    assert table["payoff"][0] == pytest.approx(found.alone)
    best = table.filter(table["payoff"] == table["payoff"].max())["coalition"][0].to_list()
    assert tuple(best) == found.coalition


def test_pay_over_security_is_that_of_the_game_with_and_without_power():
    """At the leader's own security the table has the game's payments; others are paid nothing."""
    crisis, game = read_scenario(EXAMPLES / "gulf-power.toml")
    table = pay_over_security(game, crisis)
    now = table.filter((table["security"] - crisis.leader.security).abs() < 1e-9)
    for power in (0.0, game.power):
        found = replace(game, power=power).solve(crisis)
        paid = now.filter(power=power).drop_nans("pay")
        assert dict(zip(paid["partner"], paid["pay"], strict=True)) == pytest.approx(
            found.side_payments
        )


def test_tolerated_divergence_decides_membership():
    """At the leader's own security a partner is a member iff her divergence is tolerated."""
    crisis, game = read_scenario(GULF)
    table = tolerated_divergences(game, crisis)
    now = table.filter((table["security"] - crisis.leader.security).abs() < 1e-9)
    members = set(game.solve(crisis).coalition)
    tolerated = now.filter(now["divergence"] <= now["tolerated"])["partner"].to_list()
    assert set(tolerated) == members


def test_path_of_a_leader_whom_nobody_joins_is_drawn(tmp_path):
    """A path without any coalition is still a picture."""
    crisis = Crisis(
        leader=Leader("L", strength=1.0, security=0.5),
        target=Target("T", strength=1.0),
        partners=[Partner("P", strength=0.01, cost=9.0)],
    )
    file = tmp_path / "alone.png"
    plot_path(CoalitionGame().path(crisis)).save(file, verbose=False)
    assert file.read_bytes().startswith(b"\x89PNG")


def test_page_on_the_model_shows_what_the_command_prints():
    """The example in the documentation is the command's own output."""
    page = (EXAMPLES.parent / "docs" / "model.md").read_text()
    done = CliRunner().invoke(app, ["solve", "--path", str(GULF)])
    printed = "\n".join(line.rstrip() for line in done.output.strip().splitlines())
    assert printed in page
