"""Who acted in crises on the same side, and who on opposite ones."""

from __future__ import annotations

import polars as pl


def crisis_acts(triads: pl.DataFrame) -> pl.DataFrame:
    """List the acts that tell of preferences, for the imputation of ideal points.

    Parameters
    ----------
    triads
        The record's triads.

    Returns
    -------
    polars.DataFrame
        ``year``, ``ccode``, ``other`` and ``with``: leader and partner that joined her acted with
        each other, and both against the target; every pair in both directions.
    """
    joined = triads.filter(pl.col("join") == 1)
    pairs = (("leader", "partner", True), ("leader", "target", False), ("partner", "target", False))
    parts = [
        joined.select(
            pl.col("year").cast(pl.Int64),
            ccode=pl.col(a).cast(pl.Int64),
            other=pl.col(b).cast(pl.Int64),
            **{"with": pl.lit(same)},
        )
        for first, second, same in pairs
        for a, b in ((first, second), (second, first))
    ]
    return pl.concat(parts).unique(maintain_order=True)
