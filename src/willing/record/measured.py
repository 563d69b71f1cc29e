"""Put the measures of leaders' security on rows that pair a leader with a partner.

The record keeps them once a leader and day, in the table ``security``; they are put on the triads
when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from willing.security.measures import DEFAULT, DIGITS, MEASURES, find_measure
from willing.sources.keys import look_up

# The measure chosen on loading, turned so that more is less secure.
INSECURITY, PARTNER_INSECURITY = "insecurity_leader", "insecurity_partner"
ROLES, SPELLS, NAMES = ("leader", "partner"), ("Lobsid", "Pobsid"), ("Lname", "Pname")
MEASURED = (
    *SPELLS,
    *NAMES,
    *(f"{name}_{role}" for role in ROLES for name in MEASURES),
    INSECURITY,
    PARTNER_INSECURITY,
)


def leader_days(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Give the states and days of whose leaders rows speak.

    Parameters
    ----------
    frames
        Rows with ``leader``, ``partner`` and ``start``.

    Returns
    -------
    polars.DataFrame
        ``ccode`` and ``date``, each pair once, in order.
    """
    keys = pl.concat(
        frame.select(ccode=pl.col(role).cast(pl.Int64), date="start")
        for frame in frames
        for role in ROLES
    )
    return keys.unique().sort("ccode", "date")


def add_measures(
    rows: pl.DataFrame,
    security: pl.DataFrame,
    *,
    measure: str = DEFAULT,
    every: bool = True,
) -> pl.DataFrame:
    """Add who led L and P on the day before, and the measures of these leaders, to rows.

    Parameters
    ----------
    rows
        Rows with ``leader``, ``partner`` and ``start``.
    security
        The record's table: ``ccode``, ``date`` and a column a measure.
    measure
        Which becomes ``insecurity_leader`` and ``insecurity_partner``: itself if a high value means
        an insecure leader, one less it if a secure one.
    every
        Whether all measures are added too, each under its name with ``_leader`` and ``_partner``,
        and the leaders themselves: their spells in office, ``Lobsid`` and ``Pobsid``, and names,
        ``Lname`` and ``Pname``.

    Raises
    ------
    DataError
        If there is no such measure.
    """
    chosen = insecurity(measure)
    names = [name for name in MEASURES if every]
    for role, spell, called in zip(ROLES, SPELLS, NAMES, strict=True):
        table = security.select(
            pl.col("ccode").alias(role),
            pl.col("date").alias("start"),
            *([pl.col("obsid").alias(spell), pl.col("leader_name").alias(called)] if every else []),
            *(pl.col(name).alias(f"{name}_{role}") for name in names),
            chosen.alias(f"insecurity_{role}"),
        )
        rows = look_up(rows, table, [role, "start"])
    return rows


def compact(security: pl.DataFrame) -> pl.DataFrame:
    """Keep the measures as they are written: in single precision, without what others tell."""
    return security.drop("stake", strict=False).with_columns(pl.col(pl.Float64).cast(pl.Float32))


def spread_out(security: pl.DataFrame) -> pl.DataFrame:
    """Give all measures in double precision, to the digits that they were rounded to."""
    r, sigma = pl.col("survival_given_victory"), pl.col("survival_given_defeat")
    exact = security.with_columns(pl.col(pl.Float32).cast(pl.Float64).round(DIGITS))
    return exact.with_columns(stake=(r - sigma).round(DIGITS))


def insecurity(measure: str) -> pl.Expr:
    """Give a measure turned so that more is less secure.

    Raises
    ------
    DataError
        If there is no such measure.
    """
    column = pl.col(find_measure(measure).name)
    return column if MEASURES[measure].sign > 0 else 1.0 - column


def turned(measure: str) -> dict[str, pl.Expr]:
    """Give ``insecurity_leader`` and ``insecurity_partner`` by a measure that rows hold already.

    Raises
    ------
    DataError
        If there is no such measure.
    """
    sign = find_measure(measure).sign
    columns = {f"insecurity_{role}": pl.col(f"{measure}_{role}") for role in ROLES}
    return {name: value if sign > 0 else 1.0 - value for name, value in columns.items()}


def without_measures(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out what `add_measures` added."""
    return rows.drop(MEASURED, strict=False)
