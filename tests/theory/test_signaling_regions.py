"""Parameter regions, scenario files and the command line of the signalling game."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.theory.signaling.signaling_regions import compare_partners, signaling_regions
from willing.theory.wider_scenario import read_signaling

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "wider"
WEAK, STRONG = EXAMPLES / "signals-weak.toml", EXAMPLES / "signals-strong.toml"


def test_a_skittish_partner_suppresses_the_signal_against_a_weak_target() -> None:
    """Keeping the partner aboard silences a resolute leader, and war becomes more likely."""
    game = read_signaling(WEAK)
    assert game.war_probability() == pytest.approx((0.7, 0.7))
    assert game.steadfast().war_probability() == pytest.approx((0.42, 0.42))
    (kept,) = game.equilibria(refinement="d1")
    (signalled,) = game.steadfast().equilibria(refinement="d1")
    assert kept.support["low"] == 1.0
    assert (kept.mobilize["resolute"], signalled.mobilize["resolute"]) == (0.0, 1.0)


def test_a_skittish_partner_discourages_bluffing_against_a_strong_target() -> None:
    """Fewer bluffs and fewer wars where even a resolute leader needs her partner."""
    game = read_signaling(STRONG)
    (skittish,) = game.equilibria(refinement="d1")
    (steadfast,) = game.steadfast().equilibria(refinement="d1")
    assert skittish.bluff < steadfast.bluff / 4
    assert skittish.war_probability < steadfast.war_probability / 3


def test_regions_have_one_row_a_grid_point_and_agree_with_the_game() -> None:
    """Each grid point holds the equilibrium of the game with those parameters."""
    game = read_signaling(WEAK)
    regions = signaling_regions(
        game, x=("target_strength", [1.0, 1.7]), y=("skittishness", [0.0, 0.9])
    )
    frame = regions.to_frame()
    assert frame.select("target_strength", "skittishness").is_unique().all()
    assert frame.height == 4
    (war,) = frame.filter(target_strength=1.7, skittishness=0.9)["war"]
    assert war == pytest.approx(game.war_probability()[0])
    assert regions.plot("bluff").draw() is not None


def test_comparison_has_both_partners_at_every_value() -> None:
    """The steadfast partner is the skittish one with no skittishness."""
    comparison = compare_partners(read_signaling(WEAK), along=("prior", [0.3, 0.7]))
    frame = comparison.to_frame()
    assert frame.group_by("prior").len()["len"].to_list() == [2, 2]
    steadfast = frame.filter(partner="steadfast", prior=0.7)["war"].item()
    assert steadfast == pytest.approx(0.42)
    assert comparison.plot().draw() is not None


def test_unknown_parameter_and_quantity_are_refused() -> None:
    """A misspelt axis or quantity is named together with what is allowed."""
    game = read_signaling(WEAK)
    with pytest.raises(ScenarioError, match=r"skittish'.*skittishness"):
        signaling_regions(game, x=("skittish", [0.1]), y=("prior", [0.5]))
    regions = signaling_regions(game, x=("reserve", [0.1]), y=("prior", [0.5]))
    with pytest.raises(ScenarioError, match=r"peace.*bluff"):
        regions.plot("peace")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "table .signals. is missing"),
        ("[signals]\nstrenght = 1", "unknown key 'strenght'"),
        ("[signals]\nstrength = 1", "lacks reserve"),
        ("[signals\n", "not a TOML"),
        ("[expansion]\nalarm = 1", "table .signals. is missing"),
        ("[signal]\nstrength = 1", "unknown key 'signal'; did you mean 'signals'"),
    ],
)
def test_bad_scenario_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """A bad file raises a message that names the file and what is wrong."""
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=f"bad.toml.*{message}"):
        read_signaling(path)


def test_command_prints_json_and_draws(tmp_path: Path) -> None:
    """The command gives both games as JSON and writes the figure asked for."""
    figure = tmp_path / "signals.png"
    result = CliRunner().invoke(
        app, ["wider", "signals", str(STRONG), "--json", "--plot", str(figure)]
    )
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["as given"][0]["kind"] == "semi-separating"
    assert figure.stat().st_size > 0


@pytest.mark.parametrize("command", ["signals", "expansion", "aftermath", "joiners"])
def test_a_picture_of_an_unknown_kind_is_refused(command: str) -> None:
    """The message names the option, before anything is computed or printed."""
    scenario = {"signals": [WEAK], "expansion": [EXAMPLES / "expansion-korea.toml"]}
    arguments = [*map(str, scenario.get(command, [])), "--plot", "figure.doc"]
    result = CliRunner().invoke(app, ["wider", command, *arguments])
    assert isinstance(result.exception, ScenarioError)
    assert "--plot figure.doc" in str(result.exception)
    assert result.stdout == ""


def test_docs_show_what_the_command_prints() -> None:
    """The output in the docs page is the command's own."""
    page = (ROOT / "docs" / "wider-signals.md").read_text()
    for path in (WEAK, STRONG):
        result = CliRunner().invoke(app, ["wider", "signals", str(path)])
        assert result.stdout.strip() in page
