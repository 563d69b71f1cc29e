"""Compare a record with what the published files say now: what moved, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from willing.manner import Result
from willing.record.build import build_frames
from willing.record.codebook import look_up_column
from willing.record.manifest import Input, take_inputs
from willing.record.measured import compact, spread_out, without_measures
from willing.record.store import FRAMES, Record
from willing.sources.fetch import raw_folder
from willing.sources.icb import read_crises

# What identifies a row of each frame.
KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "crises": ("crisno",),
        "sides": ("side",),
        "members": ("side", "ccode"),
        "triads": ("side", "leader", "partner"),
        "leaders": ("obsid", "start"),
        "states": ("ccode", "start"),
        "payments": ("ccode", "fy"),
        "arms": ("supplier", "recipient", "fy"),
        "episodes": ("episode",),
        "episode_partners": ("episode", "leader", "partner"),
        "wars": ("warnum", "war_side", "ccode"),
        "attrition": ("step",),
        "security": ("ccode", "date"),
        "outcomes": ("source", "number", "ccode", "start"),
    }
)
SCHEMA = {
    "table": pl.String,
    "column": pl.String,
    "rows": pl.Int64,
    "moved": pl.Int64,
    "largest": pl.Float64,
    "why": pl.String,
}


@dataclass(frozen=True, repr=False)
class Verification(Result):
    """How a record compares with a rebuild.

    Attributes
    ----------
    sources
        One row an input: ``key``, ``file``, ``recorded`` and ``found`` (releases) and ``same``
        (the checksums are equal).
    columns
        One row a column that moved: ``table``, ``column``, ``rows`` (compared), ``moved`` (how
        many differ), ``largest`` (greatest absolute difference, if numeric) and ``why`` (which of
        its sources changed). Rows that only one of the two has are under the column ``(rows)``.
    compared
        How many columns were compared.
    """

    sources: pl.DataFrame
    columns: pl.DataFrame
    compared: int

    @property
    def same(self) -> bool:
        """Whether nothing moved."""
        return self.columns.is_empty()

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values."""
        return {
            "same": self.same,
            "compared": self.compared,
            "sources": self.sources.to_dicts(),
            "columns": self.columns.to_dicts(),
        }

    def to_frame(self) -> pl.DataFrame:
        """The columns that moved."""
        return self.columns

    def __str__(self) -> str:
        changed = self.sources.filter(~pl.col("same"))
        lines = [f"{self.sources.height - changed.height} of {self.sources.height} files the same"]
        lines += [
            f"  {row['file']}: was {row['recorded']}, is {row['found']}"
            for row in changed.iter_rows(named=True)
        ]
        moved = self.columns.height
        lines.append(f"{self.compared - moved} of {self.compared} columns the same")
        for row in self.columns.iter_rows(named=True):
            by = "" if row["largest"] is None else f", by {row['largest']:g} at most"
            lines.append(
                f"  {row['table']}.{row['column']}: {row['moved']:,} of {row['rows']:,} rows "
                f"moved{by}; {row['why']}"
            )
        return "\n".join(lines)


def verify_record(record: Record, raw: str | Path | None = None) -> Verification:
    """Rebuild a record from published files and compare it column by column.

    Parameters
    ----------
    record
        The record, loaded with ``leader="every"``.
    raw
        The folder of published files; what was fetched by default.

    Raises
    ------
    DataError
        If a file is missing or not as published.
    """
    folder = raw_folder(raw)
    inputs = take_inputs(folder, [entry.key for entry in record.manifest.inputs])
    sources = _compare_inputs(record.manifest.inputs, inputs)
    rebuilt = build_frames(
        folder, read_crises(folder), record.manifest.years, record.manifest.choices
    )
    return compare_frames(record.frames(), rebuilt, sources)


def compare_frames(
    recorded: Mapping[str, pl.DataFrame],
    rebuilt: Mapping[str, pl.DataFrame],
    sources: pl.DataFrame,
) -> Verification:
    """Compare two sets of frames of a record.

    Parameters
    ----------
    recorded, rebuilt
        The frames of `Record` by name.
    sources
        As in `Verification`.
    """
    changed = set(sources.filter(~pl.col("same"))["key"])
    moves: list[dict[str, Any]] = []
    for name in FRAMES:
        old, new = (_as_kept(name, frames[name]) for frames in (recorded, rebuilt))
        key = KEYS[name]
        alone = old.join(new, on=key, how="anti").height + new.join(old, on=key, how="anti").height
        both = old.join(new, on=key, how="inner", suffix=" new", validate="1:1", nulls_equal=True)
        rows = max(old.height, new.height)
        if alone:
            # Which rows there are hangs on every file that tells of crises, states and leaders.
            why = _why(changed, changed)
            moves.append(_move(name, "(rows)", rows, alone, None, why))
        for column in (column for column in old.columns if column not in key):
            a, b = both[column], both[f"{column} new"]
            if moved := int(a.ne_missing(b).sum()):
                why = _why(set(look_up_column(column).sources_in(name)), changed)
                moves.append(_move(name, column, both.height, moved, _largest(a, b), why))
    compared = sum(_as_kept(name, recorded[name]).width - len(KEYS[name]) for name in FRAMES)
    return Verification(sources, pl.DataFrame(moves, schema=SCHEMA), compared)


def _as_kept(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Give a frame as the files hold it: measures of security in their own table, rounded."""
    if name == "security":
        return spread_out(compact(frame))
    return without_measures(frame)


def _compare_inputs(recorded: tuple[Input, ...], found: tuple[Input, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "key": old.key,
                "file": old.file,
                "recorded": f"{old.release} (sha256 {old.sha256[:12]})",
                "found": f"{new.release} (sha256 {new.sha256[:12]})",
                "same": old.sha256 == new.sha256,
            }
            for old, new in zip(recorded, found, strict=True)
        ]
    )


def _move(
    table: str, column: str, rows: int, moved: int, largest: float | None, why: str
) -> dict[str, Any]:
    return dict(zip(SCHEMA, (table, column, rows, moved, largest, why), strict=True))


def _largest(a: pl.Series, b: pl.Series) -> float | None:
    if not a.dtype.is_numeric():
        return None
    gap = (a.cast(pl.Float64) - b.cast(pl.Float64)).abs().max()
    return gap if isinstance(gap, float) else None


def _why(sources: set[str], changed: set[str]) -> str:
    """Which change may account for a move."""
    if guilty := sorted(sources & changed):
        return f"changed: {', '.join(guilty)}"
    if changed:
        return f"none of its own sources changed, but {', '.join(sorted(changed))} did"
    return "no file changed: another version of willing or of its libraries"
