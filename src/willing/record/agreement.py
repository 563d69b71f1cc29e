"""How far the codings of joining agree, and where they do not."""

from __future__ import annotations

from itertools import combinations

import polars as pl

from willing.record.codings import CODINGS

SOURCES = tuple(f"join_{coding}" for coding in CODINGS)
COLUMNS = ("join", "join_blocs", *SOURCES)


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
    for first, second in combinations(COLUMNS, 2):
        both = triads.select(a=pl.col(first) == 1, b=pl.col(second) == 1).drop_nulls()
        a, b = both
        joins = (a.sum(), b.sum(), (a & b).sum())
        rows.append((first, second, both.height, *joins, cohen_kappa(a, b)))
    names = ("first", "second", "triads", "first_joins", "second_joins", "both_join", "kappa")
    return pl.DataFrame(rows, schema=names, orient="row")


def confusion_by_crisis(triads: pl.DataFrame, first: str, second: str) -> pl.DataFrame:
    """Count in each crisis where two codings agree and where they do not.

    Parameters
    ----------
    triads
        Triads of the record.
    first, second
        Two of its columns ``join`` and ``join_<coding>``.

    Returns
    -------
    polars.DataFrame
        One row a crisis of which both speak: ``crisno``, ``crisname``, ``both_join``,
        ``only_first``, ``only_second``, ``neither`` (triads) and ``kappa``, most disagreements
        first.
    """
    a, b = pl.col(first) == 1, pl.col(second) == 1
    spoken = triads.filter(pl.col(first).is_not_null() & pl.col(second).is_not_null())
    counts = spoken.group_by("crisno", "crisname").agg(
        both_join=(a & b).sum().cast(pl.Int64),
        only_first=(a & ~b).sum().cast(pl.Int64),
        only_second=(~a & b).sum().cast(pl.Int64),
        neither=(~a & ~b).sum().cast(pl.Int64),
    )
    number = pl.sum_horizontal("both_join", "only_first", "only_second", "neither")
    p = pl.sum_horizontal("both_join", "only_first") / number
    q = pl.sum_horizontal("both_join", "only_second") / number
    observed = pl.sum_horizontal("both_join", "neither") / number
    chance = p * q + (1 - p) * (1 - q)
    kappa = pl.when(chance < 1).then((observed - chance) / (1 - chance))
    return counts.with_columns(kappa=kappa).sort(
        pl.sum_horizontal("only_first", "only_second"), "crisno", descending=[True, False]
    )


def disagreements(triads: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """List the partners of whom one source says that they joined and another that they did not.

    Parameters
    ----------
    triads, states
        Frames of the record.

    Returns
    -------
    polars.DataFrame
        One row a (side, leader, partner), ordered by crisis: ``crisno``, ``crisname``, ``year``,
        ``leader``, ``target`` and ``partner`` (abbreviations), ``ccode`` (of the partner),
        ``join`` and the codings, missing where a source does not speak.
    """
    said = pl.concat_list(SOURCES).list.drop_nulls().list.n_unique()
    names = states.unique("ccode", keep="last", maintain_order=True)
    abbreviations = dict(names.select("ccode", "abbreviation").iter_rows())
    return triads.filter(said > 1).select(
        "crisno",
        "crisname",
        "year",
        *(
            pl.col(role).replace_strict(abbreviations, return_dtype=pl.String)
            for role in ("leader", "target", "partner")
        ),
        "join",
        *SOURCES,
        ccode="partner",
    )


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
