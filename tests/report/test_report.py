"""The report: one page that stands alone, and every table and figure beside it."""

import re

import polars as pl
import pytest
from plotnine import aes, geom_point, ggplot

from willing.errors import DataError
from willing.report.page import Figure, Report, Section
from willing.report.tables import Table


@pytest.fixture
def table():
    frame = pl.DataFrame({"state_name": ["A & B", "x|y"], "n": [12345, 2], "rate": [0.12345, None]})
    return Table("rates", "Rates of 50 % & more", frame, note="Missing stays missing.")


@pytest.fixture
def report(table):
    plot = ggplot(pl.DataFrame({"x": [1, 2], "y": [1, 2]}).to_pandas(), aes("x", "y"))
    figure = Figure("line", "Two <points>", plot + geom_point())
    section = Section("What was found", ("A sentence with <b>brackets</b>.",), (table, figure))
    return Report("A report", ("It holds.",), (section,), (), ("Author. 2016.",), "@article{a}")


def test_a_table_reads_the_same_in_markdown_and_latex(table):
    """Numbers are rounded alike, a missing value is a dash, and special characters are escaped."""
    assert r"| x\|y | 2 | – |" in table.to_markdown()
    assert "| A & B | 12,345 | 0.123 |" in table.to_markdown()
    latex = table.to_latex()
    assert r"A \& B & 12,345 & 0.123 \\" in latex
    assert r"state\_name" in latex
    assert r"50 \% \& more" in latex


def test_the_page_needs_nothing_from_outside(report, tmp_path):
    """The HTML page holds its figures and names no other file or address to load."""
    report.write(tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 1
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert "&lt;b&gt;brackets" in page


def test_every_table_and_figure_is_written_beside_the_page(report, tmp_path):
    """The folder holds each table twice, each figure twice, the bibliography and the page."""
    written = report.write(tmp_path / "new" / "folder")
    names = {p.relative_to(tmp_path / "new" / "folder").as_posix() for p in written}
    assert names == {
        "report.html",
        "references.bib",
        "tables/rates.md",
        "tables/rates.tex",
        "figures/line.png",
        "figures/line.pdf",
    }
    assert all(p.stat().st_size > 0 for p in written)
    assert not list((tmp_path / "new" / "folder").rglob(".writing-*"))


def test_a_folder_that_cannot_be_made_is_a_clear_error(report, tmp_path):
    """A file where the folder should be gives a message that names it."""
    (tmp_path / "file").write_text("here first")
    with pytest.raises(DataError, match="cannot write"):
        report.write(tmp_path / "file")
