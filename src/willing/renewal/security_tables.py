"""The tables of the page on measures of security: definitions, quality, both hypotheses, ladder."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from willing.replication.by_measure import SecurityStudy
    from willing.replication.ladder import Ladder

# Of the study without draws; the tests with both stages' uncertainty are embedded.
_OF_STUDY = ("measures", "within", "correlations", "stakes")


def security_tables() -> dict[str, Callable[[], str]]:
    """Give what writes each table of the page on security, by name."""
    return {
        "security/office": _office_at_stake,
        "security/definitions": _definitions,
        **{f"security/{name}": _of_study(name) for name in _OF_STUDY},
        "security/tests": _tests,
        "security/ladder": lambda: _ladder().table().to_markdown(),
        "security/ladder-means": lambda: _ladder().means_table().to_markdown(),
    }


def _office_at_stake() -> str:
    from willing.record.office_at_stake import office_at_stake
    from willing.record.store import load_record

    return str(office_at_stake(load_record(years="all").outcomes))


def _definitions() -> str:
    from willing.report.tables import Table
    from willing.security.measures import MEASURES

    rows = [
        {
            "measure": one.name,
            "what it is": one.definition,
            "estimated from": one.covariates,
            "days": f"{one.years[0]}-{one.years[1]}",
            "insecure": "high values" if one.sign > 0 else "low values",
        }
        for one in MEASURES.values()
    ]
    return Table("definitions", "What each measure is", pl.DataFrame(rows)).to_markdown()


@cache
def _study() -> SecurityStudy:
    from willing.replication.by_measure import study_security

    return study_security()


def _of_study(name: str) -> Callable[[], str]:
    def text() -> str:
        found = {table.name: table for table in _study().tables()}
        return found[name].to_markdown()

    return text


def _tests() -> str:
    from willing.replication.by_measure import tables_of_tests
    from willing.replication.tests_by_measure import DRAWS, tests_by_measure

    return "\n".join(table.to_markdown() for table in tables_of_tests(tests_by_measure(), DRAWS))


@cache
def _ladder() -> Ladder:
    from willing.replication.ladder import climb

    return climb()
