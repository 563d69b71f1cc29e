"""What a user may choose about a record, and the user's own word on who joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from willing.errors import DataError
from willing.record.codings import CodingName
from willing.record.leading import LeaderRule
from willing.security.measures import DEFAULT, find_measure
from willing.texts import quoted
from willing.toml_files import load_toml

CodingRule = Literal["acts", "blocs"]
Outcome = Literal["recommended", "icb", "hewitt", "gml", "mid"]
Pool = Literal["all", "relevant", "region"]
Years = tuple[int, int] | Literal["all"]
# Wolford and Ritter's: what the record is loaded with, tested on and reported of by default.
SAMPLE_YEARS = (1951, 1999)
# Numbers of crises and states have three digits.
_LARGEST_CODE = 10_000
_NEEDED = {"crisis": int, "state": int, "joined": bool, "reason": str, "citation": str}


@dataclass(frozen=True)
class Override:
    """A user's word that a state did or did not join a leader, against all sources.

    Attributes
    ----------
    crisis, state
        ICB's number of the crisis and the COW code of the state.
    joined
        Whether it threatened or used force against the target on the leader's side.
    reason, citation
        Why, and on what evidence.
    target
        COW code of the target; may be left out in a crisis with one leader side.
    """

    crisis: int
    state: int
    joined: bool
    reason: str
    citation: str
    target: int | None = None

    def __str__(self) -> str:
        against = "" if self.target is None else f" against {self.target}"
        word = "joined" if self.joined else "did not join"
        return (
            f"crisis {self.crisis}: {self.state} {word}{against}: {self.reason} ({self.citation})"
        )


@dataclass(frozen=True)
class Choices:
    """How a record differs from the one of all crises, all leaders and all partners.

    Attributes
    ----------
    coding
        Who faced whom: by ``acts``, the states that met the target and acted against it, with the
        leader; or by ``blocs``, whoever stood beside the leader in a linked dispute, against
        sources of threat only (the recommended coding until November 2026).
    corrections
        Whether the package's own words on single states, `willing.record.corrections`, are taken.
    outcome
        Which coding `join`, `acted` and `coalition` follow: the recommended combination, or one
        source alone, missing where that source does not speak.
    leader
        Who is L in the triads; see `willing.record.leading.leaders_of_sides`. The coding by blocs
        knows the strongest, the first and every one.
    pool
        Who is P: all members of the state system; those for which the target is politically
        relevant (P borders T by land or up to 400 miles of water, or one of the two is a major
        power); or those of the target's region (the hundreds of the COW codes).
    measure
        The measure of leaders' security that ``insecurity_leader`` and ``insecurity_partner``
        hold; one of `willing.security.measures.MEASURES`.
    as_of
        A day, as 1990-12-31: measures are estimated only from fates known by its end. Empty for
        all fates, each leader scored without her own.
    crises
        ICB's numbers of the crises wanted; empty for all.
    overrides
        The user's own word, applied last.
    """

    coding: CodingRule = "acts"
    corrections: bool = True
    outcome: Outcome = "recommended"
    leader: LeaderRule = "every"
    pool: Pool = "all"
    measure: str = DEFAULT
    as_of: str = ""
    crises: tuple[int, ...] = ()
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        allowed = {
            "coding": CodingRule,
            "outcome": Outcome,
            "leader": LeaderRule,
            "pool": Pool,
        }
        for name, alias in allowed.items():
            if getattr(self, name) not in get_args(alias):
                raise DataError(
                    f"{name}='{getattr(self, name)}'; it is {', '.join(get_args(alias)[:-1])} or "
                    f"{get_args(alias)[-1]}"
                )

        find_measure(self.measure)
        _ = self.last_fate
        if self.coding == "blocs" and self.leader in ("acted", "hostile"):
            raise DataError(
                f"leader='{self.leader}' is no rule of the coding by blocs; it is strongest, first "
                "or every"
            )
        if self.coding == "blocs" and self.source is not None:
            raise DataError(
                f"outcome='{self.outcome}' belongs to the coding by acts; leave out one of the two"
            )

    @property
    def last_fate(self) -> date | None:
        """The day up to whose end fates are used, or nothing for all.

        Raises
        ------
        DataError
            If `as_of` is no date.
        """
        try:
            return date.fromisoformat(self.as_of) if self.as_of else None
        except ValueError as error:
            raise DataError(f"as_of='{self.as_of}'; give a day as 1990-12-31") from error

    @property
    def source(self) -> CodingName | None:
        """The one source that decides, or nothing for the recommended combination."""
        return None if self.outcome == "recommended" else self.outcome

    def to_dict(self) -> dict[str, Any]:
        """What was chosen otherwise than by default, as plain values."""
        given, default = asdict(self), asdict(Choices())
        return {name: value for name, value in given.items() if value != default[name]}

    def __str__(self) -> str:
        lines = [
            f"{name} {', '.join(map(str, value)) if isinstance(value, tuple) else value}"
            for name, value in ((field.name, getattr(self, field.name)) for field in fields(self))
            if name in self.to_dict() and name != "overrides"
        ]
        return "\n".join([*lines, *(f"override: {entry}" for entry in self.overrides)])


def choices_from_dict(content: Mapping[str, Any]) -> Choices:
    """Give the choices that `Choices.to_dict` wrote."""
    overrides = tuple(Override(**entry) for entry in content.get("overrides", ()))
    crises = tuple(content.get("crises", ()))
    return Choices(**{**content, "crises": crises, "overrides": overrides})


def read_overrides(path: str | Path) -> tuple[Override, ...]:
    """Read a user's overrides from a TOML file.

    Each is a table ``[[override]]`` with ``crisis``, ``state``, ``joined``, ``reason``,
    ``citation`` and, where the crisis has several leader sides, ``target``.

    Raises
    ------
    DataError
        If the file cannot be read, or an override lacks a value, has one too many or one of the
        wrong kind, or if two speak of the same state on the same side.
    """
    path = Path(path)
    content = load_toml(path)
    tables = content.pop("override", [])
    if content or not isinstance(tables, list) or not tables:
        raise DataError(f"{path}: holds tables [[override]] and nothing else; see docs/data.md")
    overrides = tuple(_override(path, number, table) for number, table in enumerate(tables, 1))
    places = set()
    for entry in overrides:
        place = (entry.crisis, entry.target, entry.state)
        if place in places:
            raise DataError(f"{path}: crisis {entry.crisis}, state {entry.state} is there twice")
        places.add(place)
    return overrides


def _override(path: Path, number: int, table: Mapping[str, Any]) -> Override:
    where = f"{path}, override {number}"
    kinds = _NEEDED | {"target": int}
    if not isinstance(table, Mapping):
        raise DataError(f"{where} is {quoted(table)}; it must be a table headed [[override]]")
    for name in [*_NEEDED, *table]:
        if name not in kinds:
            raise DataError(f"{where}: {quoted(name)} is not one of {', '.join(kinds)}")
        if name not in table:
            raise DataError(f"{where} lacks '{name}'; needed are {', '.join(_NEEDED)}")
        if type(table[name]) is not kinds[name] or table[name] == "":
            raise DataError(
                f"{where}: {name} = {quoted(table[name])} should be a {kinds[name].__name__}"
            )
        if kinds[name] is int and not 0 < table[name] <= _LARGEST_CODE:
            raise DataError(
                f"{where}: {name} = {quoted(table[name])} is the number of no crisis or state"
            )
    return Override(**table)
