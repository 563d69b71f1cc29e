"""What a derived file was made from, and whether it still is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from willing.errors import DataError
from willing.files import replacing

PACKAGE = Path(__file__).resolve().parents[1]
MANIFEST = PACKAGE / "renewal" / "derived.json"
# Where the record is, under `PACKAGE`.
RECORD_FOLDER = "record/data"


@dataclass(frozen=True)
class Step:
    """One thing that the package derives.

    Attributes
    ----------
    name
        What it is called.
    raw
        The published files that it is made from, under the folder of raw files.
    inputs
        The files of the package that it is made from, under `PACKAGE`.
    outputs
        The files of the package that it writes, under `PACKAGE`.
    options
        Gives the choices it is made with, as plain values.
    make
        Makes it from the folder of raw files.
    """

    name: str
    raw: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    make: Callable[[Path], None]
    options: Callable[[], Mapping[str, Any]] = dict


@dataclass(frozen=True)
class Stale:
    """A step that has to be made again, and why."""

    step: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.step} is stale: {'; '.join(self.reasons)}"


def take_stock(step: Step, raw: Path) -> dict[str, dict[str, str]]:
    """Give what a step stands on and what it left, as SHA-256 by kind and name.

    Raises
    ------
    DataError
        If a published file is missing.
    """
    missing = [name for name in step.raw if not (raw / name).is_file()]
    if missing:
        raise DataError(f"{raw / missing[0]} does not exist; {step.name} is made from it")
    options = json.dumps(step.options(), sort_keys=True, default=str)
    return {
        "published files": {name: _digest(raw / name) for name in step.raw},
        "files it is made from": {name: _digest(PACKAGE / name) for name in step.inputs},
        "options": {"options": hashlib.sha256(options.encode()).hexdigest()},
        "files it writes": {name: _digest(PACKAGE / name) for name in step.outputs},
    }


def find_stale(steps: Sequence[Step], raw: Path) -> tuple[Stale, ...]:
    """Compare every step with what was noted when it was made.

    A step is also stale if one before it, whose files it is made from, is.

    Raises
    ------
    DataError
        If a published file or the manifest cannot be read.
    """
    noted = read_manifest()
    found: list[Stale] = []
    spoiled: set[str] = set()
    for step in steps:
        reasons = _differences(noted.get(step.name), take_stock(step, raw))
        reasons += [f"{name} will be made again" for name in step.inputs if name in spoiled]
        if reasons:
            found.append(Stale(step.name, tuple(reasons)))
            spoiled.update(step.outputs)
    return tuple(found)


def renew(
    steps: Iterable[Step], raw: Path, *, progress: Callable[[str], None] = lambda _: None
) -> None:
    """Make steps again, in order, and note what each was made from.

    Parameters
    ----------
    steps
        The steps.
    raw
        The folder of published files.
    progress
        Told of each step done.
    """
    for step in steps:
        step.make(raw)
        noted = read_manifest()
        noted[step.name] = take_stock(step, raw)
        with replacing(MANIFEST) as temporary:
            temporary.write_text(json.dumps(noted, indent=1) + "\n", encoding="utf-8")
        progress(step.name)


def read_manifest() -> dict[str, dict[str, dict[str, str]]]:
    """Give what was noted of every step when it was made; nothing if nothing was.

    Raises
    ------
    DataError
        If the manifest is damaged.
    """
    if not MANIFEST.exists():
        return {}
    try:
        noted: dict[str, dict[str, dict[str, str]]] = json.loads(MANIFEST.read_text("utf-8"))
    except ValueError as error:
        raise DataError(f"{MANIFEST} is damaged ({error}); renew without --check") from error
    return noted


def _differences(
    noted: Mapping[str, Mapping[str, str]] | None, now: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Say what has changed since a step was made."""
    if noted is None:
        return ["nothing is known of how it was made"]
    reasons = []
    for kind, files in now.items():
        before = noted.get(kind, {})
        changed = sorted(name for name, digest in files.items() if before.get(name) != digest)
        gone = sorted(set(before) - set(files))
        if kind == "options" and changed:
            reasons.append("its options have changed")
        elif changed or gone:
            reasons.append(f"{kind} have changed: {', '.join([*changed, *gone])}")
    return reasons


def _digest(path: Path) -> str:
    if not path.is_file():
        return "absent"
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
