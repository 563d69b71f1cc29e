"""How far the codings of joining agree."""

from __future__ import annotations

from itertools import combinations

import polars as pl

from willing.record.joins import CODINGS


def coding_agreement(triads: pl.DataFrame) -> pl.DataFrame:
    """Compare the codings of joining two by two.

    Parameters
    ----------
    triads
        Triads of the record.

    Returns
    -------
    polars.DataFrame
        One row a pair of codings: ``first``, ``second``, ``triads`` (of which both speak),
        ``first_joins``, ``second_joins``, ``both_join`` and ``kappa`` (Cohen's; missing where
        chance alone would agree always).
    """
    rows = []
    for first, second in combinations(("join", *(f"join_{coding}" for coding in CODINGS)), 2):
        both = triads.select(a=pl.col(first) == 1, b=pl.col(second) == 1).drop_nulls()
        a, b = both
        joins = (a.sum(), b.sum(), (a & b).sum())
        rows.append((first, second, both.height, *joins, cohen_kappa(a, b)))
    names = ("first", "second", "triads", "first_joins", "second_joins", "both_join", "kappa")
    return pl.DataFrame(rows, schema=names, orient="row")


def cohen_kappa(first: pl.Series, second: pl.Series) -> float | None:
    """Give Cohen's kappa of two codings of yes or no, without missing values.

    It is ``(observed - chance) / (1 - chance)`` agreement (Cohen 1960).
    """
    observed = (first == second).cast(pl.Float64).mean()
    p, q = (series.cast(pl.Float64).mean() for series in (first, second))
    if not (isinstance(observed, float) and isinstance(p, float) and isinstance(q, float)):
        return None
    chance = p * q + (1 - p) * (1 - q)
    return None if chance == 1 else (observed - chance) / (1 - chance)
