"""The main job, run as a user runs it."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import command_line

ROOT = Path(__file__).parents[2]
WILLING = str(Path(sys.executable).with_name("willing"))


def run(*arguments):
    return subprocess.run([WILLING, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("replicate")
    return run("replicate", "--out", str(out)), out


def numbers(out):
    """The numbers beside the report."""
    return json.loads((out / "results.json").read_text(encoding="utf-8"))


def test_the_readme_shows_what_is_printed(done):
    """The findings in the README are the end of what the command prints."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command, shown = re.search(
        r"^```console\n\$ (willing replicate.*)\n((?:.*\n)*?)```$", readme, flags=re.MULTILINE
    ).groups()
    assert command == "willing replicate 2>/dev/null | sed -n '/^Findings/,$p'"
    printed = [line.rstrip() for line in done[0].stdout.rstrip().splitlines()]
    start = next(k for k, line in enumerate(printed) if line.startswith("Findings"))
    assert printed[start:] == shown.rstrip().splitlines()


def test_the_main_job_writes_the_whole_report(done):
    """The page, the references and every table and figure are there, and nothing half-written."""
    result, out = done
    assert result.returncode == 0, result.stderr
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"report.html", "references.bib", "tables/models.tex", "tables/models.md"} <= names
    figures = {name for name in names if name.startswith("figures/")}
    assert {"figures/acceptance-theory.png", "figures/acceptance-data.pdf"} <= figures
    assert {Path(name).suffix for name in figures} == {".png", ".pdf"}
    assert not list(out.rglob(".writing-*"))


def test_the_first_screen_says_what_was_found(done):
    """The page begins with three sentences and one picture; every claim has its verdict."""
    _, out = done
    verdicts = numbers(out)["verdicts"]
    assert [verdict["hypothesis"] for verdict in verdicts] == ["H1"] * 2 + ["H2"] * 4
    page = html.unescape((out / "report.html").read_text(encoding="utf-8"))
    said = summary(page)
    assert len(said) == 3
    assert page.index("<b>Figure 1.</b>") < page.index("Believe this") < page.index("<h2>")
    table = (out / "tables" / "claims.md").read_text(encoding="utf-8")
    for verdict in verdicts:
        assert f"{verdict['claim']} ({verdict['hypothesis']})" in said[1]
        assert f"| {verdict['hypothesis']} {verdict['claim']} | {verdict['finding']} |" in table


def test_the_paper_s_tables_and_figure_go_by_their_names(done):
    """Table 2, A2, A4 and Figure 3 are named, and no head is that of a machine."""
    page = html.unescape((done[1] / "report.html").read_text(encoding="utf-8"))
    for name in ("Table 2", "Table A2", "Table A4", "Figure 3"):
        assert f"Wolford and Ritter's {name}" in page
    assert "column_0" not in page


def test_every_table_has_the_same_rows_behind_it(done):
    """The last row of the attrition is what the probit of Table 2 is estimated from."""
    tables = done[1] / "tables"
    last = (
        (tables / "attrition.md").read_text(encoding="utf-8").split("| every covariate known |")[1]
    )
    triads, _, joins = (cell.strip() for cell in last.split("|")[:3])
    models = (tables / "models.md").read_text(encoding="utf-8")
    assert f"| Observations | {triads} |" in models
    assert f"| P joined L | {joins} |" in models


def test_the_page_on_the_replication_shows_what_was_found(done):
    """Its sentences are the run's, and every row of its tables is one of the tables written."""
    _, out = done
    page = (ROOT / "docs" / "replication.md").read_text(encoding="utf-8")
    prose = [line.removeprefix("> ") for line in page.splitlines()]
    report = html.unescape((out / "report.html").read_text(encoding="utf-8"))
    for sentence in summary(report):
        assert sentence in prose
    written = [path.read_text(encoding="utf-8") for path in (out / "tables").glob("*.md")]
    rows = {line for table in written for line in table.splitlines()}
    below = page[page.index("<!-- end replication/findings -->") :]
    shown = [line for line in below.splitlines() if line.startswith("|")]
    assert shown
    assert [line for line in shown if line not in rows] == []


def summary(page):
    """The sentences that a report begins with."""
    return re.findall(r"<p>(.*?)</p>", page.split('<div class="summary">')[1].split("</div>")[0])


def test_every_source_used_is_cited(done):
    """The bibliography holds the paper and the publication behind each file of the record."""
    _, out = done
    bibliography = (out / "references.bib").read_text(encoding="utf-8")
    assert "Political Security" in bibliography
    for source in numbers(out)["record"]["manifest"]["inputs"]:
        assert source["citation"].split(",")[0].split(".")[0].split(" and ")[0] in bibliography


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.dta", None, "absent.dta"),
        ("other.tab", "a\tb\n1\t2\n", "other.tab lacks the column"),
        ("notes.docx", "x", "notes.docx is not a kind of file known here"),
        ("broken.dta", "not Stata", "broken.dta"),
    ],
)
def test_a_wrong_file_gets_a_message_and_code_2(tmp_path, name, content, message):
    """A file that is not the authors' is named; there is no traceback and no output folder."""
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    result = command_line.run("replicate", "--data", path, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()
