"""Read who stood on which side of disputes and wars, how strong the sides were and how it ended."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.capabilities import read_capabilities
from willing.sources.catalogue import SOURCES
from willing.sources.keys import look_up
from willing.sources.outcomes import read_outcomes
from willing.sources.reading import read_table

_SIDE = ("source", "number", "first")


def read_opposing_sides(raw: Path) -> pl.DataFrame:
    """Read the two sides of every dispute (COW MID) and war (COW).

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a side: ``source`` (``mid``, ``war``), ``number`` (``dispnum``, ``warnum``),
        ``first`` (it is the file's side A), ``year`` (in which it began), ``leader`` (COW code of
        the strongest originator; of a war, of the strongest state), ``strength`` (the leader's
        share of the world's capabilities, of the year before it came in or, of a new state, that
        year), ``joined_strength`` (the sum of the others'), ``states`` and ``unknown`` (how many
        there are, and whose capabilities are not known) and ``outcome`` (of the leader). Sides of
        disputes and wars that have but one are left out.

    Raises
    ------
    DataError
        If a file is missing or not as published.
    """
    states = _with_strength(read_outcomes(raw).filter(pl.col("source") != "icb"), raw)
    sides = pl.concat([_dispute_sides(raw), _war_sides(raw)])
    states = look_up(states, sides, ["source", "number", "ccode"]).drop_nulls("first")
    # Of a war any state may lead: who initiated it is told of one side only.
    ranked = states.sort(
        pl.col("originator") | (pl.col("source") == "war"),
        "cinc",
        "ccode",
        descending=[True, True, False],
        nulls_last=True,
    )
    return (
        ranked.group_by(*_SIDE, maintain_order=True)
        .agg(
            pl.col("start").dt.year().min().alias("year"),
            pl.col("ccode").first().alias("leader"),
            pl.col("cinc").first().alias("strength"),
            pl.col("cinc").slice(1).sum().alias("joined_strength"),
            pl.len().cast(pl.Int64).alias("states"),
            pl.col("cinc").null_count().cast(pl.Int64).alias("unknown"),
            pl.col("outcome").first(),
        )
        .filter(pl.len().over("source", "number") == 2)
        .sort("source", "number", "first", descending=[False, False, True])
    )


def _with_strength(states: pl.DataFrame, raw: Path) -> pl.DataFrame:
    capabilities = read_capabilities(raw).select("ccode", "year", "cinc")
    states = states.with_columns(year=pl.col("start").dt.year().cast(pl.Int64))
    for name, lag in (("before", 1), ("now", 0)):
        known = capabilities.select("ccode", pl.col("year") + lag, pl.col("cinc").alias(name))
        states = look_up(states, known, ["ccode", "year"])
    return states.with_columns(cinc=pl.coalesce("before", "now")).drop("before", "now", "year")


def _dispute_sides(raw: Path) -> pl.DataFrame:
    path = SOURCES["mid_participants"].path(raw)
    names = ("dispnum", "ccode", "sidea")
    table = read_table(path, dict.fromkeys(names, pl.Int64), missing=("", "NA", "-9"))
    return _one_side(table, "mid", "dispnum", "ccode", pl.col("sidea") == 1)


def _war_sides(raw: Path) -> pl.DataFrame:
    path = SOURCES["wars_interstate"].path(raw)
    names = ("warnum", "ccode1", "sidea1")
    table = read_table(path, dict.fromkeys(names, pl.Int64), missing=("", "NA", "-9", "-8", "-7"))
    return _one_side(table, "war", "warnum", "ccode1", pl.col("sidea1") == 1)


def _one_side(
    table: pl.DataFrame, source: str, number: str, state: str, first: pl.Expr
) -> pl.DataFrame:
    """The side of each state; of one that stood on both, missing."""
    return (
        table.group_by(number=number, ccode=state)
        .agg(
            source=pl.lit(source),
            first=pl.when(first.n_unique() == 1).then(first.first()),
        )
        .select("source", "number", "ccode", "first")
    )
