"""Predict ideal points from predictors by the mean of three learners that never saw the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from willing.numbers import Floats, Ints

SEED = 20161101
FOLDS = 6
# Fixed beforehand, not tuned on the folds: few leaves of many rows, since rows of a state repeat.
BOOSTING = {"max_iter": 120, "learning_rate": 0.08, "max_leaf_nodes": 16, "min_samples_leaf": 40}
TREES = {"n_estimators": 60, "min_samples_leaf": 5, "max_features": 0.4}
PENALTY = 100.0
# What an alliance or a region meant changed with the end of the Cold War.
BREAK = 1990


def deal_states(states: Ints, *, folds: int = FOLDS, seed: int = SEED) -> Ints:
    """Deal states to folds at random; rows of a state share a fold, shape (n,)."""
    codes, place = np.unique(states, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(codes)) % folds
    return np.asarray(dealt[place])


def predict_held_out(
    predictors: pl.DataFrame,
    observed: Floats,
    *,
    folds: int = FOLDS,
    seed: int = SEED,
    progress: Callable[[str], object] = lambda _: None,
) -> Floats:
    """Predict every state-year from states of other folds.

    Parameters
    ----------
    predictors
        One row a state-year, as `willing.divergence.predictors.predictors` gives them.
    observed
        Ideal points, NaN where the state did not vote, shape (n,).
    folds
        Number of folds of states.
    seed
        Seed of the folds and of the trees.
    progress
        Told what is done.

    Returns
    -------
    ndarray, shape (n,)
        The mean of ridge regression, gradient boosting and extremely randomised trees.
    """
    plain, crossed = _matrices(predictors)
    fold = deal_states(predictors["ccode"].to_numpy(), folds=folds, seed=seed)
    voted = np.isfinite(observed)
    predicted = np.empty(len(observed))
    for k in range(folds):
        train, test = voted & (fold != k), fold == k
        total = np.zeros(int(test.sum()))
        for X, learner in ((crossed, _ridge()), (plain, _boosting(seed)), (plain, _trees(seed))):
            learner.fit(X[train], observed[train])
            total += learner.predict(X[test])
        predicted[test] = total / 3
        progress(f"ideal points: fold {k + 1} of {folds}")
    return predicted


def _matrices(predictors: pl.DataFrame) -> tuple[Floats, Floats]:
    """The predictors with regions one by one, and the same with all crossed by period."""
    values = predictors.drop("ccode", "region").cast(pl.Float64)
    regions = predictors.select(region=pl.col("region").cast(pl.String)).to_dummies()
    plain = np.hstack([values.to_numpy(), regions.to_numpy().astype(float)])
    late = (predictors["year"].to_numpy() >= BREAK).astype(float)[:, None]
    return plain, np.hstack([plain * (1 - late), plain * late, late])


def _ridge() -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True), StandardScaler(), Ridge(PENALTY)
    )


def _boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(random_state=seed, early_stopping=False, **BOOSTING)


def _trees(seed: int) -> Any:
    from sklearn.ensemble import ExtraTreesRegressor

    return ExtraTreesRegressor(random_state=seed, n_jobs=1, **TREES)
