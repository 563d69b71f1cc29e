"""What is printed in a terminal, and the progress of long work on standard error.

Everything that prints through rich does it here, where names of states and titles are text: rich
would take `Yemen [/north]` for its own markup.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import TYPE_CHECKING, Literal

from willing.escapes import printable

if TYPE_CHECKING:
    from rich.console import Console

    from willing.report.page import Report

WIDTH = 110
# Seconds between lines of progress in a log.
PAUSE = 5.0


def console(*, stderr: bool = False, width: int = WIDTH) -> Console:
    """Give the console on which text is text; `width` is that of output that is no terminal."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        # Rich's own colours are control characters; texts are made printable one by one.
        file=getattr(stream, "unescaped", stream),
        width=None if stream.isatty() else width,
        markup=False,
        emoji=False,
        highlight=False,
    )


def text_width() -> int:
    """Characters of a line of running text: those of the terminal, `WIDTH` at most."""
    return min(console().width, WIDTH)


@contextmanager
def steps(*, plain: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that shows the step just done.

    Parameters
    ----------
    plain
        Whether to print lines where standard error is no terminal: for work of a minute or more,
        whose steps are few.
    """
    if not sys.stderr.isatty():
        yield _lines() if plain else lambda _: None
        return
    from rich.text import Text

    with console(stderr=True).status("starting") as status:
        yield lambda step: status.update(Text(f"done: {printable(step)}"))


def _lines() -> Callable[[str], None]:
    """Give a function that prints a step as a line, if the last is some seconds ago."""
    last = 0.0

    def show(step: str) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= PAUSE:
            print(f"done: {printable(step)}", file=sys.stderr, flush=True)
            last = now

    return show


def print_markdown(text: str) -> None:
    """Print Markdown as it is meant to be read: heads, emphasis and tables, not their marks."""
    from rich.markdown import Markdown

    console().print(Markdown(printable(text), hyperlinks=False))


def print_report(report: Report) -> None:
    """Print the tables that matter most, and the findings last, where they are seen."""
    shown = console()
    shown.print(printable(report.title), style="bold")
    for table in report.tables:
        if not report.highlights or table.name in report.highlights:
            shown.print()
            align = ["right" if number else "left" for number in table.numeric]
            print_table(
                table.heads,
                table.cells(),
                align=align,  # type: ignore[arg-type]
                title=table.title,
                note=table.note,
                pad_edge=False,
            )
    shown.print("\nFindings", style="bold underline")
    for line in report.summary:
        shown.print(fill(printable(line), min(shown.width, WIDTH)) + "\n")
    if report.believe:
        rows = [[pair.this, pair.not_that] for pair in report.believe]
        print_table(["Believe this", "Not that"], rows, align=["left", "left"], pad_edge=False)


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    align: Sequence[Literal["left", "right"]] | None = None,
    title: str = "",
    note: str = "",
    width: int = WIDTH,
    pad_edge: bool = True,
) -> None:
    """Print a table of texts, whatever characters they hold.

    Parameters
    ----------
    columns, rows
        Heads and cells.
    align
        Of each column; by default to the right where every cell ends in a digit.
    title, note
        Words above and below.
    width
        Characters of a line, where standard output is no terminal.
    pad_edge
        Whether to leave a space at both sides.
    """
    from rich import box
    from rich.table import Table as RichTable

    shown = RichTable(
        title=printable(title) or None,
        box=box.SIMPLE_HEAD,
        pad_edge=pad_edge,
        # Two spaces between columns, so that seven of them fit a line of 80.
        collapse_padding=True,
        title_justify="left",
    )
    for position, column in enumerate(columns):
        if align is not None:
            side = align[position]
        else:
            side = "right" if all(row[position][-1:].isdigit() for row in rows) else "left"
        shown.add_column(printable(column), justify=side)
    for row in rows:
        shown.add_row(*map(printable, row))
    screen = console(width=width)
    screen.print(shown)
    if note:
        screen.print(fill(printable(note), min(screen.width, width)) + "\n")
