"""Read where capitals lie and which states touch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.sources.catalogue import SOURCES
from willing.sources.dates import as_dates
from willing.sources.keys import require_unique
from willing.sources.reading import read_table

EARTH_RADIUS_KM = 6371.0088  # mean radius, International Union of Geodesy and Geophysics

# The published file places these two at the centre of the country instead.
CORRECTED = {"Brasilia": (-15.7939, -47.8828), "Riyadh": (24.6333, 46.7167)}


def great_circle_km(
    latitude1: NDArray[np.float64],
    longitude1: NDArray[np.float64],
    latitude2: NDArray[np.float64],
    longitude2: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the great-circle distance between points on a sphere, by the haversine formula.

    Parameters
    ----------
    latitude1, longitude1, latitude2, longitude2
        Degrees, arrays of one shape.

    Returns
    -------
    numpy.ndarray
        Kilometres, of the same shape.
    """
    phi1, lambda1, phi2, lambda2 = map(np.radians, (latitude1, longitude1, latitude2, longitude2))
    haversine = (
        np.sin((phi2 - phi1) / 2) ** 2
        + np.cos(phi1) * np.cos(phi2) * np.sin((lambda2 - lambda1) / 2) ** 2
    )
    # Rounding can carry the haversine of antipodes past 1.
    angle: NDArray[np.float64] = 2 * np.arcsin(np.sqrt(np.minimum(haversine, 1)))
    return EARTH_RADIUS_KM * angle


def read_capitals(raw: Path) -> pl.DataFrame:
    """Read the capital of each state as each year began.

    Brasilia and Riyadh are put where they are (`CORRECTED`).

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a state-year: ``ccode``, ``year``, ``capital`` on 1 January, ``latitude``,
        ``longitude`` (degrees). The file dates a state's first capital from 1 January of its
        first year.

    Raises
    ------
    DataError
        If the file cannot be read, a date in it cannot, or a state has two capitals on a day.
    """
    path = SOURCES["capitals"].path(raw)
    table = read_table(
        path,
        {
            "ccode": pl.Int64,
            "capital": pl.String,
            "stdate": pl.String,
            "enddate": pl.String,
            "lat": pl.Float64,
            "lng": pl.Float64,
        },
    )
    start, end = (as_dates(path, table[name], "%Y-%m-%d") for name in ("stdate", "enddate"))
    years = (
        table.with_columns(
            first=start.dt.year() + (start.dt.ordinal_day() > 1).cast(pl.Int32),
            last=end.dt.year(),
            latitude=_corrected(0, "lat"),
            longitude=_corrected(1, "lng"),
        )
        .with_columns(year=pl.int_ranges("first", pl.col("last") + 1, dtype=pl.Int64))
        .explode("year")
        .drop_nulls("year")
        .select("ccode", "year", "capital", "latitude", "longitude")
        .sort("ccode", "year")
    )
    require_unique(years, ["ccode", "year"], what=path)
    return years


def read_contiguity(raw: Path) -> pl.DataFrame:
    """Read how close the territories of two states came in each year.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a directed dyad-year: ``ccode1``, ``ccode2``, ``year``, ``contiguity``: 1 by land
        or river, 2 to 5 by at most 12, 24, 150 or 400 miles of water; the closest in force in any
        month of the year. Symmetric. No row means none of these, within the file's years.

    Raises
    ------
    DataError
        If the file cannot be read or a date in it cannot.
    """
    key = ["ccode1", "ccode2", "year"]
    first, last = (pl.col(name).dt.year() for name in ("since", "until"))
    return (
        read_contiguity_spells(raw)
        .with_columns(year=pl.int_ranges(first, last + 1, dtype=pl.Int64))
        .explode("year")
        .group_by(key)
        .agg(contiguity=pl.col("contiguity").min())
        .sort(key)
    )


def read_contiguity_spells(raw: Path) -> pl.DataFrame:
    """Read how close the territories of two states came, from which month to which.

    Only year and month of the published dates mean anything, and the file's type 0 records that
    two states did *not* touch, so it gives no row here. Where two relations overlap, the closer
    one counts.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a directed relation: ``ccode1``, ``ccode2``, ``contiguity`` (as in
        `read_contiguity`), ``since`` and ``until`` (first day of its first month and last of its
        last). Symmetric.

    Raises
    ------
    DataError
        If the file cannot be read or a date in it cannot.
    """
    path = SOURCES["contiguity"].path(raw)
    table = read_table(
        path,
        {
            "ccode1": pl.Int64,
            "ccode2": pl.Int64,
            "conttype": pl.Int64,
            "stdate": pl.String,
            "enddate": pl.String,
        },
    )
    first, last = (as_dates(path, table[name], "%Y-%m-%d") for name in ("stdate", "enddate"))
    return (
        table.with_columns(since=first.dt.month_start(), until=last.dt.month_end())
        .filter(pl.col("conttype") > 0)
        .select("ccode1", "ccode2", "since", "until", contiguity="conttype")
        .sort("ccode1", "ccode2", "since", "until", "contiguity")
    )


def _corrected(axis: int, published: str) -> pl.Expr:
    right = {name: place[axis] for name, place in CORRECTED.items()}
    return (
        pl.col("capital")
        .replace_strict(right, default=None, return_dtype=pl.Float64)
        .fill_null(pl.col(published))
    )
