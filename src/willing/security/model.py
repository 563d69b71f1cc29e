"""The survival model of leaders, fitted, printed, and scoring each leader by others' fates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from willing.errors import EstimationError
from willing.security.design import Design, design_matrix
from willing.security.logit import clustered_covariance, fit_logit, refit_without

Vector = NDArray[np.float64]

FOLDS = 10
SEED = 20160901


@dataclass(frozen=True)
class SurvivalModel:
    """A logit of losing office within a year.

    Attributes
    ----------
    design
        ``"full"``, or the ``"plain"`` model of tenure x democracy, age, entry, growth and income.
    ridge
        Precision of the normal prior at 0 of every coefficient but the constant: with 2 a standard
        deviation of .7, next to nothing where there are data, and a finite estimate where an
        outcome is separated.
    """

    design: Design = "full"
    ridge: float = 2.0

    def fit(self, rows: pl.DataFrame) -> SurvivalEstimates:
        """Fit to all rows.

        Parameters
        ----------
        rows
            Units with their covariates, ``exit_within_year``, ``exposure`` and ``leadid``:
            `willing.security.scores.LeaderSurvival.quarters`. A year in which an exit could only
            partly be seen counts with the part that was observed.

        Returns
        -------
        SurvivalEstimates

        Raises
        ------
        EstimationError
            If nobody, or everybody, loses office, or the fit does not converge.
        """
        names, X, y, weight = _arrays(rows, self.design)
        fit = fit_logit(X, y, weight, ridge=self.ridge)
        leaders, cluster = np.unique(rows["leadid"].to_numpy(), return_inverse=True)
        covariance = clustered_covariance(fit, X, y, weight, cluster)
        return SurvivalEstimates(
            model=self,
            names=names,
            coefficients=fit.coefficients,
            standard_errors=np.sqrt(np.diag(covariance)),
            log_likelihood=fit.log_likelihood,
            n_rows=len(y),
            n_leaders=len(leaders),
        )


@dataclass(frozen=True)
class SurvivalEstimates:
    """Estimates of the survival model.

    Attributes
    ----------
    model
        What was fitted.
    names
        The k terms.
    coefficients, standard_errors
        Shape (k,): effects on the log-odds of losing office within a year, and their standard
        errors clustered by leader (the sandwich, at the penalised estimate).
    log_likelihood
        Of the rows, which overlap: for comparing models, not for tests.
    n_rows, n_leaders
        Rows and persons they are about.
    """

    model: SurvivalModel
    names: tuple[str, ...]
    coefficients: Vector
    standard_errors: Vector
    log_likelihood: float
    n_rows: int
    n_leaders: int

    def predict(self, rows: pl.DataFrame) -> Vector:
        """Give the probability of losing office within a year for each row, shape (n,)."""
        _, X = design_matrix(rows, self.model.design)
        probability: Vector = expit(X @ self.coefficients)
        return probability

    def to_frame(self) -> pl.DataFrame:
        """Give the coefficients, one row a term."""
        z = self.coefficients / self.standard_errors
        return pl.DataFrame(
            {
                "term": self.names,
                "coefficient": self.coefficients,
                "std_error": self.standard_errors,
                "z": z,
                "p_value": 2 * ndtr(-np.abs(z)),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain numbers and texts."""
        return {
            "design": self.model.design,
            "ridge": self.model.ridge,
            "n_rows": self.n_rows,
            "n_leaders": self.n_leaders,
            "log_likelihood": self.log_likelihood,
            "coefficients": self.to_frame().to_dicts(),
        }

    def __str__(self) -> str:
        width = max(map(len, self.names))
        lines = [
            f"Logit of losing office within a year, {self.model.design} model, "
            f"ridge {self.model.ridge:g}",
            f"{self.n_rows:,} leader-quarters of {self.n_leaders:,} leaders; "
            "standard errors clustered by leader",
            "",
            f"{'term':<{width}}  {'coef.':>7}  {'s.e.':>6}  {'z':>6}",
        ]
        lines += [
            f"{name:<{width}}  {b:7.2f}  {se:6.2f}  {b / se:6.1f}"
            for name, b, se in zip(self.names, self.coefficients, self.standard_errors, strict=True)
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class CrossFit:
    """A model fitted once a fold, each time without the leaders of the fold.

    Attributes
    ----------
    model
        What was fitted.
    fold_of
        The fold of each leader, by ``leadid``.
    coefficients
        Shape (folds, k): row f was estimated without the leaders of fold f.
    """

    model: SurvivalModel
    fold_of: Mapping[str, int]
    coefficients: NDArray[np.float64]

    def score(self, rows: pl.DataFrame) -> Vector:
        """Score each row by the fit that did not see its leader, shape (n,).

        Parameters
        ----------
        rows
            Units with their covariates and ``leadid``. No fit has seen a leader without a fold
            (one who left in the first weeks of 1946): the first fold's fit scores her.
        """
        _, X = design_matrix(rows, self.model.design)
        own = self.coefficients[folds_of(rows, self.fold_of)]
        probability: Vector = expit(np.einsum("ij,ij->i", X, own))
        return probability


def cross_fit(
    rows: pl.DataFrame,
    model: SurvivalModel | None = None,
    *,
    folds: int = FOLDS,
    seed: int = SEED,
) -> CrossFit:
    """Fit the model once a fold of leaders, so that no leader's exit trains her own score.

    Parameters
    ----------
    rows
        As in `SurvivalModel.fit`.
    model
        By default the full one.
    folds, seed
        How many folds, and the seed of the draw that deals the leaders out.

    Returns
    -------
    CrossFit

    Raises
    ------
    EstimationError
        If there are fewer than two folds, or fewer leaders than folds.
    """
    model = model or SurvivalModel()
    _, X, y, weight = _arrays(rows, model.design)
    fold_of = deal_leaders(rows, folds=folds, seed=seed)
    fold = folds_of(rows, fold_of)
    everybody = fit_logit(X, y, weight, ridge=model.ridge)
    coefficients = [
        refit_without(X, y, weight, out=fold == f, ridge=model.ridge, everybody=everybody)
        for f in range(folds)
    ]
    return CrossFit(model, fold_of, np.vstack(coefficients))


def deal_leaders(rows: pl.DataFrame, *, folds: int, seed: int) -> dict[str, int]:
    """Deal the leaders out to folds of equal size, whole persons at a time."""
    leaders = rows["leadid"].unique().sort().to_list()
    if not 2 <= folds <= len(leaders):
        raise EstimationError(f"{folds} folds of {len(leaders)} leaders; choose from 2 to as many")
    order = np.random.default_rng(seed).permutation(len(leaders))
    return {leader: int(place) % folds for leader, place in zip(leaders, order, strict=True)}


def folds_of(rows: pl.DataFrame, fold_of: Mapping[str, int]) -> NDArray[np.int64]:
    """Give the fold of each row's leader, shape (n,); 0 for leaders who were not dealt out."""
    fold = rows["leadid"].replace_strict(dict(fold_of), default=0, return_dtype=pl.Int64)
    return fold.to_numpy()


def _arrays(
    rows: pl.DataFrame, design: Design
) -> tuple[tuple[str, ...], NDArray[np.float64], Vector, Vector]:
    """Names of the terms, matrix, outcome and weight."""
    names, X = design_matrix(rows, design)
    y = rows["exit_within_year"].cast(pl.Float64).to_numpy()
    if len(np.unique(y)) < 2:
        raise EstimationError(
            f"{len(y)} rows in which everybody or nobody loses office; give rows with both"
        )
    return names, X, y, rows["exposure"].to_numpy()
