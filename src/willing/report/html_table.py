"""Tables in HTML that browsers and word processors read: a caption, heads, cells, a note."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from willing.texts import printable

if TYPE_CHECKING:
    from willing.report.tables import Table


def html_table(table: Table, number: int | None = None) -> str:
    """Give a table as HTML, its numbers to the right and standard errors below estimates.

    Parameters
    ----------
    table
        The table.
    number
        Its number in a report.
    """
    sides = ['class="num" align="right"' if number else "" for number in table.numeric]
    heads = "".join(
        f'<th scope="col" {side}>{_text(text)}</th>'
        for text, side in zip(table.heads, sides, strict=True)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(f"<td {side}>{_cell(c)}</td>" for c, side in zip(row, sides, strict=True))
        + "</tr>"
        for row in table.cells()
    )
    counted = "" if number is None else f"<b>Table {number}.</b> "
    note = f'\n<p class="note">{_text(table.note)}</p>' if table.note else ""
    return (
        f'<div class="scroll"><table id="{escape(table.name)}">\n'
        f'<caption align="left">{counted}{_text(table.title)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>{note}"
    )


def _text(text: str) -> str:
    return escape(printable(text))


def _cell(text: str) -> str:
    from willing.report.tables import ESTIMATE

    found = ESTIMATE.fullmatch(text)
    if found is None:
        return _text(text)
    # The stars have a width of their own, so that digits stand below digits.
    return (
        f'{_text(found["value"])}<span class="stars">{found["stars"]}</span><br>'
        f'<small>({_text(found["error"])})<span class="stars"></span></small>'
    )
