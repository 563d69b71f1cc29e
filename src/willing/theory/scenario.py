"""Scenario files: a crisis and the rules of the game in TOML."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from typing import Any

from willing.errors import DataError, ScenarioError
from willing.texts import check_choice, quoted
from willing.theory.contest import Contest, DrawContest, LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.scenario_keys import SOLVE, Reader, check_content, check_keys
from willing.toml_files import load_toml

# Fifty times as many as there are states, and solved in a second or so.
MOST_PARTNERS = 10_000

CONTESTS: dict[str, type[RatioContest | LogisticContest | DrawContest]] = {
    "ratio": RatioContest,
    "logistic": LogisticContest,
    "draw": DrawContest,
}


def read_scenario(path: str | os.PathLike[str]) -> tuple[Crisis, CoalitionGame]:
    """Read a scenario file.

    The theory takes an optional ``title``, the tables ``[leader]``, ``[target]`` and
    ``[[partners]]`` with the fields of `Leader`, `Target` and `Partner`, and optionally ``[game]``
    with the parameters of `CoalitionGame`, where ``contest`` is ``"ratio"``, ``"logistic"`` or
    ``"draw"`` and ``decisiveness`` its parameter, beside ``defeat_cut`` and ``victory_cut`` of the
    last. What only others need is let be: see `willing.theory.scenario_keys.KEYS`.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    tuple of Crisis and CoalitionGame
        What the file describes; what ``[game]`` does not say is at its default.

    Raises
    ------
    ScenarioError
        If the file cannot be read, is no TOML, lacks a field, has one that is not known, or holds
        a value outside its range.
    """
    content = read_toml(path)
    try:
        return crisis_and_game(content)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a TOML file of a scenario; see `willing.toml_files.load_toml`.

    Raises
    ------
    ScenarioError
        If it cannot be read, is too large or is no TOML.
    """
    try:
        return load_toml(path)
    except DataError as error:
        raise ScenarioError(str(error)) from error


def crisis_and_game(
    content: Mapping[str, Any], reader: Reader = SOLVE
) -> tuple[Crisis, CoalitionGame]:
    """Build what the content of a scenario file describes; see `read_scenario`.

    Parameters
    ----------
    content
        What the file holds.
    reader
        Who reads it, and so which tables she cannot do without.
    """
    check_content(content, reader)
    partners, leader = content["partners"], content["leader"]
    if len(partners) > MOST_PARTNERS:
        raise ScenarioError(
            f"the file has {len(partners):,} partners; a file may have {MOST_PARTNERS:,}. Build "
            "larger crises in Python, where nothing but time limits `Crisis`"
        )
    crisis = Crisis(
        leader=build(Leader, leader),
        target=build(Target, content["target"]),
        partners=tuple(build(Partner, partner) for partner in partners),
        title=content.get("title", ""),
    )
    game = content.get("game", {})
    if "retention" in leader:
        game = {"retention": leader["retention"]} | game
    return crisis, _game(game)


def build(kind: Any, table: Mapping[str, Any]) -> Any:
    """Build an object of a dataclass from the keys of a table that are its fields."""
    names = {entry.name for entry in fields(kind)}
    return kind(**{key: value for key, value in table.items() if key in names})


def record(kind: Any, table: Any, place: str) -> Any:
    """Build an object of a dataclass from a table of its own, which `place` names in messages."""
    entries = fields(kind)
    check_keys(table, place, {entry.name for entry in entries})
    missing = [
        entry.name
        for entry in entries
        if entry.default is MISSING and entry.default_factory is MISSING and entry.name not in table
    ]
    if missing:
        raise ScenarioError(f"{place} lacks {', '.join(missing)}")
    return kind(**table)


def with_contest(table: Any, place: str, known: Collection[str]) -> dict[str, Any]:
    """Give the options of a table with its contest built from ``contest`` and its parameters."""
    check_keys(table, place, {*known, "contest", *_parameters(DrawContest)})
    options = dict(table)
    contest = options.pop("contest", "ratio")
    check_choice(contest, f"{place}.contest", CONTESTS)
    given = {name: options.pop(name) for name in _parameters(DrawContest) if name in options}
    foreign = sorted(given.keys() - set(_parameters(CONTESTS[contest])))
    if foreign:
        raise ScenarioError(
            f"{place}.{foreign[0]} is a parameter of the contest 'draw', not of '{contest}'"
        )
    options["contest"] = CONTESTS[contest](**given)
    return options


def _parameters(contest: Any) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(contest))


def scenario_toml(crisis: Crisis, game: CoalitionGame) -> str:
    """Write a crisis and a game as the text of a scenario file, which `read_scenario` reads back.

    Parameters
    ----------
    crisis, game
        What the file is to describe.

    Returns
    -------
    str
        TOML, without the zeros that go without saying.

    Raises
    ------
    ScenarioError
        If the contest is a callable of the user's own, which no file can hold.
    """
    parts = [f"title = {toml_value(crisis.title)}"] if crisis.title else []
    parts += [
        toml_table("[leader]", entries(crisis.leader)),
        toml_table("[target]", entries(crisis.target)),
        *(toml_table("[[partners]]", entries(partner)) for partner in crisis.partners),
        toml_table("[game]", contest_entries(game.contest, "game") | entries(game)),
    ]
    return "\n".join(parts)


def toml_table(head: str, values: Mapping[str, Any]) -> str:
    """Write a table of texts, numbers and tables of numbers under a head in brackets."""
    lines = (f"{key} = {toml_value(value)}" for key, value in values.items())
    return "\n".join([head, *lines]) + "\n"


def entries(record: Any) -> dict[str, Any]:
    """Give the texts and numbers of a dataclass, but for zeros that go without saying."""
    values = {entry.name: getattr(record, entry.name) for entry in fields(record)}
    unsaid = {entry.name for entry in fields(record) if entry.default == values[entry.name] == 0.0}
    return {
        name: value
        for name, value in values.items()
        if name not in unsaid and isinstance(value, str | int | float)
    }


def contest_entries(contest: Contest, place: str) -> dict[str, Any]:
    """Give the entries of a contest; `place` names its table in messages."""
    for name, kind in CONTESTS.items():
        if isinstance(contest, kind):
            return {"contest": name, **vars(contest)}
    raise ScenarioError(
        f"{place}.contest is {quoted(contest)}; a scenario file can hold a contest of kind "
        f"{', '.join(CONTESTS)}"
    )


def toml_value(value: Any) -> str:
    """Write a value as TOML; the escapes of JSON are TOML's, but for the delete character."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        pairs = (f"{toml_value(key)} = {toml_value(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    return repr(float(value)).removesuffix(".0")


def _game(table: Any) -> CoalitionGame:
    known = {entry.name for entry in fields(CoalitionGame)}
    return CoalitionGame(**with_contest(table, "game", known))
