"""Read how democratic states are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from willing.errors import DataError
from willing.sources.catalogue import SOURCES
from willing.sources.keys import look_up
from willing.sources.reading import read_table

Democracy = Literal["polity", "polyarchy", "uds"]

# The column and the least value that make a democracy. Polity's 6 is the convention of its makers;
# the adjusted extended UDS is shifted so that 0 is where dichotomous indices divide the world.
CUTOFFS: dict[Democracy, tuple[str, float]] = {
    "polity": ("polity2", 6),
    "polyarchy": ("v2x_polyarchy", 0.5),
    "uds": ("aeuds", 0),
}

# Polity gives these states codes of its own, so the joined file has no scores for them:
# Polity code, COW code, first and last year.
POLITY_CODES = (
    (324, 325, 1816, 1860),  # Sardinia, then Italy
    (364, 365, 1922, 1991),  # Soviet Union
    (769, 770, 1947, 1971),  # Pakistan before Bangladesh left
    (818, 816, 1976, 2100),  # Vietnam united
    (347, 345, 1991, 2005),  # Yugoslavia, Serbia and Montenegro
    (342, 345, 2006, 2100),  # Serbia
    (529, 530, 1993, 2100),  # Ethiopia without Eritrea
)

STATE_YEAR = ("ccode", "year")


def read_regimes(raw: Path, *, democracy: Democracy = "polity") -> pl.DataFrame:
    """Read three scores of democracy, and make a yes or no of one.

    Polity's scores of states that it numbers in its own way (the Soviet Union, Pakistan before
    1972, united Vietnam and others: `POLITY_CODES`) are filled in from Polity IV.

    Parameters
    ----------
    raw
        The folder of published files.
    democracy
        The score that decides who is a democracy (`CUTOFFS`): ``"polity"``, 6 or more, the
        field's convention, which is silent on states of under half a million people and on
        states under occupation or without a government; ``"polyarchy"``, V-Dem's electoral
        democracy, .5 or more; ``"uds"``, the extended Unified Democracy Scores, at or above their
        cut point, which cover all states.

    Returns
    -------
    polars.DataFrame
        One row a state-year: ``ccode``, ``year``, ``polity2`` (-10 to 10), ``v2x_polyarchy`` (0
        to 1), ``euds`` (about -2 to 3) and ``democracy`` (Boolean); missing where not scored.

    Raises
    ------
    DataError
        If a file cannot be read, a state-year occurs twice or `democracy` is not one of the
        three.
    """
    if democracy not in CUTOFFS:
        raise DataError(f"democracy={democracy!r}; choose one of {', '.join(CUTOFFS)}")
    scores = read_table(
        SOURCES["democracy"].path(raw),
        {
            "ccode": pl.Int64,
            "year": pl.Int64,
            "polity2": pl.Int64,
            "v2x_polyarchy": pl.Float64,
            "euds": pl.Float64,
            "aeuds": pl.Float64,
        },
        key=STATE_YEAR,
    )
    score, least = CUTOFFS[democracy]
    return (
        look_up(scores, _recoded_polity(raw), STATE_YEAR)
        .with_columns(polity2=pl.coalesce("polity2", "recoded"))
        .with_columns(democracy=pl.col(score) >= least)
        .select(*STATE_YEAR, "polity2", "v2x_polyarchy", "euds", "democracy")
    )


def _recoded_polity(raw: Path) -> pl.DataFrame:
    """Polity IV's scores of the states it numbers in its own way, under COW codes."""
    polity = read_table(
        SOURCES["polity"].path(raw),
        {"ccode": pl.Int64, "year": pl.Int64, "polity2": pl.Int64},
    )
    return pl.concat(
        polity.filter(pl.col("ccode") == code, pl.col("year").is_between(first, last)).select(
            pl.lit(cow, pl.Int64).alias("ccode"), "year", recoded="polity2"
        )
        for code, cow, first, last in POLITY_CODES
    )
