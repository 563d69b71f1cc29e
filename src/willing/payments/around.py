"""Who was paid what around one crisis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from willing.errors import DataError
from willing.payments.crisis_payments import (
    SHORT,
    UNSEEN,
    CrisisPayments,
    not_american,
    series_of,
)
from willing.payments.panel import (
    AFTER,
    ALIGNMENT,
    BEFORE,
    Series,
    event_year,
    opponents,
    values_in,
)
from willing.record.store import Record
from willing.sources.catalogue import SOURCES
from willing.sources.keys import look_up
from willing.sources.states import UNITED_STATES, WEST_GERMANY

# Other crises in which the partner joined the same leader are printed if they began within this
# many years: their payments cannot be told from those of this one.
OVERLAP_YEARS = 5
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
    spoken = series_of(leader)
    for series in spoken:
        paid = _paid(record, series, leader)
        zero = found.select(event_year(pl.col("start"), ALIGNMENT[series])).item()
        table = _add_series(table, paid, series, zero)
    told = table.select(pl.any_horizontal(pl.col("^.*_(before|after)$").is_not_null()).any())
    if told.item() is not True:
        files = ", ".join(f"{SHORT[one]} {_coverage(one)}" for one in spoken)
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
