"""A table that can be read in a terminal, a browser, a paper and a README."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from willing.report.labels import head
from willing.texts import printable

# An estimate with its standard error and stars, as tables of models have them.
_NUMBER = r"[+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?"
ESTIMATE = re.compile(rf"(?P<value>{_NUMBER}) \((?P<error>{_NUMBER}|nan)\)(?P<stars>\**)")
# Smaller p-values are printed as smaller than this.
SMALLEST_P = 0.001


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
        from willing.report.latex_table import latex_table

        return latex_table(self)

    def to_html(self, number: int | None = None) -> str:
        """Give the table as HTML.

        Parameters
        ----------
        number
            Its number in a report, for the caption.
        """
        from willing.report.html_table import html_table

        return html_table(self, number)

    def _text(self, value: object, *, p: bool) -> str:
        if value is None:
            return "–"
        if isinstance(value, float):
            if p and value < SMALLEST_P:
                return f"< {SMALLEST_P:g}".replace("0.", ".")
            return f"{value:,.{self.digits}f}"
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return str(value)


def is_estimates(column: pl.Series) -> bool:
    """Whether a column of texts is one of estimates with standard errors."""
    return column.dtype == pl.String and any(
        ESTIMATE.fullmatch(text) for text in column.drop_nulls()
    )


# An underscore within a word is one; elsewhere it could be the start of emphasis.
_MARKDOWN = re.compile(r"[\\|*`<\[$~]|(?<!\w)_|_(?!\w)")


def _escape_markdown(text: str) -> str:
    return _MARKDOWN.sub(lambda found: f"\\{found[0]}", printable(text).replace("\n", " "))
