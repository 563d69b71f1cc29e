"""The cases of the casebook as they are written down: events, payments and their sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from willing.casebook.wider_games import WiderGame
from willing.errors import ScenarioError
from willing.numbers import check_number
from willing.texts import check_choice, quoted
from willing.theory.scenario import read_toml, record
from willing.theory.scenario_keys import check_keys

FOLDER = Path(__file__).parent / "cases"
Kind = Literal["record", "forecast", "game", "files"]


@dataclass(frozen=True)
class Payment:
    """What was given to a partner, or what it lost.

    Attributes
    ----------
    to
        The partner, by the name it has in the crisis.
    what
        What it was.
    amount
        How much, in the unit of the case; None where it was no money.
    approximate
        Whether sources differ about the amount.
    source
        Key of the source.
    """

    to: str
    what: str
    source: str
    amount: float | None = None
    approximate: bool = False


@dataclass(frozen=True)
class WarCost:
    """What the war cost the leader's side, against which payments are measured.

    Attributes
    ----------
    amount, unit
        How much of what.
    what
        Whose cost of what.
    source
        Key of the source.
    """

    amount: float
    unit: str
    what: str
    source: str


@dataclass(frozen=True)
class Files:
    """Which states to look up in the files of payments.

    Attributes
    ----------
    crisis
        ICB's number.
    states
        By the names of the state system.
    """

    crisis: int
    states: list[str]


@dataclass(frozen=True)
class CaseFile:
    """A case as it is written down.

    Attributes
    ----------
    name, title
        What it is called.
    kind
        ``"record"``: a leader side of the record, forecast by the structural estimates;
        ``"forecast"``: a scenario file forecast by them; ``"game"``: a scenario of the theory,
        solved; ``"files"``: the model cannot be asked, and only the files of payments speak.
    happened
        What happened, in a few sentences.
    reading
        What the comparison with the model teaches, in a few sentences.
    side
        The leader side of a case of the record.
    joined
        Who joined, where the scenario does not say.
    payments
        What partners were given.
    war_cost
        What the war cost; None where no figure is at hand.
    sources
        Citations by key.
    files
        Which states to look up in the files of payments.
    unseen
        What partners were given that those files do not have.
    wider
        A game around the main one that the case is an example of.
    """

    name: str
    title: str
    kind: Kind
    happened: str
    reading: str
    sources: Mapping[str, str]
    side: str | None = None
    joined: tuple[str, ...] = ()
    payments: tuple[Payment, ...] = field(default=())
    war_cost: WarCost | None = None
    files: Files | None = None
    unseen: tuple[Payment, ...] = ()
    wider: WiderGame | None = None

    @property
    def scenario(self) -> Path:
        """The scenario file of a case that is not of the record."""
        return FOLDER / "scenarios" / f"{self.name}.toml"


@cache
def read_cases() -> dict[str, CaseFile]:
    """Read the cases of the package, by name in the order of their years."""
    files = sorted(FOLDER.glob("*.toml"), key=lambda path: path.stem.rsplit("-", 1)[-1])
    return {path.stem: read_case(path) for path in files}


def read_case(path: Path) -> CaseFile:
    """Read a case.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or something in it is missing, unknown or not cited.
    """
    try:
        return _case(path.stem, read_toml(path))
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def find_case(name: str) -> CaseFile:
    """Give a case by its name, a part of its name or title, or the crisis that it tells of.

    Parameters
    ----------
    name
        As ``gulf``, ``gulf-1990``, ``Gulf War``, or ICB's number or leader side, as ``393``.

    Raises
    ------
    ScenarioError
        If no case or several answer to it.
    """
    cases = read_cases()
    if name in cases:
        return cases[name]
    wanted = name.strip().lower()
    found = [
        case
        for case in cases.values()
        if wanted
        and (wanted in case.name or wanted in case.title.lower() or _tells_of(case, wanted))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ScenarioError(
            f"{quoted(name)} may be {', '.join(case.name for case in found)}; give the whole name"
        )
    raise ScenarioError(
        f"no case {quoted(name)}; the cases are {', '.join(cases)}. Any crisis of the record can "
        "be forecast: `willing forecast NAME`"
    )


def _tells_of(case: CaseFile, wanted: str) -> bool:
    """Whether a case tells of a crisis by ICB's number, or of a leader side."""
    side = case.side or ""
    return wanted in (side, side.split("-")[0])


def _case(name: str, content: Mapping[str, Any]) -> CaseFile:
    known = {"title", "kind", "happened", "reading", "sources", "side", "joined"}
    check_keys(content, "the file", known | {"payments", "war_cost", "files", "unseen", "wider"})
    for key in ("title", "kind", "happened", "reading", "sources"):
        if key not in content:
            raise ScenarioError(f"the file lacks {key}")
    check_choice(content["kind"], "kind", get_args(Kind))
    if (content["kind"] == "record") != ("side" in content):
        raise ScenarioError("a case of the record names its leader side, and no other case does")
    paid, unseen = (_payments(content, key) for key in ("payments", "unseen"))
    files = record(Files, content["files"], "files") if "files" in content else None
    if files is None and (unseen or content["kind"] == "files"):
        raise ScenarioError("what the files show or do not see needs a table files with a crisis")
    cost = content.get("war_cost")
    war_cost = None if cost is None else record(WarCost, cost, "war_cost")
    if war_cost is not None:
        check_number(war_cost.amount, "war_cost.amount", above=0.0)
    wider = record(WiderGame, content["wider"], "wider") if "wider" in content else None
    sources = content["sources"]
    for cited in [*paid, *unseen, *([war_cost] if war_cost else [])]:
        if cited.source not in sources:
            raise ScenarioError(f"'{cited.what}' cites '{cited.source}', which is not in sources")
    plain = {key: content[key] for key in ("title", "kind", "happened", "reading", "sources")}
    return CaseFile(
        name=name,
        side=content.get("side"),
        joined=tuple(content.get("joined", ())),
        payments=paid,
        war_cost=war_cost,
        files=files,
        unseen=unseen,
        wider=wider,
        **plain,
    )


def _payments(content: Mapping[str, Any], key: str) -> tuple[Payment, ...]:
    tables = enumerate(content.get(key, ()), start=1)
    return tuple(record(Payment, table, f"{key}[{place}]") for place, table in tables)
