"""Options that several commands of `willing data` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

RecordFolder = Annotated[
    Path | None,
    typer.Option("--record", help="Folder of a record; the one in the package by default."),
]
RawFolder = Annotated[
    Path | None,
    typer.Option("--raw", help="Folder of the published files; what was fetched by default."),
]
OverridesFile = Annotated[
    Path | None,
    typer.Option("--overrides", help="TOML file of who joined in your own judgement."),
]
# The years of load_record(), of every test and of the report (willing.record.choices).
SAMPLE = "1951:1999"
Years = Annotated[
    str, typer.Option(help="First and last year of the crises, as 1951:1999, or all.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def parse_record_years(text: str) -> tuple[int, int] | Literal["all"]:
    """Read ``1951:1999``, or ``all`` for all years of a record.

    Raises
    ------
    DataError
        If the text is neither.
    """
    return "all" if text == "all" else parse_years(text, or_else=", or all")


def parse_years(text: str, option: str = "--years", *, or_else: str = "") -> tuple[int, int]:
    """Read ``1946:1999`` as first and last year.

    Parameters
    ----------
    text
        What the user wrote.
    option, or_else
        The option and what else it allows, for messages.

    Raises
    ------
    DataError
        If the text is not two whole numbers with a colon between.
    """
    from willing.errors import DataError

    first, _, last = text.partition(":")
    if not (first.isdecimal() and last.isdecimal()):
        raise DataError(f"{option} {text}: give the first and the last year, as 1946:1999{or_else}")
    return int(first), int(last)
