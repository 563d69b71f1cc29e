"""Which triads a test is made on: the leader rule, the coding of joining, the years."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from willing.errors import DataError
from willing.record.choices import Pool
from willing.record.leading import PICKED, LeaderRule
from willing.record.measured import INSECURITY, turned
from willing.record.pool import in_pool

WR_YEARS = (1951, 1999)


def select_triads(
    triads: pl.DataFrame,
    *,
    leader: LeaderRule = "acted",
    coding: str = "join",
    measure: str | None = None,
    pool: Pool = "all",
    years: tuple[int, int] = WR_YEARS,
    victims: bool = True,
    without: Collection[int] = (),
) -> pl.DataFrame:
    """Take the triads of a sample and put the chosen measures under the models' names.

    Parameters
    ----------
    triads
        The record's triads.
    leader
        Who is L: the strongest crisis actor of the side that acted, the strongest whether it acted
        or not, the first in time, the most hostile, or every one in turn.
    coding
        The column that says who joined; it becomes `join`.
    measure
        The measure of security that `insecurity_leader` and `insecurity_partner` hold; by default
        the one that the record was loaded with.
    pool
        Who is P, as in `willing.record.choices.Choices`.
    years
        First and last year of the crises taken.
    victims
        Whether sides whose members are only victims of one aggressor are taken.
    without
        COW codes of leading states to leave out.

    Returns
    -------
    polars.DataFrame
        The rows of the sample.

    Raises
    ------
    DataError
        If a column is absent, there is no such measure, or no row is left.
    """
    conditions = [pl.col("year").is_between(*years)]
    if leader != "every":
        conditions.append(pl.col(PICKED[leader]))
    if not victims:
        conditions.append(~pl.col("victims_only"))
    if without:
        conditions.append(~pl.col("leader").is_in(list(without)))
    insecurity = {} if measure is None else turned(measure)
    needed = [coding, *_roots([*conditions, *insecurity.values()])]
    absent = [name for name in dict.fromkeys(needed) if name not in triads.columns]
    if absent:
        raise DataError(
            f"the triads lack the column {', '.join(absent)}; they have {', '.join(triads.columns)}"
        )
    chosen = in_pool(triads.filter(*conditions), pool).with_columns(
        pl.col(coding).alias("join"), **insecurity
    )
    if not chosen.height:
        covered = triads["year"].drop_nulls().unique().sort().to_list()
        raise DataError(
            f"no triad of {years[0]}-{years[1]} is left; the record has "
            + (f"{covered[0]}-{covered[-1]}" if covered else "none at all")
        )
    return chosen


def leader_sides(triads: pl.DataFrame, *, keep: Collection[str] = ()) -> pl.DataFrame:
    """Give one row a leader side and L: whether a coalition was built, and what is L's own.

    Columns that are the same in all triads of a side and leader are kept; `built` says whether
    any partner joined and `partners` how many (null where none is known to have joined and the
    sources do not speak of all). The columns of `keep`, the same in all triads of a side and leader
    too, are kept as well.
    """
    own = [
        name
        for name in (
            "crisno",
            "year",
            "target",
            INSECURITY,
            "cinc_ell",
            "cinc_tee",
            "unsupport",
            "LTdist",
            "demL",
            "pcw",
            "Lmaj",
            *keep,
        )
        if name in triads.columns
    ]
    joiners = pl.col("join").cast(pl.Int64).sum()
    spoken = pl.col("covered").first() if "covered" in triads.columns else pl.lit(True)
    coded = (pl.col("join").count() > 0) & (spoken | (joiners > 0))
    return (
        triads.group_by("side", "leader", maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in own),
            pl.when(coded).then(joiners).alias("partners"),
        )
        .with_columns((pl.col("partners") > 0).cast(pl.Int8).alias("built"))
    )


def third_of(values: pl.Series) -> pl.Series:
    """Say which third of the distribution each value is in: 0, 1 or 2 (null stays null)."""
    low, high = values.quantile(1 / 3, "linear"), values.quantile(2 / 3, "linear")
    return (values > low).cast(pl.Int8) + (values > high).cast(pl.Int8)


def _roots(conditions: list[pl.Expr]) -> Iterator[str]:
    for condition in conditions:
        yield from condition.meta.root_names()
