"""Fill in a scenario: who leads, whom she faces, who may join, and everything else from sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from willing.errors import ScenarioError
from willing.forecast.filled_scenario import FilledScenario
from willing.forecast.known_states import load_known_states
from willing.forecast.last_values import Known, LastValues
from willing.numbers import check_number
from willing.record.histories import add_past_action, with_leads
from willing.record.store import Record, load_record
from willing.record.triad_covariates import COLD_WAR_ENDED
from willing.sources.state_names import find_state
from willing.sources.states import members
from willing.structural.stored import stored_contest
from willing.theory.scenario import toml_value

SEVERITY = 3
MAX_AGE = 5
# The sources begin in 1816.
MOST_AGE = 1000
# The first day of which the tables know leaders, and so the first year of a scenario.
FIRST_YEAR, LAST_YEAR = 1946, 2100
_HAZARD, _SIGMA, _R = "hazard", "survival_given_defeat", "survival_given_victory"

Row = dict[str, Any]


def scenario(
    leader: str | int,
    target: str | int,
    partners: str | Iterable[str | int] | None = None,
    *,
    year: int,
    severity: int = SEVERITY,
    max_age: int = MAX_AGE,
    refuse_old: bool = False,
    security: float | None = None,
    record: Record | None = None,
) -> FilledScenario:
    """Fill in a scenario from the last years that the sources cover.

    Parameters
    ----------
    leader, target
        States, by name, COW code, COW abbreviation or ISO 3166 code.
    partners
        Those who may join, likewise: several, or a text in which commas part them. By default
        every other member of the state system of whom the sources have all values.
    year
        The crisis begins with this year. Values are those known by then, as in the record.
    severity
        Of violence, 1 (none) to 4 (full-scale war); yours to say.
    max_age
        Years after which a value counts as old.
    refuse_old
        Whether old values are refused instead of flagged.
    security
        The leader's probability of keeping office after defeat, if it is to be yours.
    record
        The record that earlier joint action is counted in; the embedded one by default.

    Returns
    -------
    FilledScenario
        Prints its remarks; `FilledScenario.to_toml` gives the file for ``willing forecast``,
        ``willing solve`` and ``willing wider``.

    Raises
    ------
    ScenarioError
        If a state is not known or named twice, leader or target lacks a value, or an old value is
        refused.

    Examples
    --------
    >>> import willing as w
    >>> taiwan = w.scenario("USA", "China", "Japan, Taiwan, Australia", year=2024)
    >>> w.forecast(taiwan)  # doctest: +SKIP
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ScenarioError(f"year={year}; a scenario is of {FIRST_YEAR} to {LAST_YEAR}")
    if severity not in (1, 2, 3, 4):
        raise ScenarioError(
            f"severity={severity}; it is from 1 (no violence) to 4 (full-scale war)"
        )
    if not 0 <= max_age <= MOST_AGE:
        raise ScenarioError(f"max_age={max_age}; it is a number of years, 0 to {MOST_AGE}")
    day = date(year, 1, 1)
    names: dict[int, str] = dict(members(day).select("ccode", "name").iter_rows())
    L, T = find_state(leader, day), find_state(target, day)
    asked = None if partners is None else [find_state(each, day) for each in _several(partners)]
    if asked is not None and not asked:
        raise ScenarioError("no partner is named; name some, or ask for every state")
    everybody = [L, T, *(asked or [])]
    if twice := {code for code in everybody if everybody.count(code) > 1}:
        raise ScenarioError(f"{', '.join(names[code] for code in sorted(twice))} is named twice")
    codes = [code for code in names if code not in (L, T)] if asked is None else asked
    last = LastValues(load_known_states(), year)
    past = _past(record or load_record(years="all"), year, L, T, codes)
    by_code = _partner_rows(last, past, L, T, codes, names)
    lacks = {
        code: [row["key"] for row in rows if row["value"] is None] for code, rows in by_code.items()
    }
    kept = [code for code in codes if asked is not None or not lacks[code]]
    kept.sort(key=lambda code: -(last.of_state("cinc", code).value or 0.0))
    rows = [
        *_leader_rows(last, L, names[L], security),
        *_target_rows(last, T, names[T]),
        *_crisis_rows(last, severity, past, L, T),
        *(row for code in kept for row in by_code[code] if row["value"] is not None),
        *_game_rows(),
    ]
    found = FilledScenario(
        title=f"{names[L]} against {names[T]}, {year}",
        year=year,
        values=_frame(rows),
        left_out={names[code]: lacks[code] for code in codes if code not in kept},
        lacking={names[code]: lacks[code] for code in kept if lacks[code]},
        max_age=max_age,
    )
    if refuse_old and found.old.height:
        flagged = [line for line in found.remarks() if line.startswith("older than")]
        raise ScenarioError(f"{'; '.join(flagged)}. Allow more years, or take an earlier year")
    return found


def _several(partners: str | Iterable[str | int]) -> Sequence[str | int]:
    if isinstance(partners, str):
        return [each for each in (part.strip() for part in partners.split(",")) if each]
    return list(partners)


def _leader_rows(last: LastValues, code: int, name: str, security: float | None) -> list[Row]:
    known = {
        "strength": last.of_state("cinc", code),
        "security": last.leader(code, _SIGMA),
        "retention": last.leader(code, _R),
        "hazard": last.leader(code, _HAZARD),
    }
    if security is not None:
        check_number(security, "security", least=0.0, most=1.0)
        # Her own hazard would speak of another leader than this one.
        del known["hazard"]
        known["security"] = Known(security, note="yours to say")
    return _required("leader", code, name, last.year, known)


def _target_rows(last: LastValues, code: int, name: str) -> list[Row]:
    known = {"strength": last.of_state("cinc", code)}
    return _required("target", code, name, last.year, known)


def _required(table: str, code: int, name: str, year: int, known: dict[str, Known]) -> list[Row]:
    missing = [key for key, found in known.items() if found.value is None]
    if missing:
        raise ScenarioError(
            f"no source has {', '.join(missing)} of {name} for a crisis of {year}; write the file "
            "by hand, or take another year"
        )
    return _rows(table, code, name, known)


def _crisis_rows(
    last: LastValues, severity: int, past: Mapping[int, Mapping[str, Known]], L: int, T: int
) -> list[Row]:
    known = {
        "severity": Known(severity, note="yours: 1 no violence, 4 full-scale war"),
        "post_cold_war": Known(last.year >= COLD_WAR_ENDED),
        "leader_democracy": last.of_state("democracy", L),
        "major_leader": last.major(L),
        "major_target": last.major(T),
        "leader_target_distance": last.distance((L, T)),
        # The same with every partner, because it is of the leader alone.
        "past_coalitions": next(iter(past.values()))["past_coalitions"],
    }
    present = {key: found for key, found in known.items() if found.value is not None}
    return _rows("crisis", None, "", present)


def _partner_rows(
    last: LastValues,
    past: Mapping[int, Mapping[str, Known]],
    L: int,
    T: int,
    codes: Sequence[int],
    names: dict[int, str],
) -> dict[int, list[Row]]:
    """By state, everything that is known of it; values that are not known are None."""
    apart = last.divergences([(other, code) for code in codes for other in (L, T)])
    found = {}
    for code in codes:
        known = {
            "strength": last.of_state("cinc", code),
            "divergence": apart[L, code],
            "target_divergence": apart[T, code],
            "distance": last.distance((T, code)),
            "leader_distance": last.distance((L, code)),
            "alliance": last.allied((L, code)),
            "target_alliance": last.allied((T, code)),
            "contiguity": last.contiguous((T, code)),
            "leader_contiguity": last.contiguous((L, code)),
            "rivalry": last.rivals((L, code)),
            "target_rivalry": last.rivals((T, code)),
            "region": last.same_region((L, code)),
            "target_region": last.same_region((T, code)),
            "democracy": last.of_state("democracy", code),
            "insecurity": last.leader(code, _HAZARD),
            **{key: value for key, value in past[code].items() if key != "past_coalitions"},
        }
        found[code] = _rows("partners", code, names[code], known)
    return found


_HISTORY = {
    "LPjoint": "joint_actions",
    "LPjoint_tee": "joint_actions_against_target",
    "LPjoint_years": "years_since_joint_action",
    "LPopposed": "opposed",
    "LPopposed_years": "years_since_opposed",
    "Pjoins": "past_joins",
    "Ljoined": "past_coalitions",
}


def _past(
    record: Record, year: int, L: int, T: int, codes: Sequence[int]
) -> dict[int, dict[str, Known]]:
    """What leader and partners did in the crises of the record that had ended by 1 January."""
    triads = pl.DataFrame(
        {"leader": L, "target": T, "partner": list(codes)},
        schema=dict.fromkeys(("leader", "target", "partner"), pl.Int64),
    ).with_columns(start=pl.lit(date(year, 1, 1)))
    members_of = with_leads(record.members, record.sides)
    told = add_past_action(triads, members_of, record.crises)
    until = min(year - 1, record.manifest.years[1])
    found: dict[int, dict[str, Known]] = {}
    for row in told.iter_rows(named=True):
        found[row["partner"]] = {
            key: Known(row[name], until) for name, key in _HISTORY.items() if row[name] is not None
        }
    return found


def _game_rows() -> list[Row]:
    """The contest that the outcomes of crises tell, so that all commands ask the same one."""
    contest = stored_contest()
    note = "from how crises ended; yours to change"
    return _rows("game", None, "", {key: Known(value, note=note) for key, value in contest.items()})


def _rows(table: str, code: int | None, name: str, known: dict[str, Known]) -> list[Row]:
    named = {"name": Known(name)} if name else {}
    return [
        {
            "table": table,
            "code": code,
            "state": name,
            "key": key,
            "value": None if found.value is None else toml_value(found.value),
            "of": found.year,
            "note": found.note,
        }
        for key, found in (named | known).items()
    ]


def _frame(rows: list[Row]) -> pl.DataFrame:
    schema = {
        "table": pl.String,
        "code": pl.Int64,
        "state": pl.String,
        "key": pl.String,
        "value": pl.String,
        "of": pl.Int64,
        "note": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)
