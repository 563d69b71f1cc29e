"""Tables in HTML that browsers and word processors read: a caption, heads, cells, a note."""

from __future__ import annotations

from html import escape

from willing.escapes import printable
from willing.report.cells import ESTIMATE, Cells

# A column with a text of more characters is kept wide, or its rows become towers.
LONG = 24


def html_table(
    name: str, title: str, cells: Cells, note: str = "", number: int | None = None
) -> str:
    """Give a table as HTML, its numbers to the right and standard errors below estimates.

    Parameters
    ----------
    name, title, note
        Its identifier, caption and note.
    cells
        What it holds.
    number
        Its number in a report.
    """
    sides = ['class="num" align="right"' if right else "" for right in cells.numeric]
    kinds = [
        side if right else _kind([row[i] for row in cells.rows])
        for i, (right, side) in enumerate(zip(cells.numeric, sides, strict=True))
    ]
    heads = "".join(
        f'<th scope="col" {side}>{_text(text)}</th>'
        for text, side in zip(cells.heads, sides, strict=True)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(f"<td {kind}>{_cell(c)}</td>" for c, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in cells.rows
    )
    counted = "" if number is None else f"<b>Table {number}.</b> "
    below = f'\n<p class="note">{_text(note)}</p>' if note else ""
    return (
        f'<div class="scroll"><table id="{escape(name)}">\n'
        f'<caption align="left"><span>{counted}{_text(title)}</span></caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>{below}"
    )


def _kind(texts: list[str]) -> str:
    """Keep a column of long texts wide, and one of single words, as days, unbroken."""
    if any(len(text) > LONG for text in texts):
        return 'class="long"'
    return "" if any(" " in text for text in texts) else 'class="word"'


def _text(text: str) -> str:
    return escape(printable(text))


def _cell(text: str) -> str:
    found = ESTIMATE.fullmatch(text)
    if found is None:
        return _text(text)
    # The stars have a width of their own, so that digits stand below digits.
    return (
        f'{_text(found["value"])}<span class="stars">{found["stars"]}</span><br>'
        f'<small>({_text(found["error"])})<span class="stars"></span></small>'
    )
