"""Options that several commands of `willing data` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


def parse_years(text: str, option: str = "--years") -> tuple[int, int]:
    """Read ``1946:1999`` as first and last year; `option` names the option in messages.

    Raises
    ------
    DataError
        If the text is not two whole numbers with a colon between.
    """
    from willing.errors import DataError

    first, _, last = text.partition(":")
    if not (first.isdecimal() and last.isdecimal()):
        raise DataError(f"{option} {text}: give the first and the last year, as 1946:1999")
    return int(first), int(last)
