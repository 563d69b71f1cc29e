"""Scenario files: a crisis and the rules of the game in TOML."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from willing.contest import LogisticContest, RatioContest
from willing.crisis import Crisis, Leader, Partner, Target
from willing.errors import ScenarioError
from willing.game import CoalitionGame

_CONTESTS = {"ratio": RatioContest, "logistic": LogisticContest}


def read_scenario(path: str | os.PathLike[str]) -> tuple[Crisis, CoalitionGame]:
    """Read a scenario file.

    It has an optional ``title``, the tables ``[leader]``, ``[target]`` and ``[[partners]]`` with
    the fields of `Leader`, `Target` and `Partner`, and optionally ``[game]`` with the parameters of
    `CoalitionGame`, where ``contest`` is ``"ratio"`` or ``"logistic"`` and ``decisiveness`` its
    parameter.

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
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ScenarioError(f"{path} is not a TOML file: {error}") from error
    try:
        return _scenario(content)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def _scenario(content: Mapping[str, Any]) -> tuple[Crisis, CoalitionGame]:
    _check_keys(content, "the file", {"title", "leader", "target", "partners", "game"})
    for table in ("leader", "target", "partners"):
        if table not in content:
            raise ScenarioError(f"the table [{table}] is missing")
    partners = content["partners"]
    if not isinstance(partners, list):
        raise ScenarioError("partners must be a list of tables, each headed [[partners]]")
    title = content.get("title", "")
    if not isinstance(title, str):
        raise ScenarioError(f"title is {title!r}; it must be a text")
    crisis = Crisis(
        leader=_record(Leader, content["leader"], "leader"),
        target=_record(Target, content["target"], "target"),
        partners=tuple(
            _record(Partner, partner, f"partners[{position}]")
            for position, partner in enumerate(partners, start=1)
        ),
        title=title,
    )
    return crisis, _game(content.get("game", {}))


def _record(kind: Any, table: Any, place: str) -> Any:
    known = {entry.name for entry in fields(kind)}
    _check_keys(table, place, known)
    try:
        return kind(**table)
    except TypeError:
        missing = ", ".join(
            name for name in ("name", "strength", "security") if name in known - set(table)
        )
        raise ScenarioError(f"{place} lacks {missing}") from None


def _game(table: Any) -> CoalitionGame:
    known = {entry.name for entry in fields(CoalitionGame)} | {"decisiveness"}
    _check_keys(table, "game", known)
    options = dict(table)
    contest = options.pop("contest", "ratio")
    if contest not in _CONTESTS:
        raise ScenarioError(
            f"game.contest is {contest!r}; it must be one of {', '.join(_CONTESTS)}"
        )
    options["contest"] = _CONTESTS[contest](options.pop("decisiveness", 1.0))
    return CoalitionGame(**options)


def _check_keys(table: Any, place: str, known: Collection[str]) -> None:
    if not isinstance(table, Mapping):
        raise ScenarioError(f"{place} is {table!r}; it must be a table")
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(known))}"
            raise ScenarioError(f"{place} has the unknown key '{key}'; {hint}")
