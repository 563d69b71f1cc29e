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
from willing.structural.leader_sides import Sides
from willing.structural.terms import TERMS, term_columns
from willing.texts import check_name, check_title, quoted
from willing.theory.scenario import read_toml
from willing.theory.scenario_keys import FORECAST, check_content

LEADER_CODE, TARGET_CODE, FIRST_CODE = 1, 2, 11
"""Codes that stand for the states of a scenario file; candidates are numbered from 11."""

PARTNER_COLUMNS = {
    "strength": "cinc_pee",
    "divergence": "difLPv",
    "target_divergence": "difTPv",
    "distance": "PTdist",
    "leader_distance": "LPdist",
    "alliance": "LPallies",
    "contiguity": "PTcontig",
    "leader_contiguity": "LPcontig",
    "democracy": "demP",
    "insecurity": "hazard_partner",
    "target_alliance": "PTallies",
    "target_rivalry": "PTrival",
    "rivalry": "LPrival",
    "target_region": "PTregion",
    "region": "LPregion",
    "joint_actions": "LPjoint",
    "joint_actions_against_target": "LPjoint_tee",
    "years_since_joint_action": "LPjoint_years",
    "opposed": "LPopposed",
    "years_since_opposed": "LPopposed_years",
    "past_joins": "Pjoins",
}
"""Keys of a partner, and the columns of the record that they are."""

CRISIS_COLUMNS = {
    "severity": "severity",
    "post_cold_war": "pcw",
    "un_support": "unsupport",
    "leader_democracy": "demL",
    "major_leader": "Lmaj",
    "major_target": "Tmaj",
    "leader_target_distance": "LTdist",
    "past_coalitions": "Ljoined",
}
"""Keys of ``[crisis]``, and the columns of the record that they are."""
# Histories and the target's protection: a scenario that is silent about them says that there are
# none.
_NONE_SAID = {
    "LPjoint": 0.0,
    "LPjoint_tee": 0.0,
    "LPjoint_years": None,
    "LPopposed": 0.0,
    "LPopposed_years": None,
    "Pjoins": 0.0,
    "Ljoined": 0.0,
    "PTallies": 0.0,
    "Tmaj": 0.0,
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
    "major_target",
    "target_alliance",
    "target_rivalry",
    "rivalry",
    "target_region",
    "region",
}


def read_forecast_scenario(path: str | os.PathLike[str], estimates: Estimates) -> Subject:
    """Read a scenario file for a forecast.

    Of the file that all commands share (`willing.theory.scenario_keys.KEYS`) a forecast takes
    ``title``, ``[leader]``, ``[target]``, ``[crisis]``, ``[[partners]]`` and ``joined``. What it
    needs of crisis and partners depends on the terms of the estimates, in the units of the
    record's codebook; histories such as ``joint_actions`` are none where nothing is said, and so
    are ``target_alliance`` and ``major_target``. Strengths are shares of the world's capabilities.
    A partner whose ``years_since_opposed`` is 0 faces the leader in an open crisis: not asked.

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
    check_content(content, FORECAST, also=_needed(estimates))
    leader, target, crisis = content["leader"], content["target"], content["crisis"]
    check_number(leader["strength"], "leader.strength", above=0.0)
    check_number(target["strength"], "target.strength", above=0.0)
    for key in ("security", "retention", "hazard"):
        if key in leader:
            check_number(leader[key], f"leader.{key}", least=0.0, most=1.0)
    partners = content["partners"]
    if not partners:
        raise ScenarioError("partners must be a list of tables, each headed [[partners]]")
    check_name(leader["name"], "leader.name")
    check_name(target["name"], "target.name")
    for place, each in enumerate(partners, start=1):
        check_name(each["name"], f"partners[{place}].name")
    names = [str(each["name"]) for each in partners]
    if len({*names, leader["name"], target["name"]}) < len(names) + 2:
        raise ScenarioError("leader, target and partners need unique names")
    joined = content.get("joined")
    for name in _names(joined):
        if name not in names:
            raise ScenarioError(f"joined names {quoted(name)}, who is not a partner")
    shared = {CRISIS_COLUMNS[key]: _value(key, value, "crisis") for key, value in crisis.items()}
    shared |= {"cinc_ell": float(leader["strength"]), "cinc_tee": float(target["strength"])}
    rows = [
        {
            PARTNER_COLUMNS[key]: _value(key, value, f"partner '{each['name']}'")
            for key, value in each.items()
            if key in PARTNER_COLUMNS
        }
        for each in partners
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        **{name: pl.lit(value) for name, value in shared.items()}
    )
    codes = np.arange(FIRST_CODE, FIRST_CODE + len(names))
    h, r = insecurity_of(leader, estimates)
    sides = _arrays(
        frame, names, codes, estimates, insecurity=h, retention=r, joined=set(joined or ())
    )
    states = dict(zip(codes.tolist(), names, strict=True))
    states |= {LEADER_CODE: leader["name"], TARGET_CODE: target["name"]}
    title = content.get("title", f"{leader['name']} against {target['name']}")
    check_title(title, "title")
    opposed = [each.get("years_since_opposed") == 0 for each in partners]
    facing = np.isin(sides.partner, codes[opposed])
    if facing.all():
        raise ScenarioError(
            "every partner faces the leader in an open crisis (years_since_opposed = 0); name one "
            "who does not"
        )
    return Subject(
        title,
        sides.only(~facing),
        states,
        observed=joined is not None,
        facing=tuple(sides.partner[facing].tolist()),
    )


def insecurity_of(leader: Mapping[str, Any], estimates: Estimates) -> tuple[float, float]:
    """Give the leader's insecurity by the measure of the estimates, and her retention `r`.

    It is :math:`r - \\sigma` where the estimates measure what a defeat takes from the chance to
    keep office, with `r` 1 unless the file says otherwise; else the yearly risk of losing office,
    or one less security where the file does not say it, and `r` is 1.
    """
    security = float(leader["security"])
    if estimates.by_stake:
        r = float(leader.get("retention", 1.0))
        return r - security, r
    return float(leader.get("hazard", 1.0 - security)), 1.0


def _needed(estimates: Estimates) -> dict[str, list[str]]:
    """Name the keys that the terms of the estimates are computed from, by table."""
    terms = [name for name in estimates.sides.terms if name != "constant"]
    columns = {
        column for term in terms for part in term.split(":") for column in term_roots(part)
    } - set(_NONE_SAID)
    return {
        table: [key for key, column in names.items() if column in columns]
        for table, names in (("partners", PARTNER_COLUMNS), ("crisis", CRISIS_COLUMNS))
    }


def _arrays(
    frame: pl.DataFrame,
    names: list[str],
    codes: np.ndarray[Any, np.dtype[np.int64]],
    estimates: Estimates,
    *,
    insecurity: float,
    retention: float,
    joined: set[str],
) -> Sides:
    terms = [name for name in estimates.sides.terms if name != "constant"]
    frame = frame.with_columns(insecurity_leader=pl.lit(insecurity)).with_columns(
        (pl.col(name).fill_null(none) if none is not None else pl.col(name))
        if name in frame.columns
        else pl.lit(none, dtype=pl.Float64).alias(name)
        for name, none in _NONE_SAID.items()
    )
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
        insecurity=np.array([insecurity]),
        retention=np.array([retention]),
    )


def term_roots(name: str) -> list[str]:
    """Name the columns of the record that a term is computed from."""
    return TERMS[name].meta.root_names()


def _names(joined: Any) -> list[Any]:
    if joined is not None and not isinstance(joined, list):
        raise ScenarioError(f"joined is {quoted(joined)}; it must be a list of names")
    return joined or []


def _value(key: str, value: Any, place: str) -> float:
    if key in _FLAGS:
        if not isinstance(value, bool):
            raise ScenarioError(f"{place}: {key} is {quoted(value)}; it must be true or false")
        return float(value)
    most = 1.0 if key in ("insecurity", "strength") else float("inf")
    check_number(value, f"{place}: {key}", least=0.0, most=most)
    return float(value)
