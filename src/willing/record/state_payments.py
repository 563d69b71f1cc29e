"""What the United States paid and sent to every state in every year, and who delivered arms."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.aid import aid_codes, read_aid
from willing.sources.arms import read_arms
from willing.sources.catalogue import SOURCES
from willing.sources.council import read_council_seats
from willing.sources.keys import look_up
from willing.sources.states import UNITED_STATES, WEST_GERMANY
from willing.sources.troops import read_troops

_KEY = ["ccode", "fy"]
# United Germany and united Yemen are members from 1990, but the files count them from 1991.
_UNITED_IN_1990 = (255, 679)


def state_payments(raw: Path, system: pl.DataFrame) -> pl.DataFrame:
    """Lay aid, arms, troops and council seats side by side, state by year.

    A state without a line in a file got nothing while it existed and the file covers the year:
    zero. Outside, and where the file speaks of the state under another's code, the value is
    missing.

    Parameters
    ----------
    raw
        The folder of published files.
    system
        The state system, as `willing.sources.states.state_system` gives it.

    Returns
    -------
    polars.DataFrame
        One row a (state, year) in which the state was a member of the system on some day or had
        an obligation of aid, the United States excepted: ``ccode``, ``fy`` (the US fiscal year of
        aid; arms, troops and seats are of the calendar year of that number), ``member``, ``aid``
        and ``aid_current`` (millions of dollars of fiscal year 2019 and of the year's own),
        ``tiv`` (arms delivered by the United States), ``troops``, ``seat``, ``covered_aid``,
        ``covered_tiv``, ``covered_troops``, the flags of aid ``tq``, ``negative``,
        ``shared_code``, and ``aid_elsewhere`` (what went to regions, territories and the world in
        that fiscal year, the same in all rows of it).

    Raises
    ------
    DataError
        If a file is not as published.
    """
    aid = read_aid(raw)
    given = aid.drop_nulls("ccode").select(
        *_KEY,
        "tq",
        "shared_code",
        reported="aid",
        reported_current="aid_current",
        negative=pl.col("negative_rows") > 0,
    )
    rows = _state_years(system, given)
    arms = read_arms(raw).filter(pl.col("supplier") == UNITED_STATES)
    rows = look_up(rows, given, _KEY)
    rows = look_up(rows, arms.select(ccode="recipient", fy="year", delivered="tiv"), _KEY)
    rows = look_up(rows, read_troops(raw).select("ccode", "troops", fy="year"), _KEY)
    seats = read_council_seats(raw, system).select("ccode", fy="year", seat=pl.lit(True))
    rows = look_up(rows, seats, _KEY)
    elsewhere = aid.filter(pl.col("ccode").is_null()).select("fy", aid_elsewhere="aid")
    rows = look_up(rows, elsewhere, ["fy"])
    covered = _add_spoken_of(rows).with_columns(
        covered_aid=_within("us_aid")
        & (pl.col("reported").is_not_null() | (pl.col("member") & pl.col("spoken_of"))),
        covered_tiv=_within("arms")
        & pl.col("member")
        & ~_counted_with_predecessor()
        # The arms file has no line of the Federal Republic before unification.
        & (pl.col("ccode") != WEST_GERMANY),
        covered_troops=_within("troops") & pl.col("member") & pl.col("troops").is_not_null(),
    )
    return covered.sort(_KEY).select(
        *_KEY,
        "member",
        aid=pl.when("covered_aid").then(pl.col("reported").fill_null(0.0)),
        aid_current=pl.when("covered_aid").then(pl.col("reported_current").fill_null(0.0)),
        tiv=pl.when("covered_tiv").then(pl.col("delivered").fill_null(0.0)),
        troops=pl.when("covered_troops").then("troops"),
        seat=pl.when(_within("council") & pl.col("member")).then(pl.col("seat").fill_null(False)),
        covered_aid="covered_aid",
        covered_tiv="covered_tiv",
        covered_troops="covered_troops",
        tq=pl.col("tq").fill_null(False),
        negative=pl.col("negative").fill_null(False),
        shared_code=pl.col("shared_code").fill_null(False),
        aid_elsewhere="aid_elsewhere",
    )


def arms_deliveries(raw: Path) -> pl.DataFrame:
    """Give the arms that states delivered to states, as `willing.sources.arms` reads them.

    Columns ``supplier``, ``recipient``, ``fy`` (the calendar year) and ``tiv``.
    """
    return read_arms(raw).rename({"year": "fy"})


def _state_years(system: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Every year of membership, and every other year with aid."""
    first = min(SOURCES[key].coverage[0] for key in ("us_aid", "arms", "troops", "council"))
    last = max(SOURCES[key].coverage[1] for key in ("us_aid", "arms", "troops", "council"))
    years = pl.DataFrame({"fy": range(first, last + 1)})
    since, until = pl.col("start").dt.year(), pl.col("end").dt.year().fill_null(last)
    members = (
        system.filter(pl.col("ccode") != UNITED_STATES)
        .select("ccode", since=since, until=until)
        # Many to many: spells of membership with the years in them.
        .join_where(years, pl.col("since") <= pl.col("fy"), pl.col("until") >= pl.col("fy"))
        .select(*_KEY, member=pl.lit(True))
        .unique()
    )
    others = given.join(members, on=_KEY, how="anti").select(*_KEY, member=pl.lit(False))
    return pl.concat([members, others])


def _within(key: str) -> pl.Expr:
    return pl.col("fy").is_between(*SOURCES[key].coverage)


def _add_spoken_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Say whether the file of aid had a code for the state in that year; listed or not."""
    codes = aid_codes().drop_nulls("ccode").select("ccode", "since", "until")
    within = (pl.col("fy") >= pl.col("since").fill_null(pl.col("fy"))) & (
        pl.col("fy") <= pl.col("until").fill_null(pl.col("fy"))
    )
    # A state may have several codes; one that has none (Monaco) was simply never listed.
    spoken = rows.select(_KEY).join(codes, on="ccode", how="left", validate="m:m")
    return look_up(rows, spoken.group_by(_KEY).agg(spoken_of=within.any()), _KEY)


def _counted_with_predecessor() -> pl.Expr:
    return pl.col("ccode").is_in(_UNITED_IN_1990) & (pl.col("fy") == 1990)
