"""A table that can be read in a terminal, a browser, a paper and a README."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from willing.texts import printable


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
        Its columns and rows; numbers are printed with `digits` decimals unless whole.
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

    def cells(self) -> list[list[str]]:
        """Give the rows as text, missing values as a dash."""
        return [[self._text(value) for value in row] for row in self.frame.rows()]

    def to_markdown(self) -> str:
        """Give the table in GitHub's Markdown."""
        numeric = [dtype.is_numeric() for dtype in self.frame.dtypes]
        lines = [
            "| " + " | ".join(_escape_markdown(c) for c in self.frame.columns) + " |",
            "| " + " | ".join("---:" if right else "---" for right in numeric) + " |",
        ]
        lines += [
            "| " + " | ".join(_escape_markdown(c) for c in row) + " |" for row in self.cells()
        ]
        note = f"\n\n{_escape_markdown(self.note)}" if self.note else ""
        return f"**{_escape_markdown(self.title)}**\n\n" + "\n".join(lines) + note + "\n"

    def to_latex(self) -> str:
        """Give the table as a LaTeX `table` that needs the package `booktabs`."""
        align = "".join("r" if dtype.is_numeric() else "l" for dtype in self.frame.dtypes)
        rows = [" & ".join(_escape_latex(c) for c in row) + r" \\" for row in self.cells()]
        note = [rf"\par\smallskip\footnotesize {_escape_latex(self.note)}"] if self.note else []
        return "\n".join(
            [
                r"\begin{table}[htbp]",
                r"\centering",
                rf"\caption{{{_escape_latex(self.title)}}}\label{{tab:{self.name}}}",
                rf"\begin{{tabular}}{{{align}}}",
                r"\toprule",
                " & ".join(_escape_latex(c) for c in self.frame.columns) + r" \\",
                r"\midrule",
                *rows,
                r"\bottomrule",
                r"\end{tabular}",
                *note,
                r"\end{table}",
                "",
            ]
        )

    def to_html(self) -> str:
        """Give the table as HTML for the report's page."""
        from great_tables import GT, loc, style

        text = pl.DataFrame(self.cells(), schema=self.frame.columns, orient="row")
        right = [name for name, dtype in self.frame.schema.items() if dtype.is_numeric()]
        table = (
            GT(text, id=self.name)
            .tab_header(title=self.title)
            .cols_align("left")
            .cols_align("right", columns=right)
            .tab_style(style.text(weight="bold"), loc.column_labels())
            .tab_options(table_font_size="14px", table_width="auto", heading_align="left")
        )
        if self.note:
            table = table.tab_source_note(self.note)
        return str(table.as_raw_html())

    def _text(self, value: object) -> str:
        if value is None:
            return "–"
        if isinstance(value, float):
            return f"{value:,.{self.digits}f}"
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return str(value)


# An underscore within a word is one; elsewhere it could be the start of emphasis.
_MARKDOWN = re.compile(r"[\\|*`<\[$~]|(?<!\w)_|_(?!\w)")


def _escape_markdown(text: str) -> str:
    return _MARKDOWN.sub(lambda found: f"\\{found[0]}", printable(text).replace("\n", " "))


_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "–": "--",
    "×": r"$\times$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
}


def _escape_latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in printable(text))
