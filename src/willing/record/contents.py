"""What a record holds, in numbers that are kept beside it: to say them its tables are not read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from willing.errors import DataError
from willing.later import polars as pl
from willing.record.codebook import look_up_column
from willing.record.manifest import Manifest
from willing.security.measures import find_measure
from willing.toml_files import read_text

CONTENTS = "contents.json"


@dataclass(frozen=True)
class Headline:
    """The numbers that a record is introduced by.

    Attributes
    ----------
    crises, first_year, last_year
        How many, and when they began.
    sides, led, idle
        Sides, those with a leader, and those whose leader did not act.
    told, built
        Sides of which the sources tell, and those of them with a coalition.
    triads, leaders, joined
        Triads, of how many leaders on their sides, and in how many the partner joined.
    """

    crises: int
    first_year: int
    last_year: int
    sides: int
    led: int
    idle: int
    told: int
    built: int
    triads: int
    leaders: int
    joined: int

    @classmethod
    def of(cls, crises: pl.DataFrame, sides: pl.DataFrame, triads: pl.DataFrame) -> Headline:
        """Count."""
        first, last = crises.select(a=pl.col("year").min(), b=pl.col("year").max()).row(0)
        return cls(
            crises=crises.height,
            first_year=first,
            last_year=last,
            sides=sides.height,
            led=sides["leader"].count(),
            idle=sides.filter(leader_kind="idle").height,
            told=sides["coalition"].count(),
            built=sides.filter(pl.col("coalition") > 0).height,
            triads=triads.height,
            leaders=triads.select("side", "leader").n_unique(),
            joined=int(triads["join"].sum()),
        )

    def of_record(self, manifest: Manifest) -> str:
        """Introduce the record that has this manifest."""
        whole = "{}-{}".format(*manifest.years)
        all_years = (self.first_year, self.last_year) == manifest.years
        part = "" if all_years else f' (of {whole}: years="all")'
        measure = find_measure(manifest.choices.measure)
        lacks = measure.lacks(self.first_year, self.last_year)
        return (
            f"Record of {self.crises} crises, {self.first_year}-{self.last_year}{part}\n"
            f"  {self.sides} sides, {self.led} with a leader, {self.idle} of whom did not act\n"
            f"  {self.built} coalitions on the {self.told} sides of which the sources tell "
            f"({self.built / max(self.told, 1):.0%})\n"
            f"  {self.triads:,} triads of {self.leaders} leaders on their sides; in "
            f"{self.joined} the partner joined"
            + "".join(f"\n  {line}" for line in str(manifest.choices).splitlines())
            + (lacks and f"\n  {lacks}")
        )


@dataclass(frozen=True)
class Contents:
    """What a record holds.

    Attributes
    ----------
    headline
        The numbers that it is introduced by.
    rows
        Of each frame.
    missing
        How many values of each column of each frame are missing.
    attrition
        The rows of that frame.
    """

    headline: Headline
    rows: Mapping[str, int]
    missing: Mapping[str, Mapping[str, int]]
    attrition: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, frames: Mapping[str, pl.DataFrame]) -> Contents:
        """Count what frames hold."""
        return cls(
            headline=Headline.of(*(frames[name] for name in ("crises", "sides", "triads"))),
            rows={name: frame.height for name, frame in frames.items()},
            missing={
                name: {column.name: column.null_count() for column in frame}
                for name, frame in frames.items()
            },
            attrition=tuple(frames["attrition"].to_dicts()),
        )

    def columns(self) -> str:
        """Say what every column of every frame means, and what share of it is missing."""
        parts = []
        for name, columns in self.missing.items():
            parts.append(f"{name} ({self.rows[name]:,} rows)")
            for column, gaps in columns.items():
                share = gaps / max(self.rows[name], 1)
                missing = f"; {share:.1%} missing" if gaps else ""
                parts.append(f"  {column:16} {look_up_column(column).meaning}{missing}")
            parts.append("")
        return "\n".join(parts)

    def to_json(self, manifest: Manifest) -> str:
        """The contents as JSON text, which says of which manifest they are."""
        return json.dumps({"of": _identify(manifest), **asdict(self)}, indent=1) + "\n"


def read_contents(folder: Path, manifest: Manifest) -> Contents | None:
    """Read what the record in a folder holds; None if it was built when this was not yet kept.

    Raises
    ------
    DataError
        If the file is damaged, or a table is not the one of the manifest.
    """
    path = folder / CONTENTS
    if not path.exists():
        return None
    for name in manifest.outputs:
        manifest.file(folder, name)
    try:
        content = json.loads(read_text(path))
        if content["of"] != _identify(manifest):
            return None
        return Contents(
            headline=Headline(**content["headline"]),
            rows=content["rows"],
            missing=content["missing"],
            attrition=tuple(content["attrition"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{path} is damaged ({error}); build the record again") from error


def _identify(manifest: Manifest) -> str:
    return hashlib.sha256(manifest.to_json().encode()).hexdigest()
