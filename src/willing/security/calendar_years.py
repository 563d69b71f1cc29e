"""Leaders by calendar year, the units of the survival models of the 1990s (Cheibub 1998)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from willing.numbers import Floats
from willing.security.leader_units import YEAR
from willing.security.measures import PAPERS_YEARS
from willing.security.survival_design import GROWTH, GROWTH_LIMIT, INCOME
from willing.sources.keys import look_up
from willing.sources.states import to_cow

# Exits count over so many years; a state begins with .3 exits in 2 years, a rate of .15, the
# average of all, so that a young state's turnover is not 0 or 1 by its first leader alone.
MEMORY = 60
PRIOR_EXITS, PRIOR_YEARS = 0.3, 2.0
# Polity's convention for a democracy.
DEMOCRATIC = 6


@dataclass(frozen=True)
class CheibubModel:
    """A complementary log-log regression of leaving office in a calendar year, in Cheibub's manner.

    Tenure, democracy and their product, growth of the year before, income and the state's past
    turnover. A missing growth or income counts as typical, a state without a Polity score as no
    democracy.

    Attributes
    ----------
    by
        ``"leader"``: whether the leader leaves in the year; ``"country"``: whether anybody does
        who leads the state in it, looked at with the leader of its first day.
    ridge
        None: the model is small.
    """

    by: Literal["leader", "country"] = "leader"
    ridge: float = 0.0
    link: Literal["cloglog"] = "cloglog"
    event: str = "exit_in_year"
    terms: str = "calendar"

    @property
    def title(self) -> str:
        """What is modelled."""
        who = "the leader leaves" if self.by == "leader" else "the state's leader changes"
        return f"Complementary log-log of whether {who} in the calendar year"

    @property
    def unit(self) -> str:
        """What a row is."""
        return f"{self.by}-years"

    def matrix(self, rows: pl.DataFrame) -> tuple[tuple[str, ...], Floats]:
        """Give names and values of the terms, the constant first."""
        names, columns = zip(("constant", np.ones(rows.height)), *_terms(rows), strict=True)
        return names, np.column_stack(columns)


def _terms(rows: pl.DataFrame) -> Iterator[tuple[str, Floats]]:
    tenure = np.log1p(rows["tenure_in_year"].cast(pl.Float64).to_numpy())
    growth = rows["growth"].cast(pl.Float64).fill_null(GROWTH).clip(-GROWTH_LIMIT, GROWTH_LIMIT)
    democracy = (rows["polity2"].fill_null(-10) >= DEMOCRATIC).cast(pl.Float64).to_numpy()
    yield "log (tenure + 1)", tenure
    yield "growth of the year before", growth.to_numpy()
    yield "turnover", rows["turnover"].cast(pl.Float64).to_numpy()
    yield "democracy", democracy
    yield "log (tenure + 1) x democracy", tenure * democracy
    yield "log income", np.log(rows["gdppc"].cast(pl.Float64).fill_null(INCOME).to_numpy())


def leader_calendar_years(spells: pl.DataFrame) -> pl.DataFrame:
    """Give one row a spell in office and calendar year of it.

    Parameters
    ----------
    spells
        What `willing.sources.leaders.read_leaders` gave.

    Returns
    -------
    polars.DataFrame
        ``obsid``, ``leadid``, ``gwcode``, ``ccode``, ``start``, ``year``, ``date`` (its first day
        in office of the year), ``exit_in_year`` (she loses office in it) and ``exposure`` (1), of
        `PAPERS_YEARS`.
    """
    ends = pl.col("end").dt.year()
    rows = (
        spells.with_columns(year=pl.int_ranges(pl.col("start").dt.year(), ends + 1))
        .explode("year")
        .filter(pl.col("year").is_between(*PAPERS_YEARS))
        .with_columns(date=pl.max_horizontal("start", pl.date("year", 1, 1)))
    )
    return to_cow(rows, code="gwcode", when="date").select(
        "obsid",
        "leadid",
        "gwcode",
        "ccode",
        "start",
        pl.col("year").cast(pl.Int64),
        "date",
        exit_in_year=pl.col("lost_office") & (ends == pl.col("year")),
        exposure=pl.lit(1.0),
    )


def country_calendar_years(years: pl.DataFrame) -> pl.DataFrame:
    """Give one row a state and calendar year, with its first leader of the year.

    Parameters
    ----------
    years
        What `leader_calendar_years` gave.

    Returns
    -------
    polars.DataFrame
        The same columns; ``exit_in_year`` says whether any leader lost office in the year.
    """
    return (
        years.sort("gwcode", "year", "date", "start", "obsid")
        .group_by("gwcode", "year", maintain_order=True)
        .agg(pl.all().exclude("exit_in_year").first(), pl.col("exit_in_year").any())
        .select(years.columns)
    )


def add_calendar(rows: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Add what a model by calendar year knows of the leader and her state's earlier ones.

    Parameters
    ----------
    rows
        Units with ``gwcode``, ``start`` and ``date``.
    spells
        What `willing.sources.leaders.read_leaders` gave.

    Returns
    -------
    polars.DataFrame
        `rows` with ``tenure_in_year`` (years in office on 1 January, 0 if she entered later) and
        ``turnover``, losses of office in the state in the last `MEMORY` years, a year.
    """
    first = spells.group_by("gwcode").agg(_since=pl.col("start").dt.year().min())
    exits = spells.filter("lost_office").select("gwcode", left=pl.col("end").dt.year())
    year = pl.col("_year")
    keyed = rows.with_columns(_year=pl.col("date").dt.year())
    counts = (
        keyed.select("gwcode", "_year")
        .unique()
        .join(exits, on="gwcode")
        .filter(pl.col("left") < year, pl.col("left") >= year - MEMORY)
        .group_by("gwcode", "_year")
        .agg(_exits=pl.len())
    )
    since_new_year = (pl.date(year, 1, 1) - pl.col("start")).dt.total_days() / YEAR
    seen = pl.min_horizontal(pl.lit(MEMORY), year - pl.col("_since"))
    return (
        look_up(look_up(keyed, counts, ["gwcode", "_year"]), first, ["gwcode"])
        .with_columns(
            tenure_in_year=since_new_year.clip(lower_bound=0),
            turnover=(pl.col("_exits").fill_null(0) + PRIOR_EXITS) / (seen + PRIOR_YEARS),
        )
        .drop("_year", "_exits", "_since")
    )
