"""The catalogue of sources: which files the record is made of, whom to cite, on which terms."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from willing.errors import DataError
from willing.files import require_regular

CATALOGUE = Path(__file__).with_name("catalogue.toml")
# The published files that a record is made from.
INPUTS = (
    "icb_crises",
    "icb_actors",
    "icb_dyads",
    "gml_participants",
    "mid_disputes",
    "mid_participants",
    "state_system",
    "majors",
    "capitals",
    "contiguity",
    "capabilities",
    "ideal_points",
    "un_votes",
    "atop",
    "democracy",
    "polity",
    "gdp",
    "trade",
    "archigos",
    "lead",
    "chisols",
    "reign_elections",
    "reign_leaders",
    "reign_regimes",
    "wars_interstate",
    "wars_intrastate",
    "rivalry_strategic",
    "us_aid",
    "arms",
    "troops",
    "council",
    "ucdp_conflicts",
)


@dataclass(frozen=True)
class Reference:
    """A publication to cite.

    Attributes
    ----------
    key
        Its BibTeX key.
    kind
        Its BibTeX entry type.
    fields
        Its BibTeX fields, ``author`` and ``title`` at least.
    """

    key: str
    kind: str
    fields: Mapping[str, str]

    @property
    def citation(self) -> str:
        """The reference as one line of text."""
        get = self.fields.get
        head = [_people(self.fields["author"]), get("year"), _bare(self.fields["title"])]
        text = " ".join(_sentence(part) for part in head if part)
        if journal := get("journal"):
            number = f"({get('number')})" if get("number") else ""
            return f"{text} {journal} {get('volume')}{number}: {get('pages')}."
        if book := get("booktitle"):
            text += f" In {_turned(self.fields['editor'])} (ed.), {book}, {get('pages')}."
        imprint = ": ".join(part for part in (get("address"), get("publisher")) if part)
        return " ".join(
            [text, *(_sentence(part) for part in (imprint, get("howpublished")) if part)]
        )

    @property
    def bibtex(self) -> str:
        """The reference as a BibTeX entry."""
        lines = [f"  {name} = {{{value}}}," for name, value in self.fields.items()]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])


@dataclass(frozen=True)
class Source:
    """One published file.

    Attributes
    ----------
    key
        Its name in the package.
    file
        Where it lies in the folder of raw files, with ``/``.
    dataset, version
        What it holds, and which release.
    references
        What to cite when it is used.
    licence
        Its terms of use, as far as they are known.
    coverage
        First and last year of the published file.
    known
        SHA-256 of each file we have worked with, by how that file relates to the published one.
    sizes
        Bytes of the releases whose size is known, in the same way.
    home
        The page where it is published, or nothing if we know of none.
    address
        Where the file itself can be fetched, or nothing if that must be done by hand; after a
        ``#``, the file wanted of an archive.
    """

    key: str
    file: str
    dataset: str
    version: str
    references: tuple[Reference, ...]
    licence: str
    coverage: tuple[int, int]
    known: Mapping[str, str]
    sizes: Mapping[str, int]
    home: str = ""
    address: str = ""

    @property
    def citation(self) -> str:
        """Everything to cite for this file, as one line of text."""
        return " ".join(reference.citation for reference in self.references)

    def path(self, raw: Path) -> Path:
        """Give the path of this file in the folder `raw` of published files."""
        return raw / self.file


@dataclass(frozen=True)
class Identity:
    """What a file on disk is.

    Attributes
    ----------
    path
        The file.
    sha256
        Its checksum.
    source
        The source it is taken for, or nothing if neither its content nor its name is known.
    version
        How it relates to the published file; ``None`` for content that is not known, such as a
        newer release.
    """

    path: Path
    sha256: str
    source: Source | None
    version: str | None

    def __str__(self) -> str:
        if self.source is None:
            return f"{self.path}: not a source of the record"
        what = f"{self.source.dataset}, version {self.source.version}"
        if self.version is None:
            return f"{self.path}: unknown release of {what} (sha256 {self.sha256[:12]}...)"
        return f"{self.path}: {what} ({self.version})"


def checksum(path: Path) -> str:
    """Give the SHA-256 of a file's bytes.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    require_regular(path)
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def identify(path: Path) -> Identity:
    """Say which source a file is, and whether it is a version we know.

    A file is known by its content. One whose content is unknown is taken for the source of the
    same name: newer releases and whole published files are welcome, and are called unknown.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Identity
        Source and version, each ``None`` where unknown.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    digest = checksum(path)
    for entry in SOURCES.values():
        for version, known in entry.known.items():
            if digest == known:
                return Identity(path, digest, entry, version)
    named = (entry for entry in SOURCES.values() if Path(entry.file).name == path.name)
    return Identity(path, digest, next(named, None), None)


def source(key: str) -> Source:
    """Give a source by its key.

    Raises
    ------
    DataError
        If there is no such source.
    """
    try:
        return SOURCES[key]
    except KeyError as error:
        raise DataError(f"no source '{key}'; the sources are {', '.join(SOURCES)}") from error


def bibtex(keys: Iterable[str] | None = None) -> str:
    """Give BibTeX entries for the sources named, each publication once, ordered by its key.

    Parameters
    ----------
    keys
        Keys of `SOURCES`; all of them by default.

    Raises
    ------
    DataError
        If there is no such source.
    """
    named = [source(key) for key in (SOURCES if keys is None else keys)]
    references = {r.key: r for entry in named for r in entry.references}
    return "\n\n".join(references[key].bibtex for key in sorted(references)) + "\n"


def _bare(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _turned(name: str) -> str:
    """Turn ``Last, First`` into ``First Last``."""
    return " ".join(reversed(name.split(", ")))


def _people(names: str) -> str:
    """Turn BibTeX's list of authors into ``Last, First, First Last and First Last``."""
    first, *others = _bare(names).split(" and ")
    turned = [_turned(name) for name in others]
    if not turned:
        return first
    if turned[-1] == "others":
        return f"{', '.join([first, *turned[:-1]])} et al."
    return f"{', '.join([first, *turned[:-1]])} and {turned[-1]}"


def _read_catalogue() -> dict[str, Source]:
    content = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    references = {
        key: Reference(key, entry.pop("type"), {name: str(value) for name, value in entry.items()})
        for key, entry in content["references"].items()
    }
    return {
        key: Source(
            key=key,
            file=entry["file"],
            dataset=entry["dataset"],
            version=entry["version"],
            references=tuple(references[name] for name in entry["references"]),
            licence=content["licences"][entry["licence"]],
            coverage=(entry["coverage"][0], entry["coverage"][1]),
            known=entry["known"],
            sizes=entry["bytes"],
            home=entry.get("home", ""),
            address=entry.get("address", ""),
        )
        for key, entry in content["sources"].items()
    }


SOURCES: Mapping[str, Source] = MappingProxyType(_read_catalogue())
