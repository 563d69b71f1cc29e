"""The codebook: what every column of the record means, checked against what is there."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from willing.errors import DataError
from willing.later import polars as pl
from willing.security.measures import MEASURES

CODEBOOK = Path(__file__).with_name("codebook.toml")
Kind = Literal["boolean", "date", "integer", "number", "text"]


@dataclass(frozen=True)
class Entry:
    """What a column means.

    Attributes
    ----------
    name, meaning
        The column, and what it says.
    type
        What its values are.
    unit
        In what they are measured; empty where that goes without saying.
    range
        Least and greatest value possible, if numeric.
    values
        Values possible, if a closed list of texts.
    sources
        Keys of `willing.sources.catalogue.SOURCES`.
    missing
        Why a value may be missing; empty if none may be.
    only_in
        Those of the sources that a column of this name rests on in one table and in no other.
    """

    name: str
    meaning: str
    type: Kind
    unit: str = ""
    range: tuple[float, float] | None = None
    values: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    missing: str = ""
    only_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def sources_in(self, table: str) -> tuple[str, ...]:
        """The sources of the column in one table of the record."""
        elsewhere = {key for keys in self.only_in.values() for key in keys}
        return self.only_in.get(table, tuple(key for key in self.sources if key not in elsewhere))

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.meaning}", f"  type     {self.type}"]
        if self.unit:
            lines.append(f"  unit     {self.unit}")
        if self.range:
            lines.append(f"  range    {self.range[0]:g} to {self.range[1]:g}")
        if self.values:
            lines.append(f"  values   {', '.join(self.values)}")
        if self.sources:
            lines.append(f"  sources  {', '.join(self.sources)}")
        lines.append(f"  missing  {self.missing or 'never'}")
        return "\n".join(lines)


@cache
def codebook() -> Mapping[str, Entry]:
    """Give the entries by column."""
    content = tomllib.loads(CODEBOOK.read_text(encoding="utf-8"))
    written = {
        name: Entry(
            name,
            entry["meaning"],
            entry["type"],
            entry.get("unit", ""),
            (entry["range"][0], entry["range"][1]) if "range" in entry else None,
            tuple(entry.get("values", ())),
            tuple(entry.get("sources", ())),
            entry.get("missing", ""),
            {table: tuple(keys) for table, keys in entry.get("only_in", {}).items()},
        )
        for name, entry in content.items()
    }
    return written | {entry.name: entry for entry in _of_measures()}


def _of_measures() -> Iterator[Entry]:
    """The columns that hold a measure of security: its own, and those of L's and of P's leader."""
    whose = {"": "", "_leader": "of L's leader the day before, ", "_partner": "of P's leader, "}
    for measure in MEASURES.values():
        for role, what in whose.items():
            yield Entry(
                name=measure.name + role,
                meaning=what + measure.definition,
                type="number",
                unit="probability",
                range=(-1, 1) if measure.name == "stake" else (0, 1),
                sources=measure.sources,
                missing="no leader in office is known, or the day is outside "
                f"{measure.years[0]} to {measure.years[1]}",
            )


def look_up_column(name: str) -> Entry:
    """Give the entry of a column.

    Raises
    ------
    DataError
        If the record has no such column; the nearest names are given.
    """
    entries = codebook()
    if name in entries:
        return entries[name]
    near = difflib.get_close_matches(name.lower(), [known.lower() for known in entries], n=3)
    named = [known for known in entries if known.lower() in near]
    hint = f"; nearest: {', '.join(named)}" if named else ""
    raise DataError(f"the record has no column '{name}'{hint}. `willing data describe` lists all")


def check_columns(frame: pl.DataFrame, what: str) -> None:
    """Check a frame of the record against the codebook.

    Parameters
    ----------
    frame
        The frame.
    what
        What it is, for the message: a file, or a name.

    Raises
    ------
    DataError
        If a column is not in the codebook, has another type, a value that is out of range or not
        in the list, or is missing where nothing may be.
    """
    for column in frame:
        try:
            entry = look_up_column(column.name)
        except DataError as error:
            raise DataError(f"{what}: {error}") from error
        if fault := _fault(column, entry):
            raise DataError(f"{what}, column '{column.name}': {fault}")


def _fault(column: pl.Series, entry: Entry) -> str:
    """What is wrong with a column, or nothing."""
    if (kind := _kind(column.dtype)) != entry.type:
        return f"holds values of type {kind}, the codebook says {entry.type}"
    if column.null_count() and not entry.missing:
        return f"{column.null_count()} values are missing, none may be"
    present = column.drop_nulls()
    if entry.range:
        low, high = entry.range
        # A comparison with nan is false, so that nan is found as well.
        outside = present.filter(~((present >= low) & (present <= high)))
        if len(outside):
            return f"{outside[0]} is outside {low:g} to {high:g}"
    if entry.values and len(stray := present.filter(~present.is_in(list(entry.values)))):
        return f"'{stray[0]}' is not one of {', '.join(entry.values)}"
    return ""


def _kind(dtype: pl.DataType) -> str:
    kinds = {pl.Boolean: "boolean", pl.Date: "date", pl.String: "text"}
    if dtype.is_integer():
        return "integer"
    return "number" if dtype.is_float() else kinds.get(type(dtype), str(dtype))
