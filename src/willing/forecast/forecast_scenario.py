"""Scenario files for forecasts: a crisis that is not in the record, in the model's own terms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from willing.errors import EstimationError, ScenarioError
from willing.forecast.subject import Subject
from willing.numbers import check_number
from willing.record.strength import add_strength
from willing.structural.estimates import Estimates
from willing.structural.side_arrays import Sides
from willing.structural.terms import term_columns
from willing.texts import check_name, check_title, quoted
from willing.theory.scenario import check_keys, read_toml

LEADER_CODE, TARGET_CODE, FIRST_CODE = 1, 2, 11
"""Codes that stand for the states of a scenario file; candidates are numbered from 11."""

_TRIAD = {
    "strength": "cinc_pee",
    "divergence": "difLPv",
    "target_divergence": "difTPv",
    "distance": "PTdist",
    "leader_distance": "LPdist",
    "alliance": "LPallies",
    "contiguity": "PTcontig",
    "leader_contiguity": "LPcontig",
    "democracy": "demP",
    "insecurity": "insecurity_partner",
    "target_alliance": "PTallies",
    "target_rivalry": "PTrival",
    "rivalry": "LPrival",
    "target_region": "PTregion",
    "region": "LPregion",
    "joint_actions": "LPjoint",
    "joint_actions_against_target": "LPjoint_tee",
    "years_since_joint_action": "LPjoint_years",
    "opposed": "LPopposed",
    "past_joins": "Pjoins",
}
"""Keys of a partner, and the columns of the record that they are."""

_CRISIS = {
    "severity": "severity",
    "post_cold_war": "pcw",
    "un_support": "unsupport",
    "leader_democracy": "demL",
    "major_leader": "Lmaj",
    "leader_target_distance": "LTdist",
    "past_coalitions": "Ljoined",
}
# Histories: a scenario that is silent about one says that there is none.
_NONE_BEFORE = {
    "LPjoint": 0.0,
    "LPjoint_tee": 0.0,
    "LPjoint_years": None,
    "LPopposed": 0.0,
    "Pjoins": 0.0,
    "Ljoined": 0.0,
}
_FLAGS = {
    "alliance",
    "contiguity",
    "leader_contiguity",
    "democracy",
    "post_cold_war",
    "un_support",
    "leader_democracy",
    "major_leader",
    "target_alliance",
    "target_rivalry",
    "rivalry",
    "target_region",
    "region",
}
_TABLES = {"title", "leader", "target", "crisis", "partners", "joined"}


def read_forecast_scenario(path: str | os.PathLike[str], estimates: Estimates) -> Subject:
    """Read a scenario file for a forecast.

    It has ``title``; ``[leader]`` with ``name``, ``strength`` and ``security``; ``[target]`` with
    ``name`` and ``strength``; ``[crisis]`` with what the terms of the estimates need of it
    (``severity``, ``post_cold_war`` ...); ``[[partners]]`` with ``name``, ``strength`` and what
    the terms need (``divergence``, ``distance`` in kilometres to the target's capital,
    ``alliance``, ``contiguity``, ``democracy``, ``insecurity`` ...), in the units of the record's
    codebook; and, if known, ``joined``, a list of names. Histories such as ``joint_actions`` are
    none where nothing is said. Strengths are shares of the world's capabilities.

    Raises
    ------
    ScenarioError
        If the file cannot be read, has an unknown key, lacks what the estimates need, or a value
        is out of range.
    EstimationError
        If the estimates measure strength by something a scenario does not say.
    """
    content = read_toml(path)
    try:
        return forecast_subject(content, estimates)
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def forecast_subject(content: Mapping[str, Any], estimates: Estimates) -> Subject:
    """Build what the content of a scenario file for forecasts describes."""
    if estimates.model.strength == "milex":
        raise EstimationError("scenario files give strength as cinc; the estimates have milex")
    if "game" in content:
        raise ScenarioError(
            "[game] belongs to the theory, which `willing solve` reads; a forecast needs [crisis] "
            "and the terms of the estimates instead"
        )
    check_keys(content, "the file", _TABLES)
    for table in ("leader", "target", "crisis", "partners"):
        if table not in content:
            raise ScenarioError(f"the table [{table}] is missing")
    leader, target, crisis = content["leader"], content["target"], content["crisis"]
    check_keys(leader, "leader", {"name", "strength", "security"})
    check_keys(target, "target", {"name", "strength"})
    check_keys(crisis, "crisis", set(_CRISIS))
    _need(leader, "leader", ("name", "strength", "security"))
    _need(target, "target", ("name", "strength"))
    check_number(leader["strength"], "leader.strength", above=0.0)
    check_number(leader["security"], "leader.security", least=0.0, most=1.0)
    check_number(target["strength"], "target.strength", above=0.0)
    partners = content["partners"]
    if not isinstance(partners, list) or not partners:
        raise ScenarioError("partners must be a list of tables, each headed [[partners]]")
    check_name(leader["name"], "leader.name")
    check_name(target["name"], "target.name")
    names = [_partner_name(each, place) for place, each in enumerate(partners, start=1)]
    if len({*names, leader["name"], target["name"]}) < len(names) + 2:
        raise ScenarioError("leader, target and partners need unique names")
    joined = content.get("joined")
    for name in _names(joined):
        if name not in names:
            raise ScenarioError(f"joined names {quoted(name)}, who is not a partner")
    shared = {_CRISIS[key]: _value(key, value, "crisis") for key, value in crisis.items()}
    shared |= {"cinc_ell": float(leader["strength"]), "cinc_tee": float(target["strength"])}
    rows = [
        {_TRIAD[k]: _value(k, v, f"partner '{p['name']}'") for k, v in p.items() if k != "name"}
        for p in partners
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        **{name: pl.lit(value) for name, value in shared.items()}
    )
    codes = np.arange(FIRST_CODE, FIRST_CODE + len(names))
    sides = _arrays(
        frame, names, codes, estimates, security=float(leader["security"]), joined=set(joined or ())
    )
    states = dict(zip(codes.tolist(), names, strict=True))
    states |= {LEADER_CODE: leader["name"], TARGET_CODE: target["name"]}
    title = content.get("title", f"{leader['name']} against {target['name']}")
    check_title(title, "title")
    return Subject(title, sides, states, observed=joined is not None)


def _arrays(
    frame: pl.DataFrame,
    names: list[str],
    codes: np.ndarray[Any, np.dtype[np.int64]],
    estimates: Estimates,
    *,
    security: float,
    joined: set[str],
) -> Sides:
    terms = [name for name in estimates.sides.terms if name != "constant"]
    needed = dict.fromkeys(part for term in terms for part in term.split(":"))
    keys = {column: key for key, column in (_TRIAD | _CRISIS).items()}
    frame = frame.with_columns(insecurity_leader=pl.lit(1.0 - security)).with_columns(
        (pl.col(name).fill_null(none) if none is not None else pl.col(name))
        if name in frame.columns
        else pl.lit(none, dtype=pl.Float64).alias(name)
        for name, none in _NONE_BEFORE.items()
    )
    for name in needed:
        for column in term_roots(name):
            absent = column not in frame.columns
            if column in _NONE_BEFORE:
                continue
            if absent or frame[column].null_count():
                row = 0 if absent else int(frame[column].is_null().arg_max() or 0)
                place = "[crisis]" if keys[column] in _CRISIS else f"partner '{names[row]}'"
                raise ScenarioError(f"{place} lacks {keys[column]}, which the estimates need")
    columns = term_columns(frame, terms)
    design = [np.prod([columns[part] for part in term.split(":")], axis=0) for term in terms]
    strengths = add_strength(frame, estimates.model.strength)
    order = np.argsort(-strengths["m_pee"].to_numpy(), kind="stable")
    return Sides(
        names=("scenario",),
        crisis=np.array([0]),
        start=np.array([0, len(names)]),
        partner=codes[order],
        strength=strengths["m_pee"].to_numpy()[order],
        design=np.column_stack([*design, np.ones(len(names))])[order],
        joined=np.array([name in joined for name in names])[order],
        terms=estimates.sides.terms,
        leader=np.array([LEADER_CODE]),
        target=np.array([TARGET_CODE]),
        leader_strength=strengths["m_ell"].to_numpy()[:1],
        target_strength=strengths["m_tee"].to_numpy()[:1],
        insecurity=np.array([1.0 - security]),
    )


def term_roots(name: str) -> list[str]:
    """Name the columns of the record that a term is computed from."""
    from willing.structural.terms import TERMS

    return TERMS[name].meta.root_names()


def _names(joined: Any) -> list[Any]:
    if joined is not None and not isinstance(joined, list):
        raise ScenarioError(f"joined is {quoted(joined)}; it must be a list of names")
    return joined or []


def _need(table: Mapping[str, Any], place: str, keys: tuple[str, ...]) -> None:
    missing = [key for key in keys if key not in table]
    if missing:
        raise ScenarioError(f"{place} lacks {', '.join(missing)}")


def _partner_name(table: Any, place: int) -> str:
    check_keys(table, f"partners[{place}]", {"name", *_TRIAD})
    _need(table, f"partners[{place}]", ("name", "strength"))
    check_name(table["name"], f"partners[{place}].name")
    return str(table["name"])


def _value(key: str, value: Any, place: str) -> float:
    if key in _FLAGS:
        if not isinstance(value, bool):
            raise ScenarioError(f"{place}: {key} is {quoted(value)}; it must be true or false")
        return float(value)
    most = 1.0 if key in ("insecurity", "strength") else float("inf")
    check_number(value, f"{place}: {key}", least=0.0, most=most)
    return float(value)
