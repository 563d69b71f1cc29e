"""Read deliveries of major arms between states."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.sources.catalogue import SOURCES
from willing.sources.reading import read_table

# The processed file has lost its code for these; every other row without one is no state.
_CODES = {"Serbia": 345, "Micronesia": 987}
# Names with an asterisk are of rebels and of organisations. Rebels carry the code of the state
# they fought against in this file: the Houthis that of Yemen, the Viet Cong that of South Vietnam.
_NO_STATE = r"\*$"
# Parts of states that broke away or claim to govern them, under their states' codes.
_BREAKAWAY = ("Northern Cyprus", "Libya GNC")


def read_arms(raw: Path) -> pl.DataFrame:
    """Read the trend-indicator values of arms that one state delivered to another.

    The file has no line of the Federal Republic of Germany before 1991, neither as recipient nor
    as supplier: its deliveries are unknown, not zero. Rebels, organisations and unknown parties
    are left out. A printed 0 is a delivery of less than half a million.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a (supplier, recipient, calendar year of delivery): ``supplier``, ``recipient``
        (COW), ``year`` and ``tiv`` (millions of trend-indicator value). No row means no delivery
        from 1950 to 2021.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    parties = ("supplier", "recipient")
    table = read_table(
        SOURCES["arms"].path(raw),
        dict.fromkeys(parties, pl.String)
        | {f"{party}_cown": pl.Int64 for party in parties}
        | {"year": pl.Int64, "value": pl.Float64},
        key=(*parties, "year"),
    )
    coded = table.with_columns(
        pl.col(f"{party}_cown").fill_null(
            pl.col(party).replace_strict(_CODES, default=None, return_dtype=pl.Int64)
        )
        for party in parties
    )
    states = coded.filter(
        ~pl.col(party).str.contains(_NO_STATE)
        & ~pl.col(party).is_in(_BREAKAWAY)
        & pl.col(f"{party}_cown").is_not_null()
        for party in parties
    )
    # North Yemen stands under two names in some years.
    return (
        states.group_by(
            pl.col("supplier_cown").alias("supplier"),
            pl.col("recipient_cown").alias("recipient"),
            "year",
        )
        .agg(tiv=pl.col("value").sum())
        .sort("supplier", "recipient", "year")
    )
