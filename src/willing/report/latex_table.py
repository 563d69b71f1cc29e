r"""Tables in LaTeX, their numbers aligned on the decimal point.

Numbers stand in columns of `dcolumn`, which align whatever stands on either side of a point;
standard errors stand below their estimates. A text in such a column is set by `\multicolumn`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from willing.escapes import printable
from willing.report.cells import ESTIMATE, Cells

# What a column of dcolumn may hold: a number, perhaps in brackets or in powers of ten.
_NUMBER = re.compile(r"\(?[+-]?[\d,]*\.?\d+(e[+-]?\d+)?%?\)?\**")
_POWER = re.compile(r"e([+-]?)0*(\d+)")
# The note and long texts keep within the page.
_TEXT_WIDTH = "0.95\\linewidth"
# Beyond so many characters a column of text is a paragraph, and a head is stacked.
_LONG, _LONG_HEAD = 30, 12
# A line of the page holds about so many characters of the usual size.
_LINE = 95


def latex_table(name: str, title: str, cells: Cells, note: str = "") -> str:
    """Give a table as a LaTeX `table`.

    Parameters
    ----------
    name, title, note
        Its label, caption and note.
    cells
        What it holds.

    Returns
    -------
    str
        It needs the packages `booktabs` and `dcolumn`, and `array` for columns of long texts.
    """
    align = [
        "D{.}{.}{-1}" if number else _text_column([row[i] for row in cells.rows])
        for i, number in enumerate(cells.numeric)
    ]
    rows = [line for row in cells.rows for line in _lines(row, cells.numeric)]
    heads = [
        rf"\multicolumn{{1}}{{c}}{{{_stacked(text)}}}" if number else escape(text)
        for text, number in zip(cells.heads, cells.numeric, strict=True)
    ]
    longest = (max(map(len, column), default=0) for column in zip(*cells.rows, strict=True))
    wide = len(align) > 6 or sum(longest) > _LINE
    below = (
        [rf"\par\smallskip\parbox{{{_TEXT_WIDTH}}}{{\footnotesize {escape(note)}}}"] if note else []
    )
    return "\n".join(
        [
            r"\begin{table}[htbp]",
            r"\centering",
            *([r"\footnotesize\setlength{\tabcolsep}{2pt}"] if wide else []),
            rf"\caption{{{escape(title)}}}\label{{tab:{name}}}",
            rf"\begin{{tabular}}{{{''.join(align)}}}",
            r"\toprule",
            " & ".join(heads) + r" \\",
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
            *below,
            r"\end{table}",
            "",
        ]
    )


def _text_column(texts: Sequence[str]) -> str:
    longest = max(map(len, texts), default=0)
    return r">{\raggedright\arraybackslash}p{0.3\linewidth}" if longest > _LONG else "l"


def _stacked(head: str) -> str:
    """The head of a column of numbers, a long one in lines of a few words."""
    lines = [escape(line) for line in textwrap.wrap(head, _LONG_HEAD, break_long_words=False)]
    return r"\shortstack{" + r" \\ ".join(lines) + "}" if len(lines) > 1 else escape(head)


def _lines(row: Sequence[str], numeric: Sequence[bool]) -> list[str]:
    """One row, or two where estimates have standard errors below them."""
    above, below = [], []
    for text, number in zip(row, numeric, strict=True):
        found = ESTIMATE.fullmatch(text) if number else None
        if found is None:
            above.append(_number(text) if number else escape(text))
            below.append("")
        else:
            stars = f"^{{{found['stars']}}}" if found["stars"] else ""
            above.append(_number(found["value"]) + stars)
            below.append(_number(f"({found['error']})"))
    lines = [" & ".join(above) + r" \\"]
    return [*lines, " & ".join(below) + r" \\"] if any(below) else lines


def _number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return rf"\multicolumn{{1}}{{c}}{{{escape(text)}}}" if text else ""
    # Within mathematics a comma would be followed by a space.
    text = text.replace(",", "{,}").replace("%", r"\%")
    return _POWER.sub(lambda m: rf"\mathrm{{e}}{{{m[1].replace('+', '')}{m[2]}}}", text)


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
    "[": "{[}",
    "]": "{]}",
    "–": "--",
    "−": r"$-$",
    "×": r"$\times$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "σ": r"$\sigma$",
    "\N{NO-BREAK SPACE}": "~",
}


def escape(text: str) -> str:
    """Give a text as LaTeX prints it."""
    return "".join(_LATEX.get(character, character) for character in printable(text))
