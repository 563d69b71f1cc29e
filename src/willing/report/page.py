"""A report is sections of words, tables and figures, written as a page and as separate files."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from joblib import Parallel, delayed

from willing.figures import narrowed
from willing.files import replacing
from willing.report.tables import Table

if TYPE_CHECKING:
    from plotnine import ggplot
    from plotnine.composition import Compose

PNG_DPI = 160
# From so many figures on, processes to draw them are worth their start (two seconds).
SEVERAL = 6


@dataclass(frozen=True)
class Figure:
    """A picture.

    Attributes
    ----------
    name : str
        A short name for its files.
    caption : str
        What it shows and how to read it.
    plot : ggplot or Compose
        The picture.
    narrow : ggplot, Compose or None
        The same for a narrow screen, where narrowing alone (`willing.figures.narrowed`) does not
        serve, as where panels stand beside each other.
    """

    name: str
    caption: str
    plot: ggplot | Compose
    narrow: ggplot | Compose | None = None

    def drawn(self) -> Drawn:
        """Draw the picture, once for both kinds of file, and once more for a narrow screen."""
        png, pdf = rendered(self.plot, "png", "pdf")
        slim = narrowed(self.plot) if self.narrow is None else self.narrow  # type: ignore[arg-type]
        return Drawn(png, pdf, *rendered(slim, "png"))


@dataclass(frozen=True)
class Drawn:
    """A picture as the bytes of its files: both kinds, and a ``png`` for a narrow screen."""

    png: bytes
    pdf: bytes
    narrow: bytes


def rendered(plot: ggplot | Compose, *kinds: str) -> tuple[bytes, ...]:
    """Give a plot as bytes of files of several kinds, drawn once."""
    from matplotlib import rc_context
    from plotnine import ggplot, theme

    found = []
    with rc_context(plot.theme.rcParams if isinstance(plot, ggplot) else {}):
        figure = (plot + theme(dpi=PNG_DPI)).draw()
        for kind in kinds:
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind)
            found.append(buffer.getvalue())
    return tuple(found)


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
        drawn = self._drawn(progress)
        for name, content in self._files(drawn):
            with replacing(out / name) as path:
                path.write_bytes(content)
            written.append(out / name)
            progress(name)
        return written

    def _drawn(self, progress: Callable[[str], object]) -> dict[str, Drawn]:
        """Draw every figure; that is all Python, so that it takes processes to use every core."""
        jobs = 1 if len(self.figures) < SEVERAL else -1
        found = Parallel(n_jobs=jobs, return_as="generator")(
            delayed(Figure.drawn)(figure) for figure in self.figures
        )
        drawn = {}
        for figure, files in zip(self.figures, found, strict=True):
            drawn[figure.name] = files
            progress(f"figure: {figure.name}")
        return drawn

    def _files(self, drawn: Mapping[str, Drawn]) -> Iterator[tuple[str, bytes]]:
        for name, files in drawn.items():
            yield f"figures/{name}.png", files.png
            yield f"figures/{name}.pdf", files.pdf
        for table in self.tables:
            yield f"tables/{table.name}.md", table.to_markdown().encode()
            yield f"tables/{table.name}.tex", table.to_latex().encode()
        inputs = "\n".join(rf"\input{{tables/{table.name}}}" for table in self.tables)
        yield "tables.tex", f"{_PREAMBLE}{inputs}\n\\end{{document}}\n".encode()
        yield "references.bib", self.bibtex.encode()
        yield "report.html", self._html(drawn).encode()
        yield "report-word.html", self._html({}).encode()

    def _html(self, drawn: Mapping[str, Drawn]) -> str:
        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("willing.report", "templates"), autoescape=True
        )
        return environment.get_template("report.html").render(
            report=self,
            is_table=lambda item: isinstance(item, Table),
            table_number={t.name: n for n, t in enumerate(self.tables, 1)},
            figure_number={f.name: n for n, f in enumerate(self.figures, 1)},
            inline={name: _encoded(files.png) for name, files in drawn.items()},
            narrow={name: _encoded(files.narrow) for name, files in drawn.items()},
        )


def _encoded(png: bytes) -> str:
    return base64.b64encode(png).decode()


_PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage[margin=2cm]{geometry}
\usepackage{array,booktabs,dcolumn}
\begin{document}
"""
