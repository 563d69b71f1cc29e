"""Every key that a scenario file may have: what it means, and who needs it.

One file serves `willing solve`, `willing forecast`, `willing wider` and the page: each takes the
tables and keys that it knows how to use and leaves the rest.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from willing.errors import ScenarioError
from willing.texts import quoted
from willing.toml_files import load_toml

Reader = Literal["solve", "forecast", "crisis", "expansion", "signals", "bidding", "invitations"]

SOLVE: Reader = "solve"
FORECAST: Reader = "forecast"
# The games that stand on a crisis need of it what `willing solve` needs.
_GAMES: tuple[Reader, ...] = ("solve", "crisis", "expansion", "invitations")
_ALL: tuple[Reader, ...] = (*_GAMES, "forecast")
# Messages list so many names of partners who lack something.
_MOST_NAMED = 5


@dataclass(frozen=True)
class Key:
    """A key of a scenario file.

    Attributes
    ----------
    table
        The table in which it stands; empty at the top of the file.
    name
        The key.
    meaning
        What it says, with unit, range and default.
    needed_by
        Who cannot do without it: ``willing solve``, ``willing forecast``, or a game of ``willing
        wider``. A forecast needs others besides, by the terms of its estimates.
    """

    table: str
    name: str
    meaning: str
    needed_by: tuple[Reader, ...] = ()


_NEEDED: Mapping[str, Mapping[str, tuple[Reader, ...]]] = {
    "leader": dict.fromkeys(("name", "strength", "security"), _ALL),
    "target": dict.fromkeys(("name", "strength"), _ALL),
    "partners": dict.fromkeys(("name", "strength"), (*_ALL, "bidding")),
    "balancers": dict.fromkeys(("name", "strength", "distance"), ("expansion",)),
    "signals": dict.fromkeys(
        (
            *("strength", "reserve", "target_strength", "partner_strength", "prior"),
            *("cost_resolute", "cost_irresolute", "target_cost", "mobilization_cost"),
        ),
        ("signals",),
    ),
    **dict.fromkeys(
        ("first", "second"), dict.fromkeys(("name", "strength", "security"), ("bidding",))
    ),
}
# What each key means stands in a file of its own, where lines may be as long as they are.
_MEANINGS = load_toml(Path(__file__).with_suffix(".toml"))
KEYS: tuple[Key, ...] = tuple(
    Key("" if table == "top" else table, name, meaning, _NEEDED.get(table, {}).get(name, ()))
    for table, meanings in _MEANINGS.items()
    for name, meaning in meanings.items()
)
TABLES = tuple(dict.fromkeys(key.table for key in KEYS if key.table))
_LISTS = ("partners", "balancers")
_NEEDED_TABLES: Mapping[Reader, tuple[str, ...]] = {
    **dict.fromkeys(_GAMES, ("leader", "target", "partners")),
    "forecast": ("leader", "target", "crisis", "partners"),
    "signals": ("signals",),
    "bidding": ("first", "second", "partners"),
}


def keys_of(table: str) -> tuple[str, ...]:
    """Name the keys of a table; those at the top of the file by the empty name."""
    return tuple(key.name for key in KEYS if key.table == table)


def check_content(
    content: Mapping[str, Any], reader: Reader, also: Mapping[str, Collection[str]] | None = None
) -> None:
    """Raise a `ScenarioError` unless a file has known keys only, and all that a reader needs.

    Parameters
    ----------
    content
        What the file holds.
    reader
        Who reads it.
    also
        Further keys that she needs, by table.

    Raises
    ------
    ScenarioError
        Naming the first key that is not known, or everything that is missing.
    """
    check_keys(content, "the file", (*keys_of(""), *TABLES))
    for table in TABLES:
        if table not in content:
            continue
        if table in _LISTS and not isinstance(content[table], list):
            raise ScenarioError(f"{table} must be a list of tables, each headed [[{table}]]")
        for place, each in _rows(content, table):
            check_keys(each, place, keys_of(table))
    absent = [name for name in _NEEDED_TABLES[reader] if name not in content]
    lacks = [f"the table [{name}] is missing" for name in absent]
    for table in TABLES:
        needed = dict.fromkeys(
            (
                *(key.name for key in KEYS if key.table == table and reader in key.needed_by),
                *(also or {}).get(table, ()),
            )
        )
        if needed and table not in absent and table in content:
            lacks += _missing(list(_rows(content, table)), list(needed))
    if lacks:
        raise ScenarioError("; ".join(lacks))


def check_keys(table: Any, place: str, known: Collection[str]) -> None:
    """Raise a `ScenarioError` unless `table` is a table with known keys only."""
    if not isinstance(table, Mapping):
        raise ScenarioError(f"{place} is {quoted(table)}; it must be a table")
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(known))}"
            raise ScenarioError(f"{place} has the unknown key {quoted(key)}; {hint}")


def keys_page() -> str:
    """Write all keys as tables in Markdown, one a table of the file."""
    pages = []
    for table in ("", *TABLES):
        brackets = "`[[{}]]`" if table in _LISTS else "`[{}]`"
        head = brackets.format(table) if table else "At the top"
        lines = [f"**{head}**", "", "| key | meaning | needed by |", "| --- | --- | --- |"]
        lines += [
            f"| `{key.name}` | {key.meaning} | {', '.join(key.needed_by)} |"
            for key in KEYS
            if key.table == table
        ]
        pages.append("\n".join(lines))
    return "\n\n".join(pages)


def _rows(content: Mapping[str, Any], table: str) -> Iterable[tuple[str, Any]]:
    """The tables of a name with what messages call them."""
    if table not in _LISTS:
        return [(table, content[table])]
    return [(f"{table}[{place}]", each) for place, each in enumerate(content[table], start=1)]


def _missing(rows: list[tuple[str, Mapping[str, Any]]], needed: list[str]) -> list[str]:
    """Say what tables lack, those that lack the same together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for place, table in rows:
        if lacks := tuple(name for name in needed if name not in table):
            alike.setdefault(lacks, []).append(place)
    found = []
    for lacks, places in alike.items():
        named, more = ", ".join(places[:_MOST_NAMED]), len(places) - _MOST_NAMED
        who = f"{named} and {more} more" if more > 0 else named
        found.append(f"{who} {'lack' if len(places) > 1 else 'lacks'} {', '.join(lacks)}")
    return found
