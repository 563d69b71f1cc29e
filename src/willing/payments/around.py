"""Who was paid what around one crisis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill, wrap
from typing import Any

import numpy as np
import polars as pl

from willing.errors import DataError
from willing.manner import Result
from willing.payments.panel import (
    AFTER,
    ALIGNMENT,
    BEFORE,
    Series,
    event_year,
    opponents,
    values_in,
)
from willing.record.crisis_names import capitalised
from willing.record.store import Record
from willing.sources.catalogue import SOURCES
from willing.sources.keys import look_up
from willing.sources.states import UNITED_STATES, WEST_GERMANY

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


_SERIES: tuple[Series, ...] = ("aid", "tiv", "troops")
# Other crises in which the partner joined the same leader are printed if they began within this
# many years: their payments cannot be told from those of this one.
OVERLAP_YEARS = 5


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
        return _SERIES if self.leader == UNITED_STATES else ("tiv",)

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
            return ["", f"{who}: {rows.height} states; the file of {_SHORT[lead]} has no change"]
        if gained.is_empty():
            return ["", f"{who}: {rows.height} states, none of which gained {_SHORT[lead]}"]
        return ["", f"{who}, largest gains in {_LABEL[lead]}", *self._lines(gained)]

    def _lines(self, rows: pl.DataFrame) -> list[str]:
        heads = "".join(f" {_SHORT[one]:>7} {'change':>8}" for one in self.series)
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
_SHORT = {"aid": "aid", "tiv": "arms", "troops": "troops"}
_FILE: Mapping[Series, str] = {"aid": "us_aid", "tiv": "arms", "troops": "troops"}


def payments_around(record: Record, crisis: int) -> CrisisPayments:
    """Say who was paid what around a crisis.

    Parameters
    ----------
    record
        The record, with one leader a side.
    crisis
        ICB's number.

    Returns
    -------
    CrisisPayments
        Of the United States, if they lead a side of it; else of the leader whose side most states
        joined (the strongest of several), and then the arms that she delivered only: the file of
        aid is American. Years that a file does not cover are missing.

    Raises
    ------
    DataError
        If the crisis is not in the record, nobody leads in it, or the files tell nothing of the
        years around it.
    """
    found = record.crises.filter(pl.col("crisno") == crisis)
    if found.is_empty():
        first, last = record.manifest.years
        raise DataError(
            f"crisis {crisis} is not in the record of {first}-{last}; give ICB's number"
        )
    start, name, year = found.row(0, named=True)["start"], found["crisname"][0], found["year"][0]
    triads = record.triads.filter(pl.col("crisno") == crisis)
    if triads.is_empty():
        raise DataError(f"nobody leads a side of crisis {crisis} ({name}): nobody could pay")
    leader = _leader(triads)
    led = triads.filter(pl.col("leader") == leader)
    american = leader == UNITED_STATES
    names = record.states.unique("ccode", keep="last").select("ccode", "name")
    table = look_up(_candidates(record, led), names, ["ccode"]).select("ccode", "name", "joined")
    series_of = _SERIES if american else ("tiv",)
    for series in series_of:
        paid = _paid(record, series, leader)
        zero = found.select(event_year(pl.col("start"), ALIGNMENT[series])).item()
        table = _add_series(table, paid, series, zero)
    told = table.select(pl.any_horizontal(pl.col("^.*_(before|after)$").is_not_null()).any())
    if told.item() is not True:
        files = ", ".join(f"{_SHORT[one]} {_coverage(one)}" for one in series_of)
        raise DataError(
            f"the files ({files}) do not cover the three years before crisis {crisis} of {year}, "
            "nor the three from it on"
        )
    table = look_up(table, _overlaps(record, crisis, leader, year), ["ccode"])
    called = dict(names.iter_rows())
    leader_name = called[leader]
    targets = tuple(called[target] for target in led["target"].unique().sort())
    notes = (UNSEEN,) if american else (not_american(leader_name), UNSEEN)
    ordered = table.sort("joined", "name", descending=[True, False], nulls_last=True)
    return CrisisPayments(crisis, name, str(start), leader, leader_name, targets, ordered, notes)


def _leader(triads: pl.DataFrame) -> int:
    """The United States, if they lead; else whom most states joined, the strongest of several."""
    if UNITED_STATES in triads["leader"]:
        return UNITED_STATES
    joined = triads.group_by("leader").agg(pl.col("join").sum(), pl.col("cinc_ell").max())
    return int(joined.sort("join", "cinc_ell", "leader", nulls_last=False)["leader"][-1])


def _candidates(record: Record, led: pl.DataFrame) -> pl.DataFrame:
    """Who might have joined a leader: her potential partners but for those who opposed her."""
    key = ["crisno", "leader", "partner"]
    rows = led.group_by(key, maintain_order=True).agg(joined=pl.col("join").max() == 1)
    kept = rows.join(opponents(record, led), on=key, how="anti", maintain_order="left")
    return kept.select("joined", ccode="partner")


def _coverage(series: Series) -> str:
    """First and last year of the file of a series."""
    first, last = SOURCES[_FILE[series]].coverage
    return f"{first}-{last}"


def _paid(record: Record, series: Series, leader: int) -> pl.DataFrame:
    """A series of what the leader gave, one row a state-year: ``ccode``, ``fy``, ``value``."""
    if leader == UNITED_STATES:
        return record.payments.select("ccode", "fy", value=pl.col(series).cast(pl.Float64))
    sent = record.arms.filter(pl.col("supplier") == leader).select("fy", "tiv", ccode="recipient")
    covered = record.payments.filter("covered_tiv").select("ccode", "fy")
    # What the United States were sent is in the file as well, and not in the table of payments.
    first, last = SOURCES["arms"].coverage
    years = range(first, last + 1)
    own = pl.DataFrame({"ccode": UNITED_STATES, "fy": years}, schema=covered.schema)
    covered = pl.concat([covered, own])
    # The file of arms has no line of the Federal Republic before 1991.
    if leader == WEST_GERMANY:
        covered = covered.clear()
    return look_up(covered, sent, ["ccode", "fy"]).select(
        "ccode", "fy", value=pl.col("tiv").fill_null(0.0)
    )


def _add_series(table: pl.DataFrame, paid: pl.DataFrame, series: Series, zero: int) -> pl.DataFrame:
    def of(years: tuple[int, ...]) -> list[pl.Series]:
        return [values_in(table["ccode"], zero + year, paid) for year in years]

    before, after = of(BEFORE), of(AFTER)
    mean, later = (np.column_stack(values).mean(axis=1) for values in (before, after))
    change = len(AFTER) * (later - mean)
    return table.with_columns(
        pl.Series(f"{series}_before", mean).fill_nan(None),
        pl.Series(f"{series}_after", later).fill_nan(None),
        *(value.alias(f"{series}_{year}") for year, value in zip(AFTER, after, strict=True)),
        pl.Series(f"{series}_change", change).fill_nan(None),
    )


def _overlaps(record: Record, crisis: int, leader: int, year: int) -> pl.DataFrame:
    """Other crises in which a state joined the leader, close by."""
    return (
        record.triads.filter(
            pl.col("leader") == leader,
            pl.col("join") == 1,
            pl.col("crisno") != crisis,
            (pl.col("year") - year).abs() <= OVERLAP_YEARS,
        )
        .select(ccode="partner", other="crisno")
        .unique()
        .sort("ccode", "other")
        .group_by("ccode", maintain_order=True)
        .agg(overlaps=pl.col("other").cast(pl.String).str.join(", "))
    )


def _number(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:+,.0f}" if sign else f"{value:,.0f}"
