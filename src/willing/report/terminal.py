"""A report in a terminal, and the progress of long work on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import fill
from typing import TYPE_CHECKING

from willing.report.page import Report
from willing.report.tables import Table

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 110


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give a function that shows the step just done; silent if standard error is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("starting") as status:
        yield lambda step: status.update(f"done: {step}")


def print_report(report: Report) -> None:
    """Print the tables that matter most, and the findings last, where they are seen."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print(report.title, style="bold")
    for table in report.tables:
        if not report.highlights or table.name in report.highlights:
            console.print()
            _print_table(console, table)
    console.print("\nFindings", style="bold underline")
    for line in report.summary:
        console.print(fill(line, min(console.width, WIDTH)) + "\n", markup=False)


def _print_table(console: Console, table: Table) -> None:
    from rich import box
    from rich.table import Table as RichTable

    shown = RichTable(
        title=table.title, caption=table.note or None, box=box.SIMPLE_HEAD, pad_edge=False
    )
    shown.title_justify = shown.caption_justify = "left"
    for name, dtype in table.frame.schema.items():
        shown.add_column(name, justify="right" if dtype.is_numeric() else "left")
    for row in table.cells():
        shown.add_row(*row)
    console.print(shown, markup=False)
