"""Who counts as a potential partner."""

from __future__ import annotations

from typing import get_args

import polars as pl

from willing.errors import DataError
from willing.record.choices import Pool
from willing.sources.keys import look_up

# The Correlates of War number states by region: up to 199 the Americas, 200-399 Europe, 400-599
# Africa, 600-699 the Middle East and North Africa, 700-899 Asia, 900-999 Oceania.
REGIONS = (200, 400, 600, 700, 900)


def add_relevance(triads: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Add whether target and partner are politically relevant to each other.

    They are if they are contiguous or one of them is a major power (Maoz and Russett 1993, American
    Political Science Review 87(3): 624-638).

    Parameters
    ----------
    triads
        Triads with ``target``, ``partner``, ``year`` and ``PTcontig``.
    states
        What `willing.record.covariates.state_year_covariates` gave: ``ccode``, ``year``,
        ``major``.

    Returns
    -------
    polars.DataFrame
        `triads` with ``relevant`` (0/1), missing where nothing says so and something is unknown.
    """
    majors = states.select("year", "ccode", "major")
    roles = triads.select("year", "partner", "target", border=pl.col("PTcontig") == 1)
    for role in ("partner", "target"):
        table = majors.rename({"ccode": role, "major": f"{role}_major"})
        roles = look_up(roles, table, ["year", role])
    relevant = roles.select(pl.any_horizontal("border", "partner_major", "target_major"))
    return triads.with_columns(relevant.to_series().cast(pl.Int8).alias("relevant"))


def in_pool(triads: pl.DataFrame, pool: Pool) -> pl.DataFrame:
    """Keep the triads whose partner is in the pool.

    Parameters
    ----------
    triads
        Triads with ``target``, ``partner`` and ``relevant``.
    pool
        As in `willing.record.choices.Choices`.

    Returns
    -------
    polars.DataFrame
        Rows of `triads`. A partner of whom it is not known whether it is in the pool stays.

    Raises
    ------
    DataError
        If there is no such pool.
    """
    if pool not in get_args(Pool):
        raise DataError(f"pool='{pool}'; it is {', '.join(get_args(Pool))}")
    if pool == "all":
        return triads
    if pool == "region":
        return triads.filter(region_of(pl.col("partner")) == region_of(pl.col("target")))
    return triads.filter(pl.col("relevant").fill_null(1) == 1)


def region_of(ccode: pl.Expr) -> pl.Expr:
    """Number the region of a COW code, from 0 (the Americas) to 5 (Oceania)."""
    return pl.sum_horizontal((ccode >= first).cast(pl.Int8) for first in REGIONS)
