"""Gradient boosting on the same covariates and folds: how well anything could do."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.security.folds import FOLDS, SEED, deal_leaders, folds_of
from willing.sources.reign import FAMILIES

COVARIATES = (
    "tenure",
    "age",
    "earlier_terms",
    "military_service",
    "rebel",
    "military_support",
    "non_party",
    "coalition_partners",
    "support_changed",
    "election_due",
    "elected",
    "vote_held",
    "incumbent_lost",
    "successor_elected",
    "election_announced",
    "turnover_at_elections",
    "recent_exits",
    "recent_forced_exits",
    "predecessors_left",
    "first_leader",
    "democracy",
    "gdppc",
    "growth",
    "civil_war",
    "interstate_force",
)

# As many as the trees keep apart, besides the missing.
BINS = 255


def boosted_scores(
    rows: pl.DataFrame, *, folds: int = FOLDS, seed: int = SEED
) -> NDArray[np.float64]:
    """Score each row by trees that did not see its leader.

    Settings are fixed beforehand, not tuned on the folds: 150 trees of at most 12 leaves of at
    least 40 rows, learning rate .06; a covariate of many values is cut at its quantiles.

    Parameters
    ----------
    rows
        Units with covariates and ``exit_within_year``; leader-years, so that none overlap.
    folds, seed
        As in `willing.security.survival_model.cross_fit`: the same leaders are dealt to the same
        folds.

    Returns
    -------
    ndarray
        Probabilities of losing office within a year, shape (n,).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    X = rows.select(
        *(pl.col(name).cast(pl.Float64) for name in COVARIATES),
        *((pl.col("regime") == family).cast(pl.Float64).alias(family) for family in FAMILIES),
        irregular=(pl.col("entry") == "Irregular").cast(pl.Float64),
        imposed=(pl.col("entry") == "Foreign Imposition").cast(pl.Float64),
    ).to_numpy()
    X = np.column_stack([_binned(column) for column in X.T])
    y = rows["exit_within_year"].to_numpy()
    weight = rows["exposure"].to_numpy()
    fold = folds_of(rows, deal_leaders(rows, folds=folds, seed=seed))
    scores = np.empty(len(y))
    for f in range(folds):
        out = fold == f
        trees = HistGradientBoostingClassifier(
            learning_rate=0.06,
            max_iter=150,
            max_leaf_nodes=12,
            min_samples_leaf=40,
            early_stopping=False,
            random_state=seed,
        )
        # Trees this small are grown faster by one thread than by several that wait for each other.
        with threadpool_limits(1):
            trees.fit(X[~out], y[~out], sample_weight=weight[~out])
        scores[out] = trees.predict_proba(X[out])[:, 1]
    return scores


def _binned(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Number the quantiles of a covariate that has more values than the trees tell apart.

    They would find quantiles themselves, weighted and again in each fold, in half of all the time.

    Parameters
    ----------
    column
        Shape (n,); NaN where missing.

    Returns
    -------
    ndarray
        Shape (n,); a column of few values as it is, NaN where missing.
    """
    known = ~np.isnan(column)
    if len(np.unique(column[known])) <= BINS:
        return column
    cuts = np.quantile(column[known], np.linspace(0.0, 1.0, BINS + 1)[1:-1])
    return np.where(known, np.searchsorted(cuts, column), np.nan)
