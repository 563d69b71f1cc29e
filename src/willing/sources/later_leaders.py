"""Leaders after the end of Archigos, from the list that REIGN kept to 2021."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.dates import first_day, last_day
from willing.sources.reading import read_table
from willing.sources.states import RECODES

# The last month of the list that was published.
LIST_ENDS = date(2021, 3, 31)
# Two lists have the same leader in office if they have her enter within so many days.
SAME_ENTRY_DAYS = 31


def read_reign_leaders(raw: Path) -> pl.DataFrame:
    """Read who led which state, from 1950 to March 2021.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a spell, ordered by state and date: ``ccode`` (COW), ``leadid`` and ``leader_name``
        (REIGN's), ``start``, ``end`` (the list has months: the last day of the month, or the day
        before the next leader entered, or `LIST_ENDS`), ``ended`` (false of leaders still in
        office) and ``born``.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    numbers = ("ccode", "syear", "smonth", "eyear", "emonth", "birthyear")
    table = read_table(
        SOURCES["reign_leaders"].path(raw),
        dict.fromkeys(numbers, pl.Int64) | dict.fromkeys(("leadid", "leader", "sdate"), pl.String),
        encoding="latin-1",
    ).with_columns(
        pl.col("sdate").str.strip_chars().cast(pl.Int64, strict=False), none=pl.lit(None, pl.Int64)
    )
    spells = table.select(
        "ccode",
        leadid="leadid",
        leader_name=pl.col("leader").str.strip_chars(),
        start=first_day("syear", "smonth", "sdate"),
        month=last_day("eyear", "emonth", "none"),
        born="birthyear",
    ).drop_nulls("start")
    ordered = spells.sort("ccode", "start", "leader_name")
    following = pl.col("start").shift(-1).over("ccode") - pl.duration(days=1)
    ended = pl.col("month").is_not_null() & (pl.col("month") <= LIST_ENDS)
    last = pl.when(ended).then("month").otherwise(pl.lit(LIST_ENDS))
    return ordered.with_columns(
        end=pl.min_horizontal(last, following),
        ended=ended | (following.is_not_null() & (following <= LIST_ENDS)),
    ).select("ccode", "leadid", "leader_name", "start", "end", "ended", "born")


def carry_on(spells: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Carry the spells of Archigos on to the end of REIGN's list.

    A leader whom Archigos has in office on its last day stays until the list has her leave, if the
    list has her enter at the same time; her successors follow. How a leader left is not in the
    list: whoever left has lost office, and not by force as far as is known. Natural deaths are
    few, and the difference is that of a covariate, not of an outcome: nothing is fitted to it.

    Parameters
    ----------
    spells
        What `willing.sources.leaders.read_leaders` gave.
    later
        What `read_reign_leaders` gave.

    Returns
    -------
    polars.DataFrame
        Rows as in `spells`. Leaders of REIGN's own have ``obsid`` and ``leadid`` that begin with
        ``REIGN``, an unknown ``entry``, no ``exit`` and no ``fate``.
    """
    closed = spells["end"].max()
    to_gw = {cow: gw for gw, _, cow in RECODES if cow is not None and gw not in (219, 260, 678)}
    coded = later.with_columns(
        gwcode=pl.col("ccode").replace({**to_gw, 255: 260, 679: 678}).cast(pl.Int64)
    )
    held = coded.filter(pl.col("start") <= closed, pl.col("end") > closed).select(
        "gwcode", entered="start", left="end", gone="ended"
    )
    sitting = (pl.col("end") == closed) & (pl.col("exit") == "Still in Office")
    known = spells.join(
        held.unique("gwcode", keep="last", maintain_order=True), on="gwcode", how="left"
    )
    same = sitting & (
        (pl.col("entered") - pl.col("start")).dt.total_days().abs() <= SAME_ENTRY_DAYS
    ).fill_null(False)
    longer = known.with_columns(
        end=pl.when(same).then("left").otherwise("end"),
        lost_office=pl.when(same).then("gone").otherwise("lost_office"),
    ).select(spells.columns)
    terms = pl.int_range(pl.len()).over("ccode", "leader_name")
    added = (
        coded.with_columns(earlier_terms=terms.cast(pl.Int64))
        .filter(pl.col("start") > closed)
        .select(
            obsid=pl.format("REIGN-{}-{}", "ccode", "start"),
            leadid=pl.format("REIGN-{}", "leadid"),
            gwcode="gwcode",
            leader_name="leader_name",
            start="start",
            end="end",
            entry=pl.lit("Unknown"),
            exit=pl.lit(None, pl.String),
            lost_office="ended",
            forced_out=pl.lit(False),
            fate=pl.lit(None, pl.String),
            earlier_terms="earlier_terms",
            born="born",
        )
    )
    return pl.concat([longer, added.unique("obsid", keep="last", maintain_order=True)]).sort(
        "gwcode", "start", "end", "obsid"
    )
