"""The hazard of a dispute between two states in the years after a crisis."""

from __future__ import annotations

from typing import Literal

import polars as pl

from willing.errors import DataError
from willing.estimation.design import build_design
from willing.estimation.models import fit_logit
from willing.estimation.results import BinaryResults

Cluster = Literal["pair", "crisno"]
DAYS = 365.25
OUTCOME = "dispute"
# A cubic in time (Carter and Signorino 2010).
TIME = ("t", "t2", "t3")


def pair_years(pairs: pl.DataFrame, *, horizon: int) -> pl.DataFrame:
    """Follow each pair for the years after its crisis until it has a dispute.

    Parameters
    ----------
    pairs
        What `willing.aftermath.pairs.build_pairs` gave.
    horizon
        Years to follow it at most.

    Returns
    -------
    polars.DataFrame
        One row a pair and whole year observed: the columns of `pairs`, ``pair`` (a number for the
        two states), ``year_after`` (1, 2, ...), `OUTCOME` (0/1), what `add_terms` adds and `TIME`,
        powers of ``year_after`` over ten. A year that is observed only in part is left
        out, with whatever happened in it: a pair is censored at its last whole year.

    Raises
    ------
    DataError
        If `horizon` is less than 4 years, too few for a cubic in time, or more than 100.
    """
    if not 4 <= horizon <= 100:
        raise DataError(f"horizon={horizon}; follow pairs for 4 to 100 years")
    first, next_one, last = pl.col("end"), pl.col("next_dispute"), pl.col("until")
    whole = ((last - first).dt.total_days() / DAYS).floor().cast(pl.Int64)
    met = ((next_one - first).dt.total_days() / DAYS).floor().cast(pl.Int64) + 1
    t = pl.col("year_after") / 10
    return (
        add_terms(pairs)
        .with_columns(
            pair=pl.col("ccode1") * 1000 + pl.col("ccode2"),
            met=met,
            years=pl.min_horizontal(whole, met, pl.lit(horizon)),
        )
        .filter(pl.col("years") > 0)
        .with_columns(year_after=pl.int_ranges(1, pl.col("years") + 1))
        .explode("year_after")
        .with_columns(
            (pl.col("met") == pl.col("year_after")).fill_null(False).cast(pl.Int8).alias(OUTCOME),
            t=t,
            t2=t**2,
            t3=t**3,
        )
        .drop("met", "years")
    )


def add_terms(pairs: pl.DataFrame) -> pl.DataFrame:
    """Add ``log_size`` and ``log_disputes``, the logarithm of 1 + ``disputes_before``."""
    return pairs.with_columns(
        log_size=pl.col("size").log(), log_disputes=pl.col("disputes_before").log1p()
    )


def life_table(years: pl.DataFrame, by: str) -> pl.DataFrame:
    """Give the share of pairs with a dispute within so many years, by group.

    Parameters
    ----------
    years
        What `pair_years` gave.
    by
        The column that groups them.

    Returns
    -------
    polars.DataFrame
        One row a group and year: `by`, ``year_after``, ``at_risk``, ``disputes`` (in that year)
        and ``risk``, 1 less the product-limit estimate of survival.
    """
    table = (
        years.group_by(by, "year_after")
        .agg(at_risk=pl.len(), disputes=pl.col(OUTCOME).cast(pl.Int64).sum())
        .sort(by, "year_after")
    )
    survived = (1 - pl.col("disputes") / pl.col("at_risk")).cum_prod().over(by)
    return table.with_columns(risk=1 - survived)


def fit_hazard(
    years: pl.DataFrame, terms: tuple[str, ...], *, name: str, cluster: Cluster = "pair"
) -> BinaryResults:
    """Fit the discrete-time hazard ``1 / (1 + exp(-x'b))`` of a dispute.

    Parameters
    ----------
    years
        What `pair_years` gave; rows with a missing value are left out.
    terms
        What explains the hazard besides `TIME`.
    name
        What to call the model.
    cluster
        Whose years are dependent: those of one pair of states, in all its crises, or those of one
        crisis, of all its pairs.

    Returns
    -------
    BinaryResults
        A logit with clustered errors.

    Raises
    ------
    EstimationError
        If the coefficients have no finite estimate.
    """
    design = build_design(years, outcome=OUTCOME, mean=(*terms, *TIME), cluster=cluster)
    return fit_logit(design, name=name)
