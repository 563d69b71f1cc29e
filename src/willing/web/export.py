"""A scenario and its results as files to take away."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from willing.scenario import CONTESTS

if TYPE_CHECKING:
    from willing.crisis import Crisis
    from willing.equilibrium import Equilibrium
    from willing.game import CoalitionGame
    from willing.path import SecurityPath
    from willing.solvers.quantal import QuantalResponse


def scenario_toml(crisis: Crisis, game: CoalitionGame) -> str:
    """Write a scenario file from which `willing solve` gets the same crisis and game."""
    contest = game.contest
    kind = next(name for name, kind in CONTESTS.items() if isinstance(contest, kind))
    rules: dict[str, Any] = {"contest": kind, "decisiveness": contest.decisiveness}  # type: ignore[attr-defined]
    rules |= {
        entry.name: getattr(game, entry.name) for entry in fields(game) if entry.name != "contest"
    }
    parts = [f"title = {_value(crisis.title)}", _table("[leader]", vars_of(crisis.leader))]
    parts.append(_table("[target]", vars_of(crisis.target)))
    parts += [_table("[[partners]]", vars_of(partner)) for partner in crisis.partners]
    return "\n\n".join([*parts, _table("[game]", rules)]) + "\n"


def numbers_csv(found: Equilibrium, response: QuantalResponse) -> str:
    """Give one row a partner: membership, prices, margins and probability of joining."""
    import polars as pl

    join = pl.Series("join_probability", list(response.join.values()))
    return found.to_frame().with_columns(join).write_csv()


def numbers_json(found: Equilibrium, policy: SecurityPath, response: QuantalResponse) -> str:
    """Give the equilibrium, the path over security and the quantal response."""
    results = {
        "equilibrium": found.to_dict(),
        "path": policy.to_dict(),
        "quantal": response.to_dict(),
    }
    return json.dumps(results, indent=1)


def vars_of(record: Any) -> dict[str, Any]:
    """Give the fields of a dataclass by name, not going into them."""
    return {entry.name: getattr(record, entry.name) for entry in fields(record)}


def _table(head: str, values: dict[str, Any]) -> str:
    return "\n".join([head, *(f"{name} = {_value(value)}" for name, value in values.items())])


def _value(value: Any) -> str:
    """Write a text or a number; JSON's escapes are TOML's, but for the delete character."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(float(value))
