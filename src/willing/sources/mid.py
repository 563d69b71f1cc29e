"""Read participants in militarized interstate disputes, in the two codings of them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.dates import first_day, last_day, require_dates
from willing.sources.reading import read_table

MidSource = Literal["gml", "mid"]
FILES: dict[MidSource, str] = {"gml": "gml_participants", "mid": "mid_participants"}
MISSING = "-9"
# The highest action of each level of hostility: none, threat, display, use of force, war.
HIGHEST_ACTION = (0, 6, 12, 19, 21)


def read_disputes(raw: Path, source: MidSource) -> pl.DataFrame:
    """Read who took part in which dispute, on which side and when.

    Parameters
    ----------
    raw
        The folder of published files.
    source
        ``gml`` for Gibler, Miller and Little's coding, ``mid`` for COW's own.

    Returns
    -------
    polars.DataFrame
        One row a spell of a state in a dispute (a state may leave, come back or change sides):
        ``dispnum``, ``ccode``, ``side_a`` (Boolean), ``since`` and ``until`` (dates; a missing
        day is read as the first and the last it can be), ``hostility`` (1 none, 2 threat,
        3 display, 4 use of force, 5 war; missing if the state's highest action is unknown) and
        ``originator`` (the state was in the dispute on its first day).
        Ordered by dispute, state and date.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    start, end = ("styear", "stmon", "stday"), ("endyear", "endmon", "endday")
    path = SOURCES[FILES[source]].path(raw)
    table = read_table(
        path,
        dict.fromkeys(["dispnum", "ccode", *start, *end, "sidea", "hiact", "orig"], pl.Int64),
        missing=("", "NA", MISSING),
    )
    for date in (start, end):
        require_dates(table, *date[1:], what=path)
    return table.select(
        "dispnum",
        "ccode",
        side_a=pl.col("sidea") == 1,
        since=first_day(*start),
        until=last_day(*end),
        hostility=_hostility(pl.col("hiact")),
        originator=pl.col("orig") == 1,
    ).sort("dispnum", "ccode", "since", "side_a", "until")


def _hostility(action: pl.Expr) -> pl.Expr:
    """The level of hostility of a highest action; GML's file has only the action."""
    level = pl.sum_horizontal(action > highest for highest in HIGHEST_ACTION[:-1])
    return pl.when(action.is_not_null()).then(level.cast(pl.Int64) + 1)
