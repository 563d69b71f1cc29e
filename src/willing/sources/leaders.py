"""Read who led which state, with what past and whose support."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.dates import as_dates
from willing.sources.reading import read_table

# Archigos marks what is unknown or does not apply with negative codes.
_MISSING = ("", "NA", "-666", "-777", "-888", "-999")
# How a leader left: only these are losses of office.
LOSSES = ("Regular", "Irregular", "Foreign", "Unknown")
FORCED = ("Irregular", "Foreign")
# What Archigos knows of a leader in the year after she left; all else is missing.
FATES = ("OK", "Exile", "Imprisonment", "Death", "Suicide")
PUNISHMENTS = ("Exile", "Imprisonment", "Death")
# CHISOLS gives the dates of at most this many changes of leader in a year.
_CHANGES = 7


def read_leaders(raw: Path) -> pl.DataFrame:
    """Read the spells in office of Archigos.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a spell, ordered by state and date: ``obsid`` (unique), ``leadid`` (the person, who
        may have several spells), ``gwcode`` (Gleditsch and Ward; the file calls it ccode),
        ``leader_name``, ``start``, ``end`` (last day; of leaders still in office the last day of
        the file), ``entry`` (Regular, Irregular, Foreign Imposition, Unknown), ``exit`` as
        published, ``lost_office`` (false for natural death, ill health, suicide and leaders still
        in office), ``forced_out`` (irregular or foreign exit), ``earlier_terms`` and ``born``
        (year).

    Raises
    ------
    DataError
        If the file is not as published.
    """
    path = SOURCES["archigos"].path(raw)
    table = read_table(
        path,
        {
            "obsid": pl.String,
            "leadid": pl.String,
            "ccode": pl.Int64,
            "leader": pl.String,
            "startdate": pl.String,
            "enddate": pl.String,
            "entry": pl.String,
            "exit": pl.String,
            "posttenurefate": pl.String,
            "prevtimesinoffice": pl.Int64,
            "yrborn": pl.Int64,
        },
        key=("obsid",),
        missing=_MISSING,
    )
    return table.select(
        "obsid",
        "leadid",
        gwcode="ccode",
        leader_name="leader",
        start=as_dates(path, table["startdate"], "%Y-%m-%d"),
        end=as_dates(path, table["enddate"], "%Y-%m-%d"),
        entry="entry",
        exit="exit",
        lost_office=pl.col("exit").is_in(LOSSES),
        forced_out=pl.col("exit").is_in(FORCED),
        fate=pl.when(pl.col("posttenurefate").is_in(FATES)).then("posttenurefate"),
        earlier_terms="prevtimesinoffice",
        born="yrborn",
    ).sort("gwcode", "start", "end", "obsid")


def read_careers(raw: Path) -> pl.DataFrame:
    """Read what leaders did before they came to office (LEAD).

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a spell: ``obsid``, ``military_service`` and ``rebel`` (served in an army, took
        part in a rebellion; missing where unknown).

    Raises
    ------
    DataError
        If the file is not as published.
    """
    table = read_table(
        SOURCES["lead"].path(raw),
        {"obsid": pl.String, "milservice": pl.Int64, "rebel": pl.Int64},
        key=("obsid",),
    )
    return table.select(
        "obsid",
        military_service=pl.col("milservice").cast(pl.Boolean),
        rebel=pl.col("rebel").cast(pl.Boolean),
    )


def read_support(raw: Path) -> pl.DataFrame:
    """Read on whose support leaders came to office (CHISOLS).

    The file has a row a state-year that lists its leaders and their affiliations in order. Each
    change of leader is turned into a row here. An affiliation is missing in the years in which
    the list is not one a leader, as when a coalition changed under the same leader.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a change of leader: ``ccode`` (COW), ``entered`` (date), ``affiliation`` (parties
        of a coalition are separated by "/"; "Mil" for the military, "Non-party"), and
        ``support_changed`` (the new leader rests on other groups than the one before).

    Raises
    ------
    DataError
        If the file is not as published.
    """
    changes = range(1, _CHANGES + 1)
    numbers = [f"leaderch{part}{i}" for i in changes for part in ("yr", "mo", "day")]
    numbers += ["ccode", "year", "totalldrtrans", *(f"solschange{i}" for i in changes)]
    table = read_table(
        SOURCES["chisols"].path(raw),
        {"affiliation": pl.String} | dict.fromkeys(numbers, pl.Int64),
        key=("ccode", "year"),
    )
    affiliations = pl.col("affiliation").str.split(", ")
    one_each = affiliations.list.len() == pl.col("totalldrtrans") + 1
    return (
        pl.concat(
            table.filter(pl.col("totalldrtrans") >= i).select(
                "ccode",
                entered=pl.date(*(f"leaderch{part}{i}" for part in ("yr", "mo", "day"))),
                affiliation=pl.when(one_each).then(affiliations.list.get(i, null_on_oob=True)),
                support_changed=pl.col(f"solschange{i}").cast(pl.Boolean),
            )
            for i in changes
        )
        .unique(["ccode", "entered"], keep="last", maintain_order=True)
        .sort("ccode", "entered")
    )
