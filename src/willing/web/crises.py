"""The crises to choose from: scenario files of the package and the leader sides of the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from math import floor
from typing import Any

import polars as pl

from willing.record.crisis_names import capitalised
from willing.record.retention import Survival, survival_of
from willing.record.store import Record, load_record
from willing.sources.names_by_date import name_on
from willing.web.draft import Draft, Row, Rules, plain, read_upload

# Where the record gives no security the leader starts here.
UNKNOWN_SECURITY = 0.5
# One cost for all states, in units of the value of victory: the record knows no costs.
RECORD_COST = 0.001
# Chosen so that capabilities of very unequal states leave something for partners to change.
RECORD_RULES = Rules(decisiveness="0.5", aversion="0.5", friction="0.01", noise="0.0005")
_WORKED = (
    "A worked example: divergences are rough, strengths, costs and rules are chosen to illustrate. "
    "Costs and payments are in units of the leader's value of victory."
)


@dataclass(frozen=True)
class Choice:
    """A crisis to choose: its key, its group and label in the list, and how to get it."""

    key: str
    group: str
    label: str
    draft: Callable[[], Draft]


@lru_cache(maxsize=1)
def choices() -> dict[str, Choice]:
    """Give all crises to choose from, by key, in the order of the list."""
    found = [*_scenarios(), *_sides(load_record(years="all"))]
    return {choice.key: choice for choice in found}


def matching(search: str) -> dict[str, dict[str, str]]:
    """Give the labels of the crises that hold every word of a search: group, then key to label."""
    words = search.lower().split()
    groups: dict[str, dict[str, str]] = {}
    for choice in choices().values():
        if all(word in choice.label.lower() for word in words):
            groups.setdefault(choice.group, {})[choice.key] = choice.label
    return groups


def _scenarios() -> list[Choice]:
    folder = resources.files("willing.web") / "scenarios"
    files = sorted((file for file in folder.iterdir()), key=lambda file: file.name)
    found = []
    for file in files:
        draft = replace(read_upload(file.read_text(encoding="utf-8")), about=_WORKED)
        found.append(Choice(file.name, "Worked examples", draft.title, lambda draft=draft: draft))  # type: ignore[misc]
    return found


def _sides(record: Record) -> list[Choice]:
    """Give the sides that have a leader and partners, latest decade last."""
    triads = record.triads.filter("foremost")
    first = triads.group_by("side", maintain_order=True).first().sort("start", "side")
    found = []
    for row in first.iter_rows(named=True):
        leader, target = (name_on(row[role], row["start"]) for role in ("leader", "target"))
        if row["cinc_ell"] is None or row["cinc_tee"] is None:
            continue
        who = leader if row["Lname"] is None else f"{leader} ({row['Lname']})"
        day = f"{row['start']:%d %B %Y}".lstrip("0")
        label = f"{day}, {capitalised(row['crisname'])}: {who} against {target}"
        found.append(
            Choice(
                key=row["side"],
                group=f"The record, {row['year'] // 10 * 10}s",
                label=label,
                draft=lambda row=row, label=label: _draft(record, row, label),  # type: ignore[misc]
            )
        )
    return found


def _draft(
    record: Record,
    first: dict[str, Any],
    label: str,
) -> Draft:
    rows = record.triads.filter("foremost", pl.col("side") == first["side"]).sort(
        "cinc_pee", descending=True, nulls_last=True
    )
    partners = [name_on(code, first["start"]) for code in rows["partner"]]
    survival = survival_of(record, first["leader"], first["start"])
    convention = survival_of(record, first["leader"], first["start"], by="hazard")
    joined = [
        name for name, join in zip(partners, rows["join"].to_list(), strict=True) if join == 1
    ]
    return Draft(
        title=label,
        leader=name_on(first["leader"], first["start"]),
        leader_strength=_short(first["cinc_ell"]),
        target=name_on(first["target"], first["start"]),
        target_strength=_short(first["cinc_tee"]),
        rows=tuple(
            Row(name, _short(strength), _short(divergence), plain(RECORD_COST))
            for name, strength, divergence in zip(
                partners, rows["cinc_pee"], rows["difLPv"], strict=True
            )
        ),
        security=UNKNOWN_SECURITY if survival is None else survival.security,
        rules=_rules(survival),
        about=(
            "From the record. Strength is a state's share of world military capabilities (CINC) "
            "and divergence the distance of its UN ideal point from the leader's, both to four "
            "digits. "
            + (
                "Who led the state is not known, so the leader's security starts at "
                f"{UNKNOWN_SECURITY:g}. "
                if survival is None or convention is None
                else f"{_said(survival)} By the convention 1 - h they would be "
                f"{convention.security:.2f} and 1. "
            )
            + f"The costs of taking part, {RECORD_COST:g} for all, and the rules are assumptions "
            "for you to change."
        ),
        joined=frozenset(joined),
    )


def _rules(survival: Survival | None) -> Rules:
    """The rules to start from, with the leader's own retention.

    Where she is likely to lose office even after a victory, the value of office is lowered until
    victory is not worth less than nothing to her, as the game requires.
    """
    if survival is None:
        return RECORD_RULES
    retention = round(survival.retention, 2)
    most = 1.0 / (1.0 - retention) if retention < 1.0 else float(RECORD_RULES.office)
    office = min(float(RECORD_RULES.office), floor(10 * most) / 10)
    return replace(RECORD_RULES, retention=f"{retention:g}", office=f"{office:g}")


def _said(survival: Survival) -> str:
    """What the record says of the leader's survival in office."""
    punished = (
        ""
        if survival.punished is None
        else f" Of the risk of losing office within the year {survival.punished:.0%} is one of "
        "exile, jail or death."
    )
    return (
        f"From what became of leaders after crises: {survival}, with 95 % intervals. Security is "
        f"the probability of keeping office after a defeat, retention after a victory.{punished}"
    )


def _short(number: float | None) -> str:
    return plain(number, digits=4)
