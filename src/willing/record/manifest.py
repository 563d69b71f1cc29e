"""The manifest of a record: what it was made from, and what was made."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from willing.errors import DataError
from willing.record.choices import Choices, choices_from_dict
from willing.sources.catalogue import SOURCES, checksum, identify
from willing.texts import listed
from willing.toml_files import read_text

EMBEDDED = Path(__file__).parent / "data"
"""The record that comes with the package."""
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Input:
    """A published file that the record was made from.

    Attributes
    ----------
    key, file, dataset, version, citation, licence
        As in `willing.sources.catalogue.Source`.
    release
        How the file relates to the published one; ``unknown`` if we have not seen it before.
    sha256
        Its checksum.
    """

    key: str
    file: str
    dataset: str
    version: str
    release: str
    citation: str
    licence: str
    sha256: str


@dataclass(frozen=True)
class Output:
    """A frame of the record.

    Attributes
    ----------
    file
        The Parquet file.
    rows
        Its number of rows.
    columns
        Its columns, in order.
    sha256
        Its checksum.
    """

    file: str
    rows: int
    columns: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a record was made from, and what was made.

    Attributes
    ----------
    years
        First and last year of the crises.
    inputs
        The published files.
    outputs
        The frames by name.
    choices
        What was chosen otherwise than by default.
    """

    years: tuple[int, int]
    inputs: tuple[Input, ...]
    outputs: Mapping[str, Output]
    choices: Choices = field(default_factory=Choices)

    def to_dict(self) -> dict[str, Any]:
        """The manifest as plain values; choices are there only if any was made."""
        content = asdict(self) | {"choices": self.choices.to_dict()}
        return {name: value for name, value in content.items() if value or name != "choices"}

    def to_json(self) -> str:
        """The manifest as JSON text."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n"

    def file(self, folder: Path, name: str) -> Path:
        """Give the file of a frame in the folder of the record.

        Raises
        ------
        DataError
            If there is no such frame or file, or the file is another.
        """
        output = self.outputs.get(name)
        if output is None:
            raise DataError(f"{folder / MANIFEST} lacks '{name}'; build the record again")
        path = folder / output.file
        if checksum(path) != output.sha256:
            raise DataError(f"{path} is not the file of its manifest; build the record again")
        return path

    def last_years(self) -> str:
        """Say with which year each source ends, a line a year; after it, what it tells is missing.

        A file that is not the one of the catalogue is said to be another, since its years may
        differ.
        """
        by_year: dict[int, list[str]] = {}
        other = []
        for entry in self.inputs:
            by_year.setdefault(SOURCES[entry.key].coverage[1], []).append(entry.dataset)
            if entry.release == "unknown":
                first, last = SOURCES[entry.key].coverage
                other.append(f"{entry.file} is another release than the one of {first}-{last}")
        lines = [f"  {year}  {'; '.join(names)}" for year, names in sorted(by_year.items())]
        return "\n".join(["last year of each source", *lines, *(f"  {text}" for text in other)])

    def versions(self) -> str:
        """Say of each source its version, "unknown" where the file is none known, and its years."""
        lines = ["sources: version, first and last year"]
        for entry in self.inputs:
            first, last = SOURCES[entry.key].coverage
            known = entry.release != "unknown"
            years = f"{first}-{last}" if known else f"{first}-{last} in the version known"
            lines.append(f"  {entry.dataset}  {entry.version if known else 'unknown'}  {years}")
        return "\n".join(lines)

    def __str__(self) -> str:
        lines = [f"crises of {self.years[0]}-{self.years[1]}, from {len(self.inputs)} files:"]
        lines += [f"  {i.dataset}, version {i.version} ({i.release})" for i in self.inputs]
        lines += str(self.choices).splitlines()
        return "\n".join(lines)


def check_inputs(raw: Path, keys: Iterable[str], accept: Collection[str] = ()) -> None:
    """Refuse a published file that is cut off, or another file under the name of a source.

    A newer or whole release has at least as many bytes as one that is known.

    Parameters
    ----------
    raw
        The folder they lie in.
    keys
        Keys of `willing.sources.catalogue.SOURCES`.
    accept
        Those of them that are taken as they are.

    Raises
    ------
    DataError
        If a file is refused, is not there or cannot be read.
    """
    if strange := sorted(set(accept) - set(SOURCES)):
        raise DataError(f"no source '{strange[0]}'; the sources are {listed(SOURCES)}")
    for key in keys:
        source = SOURCES[key]
        path = source.path(raw)
        identity = identify(path)
        if key in accept or (identity.version and identity.source in (source, None)):
            continue
        if (
            identity.version
            and identity.source is not None
            and identity.sha256 not in (source.known.values())
        ):
            raise DataError(
                f"{path} is the file of '{identity.source.key}' ({identity.source.file}), not of "
                f"'{key}'; put the right one there"
            )
        size, least = path.stat().st_size, min(source.sizes.values(), default=0)
        if size < least:
            raise DataError(
                f"{path} has {size:,} bytes, and every version known of '{key}' at least "
                f"{least:,}: it looks cut off. Fetch it again, or take it as it is with "
                f"--accept-unknown {key}"
            )


def take_inputs(raw: Path, keys: Iterable[str]) -> tuple[Input, ...]:
    """Identify the published files named.

    Parameters
    ----------
    raw
        The folder they lie in.
    keys
        Keys of `willing.sources.catalogue.SOURCES`.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    inputs = []
    for key in keys:
        source = SOURCES[key]
        identity = identify(source.path(raw))
        inputs.append(
            Input(
                key=key,
                file=source.file,
                dataset=source.dataset,
                version=source.version,
                release=identity.version or "unknown",
                citation=source.citation,
                licence=source.licence,
                sha256=identity.sha256,
            )
        )
    return tuple(inputs)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the record in a folder.

    Raises
    ------
    DataError
        If there is none, or it is not one.
    """
    path = folder / MANIFEST
    if not path.exists():
        raise DataError(
            f"{folder} holds no record: {MANIFEST} is not there; "
            "write one with `willing data build`"
        )
    try:
        content = json.loads(read_text(path))
        return Manifest(
            years=(content["years"][0], content["years"][1]),
            inputs=tuple(Input(**entry) for entry in content["inputs"]),
            outputs={
                name: Output(**{**entry, "columns": tuple(entry["columns"])})
                for name, entry in content["outputs"].items()
            },
            choices=choices_from_dict(content.get("choices", {})),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{path} is not a manifest ({error}); build the record again") from error
