"""Face validity: who is held likeliest beside the leaders of crises that everybody knows."""

from __future__ import annotations

import polars as pl

from willing.forecast.forecast import forecast
from willing.forecast.result import Forecast
from willing.forecast.subject import subject_of_record
from willing.record.store import Record
from willing.report.tables import Table
from willing.structural.stored import estimates_of, sample_of

CRISES = {
    "132-731": "Korea 1950",
    "133-710": "Korea 1950, China",
    "393-645": "Gulf 1990",
    "430-345": "Kosovo 1999",
    "434-700": "Afghanistan 2001",
    "440-645": "Iraq 2002-2003",
    "464-620": "Libya 2011",
    "166-710": "Taiwan Strait 1958",
    "458-365": "Georgia 2008",
    "471-365": "Crimea and Donbass 2014",
}
"""Leader sides by their names in the record."""
SHOWN = 10


def likeliest_partners(record: Record, sides: dict[str, str] = CRISES) -> Table:
    """List the ten likeliest partners by the best model, each crisis held out.

    Parameters
    ----------
    record
        The record.
    sides
        Leader sides as ``crisno-target``, and what to call them.
    """
    estimates = estimates_of(sample_of(record))
    rows = []
    for side, called in sides.items():
        subject = subject_of_record(record, estimates.model, side)
        found = forecast(estimates, subject, model="best", draws=2)
        rows.append(
            {
                "crisis": called,
                "leader against target": f"{found.leader} against {found.target}",
                "the ten likeliest": _listed(found),
                "among them": _hits(found),
            }
        )
    note = (
        "Each crisis held out; capitals joined. The last column: of those who joined, how many are "
        "among the ten likeliest."
    )
    return Table("likeliest", "Who is held likeliest to join", pl.DataFrame(rows), note)


def _listed(found: Forecast) -> str:
    top = found.to_frame().head(SHOWN)
    return ", ".join(
        f"{row['partner'].upper() if row['joined'] else row['partner']} {row['join']:.2f}"
        for row in top.iter_rows(named=True)
    )


def _hits(found: Forecast) -> str:
    frame = found.to_frame()
    came = int(frame["joined"].fill_null(False).sum())
    return f"{int(frame.head(SHOWN)['joined'].fill_null(False).sum())} of {came}"
