"""`willing data`: build the record from the published files, and say what is in it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(
    help="The record of crises: build it from the published files, and say what is in it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

RecordFolder = Annotated[
    Path | None,
    typer.Option("--record", help="Folder of a record; the one in the package by default."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


@app.command("build")
def build(
    raw: Annotated[Path, typer.Option(help="Folder of the published files.")],
    out: Annotated[Path, typer.Option(help="Folder to write the record to.")],
    years: Annotated[
        str | None, typer.Option(help="First and last year of the crises, as 1946:1999.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the record as Parquet files and a manifest; the same files give the same bytes."""
    from willing.record.build import build_record

    wanted = None if years is None else parse_years(years)
    if sys.stderr.isatty():
        print(f"building the record from {raw} ...", file=sys.stderr)
    record = build_record(raw, out, years=wanted)
    if as_json:
        print(json.dumps(record.to_dict()))
        return
    print(record, end="\n\n")
    _print_attrition(record.attrition)
    print(f"\nwritten to {out}")


@app.command("describe")
def describe(
    column: Annotated[str | None, typer.Argument(help="A column; all by default.")] = None,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say what the columns of the record mean, and where rows were lost on the way."""
    from dataclasses import asdict

    from willing.record.codebook import look_up_column
    from willing.record.store import load_record

    if column is not None:
        entry = look_up_column(column)
        print(json.dumps(asdict(entry)) if as_json else entry)
        return
    record = load_record(record_folder, leader="every")
    if as_json:
        columns = {
            name: [asdict(look_up_column(known)) for known in frame.columns]
            for name, frame in record.frames().items()
        }
        print(json.dumps({**record.to_dict(), "columns": columns}))
        return
    print(record, end="\n\n")
    _print_attrition(record.attrition)
    print(f"\n{record.describe()}")


def parse_years(text: str) -> tuple[int, int]:
    """Read ``1946:1999`` as first and last year.

    Raises
    ------
    DataError
        If the text is not two whole numbers with a colon between.
    """
    from willing.errors import DataError

    first, _, last = text.partition(":")
    if not (first.isdecimal() and last.isdecimal()):
        raise DataError(f"--years {text}: give the first and the last year, as 1946:1999")
    return int(first), int(last)


def _print_attrition(attrition: pl.DataFrame) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="From crises to complete cases", title_justify="left")
    table.add_column("unit")
    table.add_column("kept")
    table.add_column("rows", justify="right")
    table.add_column("lost", justify="right")
    table.add_column("joins", justify="right")
    table.add_column("why")
    for row in attrition.iter_rows(named=True):
        counts = (
            "" if row[name] is None else f"{row[name]:,}" for name in ("rows", "lost", "joins")
        )
        table.add_row(row["unit"], row["kept"], *counts, row["reason"] or "")
    Console(width=None if sys.stdout.isatty() else 120).print(table)
