"""Scenario files and the command line of conflict expansion."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.theory.wider_scenario import expansion_toml, read_expansion

ROOT = Path(__file__).parents[2]
KOREA = ROOT / "examples" / "wider" / "expansion-korea.toml"


def test_a_secure_leader_declines_the_partner_who_would_bring_in_a_balancer() -> None:
    """Taiwan is left out to keep China out, until insecurity makes the wider war worth it."""
    crisis, balancers, game = read_expansion(KOREA)
    secure = game.solve(crisis, balancers)
    assert secure.restrained
    assert not secure.widens
    assert "Taiwan" in secure.unopposed_coalition
    assert secure.unopposed_joined == ("China",)
    insecure = game.solve(crisis.with_security(0.1), balancers)
    assert "Taiwan" in insecure.coalition
    assert insecure.joined == ("China",)


def test_a_partner_far_from_a_balancer_provokes_it() -> None:
    """China stays out against South Korea and Britain and joins once Taiwan is there."""
    crisis, balancers, game = read_expansion(KOREA)
    everybody = crisis.names
    assert game.balancing(crisis, balancers, everybody[:2]) == ((),)
    assert ("China",) in game.balancing(crisis, balancers, [*everybody[:2], "Taiwan"])


def test_an_expansion_scenario_survives_being_written_and_read(tmp_path: Path) -> None:
    """Third parties' distances to single partners and the rules are kept too."""
    scenario = read_expansion(KOREA)
    path = tmp_path / "written.toml"
    path.write_text(expansion_toml(*scenario))
    assert read_expansion(path) == scenario


def test_command_prints_json_and_draws(tmp_path: Path) -> None:
    """The command gives equilibrium and logit choice as JSON and writes the figure asked for."""
    figure = tmp_path / "expansion.pdf"
    result = CliRunner().invoke(
        app, ["wider", "expansion", str(KOREA), "--json", "--noise", "0.05", "--plot", str(figure)]
    )
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["coalition"] == ["South Korea", "United Kingdom"]
    assert content["quantal"]["balance"]["China"] == pytest.approx(0.492, abs=5e-4)
    assert figure.stat().st_size > 0


def test_docs_show_what_the_command_prints() -> None:
    """The output in the docs page is the command's own."""
    page = (ROOT / "docs" / "wider-expansion.md").read_text()
    result = CliRunner().invoke(app, ["wider", "expansion", str(KOREA), "--noise", "0.05"])
    assert result.stdout.strip() in page


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('balancers = "China"\n', "balancers must be a list"),
        ("[[balancers]]\nname = 'Z'\n", r"balancers\[1\] lacks strength, distance"),
        ("[expansion]\nalram = 1\n", "did you mean 'alarm'"),
        ("[expansion]\nresponse = 'all'\n", "expansion.response is 'all'"),
    ],
)
def test_bad_scenario_files_are_refused(tmp_path: Path, table: str, message: str) -> None:
    """A bad table raises a message that names the file and what is wrong."""
    text = KOREA.read_text()
    crisis = text[text.index("[leader]") : text.index("[[balancers]]")]
    path = tmp_path / "bad.toml"
    path.write_text(table + crisis if table.startswith("balancers =") else crisis + table)
    with pytest.raises(ScenarioError, match=f"bad.toml.*{message}"):
        read_expansion(path)
