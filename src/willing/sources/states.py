"""The state system: who was a member on which day, and one set of codes for everybody.

Everything in the record is in Correlates of War (COW) codes. Archigos and ICB follow Gleditsch
and Ward (GW), which differ at the edges; `to_cow` translates them by date.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

# COW codes that rules elsewhere name.
UNITED_STATES, WEST_GERMANY, EGYPT, ISRAEL, SOUTH_VIETNAM = 2, 260, 651, 666, 817

EMBEDDED = Path(__file__).parents[1] / "record" / "data" / "states.parquet"

# (GW or ICB code, first day it holds, COW code). A code that is not listed is the same in both.
# None: ICB's Hijaz and Najd were never members of the COW state system.
_FIRST_DAY = date(1816, 1, 1)
RECODES: tuple[tuple[int, date, int | None], ...] = (
    (219, _FIRST_DAY, 220),  # Vichy France
    (260, _FIRST_DAY, 260),
    (260, date(1990, 10, 3), 255),  # Germany reunited
    (340, _FIRST_DAY, 345),  # Serbia
    (671, _FIRST_DAY, None),  # Hijaz
    (672, _FIRST_DAY, None),  # Najd
    (678, _FIRST_DAY, 678),
    (678, date(1990, 5, 22), 679),  # Yemen united
    (970, _FIRST_DAY, 946),  # Kiribati
    (971, _FIRST_DAY, 970),  # Nauru
    (972, _FIRST_DAY, 955),  # Tonga
    (973, _FIRST_DAY, 947),  # Tuvalu
)


@cache
def state_system() -> pl.DataFrame:
    """Give the embedded table of the state system, one row a spell of membership.

    Returns
    -------
    polars.DataFrame
        Columns ``ccode`` and ``gwcode`` (COW and GW code), ``abbreviation``, ``name``, ``start``
        and ``end`` (first and last day; a missing ``end`` means a member still).
    """
    return pl.read_parquet(EMBEDDED)


def members(when: int | date, *, system: pl.DataFrame | None = None) -> pl.DataFrame:
    """List the members of the state system.

    Parameters
    ----------
    when
        A date (members on that day) or a year (members on any day of it).
    system
        The table to look in; the embedded one by default.

    Returns
    -------
    polars.DataFrame
        Columns ``ccode``, ``abbreviation``, ``name``, one row a state, ordered by ``ccode``.
    """
    table = state_system() if system is None else system
    first, last = (date(when, 1, 1), date(when, 12, 31)) if isinstance(when, int) else (when, when)
    present = (pl.col("start") <= last) & (pl.col("end").is_null() | (pl.col("end") >= first))
    return (
        table.filter(present)
        .select("ccode", "abbreviation", "name")
        .unique("ccode", keep="last", maintain_order=True)
        .sort("ccode")
    )


def add_membership(
    frame: pl.DataFrame,
    *,
    code: str,
    when: str,
    name: str,
    system: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Say of each row whether the state with COW code `code` was a member on the day `when`.

    Parameters
    ----------
    frame
        Any frame with an integer column `code` and a date column `when`.
    code, when
        Names of those two columns.
    name
        Name of the Boolean column to add; it is missing where `code` or `when` is.
    system
        The table to look in; the embedded one by default.

    Returns
    -------
    polars.DataFrame
        `frame`, same rows and order, with the column `name`.
    """
    table = state_system() if system is None else system
    row = "_row"
    keys = frame.select(pl.col(code).alias("ccode"), pl.col(when).alias("day")).with_row_index(row)
    inside = (
        keys.join(table.select("ccode", "start", "end"), on="ccode", how="inner")
        .filter((pl.col("start") <= pl.col("day")) & (pl.col("day") <= _open_end()))
        .select(row)
        .unique()
        .to_series()
    )
    known = frame[code].is_not_null() & frame[when].is_not_null()
    flag = keys[row].is_in(inside.implode())
    return frame.with_columns(pl.when(known).then(flag).alias(name))


def to_cow(
    frame: pl.DataFrame,
    *,
    code: str = "gwcode",
    when: str = "date",
    name: str = "ccode",
) -> pl.DataFrame:
    """Add the COW code of each row's state, given its Gleditsch-Ward or ICB code.

    A translation of codes, not a check of membership: a state that COW does not count as a
    member on that day (West Germany in 1950) still gets the number that COW knows it by. Use
    `add_membership` to ask whether it was one.

    Parameters
    ----------
    frame
        Any frame with a whole-number column `code` and a column `when`.
    code
        Name of the column with Gleditsch-Ward codes (Archigos, ICB, Hewitt).
    when
        Name of a date column, or of a whole-number column of years; a year stands for its last
        day, so that Germany is 255 and Yemen 679 in 1990.
    name
        Name of the column to add.

    Returns
    -------
    polars.DataFrame
        `frame`, same rows and order, with `name` (Int64). It is missing where `code` is, where a
        code that changed has no date, and for Hijaz and Najd.
    """
    day = pl.col(when)
    if frame.schema[when].is_integer():
        day = pl.date(day, 12, 31)
    out = pl.col(code).cast(pl.Int64)
    for gw, since, cow in RECODES:
        applies = pl.col(code) == gw
        if since > _FIRST_DAY:
            applies &= day >= since
        out = pl.when(applies).then(pl.lit(cow, pl.Int64)).otherwise(out)
    changing = pl.col(code).is_in([gw for gw, since, _ in RECODES if since > _FIRST_DAY])
    return frame.with_columns(pl.when(~(changing & day.is_null())).then(out).alias(name))


def code_on(frame: pl.DataFrame, *, code: str, when: str, name: str) -> pl.DataFrame:
    """Add the COW code that the state of COW code `code` carried on the day `when`.

    The Federal Republic of Germany is 260 before 3 October 1990 and 255 after; North Yemen and
    united Yemen are 678 and 679. A dispute that runs across such a day is matched with a crisis
    that began before it under the code of the earlier day.

    Parameters
    ----------
    frame
        Any frame with a column `code` of COW codes and a date column `when`.
    code, when
        Names of those two columns.
    name
        Name of the column to add.

    Returns
    -------
    polars.DataFrame
        `frame`, same rows and order, with the column `name` (Int64).
    """
    divided = pl.col(when) > date(1945, 5, 8)
    earlier = pl.when(divided).then(pl.col(code).replace({255: 260})).otherwise(pl.col(code))
    known = frame.with_columns(earlier.replace({679: 678}).alias(name))
    return to_cow(known, code=name, when=when, name=name)


def _open_end() -> pl.Expr:
    return pl.col("end").fill_null(date(9999, 12, 31))
