"""Partners of the leaders of crises, with what they were paid in the years around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import polars as pl

from willing.numbers import Floats
from willing.record.store import Record
from willing.sources.keys import look_up
from willing.sources.states import UNITED_STATES

Alignment = Literal["half_year_on", "of_start", "calendar"]

# From 1977 the US fiscal year begins on 1 October of the year before, until 1976 on 1 July; the
# quarter between counts with 1976 in the record.
_FIRST_OF_OCTOBER = 1977


def fiscal_year(day: pl.Expr) -> pl.Expr:
    """Give the US fiscal year that a day is in; July to September 1976 are in 1976."""
    year, month = day.dt.year().cast(pl.Int64), day.dt.month()
    until_1976 = pl.min_horizontal(year + (month >= 7), _FIRST_OF_OCTOBER - 1)
    since_1977 = year + (month >= 10)
    return pl.when(since_1977 >= _FIRST_OF_OCTOBER).then(since_1977).otherwise(until_1976)


def event_year(start: pl.Expr, alignment: Alignment) -> pl.Expr:
    """Give the year that counts as year 0 of a crisis.

    Parameters
    ----------
    start
        First day of the crisis.
    alignment
        ``half_year_on``: the fiscal year that contains the day six months after the start, because
        money is promised after a partner joins and budgets need time: 11 September 2001 is in
        2002, 2 August 1990 in 1991. ``of_start``: the fiscal year that contains the start, which
        for 11 September 2001 had nineteen days to run. ``calendar``: the calendar year of the
        start, for arms and troops.
    """
    if alignment == "calendar":
        return start.dt.year().cast(pl.Int64)
    return fiscal_year(start.dt.offset_by("6mo") if alignment == "half_year_on" else start)


Series = Literal["aid", "tiv", "troops"]

WINDOW = tuple(range(-5, 6))
BEFORE, AFTER = (-3, -2, -1), (0, 1, 2)
EARLIER = (-5, -4)
# A partner joins a leader for the first time if she did not in so many years before. Fixed before
# any result was seen.
FIRST_JOIN_YEARS = 5
# Obligations are of fiscal years, deliveries and troops of calendar years.
ALIGNMENT: Mapping[Series, Alignment] = MappingProxyType(
    {"aid": "half_year_on", "tiv": "calendar", "troops": "calendar"}
)
CONTROLS = ("log_gdppc", "log_distance", "ally", "log_cinc")
# The files count the Federal Republic and North Yemen to 1990, united Germany and Yemen from 1991.
_SUCCESSOR = {260: 255, 678: 679}
_UNITED_AFTER, _WAR_YEARS = 1990, 1945
# The weakest states have a CINC of 0; this is a tenth of the smallest positive one.
_LEAST_CINC = 1e-7


@dataclass(frozen=True, eq=False)
class Panel:
    """Potential partners in crises with a series of what each was paid.

    Attributes
    ----------
    rows
        One row a (crisis, partner): ``crisno``, ``crisname``, ``year``, ``start``, ``leader``,
        ``partner``, ``join`` (0/1: it joined the leader against some target), ``actor`` (it is a
        crisis actor), the `CONTROLS`, ``distance`` (km to the nearest target), ``divergence``
        (from the leader), ``insecurity`` (the leader's) and ``recent`` (it joined this leader in
        another crisis less than `FIRST_JOIN_YEARS` years before; for those who do not join here,
        before or after).
    values : ndarray, shape (rows, 11)
        What the partner got in each year of `WINDOW`, NaN where the file does not say.
    series
        Which series: ``aid`` (millions of dollars of fiscal year 2019), ``tiv`` or ``troops``.
    """

    rows: pl.DataFrame
    values: Floats
    series: Series

    def filter(self, keep: pl.Expr) -> Panel:
        """Give the panel of the rows for which `keep` holds."""
        kept = self.rows.select(keep.fill_null(False)).to_series().to_numpy()
        return Panel(self.rows.filter(kept), self.values[kept], self.series)

    def mean_log(self, years: tuple[int, ...]) -> Floats:
        """Give the mean of ``log(1 + x)`` over some years of `WINDOW`, shape (rows,).

        More cancelled than promised counts as nothing. Years that the file does not cover are
        left out, and a row without any is NaN.
        """
        logs = np.log1p(np.maximum(self._of(years), 0.0))
        known = np.isfinite(logs)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(known, logs, 0.0).sum(axis=1) / known.sum(axis=1))

    def total(self, years: tuple[int, ...]) -> Floats:
        """Give the sum over some years, NaN where one of them is not covered, shape (rows,)."""
        return np.asarray(self._of(years).sum(axis=1))

    def _of(self, years: tuple[int, ...]) -> Floats:
        return self.values[:, [WINDOW.index(year) for year in years]]

    @property
    def n_joins(self) -> int:
        """Number of rows that joined."""
        return int(self.rows["join"].sum())

    @property
    def n_crises(self) -> int:
        """Number of crises in which somebody joined."""
        return self.rows.filter(pl.col("join") == 1)["crisno"].n_unique()


def build_panel(
    record: Record,
    series: Series,
    *,
    years: tuple[int, int],
    led_by_us: bool = True,
    alignment: Alignment | None = None,
) -> Panel:
    """Lay the payments of the years around over the partners of crises.

    Parameters
    ----------
    record
        The record, with one leader a side.
    series
        What was paid.
    years
        First and last year of the crises.
    led_by_us
        The crises that the United States lead, or those that they neither lead nor join.
    alignment
        Which year is year 0; that of `ALIGNMENT` by default.

    Returns
    -------
    Panel
        Targets, states on another side of the crisis, and partners of whom the record does not
        know whether they joined are left out.
    """
    rows = partners(record, years=years, led_by_us=led_by_us)
    zero = event_year(pl.col("start"), alignment or ALIGNMENT[series])
    rows = rows.with_columns(zero=zero).sort("crisno", "partner")
    paid = record.payments.select("ccode", "fy", value=pl.col(series).cast(pl.Float64))
    columns = [values_in(rows["partner"], rows["zero"] + offset, paid) for offset in WINDOW]
    values = np.column_stack(columns).astype(np.float64)
    return Panel(rows.drop("zero"), values, series)


def values_in(state: pl.Series, year: pl.Series | int, paid: pl.DataFrame) -> pl.Series:
    """Look up what states got in a year, Germany and Yemen under the code of that year.

    Parameters
    ----------
    state
        COW codes, shape (n,).
    year
        The years, shape (n,), or one for all.
    paid
        One row a state-year: ``ccode``, ``fy``, ``value``.

    Returns
    -------
    polars.Series
        The values, missing where there is none, shape (n,).
    """
    keys = pl.select(ccode=state, fy=pl.lit(year, pl.Int64) if isinstance(year, int) else year)
    united = pl.col("fy") > _UNITED_AFTER
    divided = ~united & (pl.col("fy") > _WAR_YEARS)
    code = pl.col("ccode")
    dated = keys.with_columns(
        pl.when(united)
        .then(code.replace(_SUCCESSOR))
        .when(divided)
        .then(code.replace({new: old for old, new in _SUCCESSOR.items()}))
        .otherwise(code)
        .alias("ccode")
    )
    return look_up(dated, paid, ["ccode", "fy"])["value"]


def partners(record: Record, *, years: tuple[int, int], led_by_us: bool) -> pl.DataFrame:
    """Give the rows of `Panel`: potential partners of leaders, crisis by crisis.

    Parameters
    ----------
    record, years, led_by_us
        As in `build_panel`.
    """
    leads = pl.col("leader") == UNITED_STATES
    american = record.triads.filter(
        leads | ((pl.col("partner") == UNITED_STATES) & (pl.col("join") == 1))
    )["crisno"].unique()
    chosen = leads if led_by_us else ~pl.col("crisno").is_in(american.implode())
    triads = record.triads.filter(
        chosen & pl.col("year").is_between(*years) & (pl.col("partner") != UNITED_STATES)
    ).drop_nulls("join")
    # Where two states lead sides of one crisis, each with its own partners.
    key = ["crisno", "leader", "partner"]
    rows = triads.group_by(key).agg(
        pl.col("crisname", "year", "start").first(),
        join=pl.col("join").max().cast(pl.Float64),
        log_gdppc=pl.col("gdppc_pee").first().log(),
        distance=pl.col("PTdist").min(),
        ally=pl.col("LPallies").first().cast(pl.Float64),
        log_cinc=(pl.col("cinc_pee").first() + _LEAST_CINC).log(),
        divergence=pl.col("difLPv").first(),
        insecurity=pl.col("insecurity_leader").first(),
    )
    rows = rows.with_columns(log_distance=pl.col("distance").log1p())
    rows = rows.join(opponents(record, triads), on=key, how="anti")
    actors = record.members.filter("actor").select("crisno", partner="ccode", actor=True).unique()
    rows = look_up(rows, actors, ["crisno", "partner"])
    rows = rows.with_columns(pl.col("actor").fill_null(False))
    return look_up(rows, _recent(record, rows), key)


def opponents(record: Record, triads: pl.DataFrame) -> pl.DataFrame:
    """List the targets of leaders, and the states on another side of their crises.

    Parameters
    ----------
    record
        The record.
    triads
        Triads of the leaders wanted.

    Returns
    -------
    polars.DataFrame
        ``crisno``, ``leader`` and ``partner``, each once.
    """
    key = ["crisno", "leader", "partner"]
    led = triads.select("side", "crisno", "leader").unique()
    targets = triads.select("crisno", "leader", partner="target")
    pairs = led.select("crisno", "leader").unique()
    members = record.members.select("side", "crisno", partner="ccode")
    elsewhere = members.join(led, on=["side", "crisno"], how="anti")
    # Many to many: leaders of a crisis with the members of sides that others lead.
    others = pairs.join(elsewhere, on="crisno", how="inner").select(key)
    with_her = members.join(led, on=["side", "crisno"], how="inner").select(key)
    return pl.concat([targets, others.join(with_her, on=key, how="anti")]).unique()


def _recent(record: Record, rows: pl.DataFrame) -> pl.DataFrame:
    """Whether a partner joined the same leader in another crisis within five years."""
    key = ["crisno", "leader", "partner"]
    joined = record.triads.filter(pl.col("join") == 1).select(
        "leader", "partner", other="crisno", then="year"
    )
    gap = pl.col("then") - pl.col("year")
    before = gap.is_between(-FIRST_JOIN_YEARS, 0)
    either = gap.is_between(-FIRST_JOIN_YEARS, FIRST_JOIN_YEARS)
    pairs = rows.select(*key, "year", "join").join(
        joined.unique(), on=["leader", "partner"], how="left"
    )
    other = pl.col("other").is_not_null() & (pl.col("other") != pl.col("crisno"))
    near = other & pl.when(pl.col("join") == 1).then(before).otherwise(either)
    return pairs.group_by(key).agg(recent=near.fill_null(False).any())
