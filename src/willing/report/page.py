"""A report is sections of words, tables and figures, written as a page and as separate files."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from willing.figures import narrowed
from willing.files import replacing
from willing.report.tables import Table

if TYPE_CHECKING:
    from plotnine import ggplot

PNG_DPI = 160


@dataclass(frozen=True)
class Figure:
    """A picture.

    Attributes
    ----------
    name : str
        A short name for its files.
    caption : str
        What it shows and how to read it.
    plot : ggplot
        The picture.
    narrow : ggplot or None
        The same for a narrow screen, where narrowing alone (`willing.figures.narrowed`) does not
        serve, as where panels stand beside each other.
    """

    name: str
    caption: str
    plot: ggplot
    narrow: ggplot | None = None

    def render(self, kind: str, *, narrow: bool = False) -> bytes:
        """Give the picture as bytes of a ``png`` or ``pdf`` file."""
        buffer = io.BytesIO()
        plot = self.plot
        if narrow:
            plot = narrowed(self.plot) if self.narrow is None else self.narrow
        plot.save(buffer, format=kind, dpi=PNG_DPI, verbose=False)
        return buffer.getvalue()


@dataclass(frozen=True)
class Believe:
    """What a reader may take from a report, and what she may not."""

    this: str
    not_that: str


@dataclass(frozen=True)
class Section:
    """A heading, what there is to say under it, and the tables and figures that show it."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    contents: tuple[Table | Figure, ...] = ()


@dataclass(frozen=True)
class Report:
    """A finished report.

    Attributes
    ----------
    title : str
        Its title.
    summary : tuple of str
        The findings, a sentence or two each; they stand first.
    sections : tuple of Section
        The body.
    highlights : tuple of str
        Names of the tables that a terminal shows; all if empty.
    references : tuple of str
        The works and data sets cited, as text.
    bibtex : str
        The same as BibTeX.
    picture : Figure or None
        The one picture of the first screen.
    believe : tuple of Believe
        What to believe and what not, below it.
    about : tuple of (str, str)
        Author, date, version, sources and how to cite: a word and its text each.
    """

    title: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    highlights: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    bibtex: str = ""
    picture: Figure | None = None
    believe: tuple[Believe, ...] = ()
    about: tuple[tuple[str, str], ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table in order."""
        return tuple(i for s in self.sections for i in s.contents if isinstance(i, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure in order."""
        first = () if self.picture is None else (self.picture,)
        return (*first, *(i for s in self.sections for i in s.contents if isinstance(i, Figure)))

    def write(self, out: Path, *, progress: Callable[[str], object] = lambda _: None) -> list[Path]:
        """Write the page, the tables, the figures and the bibliography into a folder.

        Parameters
        ----------
        out
            The folder; made if absent. Files of the same names are replaced, others are kept.
        progress
            Called with the name of each file once it is written.

        Returns
        -------
        list of Path
            The files written: ``report.html``, ``report-word.html`` (the same for a word processor,
            with the figures beside it), ``tables/*.md|.tex``, ``tables.tex`` (a document of all
            tables), ``figures/*.png|.pdf`` and ``references.bib``.

        Raises
        ------
        DataError
            If the folder cannot be written to.
        """
        written = []
        for name, content in self._files():
            with replacing(out / name) as path:
                path.write_bytes(content)
            written.append(out / name)
            progress(name)
        return written

    def _files(self) -> Iterator[tuple[str, bytes]]:
        pictures, narrow = {}, {}
        for figure in self.figures:
            pictures[figure.name] = figure.render("png")
            narrow[figure.name] = figure.render("png", narrow=True)
            yield f"figures/{figure.name}.png", pictures[figure.name]
            yield f"figures/{figure.name}.pdf", figure.render("pdf")
        for table in self.tables:
            yield f"tables/{table.name}.md", table.to_markdown().encode()
            yield f"tables/{table.name}.tex", table.to_latex().encode()
        inputs = "\n".join(rf"\input{{tables/{table.name}}}" for table in self.tables)
        yield "tables.tex", f"{_PREAMBLE}{inputs}\n\\end{{document}}\n".encode()
        yield "references.bib", self.bibtex.encode()
        yield "report.html", self._html(pictures, narrow).encode()
        yield "report-word.html", self._html({}, {}).encode()

    def _html(self, pictures: dict[str, bytes], narrow: dict[str, bytes]) -> str:
        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("willing.report", "templates"), autoescape=True
        )
        return environment.get_template("report.html").render(
            report=self,
            is_table=lambda item: isinstance(item, Table),
            table_number={t.name: n for n, t in enumerate(self.tables, 1)},
            figure_number={f.name: n for n, f in enumerate(self.figures, 1)},
            inline=_encoded(pictures),
            narrow=_encoded(narrow),
        )


def _encoded(pictures: dict[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(png).decode() for name, png in pictures.items()}


_PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage[margin=2cm]{geometry}
\usepackage{array,booktabs,dcolumn}
\begin{document}
"""
