"""A name is text wherever it is shown: no markup, no formula, no code, and no part of it lost."""

from __future__ import annotations

import io
import json
import re

import polars as pl
import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.report.page import Report, Section
from willing.report.tables import Table
from willing.report.terminal import print_report
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.gambit import to_efg
from willing.theory.game import CoalitionGame
from willing.theory.pictures import plot_acceptance, plot_path
from willing.theory.scenario import read_scenario, scenario_toml
from willing.web.downloads import numbers_csv
from willing.web.svg import Drawing

NAMES = (
    "Yemen [/north]", "[bold]Mali[/bold]", "[red]", ":smile:", "A$B$", "$x_{", "a|b", "<b>c</b>",
    "<script>", "&amp;", "x & y", "100 %", "{d}", "~e^2", "\\textbf{f}", '"g" \'h\'', "#i_j",
    "=1+1", "Côte d'Ivoire", "中国", "*k*", "`l`", "_m_",
)  # fmt: skip


def crisis_of(names=NAMES):
    return Crisis(
        leader=Leader("L [/x] $y$", strength=1.0, security=0.4),
        target=Target("<T>", strength=2.0),
        partners=tuple(Partner(name, strength=0.1, divergence=0.3, cost=0.01) for name in names),
        title="A [/title] <i>of</i> $sorts$",
    )


def test_the_terminal_shows_every_name_whole(tmp_path):
    """The table of `willing solve` has the names as they are, and so has its JSON."""
    file = tmp_path / "names.toml"
    file.write_text(scenario_toml(crisis_of(), CoalitionGame()), encoding="utf-8")
    assert read_scenario(file)[0] == crisis_of()
    printed = CliRunner().invoke(app, ["solve", str(file), "--path", "--near", "0.001"])
    assert printed.exit_code == 0
    table = printed.output.split("Partners, each")[1]
    assert all(name in table for name in NAMES)
    as_json = CliRunner().invoke(app, ["solve", str(file), "--json"])
    assert set(json.loads(as_json.output)["equilibrium"]["coalition"]) <= set(NAMES)


def test_figures_draw_names_as_they_are():
    """A dollar sign is no formula; an unfinished one would not even be drawn."""
    game, crisis = CoalitionGame(), crisis_of(("A$B$", "$x_{", "<b>", "_m"))
    for figure in (plot_path(game.path(crisis)), plot_acceptance(game, crisis)):
        picture = io.StringIO()
        figure.save(picture, format="svg", verbose=False)
        assert picture.getvalue()


def test_a_table_escapes_names_for_each_of_its_readers(capsys):
    """HTML, LaTeX and Markdown have no tag, command or cell that a name made up."""
    frame = pl.DataFrame({"name [/head]": NAMES})
    table = Table("names", "Title [/t] <b> $5", frame, note="Note [/n] <script>")
    html, latex, markdown = table.to_html(), table.to_latex(), table.to_markdown()
    assert "<script>" not in html
    assert "<b>" not in html
    assert r"\textbackslash{}textbf\{f\}" in latex
    assert all(line.count("|") - line.count(r"\|") == 2 for line in markdown.split("\n")[2:-3])
    assert r"\<script>" in markdown
    assert r"\*k\*" in markdown
    print_report(Report("R [/r]", ("F [/f]",), (Section("S", contents=(table,)),)))
    printed = capsys.readouterr().out
    assert all(name in printed for name in (*NAMES, "R [/r]", "F [/f]", "[/t]", "[/n]", "[/head]"))


def test_a_drawing_and_a_tree_quote_names():
    """The page's charts have no tag of a name's making, and Gambit's file no open quote."""
    drawing = Drawing(400.0)
    drawing.name(0.0, 0.0, "<script>", 400.0)
    drawing.text(0.0, 0.0, "<script>")
    assert "<script>" not in drawing.render(100.0, '"<script>')
    tree = to_efg(CoalitionGame(), crisis_of(('"g" h', "\\")))
    assert re.sub(r"\\.", "", tree.splitlines()[0]).count('"') % 2 == 0


@pytest.mark.parametrize("name", ["\x1b[31mred", "two\nlines", "\x00", "\ud800", "x" * 201, " "])
def test_names_that_cannot_be_shown_are_refused(name):
    """Control characters never reach a terminal, nor lone surrogates a file."""
    with pytest.raises(ScenarioError, match=r"partner\.name is") as raised:
        Partner(name, strength=1.0)
    assert len(str(raised.value)) < 200
    assert str(raised.value).isprintable()


def test_a_spreadsheet_takes_no_name_for_a_formula():
    """Names that begin like one are quoted in the page's file of numbers."""
    game, crisis = CoalitionGame(), crisis_of(("=1+1", "@x", "-y", " +z", "France"))
    text = numbers_csv(game.solve(crisis), game.quantal(crisis, noise=0.1))
    names = pl.read_csv(io.BytesIO(text.encode()))["partner"].to_list()
    assert names == ["'=1+1", "'@x", "'-y", "' +z", "France"]
