"""A table that can be read in a terminal, a browser, a paper and a README."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from willing.escapes import printable
from willing.numbers import SMALLEST_P, p_cell
from willing.report.cells import Cells, is_estimates
from willing.report.html_table import html_table
from willing.report.labels import head
from willing.report.latex_table import latex_table


@dataclass(frozen=True)
class Table:
    """A finished table: text and numbers as they are to be read.

    Attributes
    ----------
    name : str
        A short name, used for file names.
    title : str
        What the table shows.
    frame : polars.DataFrame
        Its columns and rows; numbers are printed with `digits` decimals unless whole, columns
        called ``p`` or ending so as p-values.
    note : str
        What a reader must know to read it, one paragraph.
    digits : int
        Decimals of numbers that are not whole.
    """

    name: str
    title: str
    frame: pl.DataFrame
    note: str = ""
    digits: int = 3

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the columns, in words."""
        return tuple(head(name.replace("_", " ")) for name in self.frame.columns)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether each column holds numbers, or estimates with their standard errors."""
        return tuple(
            dtype.is_numeric() or is_estimates(self.frame[name])
            for name, dtype in self.frame.schema.items()
        )

    def cells(self) -> list[list[str]]:
        """Give the rows as text, missing values as a dash."""
        of_p = [name == "p" or name.endswith((" p", "_p")) for name in self.frame.columns]
        return [
            [self._text(value, p=p) for value, p in zip(row, of_p, strict=True)]
            for row in self.frame.rows()
        ]

    def to_markdown(self) -> str:
        """Give the table in GitHub's Markdown."""
        lines = [
            "| " + " | ".join(_escape_markdown(c) for c in self.heads) + " |",
            "| "
            + " | ".join("---:" if d.is_numeric() else "---" for d in self.frame.dtypes)
            + " |",
        ]
        lines += [
            "| " + " | ".join(_escape_markdown(c) for c in row) + " |" for row in self.cells()
        ]
        note = f"\n\n{_escape_markdown(self.note)}" if self.note else ""
        return f"**{_escape_markdown(self.title)}**\n\n" + "\n".join(lines) + note + "\n"

    def to_latex(self) -> str:
        """Give the table as LaTeX; it needs the packages `booktabs` and `dcolumn`."""
        return latex_table(self.name, self.title, self._laid_out(), self.note)

    def to_html(self, number: int | None = None) -> str:
        """Give the table as HTML.

        Parameters
        ----------
        number
            Its number in a report, for the caption.
        """
        return html_table(self.name, self.title, self._laid_out(), self.note, number)

    def _laid_out(self) -> Cells:
        return Cells(self.heads, self.numeric, self.cells())

    def _text(self, value: object, *, p: bool) -> str:
        if value is None:
            return "–"
        if isinstance(value, float):
            # A p that the table's decimals would round to zero keeps three.
            if p and value < max(SMALLEST_P, 0.5 * 10.0**-self.digits):
                return p_cell(value)
            return f"{value:,.{self.digits}f}"
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return str(value)


# An underscore within a word is one; elsewhere it could be the start of emphasis.
_MARKDOWN = re.compile(r"[\\|*`<\[$~]|(?<!\w)_|_(?!\w)")


def _escape_markdown(text: str) -> str:
    return _MARKDOWN.sub(lambda found: f"\\{found[0]}", printable(text).replace("\n", " "))
