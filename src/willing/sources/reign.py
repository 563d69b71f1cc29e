"""Read the dated regimes and elections of REIGN."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.dates import as_dates, first_day, last_day
from willing.sources.reading import read_table

# REIGN's 17 labels in the families of Geddes, Wright and Frantz; the first match counts.
_FAMILIES = (
    ("parliamentary", "parliamentary"),
    ("presidential", "presidential"),
    ("provisional", "provisional"),
    ("monarchy", "monarchy"),
    ("party|oligarchy", "party"),
    ("personal", "personal"),
    ("military", "military"),
    ("foreign-occupied|warlordism", "no government"),
)
FAMILIES = tuple(family for _, family in _FAMILIES)


def read_regime_spells(raw: Path) -> pl.DataFrame:
    """Read which kind of regime a state had from when to when.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a spell, ordered by ``ccode`` (COW) and ``since``; ``until`` is its last day,
        ``regime`` one of `FAMILIES`. The day on which one regime replaces another belongs to both.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    path = SOURCES["reign_regimes"].path(raw)
    names = ("gwf_startdate", "gwf_enddate", "gwf_regimetype")
    table = read_table(path, {"cowcode": pl.Int64} | dict.fromkeys(names, pl.String))
    family = pl.lit(None, pl.String)
    for pattern, name in reversed(_FAMILIES):
        matches = pl.col("gwf_regimetype").str.contains(pattern)
        family = pl.when(matches).then(pl.lit(name)).otherwise(family)
    return table.select(
        ccode="cowcode",
        since=as_dates(path, table["gwf_startdate"], "%m/%d/%Y"),
        until=as_dates(path, table["gwf_enddate"], "%m/%d/%Y"),
        regime=family,
    ).sort("ccode", "since", "until")


def read_elections(raw: Path) -> pl.DataFrame:
    """Read the votes that decide who leads, and the dates on which they were announced.

    Referendums and what never took place (deadlines, elections to come, voided ones) are left out.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row an event, ordered by ``ccode`` (COW) and ``date``: ``election`` (number of the
        election, shared by its announcement and its vote), ``earliest`` and ``date`` (the first
        and the last day it can be: the same, or those of the month where the day is unknown),
        ``vote`` (else an announcement), ``incumbent_won`` and ``leader_changes`` (the result;
        missing for the first of two rounds).

    Raises
    ------
    DataError
        If the file is not as published.
    """
    path = SOURCES["reign_elections"].path(raw)
    numbers = ("ccode", "elecnum", "elec_year", "elec_month")
    texts = ("elec_day", "event", "type", "victory", "change")
    table = read_table(path, dict.fromkeys(numbers, pl.Int64) | dict.fromkeys(texts, pl.String))
    event = pl.col("event").str.strip_chars()
    vote = event.str.starts_with("Vote")
    dated = table.with_columns(
        pl.col("elec_day").str.strip_chars().replace("", None).cast(pl.Int64, strict=False)
    )
    when = ("elec_year", "elec_month", "elec_day")
    return (
        dated.filter(pl.col("type").is_in(["X", "L"]), vote | event.str.starts_with("Announce"))
        .select(
            "ccode",
            election="elecnum",
            earliest=first_day(*when),
            date=last_day(*when),
            vote=vote,
            incumbent_won=pl.col("victory") == "Y",
            leader_changes=pl.col("change") == "Y",
        )
        .sort("ccode", "date", "election", "vote")
    )
