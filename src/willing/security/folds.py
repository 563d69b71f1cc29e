"""Cross-fitting: every leader is scored by a fit that did not see her."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from willing.errors import EstimationError
from willing.estimation.logit import fit_logit, refit_without
from willing.numbers import Floats
from willing.security.cloglog import fit_cloglog, hazard_of

FOLDS = 10
SEED = 20160901


class BinaryModel(Protocol):
    """What a model of leaders' fates must say of itself to be fitted here."""

    @property
    def title(self) -> str:
        """What is modelled, and how."""

    @property
    def unit(self) -> str:
        """What a row is, in the plural."""

    @property
    def link(self) -> Literal["logit", "cloglog"]:
        """How the probability depends on the linear predictor."""

    @property
    def ridge(self) -> float:
        """Precision of the normal prior at 0 of every coefficient but the constant."""

    @property
    def terms(self) -> str:
        """A word for what `matrix` gives: models that share it have the same terms."""

    @property
    def event(self) -> str:
        """The column that says whether it happened; missing where that is unknown."""

    def matrix(self, rows: pl.DataFrame) -> tuple[tuple[str, ...], Floats]:
        """Give the names of the k terms and their values, shape (n, k), the constant first."""


@dataclass(frozen=True)
class CrossFit:
    """A model fitted once a fold, each time without the leaders of the fold.

    Attributes
    ----------
    model
        What was fitted.
    fold_of
        The fold of each leader, by ``leadid``; empty if one fit has seen everybody.
    coefficients
        Shape (folds, k): row f was estimated without the leaders of fold f.
    """

    model: BinaryModel
    fold_of: Mapping[str, int]
    coefficients: NDArray[np.float64]

    def score(self, rows: pl.DataFrame) -> Floats:
        """Score each row by the fit that did not see its leader, shape (n,).

        Parameters
        ----------
        rows
            Units with their covariates and ``leadid``. No fit has seen a leader without a fold
            (one who left in the first weeks of 1946): the first fold's fit scores her.
        """
        _, X = self.model.matrix(rows)
        return self.score_matrix(X, folds_of(rows, self.fold_of))

    def score_matrix(self, X: Floats, fold: NDArray[np.int64]) -> Floats:
        """Score rows whose terms, shape (n, k), and folds, shape (n,), are known already."""
        eta = np.einsum("ij,ij->i", X, self.coefficients[fold])
        probability: Floats = expit(eta) if self.model.link == "logit" else hazard_of(eta)
        return probability


def cross_fit(
    rows: pl.DataFrame, model: BinaryModel, *, folds: int = FOLDS, seed: int = SEED
) -> CrossFit:
    """Fit a model once a fold of leaders, so that no leader's exit trains her own score.

    Parameters
    ----------
    rows
        Units with covariates, the model's event, ``exposure`` and ``leadid``. Those in which it is
        not known whether it happened are left out.
    model
        What to fit.
    folds, seed
        How many folds, and the seed of the draw that deals the leaders out. One fold is one fit
        that sees everybody.

    Returns
    -------
    CrossFit

    Raises
    ------
    EstimationError
        If there are more folds than leaders, or nobody, or everybody, loses office.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    known = rows.filter(pl.col(model.event).is_not_null())
    _, X, y, weight = arrays(known, model)
    fold_of = {} if folds == 1 else deal_leaders(known, folds=folds, seed=seed)
    fold = folds_of(known, fold_of)
    # Matrices of 80 columns are multiplied faster by one thread than by several that wait.
    with threadpool_limits(1):
        return CrossFit(model, fold_of, fit_folds(X, y, weight, fold, folds, model))


def fit_folds(
    X: Floats,
    y: Floats,
    weight: Floats,
    fold: NDArray[np.int64],
    folds: int,
    model: BinaryModel,
    *,
    start: Floats | None = None,
) -> Floats:
    """Fit without each fold in turn.

    Parameters
    ----------
    X, y, weight
        Shapes (n, k), (n,) and (n,).
    fold, folds
        Shape (n,), the fold of each row, and how many there are; with one, everybody is used.
    model
        Whose link and ridge to use.
    start
        Coefficients to begin from, shape (k,).

    Returns
    -------
    ndarray
        Coefficients, shape (folds, k).
    """
    if model.link == "cloglog":
        everybody = fit_cloglog(X, y, weight, ridge=model.ridge, start=start)
        if folds == 1:
            return everybody[None, :]
        parts = (fold != f for f in range(folds))
        return np.vstack(
            [
                fit_cloglog(X[kept], y[kept], weight[kept], ridge=model.ridge, start=everybody)
                for kept in parts
            ]
        )
    fit = fit_logit(X, y, weight, ridge=model.ridge, start=start)
    if folds == 1:
        return fit.coefficients[None, :]
    return np.vstack(
        [
            refit_without(X, y, weight, out=fold == f, ridge=model.ridge, everybody=fit)
            for f in range(folds)
        ]
    )


def arrays(
    rows: pl.DataFrame, model: BinaryModel
) -> tuple[tuple[str, ...], Floats, Floats, Floats]:
    """Give the names of the terms, matrix, outcome and weight of rows.

    Raises
    ------
    EstimationError
        If nobody, or everybody, loses office.
    """
    names, X = model.matrix(rows)
    y = rows[model.event].cast(pl.Float64).to_numpy()
    if len(np.unique(y)) < 2:
        raise EstimationError(
            f"{len(y)} rows in which everybody or nobody loses office; give rows with both"
        )
    return names, X, y, rows["exposure"].cast(pl.Float64).to_numpy()


def deal_leaders(rows: pl.DataFrame, *, folds: int, seed: int) -> dict[str, int]:
    """Deal the leaders out to folds of equal size, whole persons at a time."""
    leaders = rows["leadid"].unique().sort().to_list()
    if not 2 <= folds <= len(leaders):
        raise EstimationError(f"{folds} folds of {len(leaders)} leaders; choose from 2 to as many")
    order = np.random.default_rng(seed).permutation(len(leaders))
    return {leader: int(place) % folds for leader, place in zip(leaders, order, strict=True)}


def folds_of(rows: pl.DataFrame, fold_of: Mapping[str, int]) -> NDArray[np.int64]:
    """Give the fold of each row's leader, shape (n,); 0 for leaders who were not dealt out."""
    if not fold_of:
        return np.zeros(rows.height, dtype=np.int64)
    fold = rows["leadid"].replace_strict(dict(fold_of), default=0, return_dtype=pl.Int64)
    return fold.to_numpy()
