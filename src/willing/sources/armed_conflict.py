"""Read conflicts inside states in which foreign troops helped the government."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.sources.catalogue import SOURCES
from willing.sources.dates import as_dates
from willing.sources.reading import read_table

# UCDP/PRIO: 4 is a conflict inside a state with troops of other states on a side.
_INTERNATIONALISED = 4


def read_foreign_support(raw: Path) -> pl.DataFrame:
    """Read in which years troops of other states fought beside a government against rebels.

    The file lists a state only if its troops supported a party that was there already. Coalitions
    that fought in a country against its government's will are not in it: the coalition against
    the Islamic State is there in Iraq and absent in Syria.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a (conflict, year): ``conflict`` (UCDP's number), ``year``, ``target`` (the
        rebels), ``host`` and ``place`` (Gleditsch-Ward code of the government and of the country
        fought in), ``since`` (the day on which the fighting of the spell began), ``supporters``
        (Gleditsch-Ward codes, a list). Ordered by conflict and year.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    path = SOURCES["ucdp_conflicts"].path(raw)
    numbers = ("conflict_id", "year", "type_of_conflict")
    texts = ("side_b", "gwno_a", "gwno_a_2nd", "gwno_loc", "start_date2")
    table = read_table(
        path,
        dict.fromkeys(numbers, pl.Int64) | dict.fromkeys(texts, pl.String),
        key=("conflict_id", "year"),
    )
    helped = table.filter(
        pl.col("type_of_conflict") == _INTERNATIONALISED, pl.col("gwno_a_2nd").is_not_null()
    )
    codes = pl.col("gwno_a_2nd").str.split(",").list.eval(pl.element().str.strip_chars())
    read = helped.select(
        conflict="conflict_id",
        year="year",
        target="side_b",
        host=pl.col("gwno_a").cast(pl.Int64, strict=False),
        place=pl.col("gwno_loc").cast(pl.Int64, strict=False),
        since=as_dates(path, helped["start_date2"], "%Y-%m-%d"),
        supporters=codes.cast(pl.List(pl.Int64), strict=False),
    )
    whole = pl.col("supporters").list.eval(pl.element().is_not_null()).list.all()
    bad = read.filter(~whole | pl.any_horizontal(pl.col("host", "place").is_null()))
    if not bad.is_empty():
        number, year = bad.row(0)[:2]
        raise DataError(
            f"{path}: conflict {number} of {year} lacks a single code of government and place, "
            "or codes of supporters; fetch the published file again"
        )
    return read.sort("conflict", "year")
