"""The units of the survival model: a leader on a day, and whether she loses office in a year."""

from __future__ import annotations

from datetime import date

import polars as pl

from willing.errors import DataError
from willing.sources.leaders import PUNISHMENTS
from willing.sources.states import RECODES, to_cow

FIRST_DAY = date(1946, 1, 1)
YEAR = 365.25
QUARTERS = 4


def leader_quarters(spells: pl.DataFrame) -> pl.DataFrame:
    """Look at every leader on the day she enters office and every quarter of a year after it.

    Parameters
    ----------
    spells
        What `willing.sources.leaders.read_leaders` gave.

    Returns
    -------
    polars.DataFrame
        The columns of `spells` and ``quarter`` (0 on entry; every fourth begins a leader-year),
        ``date``, ``known`` (the last day whose events may be used: the day before, and on entry
        the day itself), ``ccode``, ``year_end`` (a year on), ``exit_within_year``,
        ``forced_within_year`` and ``punished_within_year`` (up to then she loses office, by force,
        or is exiled, jailed or killed after it: missing if what became of her is unknown) and
        ``exposure``, the share of that year in which a loss could have
        been seen: less than one if a natural death or the end of the file cuts it short first.
        From `FIRST_DAY` on, ordered by spell and date.
    """
    closed = spells["end"].max()
    in_office = (pl.col("end") - pl.col("start")).dt.total_days()
    count = (in_office * QUARTERS / YEAR).ceil().cast(pl.Int64).clip(lower_bound=1)
    entry = pl.col("quarter") == 0
    rows = (
        spells.filter(pl.col("end") >= FIRST_DAY)
        .with_columns(quarter=pl.int_ranges(count))
        .explode("quarter")
        .with_columns(date=_quarters_on(0), year_end=_quarters_on(QUARTERS))
        .filter(pl.col("date") >= FIRST_DAY, entry | (pl.col("date") < pl.col("end")))
    )
    gone = pl.col("end") <= pl.col("year_end")
    exits = pl.col("lost_office") & gone
    seen_until = pl.when("lost_office").then(pl.lit(closed)).otherwise("end")
    year = pl.col("year_end") - pl.col("date")
    share = (seen_until - pl.col("date")).dt.total_days().clip(lower_bound=1) / year.dt.total_days()
    return to_cow(rows, code="gwcode", when="date").with_columns(
        known=pl.when(entry).then("date").otherwise(pl.col("date") - pl.duration(days=1)),
        exit_within_year=exits,
        forced_within_year=pl.col("forced_out") & gone,
        punished_within_year=punished(exits),
        exposure=pl.when(exits).then(1.0).otherwise(share.clip(upper_bound=1.0)),
    )


def punished(exits: pl.Expr) -> pl.Expr:
    """Say whether leaders who left were exiled, jailed or killed; missing if that is unknown."""
    known = pl.col("fate").is_not_null()
    return pl.when(~exits).then(pl.lit(False)).when(known).then(pl.col("fate").is_in(PUNISHMENTS))


def _quarters_on(ahead: int) -> pl.Expr:
    """The day that many quarters of a year after the one that the row is at."""
    days = ((pl.col("quarter") + ahead) * YEAR / QUARTERS).round().cast(pl.Int64)
    return pl.col("start") + pl.duration(days=days)


def leaders_on(
    spells: pl.DataFrame, keys: pl.DataFrame, *, since: date = FIRST_DAY
) -> pl.DataFrame:
    """Find who led each state on the day before a date.

    Parameters
    ----------
    spells
        What `willing.sources.leaders.read_leaders` gave.
    keys
        Columns ``ccode`` (COW) and ``date``, no row twice.
    since
        Nobody is looked up before this day; from `FIRST_DAY` on leaders are in the yearly models.

    Returns
    -------
    polars.DataFrame
        Rows of `keys` for which a leader is known, with the columns of `spells` and ``known``.
        Where one leader left and the next one entered on the day before, the next one.

    Raises
    ------
    DataError
        If a key occurs twice, or a column is missing.
    """
    wanted = {"ccode": pl.Int64, "date": pl.Date}
    if not set(wanted) <= set(keys.columns) or keys.schema["date"] != pl.Date:
        raise DataError(
            f"got the columns {dict(keys.schema)}; 'ccode' and 'date' (Date) are needed"
        )
    keys = keys.select(pl.col(name).cast(dtype) for name, dtype in wanted.items())
    if keys.is_duplicated().any():
        raise DataError("a pair of ccode and date occurs twice; give each once")
    own = spells.select(ccode="gwcode", gwcode="gwcode").unique()
    recoded = pl.DataFrame(
        [(cow, gw) for gw, _, cow in RECODES],
        schema={"ccode": pl.Int64, "gwcode": pl.Int64},
        orient="row",
    )
    codes = pl.concat([own, recoded]).drop_nulls().unique()
    rows = (
        keys.with_columns(wanted="ccode", known=pl.col("date") - pl.duration(days=1))
        .join(codes, on="ccode")
        .join(spells, on="gwcode")
        .filter(pl.col("known").is_between("start", "end"), pl.col("known") >= since)
    )
    return (
        to_cow(rows, code="gwcode", when="date")
        .filter(pl.col("ccode") == pl.col("wanted"))
        .drop("wanted")
        .sort("ccode", "date", "start", "end")
        .unique(["ccode", "date"], keep="last", maintain_order=True)
    )
