"""Who counts as a potential partner."""

from __future__ import annotations

import polars as pl

from willing.record.choices import Pool
from willing.sources.keys import look_up

# The Correlates of War number states by region: up to 199 the Americas, 200-399 Europe, 400-599
# Africa, 600-699 the Middle East and North Africa, 700-899 Asia, 900-999 Oceania.
REGIONS = (200, 400, 600, 700, 900)


def in_pool(triads: pl.DataFrame, states: pl.DataFrame, pool: Pool) -> pl.DataFrame:
    """Keep the triads whose partner is in the pool.

    Parameters
    ----------
    triads
        Triads with ``target``, ``partner``, ``year`` and ``PTcontig``.
    states
        What `willing.record.covariates.state_year_covariates` gave: ``ccode``, ``year``,
        ``major``.
    pool
        As in `willing.record.choices.Choices`. A dyad is politically relevant if the two are
        contiguous or one of them is a major power (Maoz and Russett 1993, American Political
        Science Review 87(3): 624-638).

    Returns
    -------
    polars.DataFrame
        Rows of `triads`. A partner of whom it is not known whether it is in the pool stays.
    """
    if pool == "all":
        return triads
    if pool == "region":
        return triads.filter(region_of(pl.col("partner")) == region_of(pl.col("target")))
    majors = states.select("year", "ccode", "major")
    roles = triads.select("year", "partner", "target", border=pl.col("PTcontig") == 1)
    for role in ("partner", "target"):
        table = majors.rename({"ccode": role, "major": f"{role}_major"})
        roles = look_up(roles, table, ["year", role])
    relevant = roles.select(pl.any_horizontal("border", "partner_major", "target_major"))
    return triads.filter(relevant.to_series().fill_null(True))


def region_of(ccode: pl.Expr) -> pl.Expr:
    """Number the region of a COW code, from 0 (the Americas) to 5 (Oceania)."""
    return pl.sum_horizontal((ccode >= first).cast(pl.Int8) for first in REGIONS)
