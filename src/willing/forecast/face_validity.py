"""Face validity: who is held likeliest beside the leaders of crises that everybody knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from willing.forecast.forecast import forecast
from willing.forecast.forecast_scenario import forecast_subject
from willing.forecast.result import Forecast
from willing.forecast.scenario_of_states import scenario
from willing.forecast.subject import Subject, subject_of_record
from willing.record.store import Record
from willing.report.tables import Table
from willing.structural.estimates import Estimates
from willing.structural.stored import estimates_of, sample_of


@dataclass(frozen=True)
class Known:
    """A crisis whose likeliest partners a reader can judge.

    Attributes
    ----------
    called
        What to call it.
    side
        The leader side of the record as ``crisno-target``; or leader, target and year of a
        scenario.
    unlikely
        States that should not be among the likeliest.
    """

    called: str
    side: str | tuple[str, str, int]
    unlikely: tuple[str, ...] = ()


CRISES = (
    Known("Korea 1950", "132-731", ("China",)),
    Known("Korea 1950, China", "133-710", ("North Korea",)),
    Known("Gulf 1990", "393-645", ("Libya",)),
    Known("Kosovo 1999", "430-345", ("Russia",)),
    Known("Afghanistan 2001", "434-700"),
    Known("Iraq 2002-2003", "440-645", ("Syria",)),
    Known("Libya 2011", "464-620"),
    Known("Taiwan Strait 1958", "166-710", ("North Korea",)),
    Known("Georgia 2008", "458-365", ("Belarus",)),
    Known("Crimea and Donbass 2014", "471-365", ("Belarus",)),
    Known("scenario of 2024", ("USA", "China", 2024), ("North Korea",)),
    Known("scenario of 2024", ("Georgia", "Russia", 2024), ("Belarus",)),
    Known("scenario of 2024", ("Russia", "Georgia", 2024), ("USA",)),
)
SHOWN = 10


def likeliest_partners(record: Record, crises: Sequence[Known] = CRISES) -> Table:
    """List the ten likeliest partners by the best model, each crisis held out.

    Parameters
    ----------
    record
        The record.
    crises
        Crises and scenarios.
    """
    estimates = estimates_of(sample_of(record))
    rows = []
    for known in crises:
        subject = _subject(record, estimates, known)
        found = forecast(estimates, subject, model="best", draws=2)
        rows.append(
            {
                "crisis": known.called,
                "leader against target": f"{found.leader} against {found.target}",
                "the ten likeliest": _listed(found),
                "among them": _hits(found),
                "unlikely": ", ".join(_placed(found, subject, known.unlikely)),
            }
        )
    note = (
        "Each crisis held out; capitals joined. Among them: of those who joined, how many are "
        "among the ten likeliest. Unlikely: place and probability of states that should not be."
    )
    return Table("likeliest", "Who is held likeliest to join", pl.DataFrame(rows), note)


def _subject(record: Record, estimates: Estimates, known: Known) -> Subject:
    if isinstance(known.side, str):
        return subject_of_record(record, estimates.model, known.side)
    leader, target, year = known.side
    filled = scenario(leader, target, year=year, record=record)
    return forecast_subject(filled.to_dict(), estimates)


def _listed(found: Forecast) -> str:
    top = found.to_frame().head(SHOWN)
    return ", ".join(
        f"{row['partner'].upper() if row['joined'] else row['partner']} {row['join']:.2f}"
        for row in top.iter_rows(named=True)
    )


def _hits(found: Forecast) -> str:
    if found.joined is None:
        return ""
    frame = found.to_frame()
    return f"{int(frame.head(SHOWN)['joined'].sum())} of {int(frame['joined'].sum())}"


def _placed(found: Forecast, subject: Subject, states: Sequence[str]) -> Iterator[str]:
    """Say at which place states stand, and with what probability."""
    ranked = found.to_frame()
    not_asked = [name for name in states if name in found.facing]
    yield from (f"{name} not asked" for name in not_asked)
    for code in subject.codes([name for name in states if name not in not_asked]):
        place = int((ranked["code"] == code).arg_true()[0])
        yield f"{subject.states[code]} {place + 1} ({ranked['join'][place]:.4f})"
