"""Read how crises, disputes and wars ended for each state in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.dates import first_day, last_day, require_dates
from willing.sources.icb import NO_STATE
from willing.sources.reading import read_table
from willing.sources.states import to_cow

OUTCOMES = ("victory", "compromise", "stalemate", "defeat")
# ICB's `outcom`; its further codes (5 other, 6 unclear, 9 continuing) are none of the four.
ICB: Mapping[int, str] = dict(enumerate(OUTCOMES, 1))
# COW's dispute outcomes as side A has them: 1 and 2 victory of A and of B, 3 and 4 yielding by
# A and by B, 5 stalemate, 6 compromise. A release, an unclear end and a dispute that became part
# of a war (7 to 9) are none of the four.
MID_SIDE_A: Mapping[int, str] = {
    1: "victory",
    2: "defeat",
    3: "defeat",
    4: "victory",
    5: "stalemate",
    6: "compromise",
}
_OPPOSITE = {"victory": "defeat", "defeat": "victory"}
# COW's war outcomes, by participant: winner, loser, compromise or tie, stalemate. A war that was
# transformed into another kind, or went on, has none of the four.
WAR: Mapping[int, str] = {1: "victory", 2: "defeat", 3: "compromise", 6: "stalemate"}
_COLUMNS = ("source", "number", "ccode", "start", "end", "outcome", "originator", "hostility")


def read_outcomes(raw: Path) -> pl.DataFrame:
    """Read the outcomes of crises (ICB), disputes (COW MID) and wars (COW), state by state.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a state in a crisis, dispute or war: ``source`` (``icb``, ``mid``, ``war``),
        ``number`` (ICB's actor case ``cracno``, ``dispnum``, ``warnum``), ``ccode`` (COW, of the
        day it began), ``start`` and ``end`` (first and last day that they can mean; of wars, the
        file has years only), ``outcome`` (one of `OUTCOMES`, else missing), ``originator`` (of a
        dispute: it was in it on the first day; of a war: its initiator) and ``hostility`` (of a
        dispute, 1 to 5), ordered by source, number and state. A state with several spells in one
        dispute has one row, from its first day to its last; one that fought on both sides has none.

    Raises
    ------
    DataError
        If a file is missing or not as published.
    """
    return pl.concat([_crises(raw), _disputes(raw), _wars(raw)]).sort(
        "source", "number", "ccode", "start"
    )


def _crises(raw: Path) -> pl.DataFrame:
    path = SOURCES["icb_actors"].path(raw)
    start, end = ("yrtrig", "motrig", "datrig"), ("yrterm", "moterm", "daterm")
    names = ("cracno", "cracid", "outcom", *start, *end)
    table = read_table(path, dict.fromkeys(names, pl.Int64), key=("cracno",))
    for date in (start, end):
        require_dates(table, *date[1:], what=path)
    dated = table.filter(~pl.col("cracid").is_in(NO_STATE)).with_columns(
        start=first_day(*start), end=last_day(*end)
    )
    # COW gives some actors no number: Hijaz and Najd, say.
    coded = to_cow(dated, code="cracid", when="start").filter(pl.col("ccode").is_not_null())
    return coded.select(
        source=pl.lit("icb"),
        number="cracno",
        ccode="ccode",
        start="start",
        end="end",
        outcome=_named("outcom", ICB),
        originator=pl.lit(None, dtype=pl.Boolean),
        hostility=pl.lit(None, dtype=pl.Int64),
    )


def _disputes(raw: Path) -> pl.DataFrame:
    start, end = ("styear", "stmon", "stday"), ("endyear", "endmon", "endday")
    missing = ("", "NA", "-9")
    endings = read_table(
        SOURCES["mid_disputes"].path(raw),
        dict.fromkeys(("dispnum", "outcome"), pl.Int64),
        key=("dispnum",),
        missing=missing,
    )
    path = SOURCES["mid_participants"].path(raw)
    names = ("dispnum", "ccode", "sidea", "orig", "hostlev", *start, *end)
    table = read_table(path, dict.fromkeys(names, pl.Int64), missing=missing)
    for date in (start, end):
        require_dates(table, *date[1:], what=path)
    return (
        table.with_columns(start=first_day(*start), end=last_day(*end))
        .group_by("dispnum", "ccode")
        .agg(
            pl.col("start").min(),
            pl.col("end").max(),
            side_a=(pl.col("sidea") == 1).first(),
            sides=pl.col("sidea").n_unique(),
            originator=(pl.col("orig") == 1).any(),
            hostility=pl.col("hostlev").max(),
        )
        .filter(pl.col("sides") == 1)
        .join(endings, on="dispnum", how="inner", validate="m:1")
        .with_columns(outcome=_named("outcome", MID_SIDE_A))
        .with_columns(
            source=pl.lit("mid"),
            number="dispnum",
            outcome=pl.when("side_a")
            .then("outcome")
            .otherwise(pl.col("outcome").replace(_OPPOSITE)),
        )
        .select(_COLUMNS)
    )


def _wars(raw: Path) -> pl.DataFrame:
    names = ("warnum", "ccode1", "year", "initiator1", "outcome1")
    table = read_table(
        SOURCES["wars_interstate"].path(raw),
        dict.fromkeys(names, pl.Int64),
        missing=("", "NA", "-9", "-8", "-7"),
    )
    return (
        table.with_columns(outcome=_named("outcome1", WAR))
        .group_by("warnum", "ccode1")
        .agg(
            start=pl.date(pl.col("year").min(), 1, 1),
            end=pl.date(pl.col("year").max(), 12, 31),
            # A state that left one side for the other has two outcomes, hence none.
            outcome=pl.when(pl.col("outcome").n_unique() == 1).then(pl.col("outcome").first()),
            originator=(pl.col("initiator1") == 1).any(),
        )
        .with_columns(
            source=pl.lit("war"),
            number="warnum",
            ccode="ccode1",
            hostility=pl.lit(None, dtype=pl.Int64),
        )
        .select(_COLUMNS)
    )


def _named(column: str, names: Mapping[int, str]) -> pl.Expr:
    return pl.col(column).replace_strict(names, default=None, return_dtype=pl.String)
