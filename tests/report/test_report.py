"""The report: one page that stands alone, and every table and figure beside it."""

import re
import subprocess
from dataclasses import replace
from shutil import which

import polars as pl
import pytest
from plotnine import aes, geom_point, ggplot

from willing.errors import DataError
from willing.report.labels import label, labelled
from willing.report.page import Believe, Figure, Report, Section
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
    assert r"A \& B & 12{,}345 & 0.123 \\" in latex
    assert r"State name & \multicolumn{1}{c}{N}" in latex
    assert r"50 \% \& more" in latex


def test_the_page_needs_nothing_from_outside(report, tmp_path):
    """The HTML page holds its figures and names no other file or address to load."""
    report.write(tmp_path)
    page = (tmp_path / "report.html").read_text()
    # The figure, and the same for a narrow screen.
    assert page.count("data:image/png;base64,") == 2
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert "&lt;b&gt;brackets" in page


def test_every_table_and_figure_is_written_beside_the_page(report, tmp_path):
    """The folder holds each table twice, each figure twice, the bibliography and the page."""
    written = report.write(tmp_path / "new" / "folder")
    names = {p.relative_to(tmp_path / "new" / "folder").as_posix() for p in written}
    assert names == {
        "report.html",
        "report-word.html",
        "references.bib",
        "tables.tex",
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


def test_tables_and_figures_are_numbered_and_captioned(report, tmp_path):
    """Each has its number before its title, and the columns have heads in words."""
    report.write(tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "<b>Table 1.</b> Rates of 50 % &amp; more" in page
    assert "<b>Figure 1.</b> Two &lt;points&gt;" in page
    assert ">State name</th>" in page
    assert "column_0" not in page


def test_a_word_processor_gets_pictures_as_files(report, tmp_path):
    """The page for Word names figures that lie beside it."""
    report.write(tmp_path)
    page = (tmp_path / "report-word.html").read_text()
    assert 'src="figures/line.png"' in page
    assert "base64" not in page


def test_the_first_screen_has_a_picture_and_what_to_believe(report, tmp_path):
    """Between the summary and the sections stand one picture and two columns."""
    plot = report.figures[0].plot
    first = replace(
        report, picture=Figure("first", "All", plot, plot), believe=(Believe("This.", "That."),)
    )
    first.write(tmp_path)
    page = (tmp_path / "report.html").read_text()
    places = [page.index(text) for text in ("It holds.", "Figure 1.", "<td>That.</td>", "<nav")]
    assert places == sorted(places)
    assert page.count('<source media="(max-width: 40rem)"') == page.count("<figure") == 2


def test_estimates_have_their_errors_below_them_in_latex():
    """A cell of estimate, error and stars becomes two rows aligned on the point."""
    frame = pl.DataFrame({"": ["difLPv", "n"], "Probit": ["-0.14 (4.96e-05)**", "1,234"]})
    latex = Table("models", "Models", labelled(frame)).to_latex()
    assert r"Divergence, L and P & -0.14^{**} \\" in latex
    assert r" & (4.96\mathrm{e}{-5}) \\" in latex
    assert r"n & 1{,}234 \\" in latex
    assert "D{.}{.}{-1}" in latex


def test_small_p_values_are_not_zero():
    """A p-value under one in a thousand is said to be so; other small numbers are not."""
    table = Table("p", "P", pl.DataFrame({"p": [0.00001, 0.2], "rate": [0.00001, 0.2]}))
    assert table.cells() == [["< .001", "0.000"], ["0.200", "0.200"]]


@pytest.mark.skipif(which("pdflatex") is None, reason="no TeX here")
def test_the_document_of_all_tables_compiles(report, tmp_path):
    """LaTeX takes the tables as they are written."""
    report.write(tmp_path)
    done = subprocess.run(
        ["pdflatex", "-interaction=batchmode", "-halt-on-error", "tables.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (tmp_path / "tables.log").read_text(errors="replace")[-800:]


@pytest.mark.skipif(which("pdflatex") is None, reason="no TeX here")
def test_wide_tables_keep_to_the_page(tmp_path):
    """Long heads are stacked and long texts broken: nothing stands out by more than two mm."""
    models = {
        f"{model}, {measure}": ["-0.1413 (0.0496)**"]
        for measure in ("Yearly hazard", "Plain yearly hazard")
        for model in ("Insecurity", "Controls", "Within")
    }
    wide = pl.DataFrame({"": ["insecurity_leader"], **models})
    texts = pl.DataFrame(
        {
            "Crisis": ["Yugoslavia II: Bosnia"],
            "Day": ["1992-03-03"],
            "Leader": ["United States of America"],
            "Target": ["North Vietnam"],
            "Joined": [8],
            "Among": ["CAN, COL, UKG, NTH, BEL, FRN, GRC, ETH"],
        }
    )
    tables = [Table("a", "A", labelled(wide)), Table("b", "B", texts)]
    preamble = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage[margin=2cm]{geometry}"
    packages = r"\usepackage{array,booktabs,dcolumn}\begin{document}"
    document = [preamble, packages, *(t.to_latex() for t in tables), r"\end{document}"]
    (tmp_path / "wide.tex").write_text("\n".join(document))
    subprocess.run(["pdflatex", "-interaction=batchmode", "wide.tex"], cwd=tmp_path, check=True)
    log = (tmp_path / "wide.log").read_text(errors="replace")
    points = [float(p) for p in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(points, default=0.0) < 6


def test_terms_are_told_in_words():
    """Products and terms of the variance are named by their parts; unknown names stay."""
    assert label("insecurity_leader:difLPv") == "Insecurity of L's leader × Divergence, L and P"
    assert label("variance: pcw") == "Variance: After the Cold War"
    assert label("demL", column=True) == "Democratic L [demL]"
    assert label("my_term") == "my_term"
