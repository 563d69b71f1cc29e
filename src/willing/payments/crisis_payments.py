"""What was paid around one crisis, as it is printed and taken away."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill, wrap
from typing import Any

import polars as pl

from willing.manner import Result
from willing.payments.panel import Series
from willing.record.crisis_names import capitalised
from willing.sources.states import UNITED_STATES

# What the series are called in the heads of tables, in their order.
SHORT = {"aid": "aid", "tiv": "arms", "troops": "troops"}
UNSEEN = (
    "Joining and being paid are not separated in time: a payment agreed before the crisis or paid "
    "outside the aid budget is invisible. Loans count at face value when signed; debt relief, "
    "what third parties paid, trade quotas, votes in the IMF and reimbursements by the Department "
    "of Defense are not in the files."
)


def not_american(leader: str) -> str:
    """Say why a crisis that the United States do not lead has arms only."""
    return (
        f"Led by {leader}, not by the United States: only the arms that the leader delivered. The "
        "files of aid and of troops tell what the United States gave."
    )


def series_of(leader: int) -> tuple[Series, ...]:
    """Give the series that speak of a leader: of others than the United States, arms only."""
    return ("aid", "tiv", "troops") if leader == UNITED_STATES else ("tiv",)


@dataclass(frozen=True, eq=False, repr=False)
class CrisisPayments(Result):
    """What the leader of a crisis gave to those who joined and to those who did not.

    Attributes
    ----------
    crisis, name, start
        ICB's number and name, and the first day.
    leader, leader_name
        COW code and name of the leader.
    targets
        Names of those against whom she leads.
    table
        One row a potential partner: ``ccode``, ``name``, ``joined`` (missing where no source
        tells), for each of ``aid`` (millions
        of dollars of fiscal year 2019), ``tiv`` and ``troops`` the yearly mean of the three years
        before and of the years 0 to 2 (``aid_before``, ``aid_after``), each of the latter
        (``aid_0`` ...) and the ``aid_change``: their sum less that of the three before;
        ``overlaps`` (other crises in which it joined this leader).
    notes
        What to know in reading it.
    """

    crisis: int
    name: str
    start: str
    leader: int
    leader_name: str
    targets: tuple[str, ...]
    table: pl.DataFrame
    notes: tuple[str, ...]

    @property
    def series(self) -> tuple[Series, ...]:
        """The series that speak of this leader."""
        return series_of(self.leader)

    def averages(self) -> pl.DataFrame:
        """Give number, mean and median change of joiners and of the others, a row each series.

        Those of whom nobody tells whether they joined are a row with ``joined`` missing.
        """
        rows = []
        for series in self.series:
            for joined in _WHO:
                change = self._of(joined)[f"{series}_change"]
                known = change.drop_nulls()
                if known.is_empty() and joined is None:
                    continue
                rows.append(
                    {
                        "series": series,
                        "joined": joined,
                        "states": len(known),
                        "mean_change": known.mean(),
                        "median_change": known.median(),
                        "gained": int((known > 0).sum()),
                    }
                )
        return pl.DataFrame(rows)

    def to_frame(self) -> pl.DataFrame:
        """The table."""
        return self.table

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "crisis": self.crisis,
            "name": self.name,
            "start": self.start,
            "leader": self.leader,
            "leader_name": self.leader_name,
            "targets": list(self.targets),
            "partners": self.table.to_dicts(),
            "summary": self.averages().to_dicts(),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        joined = self._of(True)
        head = (
            f"Crisis {self.crisis}, {capitalised(self.name)}, began {self.start}; led by "
            f"{self.leader_name} against {', '.join(self.targets)}"
        )
        lines = wrap(head, _WIDTH, break_on_hyphens=False)
        if joined.is_empty():
            lines.append("Nobody is known to have joined the leader.")
        else:
            lines += ["", "Joined", *self._lines(joined)]
        lines += [*self._gains(False), *self._gains(None), ""]
        for row in self.averages().iter_rows(named=True):
            if row["states"]:
                lines.append(
                    f"{_LABEL[row['series']]:30}{row['states']:3} {_WHO[row['joined']]:7} change: "
                    f"mean{row['mean_change']:>7,.0f}, median{row['median_change']:>6,.0f}, "
                    f"{row['gained']} up"
                )
        notes = (fill(note, _WIDTH, break_on_hyphens=False) for note in self.notes)
        return "\n".join([*lines, "", *notes])

    def _of(self, joined: bool | None) -> pl.DataFrame:
        return self.table.filter(pl.col("joined").eq_missing(pl.lit(joined, pl.Boolean)))

    def _gains(self, joined: bool | None) -> list[str]:
        """The ten states that gained most of those who stayed away, or of whom nobody tells."""
        rows, lead = self._of(joined), self.series[0]
        if rows.is_empty():
            return []
        who = "Did not join" if joined is False else "Not known whether they joined"
        known = rows.drop_nulls(f"{lead}_change")
        gained = known.top_k(10, by=f"{lead}_change").filter(pl.col(f"{lead}_change") > 0)
        if known.is_empty():
            return ["", f"{who}: {rows.height} states; the file of {SHORT[lead]} has no change"]
        if gained.is_empty():
            return ["", f"{who}: {rows.height} states, none of which gained {SHORT[lead]}"]
        return ["", f"{who}, largest gains in {_LABEL[lead]}", *self._lines(gained)]

    def _lines(self, rows: pl.DataFrame) -> list[str]:
        heads = "".join(f" {SHORT[one]:>7} {'change':>8}" for one in self.series)
        lines = [f"  {'a year before, and change':{_NAME}}{heads}"]
        ordered = rows.sort(f"{self.series[0]}_change", descending=True, nulls_last=True)
        also: dict[str, list[str]] = {}
        for row in ordered.iter_rows(named=True):
            cells = "".join(
                f" {_number(row[f'{one}_before']):>7} {_number(row[f'{one}_change'], sign=True):>8}"
                for one in self.series
            )
            lines.append(f"  {row['name'][:_NAME]:{_NAME}}{cells}")
            for crisis in (row["overlaps"] or "").split(", "):
                also.setdefault(crisis, []).append(row["name"])
        also.pop("", None)
        if not also:
            return lines
        told = "; ".join(f"{crisis}: {', '.join(names)}" for crisis, names in sorted(also.items()))
        text = f"Joined the same leader in other crises of these years, {told}"
        return [*lines, *wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")]


# Columns that a note takes.
_WIDTH = 80
# Room for a state's name, and for the head of the lines.
_NAME = 26
_LABEL = {
    "aid": "aid, millions of 2019 dollars",
    "tiv": "arms, millions of TIV",
    "troops": "US troops in the country",
}
# How those who joined, who did not, and of whom nobody tells are called.
_WHO = {True: "joiners", False: "others", None: "untold"}


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+,.0f}" if sign else f"{value:,.0f}"
