"""The yearly models of leaders' survival, fitted and printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy.special import expit, ndtr

from willing.estimation.covariance import clustered_covariance
from willing.estimation.logit import fit_logit, logit_covariance, ridge_penalty
from willing.manner import Result
from willing.numbers import Floats
from willing.security.cloglog import fit_cloglog, hazard_of, scores_and_information
from willing.security.folds import BinaryModel, arrays
from willing.security.survival_design import Design, design_matrix

Loss = Literal["lost", "forced", "punished"]

_EVENTS: dict[Loss, tuple[str, str]] = {
    "lost": ("exit_within_year", "losing office within a year"),
    "forced": ("forced_within_year", "being forced out of office within a year"),
    "punished": ("punished_within_year", "losing office within a year and being punished for it"),
}


@dataclass(frozen=True)
class SurvivalModel:
    """A logit of losing office within a year.

    Attributes
    ----------
    design
        ``"full"``, ``"no_calendar"`` without the elections, or the ``"plain"`` model of tenure x
        democracy, age, entry, growth and income.
    ridge
        Precision of the normal prior at 0 of every coefficient but the constant: with 2 a standard
        deviation of .7, next to nothing where there are data, and a finite estimate where an
        outcome is separated.
    loss
        What counts: any loss of office, only forced ones, or those that exile, jail or death
        followed within a year.
    """

    design: Design = "full"
    ridge: float = 2.0
    loss: Loss = "lost"
    link: Literal["logit"] = "logit"

    @property
    def event(self) -> str:
        """The column that says whether it happened."""
        return _EVENTS[self.loss][0]

    @property
    def terms(self) -> str:
        """A word for the terms: the design."""
        return self.design

    @property
    def title(self) -> str:
        """What is modelled."""
        return f"Logit of {_EVENTS[self.loss][1]}, {self.design} model, ridge {self.ridge:g}"

    @property
    def unit(self) -> str:
        """What a row is."""
        return "leader-quarters"

    def matrix(self, rows: pl.DataFrame) -> tuple[tuple[str, ...], Floats]:
        """Give names and values of the terms: `willing.security.survival_design.design_matrix`."""
        return design_matrix(rows, self.design)

    def fit(self, rows: pl.DataFrame) -> SurvivalEstimates:
        """Fit to all rows: `fit_model`.

        Parameters
        ----------
        rows
            Units with their covariates, ``exit_within_year``, ``exposure`` and ``leadid``:
            `willing.security.leader_scores.LeaderSurvival.quarters`. A year in which an exit could
            only partly be seen counts with the part that was observed.
        """
        return fit_model(rows, self)


@dataclass(frozen=True, repr=False)
class SurvivalEstimates(Result):
    """Estimates of a model of leaders' survival.

    Attributes
    ----------
    model
        What was fitted.
    names
        The k terms.
    coefficients, standard_errors
        Shape (k,): effects on the linear predictor (for a logit the log-odds), and their standard
        errors clustered by leader (the sandwich, at the penalised estimate).
    log_likelihood
        Of the rows, which may overlap: for comparing models, not for tests.
    n_rows, n_leaders
        Rows and persons they are about.
    """

    model: BinaryModel
    names: tuple[str, ...]
    coefficients: Floats
    standard_errors: Floats
    log_likelihood: float
    n_rows: int
    n_leaders: int

    def predict(self, rows: pl.DataFrame) -> Floats:
        """Give the probability of the event for each row, shape (n,)."""
        _, X = self.model.matrix(rows)
        return _probability(X @ self.coefficients, self.model)

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
            "model": self.model.title,
            "ridge": self.model.ridge,
            "n_rows": self.n_rows,
            "n_leaders": self.n_leaders,
            "log_likelihood": self.log_likelihood,
            "coefficients": self.to_frame().to_dicts(),
        }

    def __str__(self) -> str:
        width = max(map(len, self.names))
        lines = [
            self.model.title,
            f"{self.n_rows:,} {self.model.unit} of {self.n_leaders:,} leaders; "
            "standard errors clustered by leader",
            "",
            f"{'term':<{width}}  {'coef.':>7}  {'s.e.':>6}  {'z':>6}",
        ]
        lines += [
            f"{name:<{width}}  {b:7.2f}  {se:6.2f}  {b / se:6.1f}"
            for name, b, se in zip(self.names, self.coefficients, self.standard_errors, strict=True)
        ]
        return "\n".join(lines)


def fit_model(rows: pl.DataFrame, model: BinaryModel) -> SurvivalEstimates:
    """Fit a model to all rows, standard errors clustered by leader.

    Parameters
    ----------
    rows
        Units with covariates, the model's event, ``exposure`` and ``leadid``.
    model
        What to fit.

    Raises
    ------
    EstimationError
        If nobody, or everybody, loses office, or the fit does not converge.
    """
    known = rows.filter(pl.col(model.event).is_not_null())
    names, X, y, weight = arrays(known, model)
    leaders, cluster = np.unique(known["leadid"].to_numpy(), return_inverse=True)
    if model.link == "cloglog":
        coefficients = fit_cloglog(X, y, weight, ridge=model.ridge)
        scores, information = scores_and_information(coefficients, X, y, weight)
        information += np.diag(ridge_penalty(len(names), model.ridge))
        covariance = clustered_covariance(scores, -information, cluster)
    else:
        fit = fit_logit(X, y, weight, ridge=model.ridge)
        coefficients = fit.coefficients
        covariance = logit_covariance(fit, X, y, weight, cluster)
    p = np.clip(_probability(X @ coefficients, model), 1e-12, 1 - 1e-12)
    return SurvivalEstimates(
        model=model,
        names=names,
        coefficients=coefficients,
        standard_errors=np.sqrt(np.diag(covariance)),
        log_likelihood=float(weight @ (y * np.log(p) + (1 - y) * np.log1p(-p))),
        n_rows=len(y),
        n_leaders=len(leaders),
    )


def _probability(eta: Floats, model: BinaryModel) -> Floats:
    return np.asarray(expit(eta) if model.link == "logit" else hazard_of(eta))
