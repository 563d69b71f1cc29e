"""Scenario files of the signalling game."""

from __future__ import annotations

import os
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from willing.contest import LogisticContest, RatioContest
from willing.errors import ScenarioError
from willing.wider.signaling import SignalingGame

_CONTESTS = {"ratio": RatioContest, "logistic": LogisticContest}


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    ScenarioError
        If it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ScenarioError(f"{path} is not a TOML file: {error}") from error


def read_signaling(path: str | os.PathLike[str]) -> SignalingGame:
    """Read a signalling game from the table ``[signals]`` of a scenario file.

    It has the fields of `SignalingGame`, where ``contest`` is ``"ratio"`` or ``"logistic"`` and
    ``decisiveness`` its parameter.

    Raises
    ------
    ScenarioError
        If the file cannot be read, lacks a field, has one that is not known, or holds a value
        outside its range.
    """
    table = read_toml(path).get("signals")
    if not isinstance(table, dict):
        raise ScenarioError(f"{path} has no table [signals]; put the game's parameters there")
    try:
        return _signaling(table)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def _signaling(table: dict[str, Any]) -> SignalingGame:
    """Build the game of a table."""
    entries = fields(SignalingGame)
    known = [entry.name for entry in entries] + ["decisiveness"]
    required = [
        entry.name
        for entry in entries
        if entry.default is MISSING and entry.default_factory is MISSING
    ]
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise ScenarioError(
            f"[signals] has the unknown key '{unknown[0]}'; known are {', '.join(known)}"
        )
    missing = [name for name in required if name not in table]
    if missing:
        raise ScenarioError(f"[signals] lacks {', '.join(missing)}")
    options = dict(table)
    contest = options.pop("contest", "ratio")
    if contest not in _CONTESTS:
        raise ScenarioError(
            f"signals.contest is {contest!r}; it must be one of {', '.join(_CONTESTS)}"
        )
    options["contest"] = _CONTESTS[contest](options.pop("decisiveness", 1.0))
    return SignalingGame(**options)
