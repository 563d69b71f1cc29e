"""Estimates of the game in which the noise is the partners': nobody else knows their costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.stats import norm

from willing.errors import ConvergenceError
from willing.estimation.covariance import clustered_covariance
from willing.estimation.results import digits
from willing.manner import Result
from willing.numbers import Floats, p_said
from willing.record.store import Record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.private_cost_recursion import (
    LEAST,
    PrivateCostSides,
    lay_out,
    log_likelihoods,
    owner_of,
)
from willing.structural.term_effects import plot_effects

if TYPE_CHECKING:
    from plotnine import ggplot

# Step of the differences of scores that give the curvature, parameters being of order one.
_CURVATURE_STEP = 1e-4
# What the search may leave of the log-likelihood, a thousandth of a standard error squared.
_GAIN_LEFT = 1e-3
# Newton steps to the estimates from which the search starts; most need ten.
_STEPS = 60


@dataclass(frozen=True, eq=False, repr=False)
class PrivateCosts(Result):
    """Estimates of the game in which the noise is the partners'.

    Attributes
    ----------
    terms
        Names of the parameters: that of insecurity, then those of the log of the mean cost.
    params, std_errors
        Shape (1 + k,); errors are clustered by crisis, the contest taken as known.
    spreads
        Shape (1 + k,); the standard deviation of what each parameter multiplies, over candidates;
        0 for the constant.
    value
        The log-likelihood.
    quantal
        That of the model in which the noise is the leader's, on the same sides.
    sides, candidates, crises
        How many there are.
    """

    terms: tuple[str, ...]
    params: Floats
    std_errors: Floats
    spreads: Floats
    value: float
    quantal: float
    sides: int
    candidates: int
    crises: int

    @property
    def p_values(self) -> Floats:
        """Two-sided p values, shape (1 + k,)."""
        return np.asarray(2.0 * norm.sf(np.abs(self.params / self.std_errors)))

    def to_frame(self) -> pl.DataFrame:
        """Give one row a parameter."""
        return pl.DataFrame(
            {
                "term": self.terms,
                "estimate": self.params,
                "std_error": self.std_errors,
                "p": self.p_values,
            }
        )

    def plot(self) -> ggplot:
        """Draw each term's effect on offers and costs per standard deviation, 95 % intervals."""
        # A higher cost makes joining rarer, a higher value of victory likelier.
        sign = np.where(np.arange(len(self.terms)) == 0, 1.0, -1.0)
        shown = (
            self.to_frame()
            .with_columns(
                pl.col("estimate") * sign * self.spreads,
                reach=norm.ppf(0.975) * pl.col("std_error") * self.spreads,
            )
            .with_columns(
                low=pl.col("estimate") - pl.col("reach"), high=pl.col("estimate") + pl.col("reach")
            )
            .filter(pl.col("term") != "constant")
        )
        return plot_effects(
            shown,
            axis="Effect on log value of victory or log 1 / cost, per standard deviation",
            title="What brings partners, if only they know their costs",
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the estimates as plain values."""
        return {
            "parameters": self.to_frame().to_dicts(),
            "log_likelihood": self.value,
            "log_likelihood_quantal": self.quantal,
            "sides": self.sides,
            "candidates": self.candidates,
            "crises": self.crises,
        }

    def __str__(self) -> str:
        lines = [
            "Private costs: candidates asked one by one, costs exponential of mean K, log K = z'c",
            "log value of victory",
            *(self._line(0),),
            "log of the mean cost (a higher cost makes joining rarer)",
            *(self._line(i) for i in range(1, len(self.terms))),
            f"log-likelihood {self.value:.2f}; {self.quantal:.2f} where the noise is the leader's",
            f"{self.sides} leader sides of {self.crises} crises, {self.candidates:,} candidates; "
            "errors clustered by crisis",
        ]
        return "\n".join(lines)

    def _line(self, i: int) -> str:
        return (
            f"  {self.terms[i]:<22}{digits(float(self.params[i])):>9} (s.e. "
            f"{digits(float(self.std_errors[i]))}, {p_said(float(self.p_values[i]))})"
        )


def fit_private_costs(record: Record, model: CoalitionModel | None = None) -> PrivateCosts:
    """Fit the game to the record, with the sides, terms and contest of a structural model.

    Raises
    ------
    EstimationError
        If the parameters have no finite or no single estimate.
    """
    chosen = model or CoalitionModel()
    sides = chosen.sides(record)
    quantal = chosen.fit_sides(sides, chosen.outcomes(record))
    laid = lay_out(sides, quantal.likelihood.contest)
    params = maximise_sides(laid)
    values, scores = log_likelihoods(laid, params)
    errors = np.sqrt(np.diag(clustered_covariance(scores, _hessian(laid, params), sides.cluster)))
    return PrivateCosts(
        terms=("insecurity", *sides.terms),
        params=params,
        std_errors=errors,
        spreads=_columns(laid).std(axis=0),
        value=float(values.sum()),
        quantal=float(quantal.fit.value),
        sides=sides.count,
        candidates=len(laid.rows),
        crises=len(np.unique(sides.crisis)),
    )


def maximise_sides(laid: PrivateCostSides) -> Floats:
    """Give the parameters at which the log-likelihood is highest, shape (1 + k,)."""

    def objective(params: Floats) -> tuple[float, Floats]:
        values, scores = log_likelihoods(laid, params)
        return -float(values.sum()), -scores.sum(axis=0)

    start, curvature = _alone(laid)
    inverse = np.linalg.inv(curvature)
    inverse = (inverse + inverse.T) / 2.0
    found = minimize(
        objective,
        start,
        jac=True,
        method="BFGS",
        options={"gtol": 1e-3, "hess_inv0": inverse},
    )
    decrement = float(found.jac @ found.hess_inv @ found.jac)
    if not (np.isfinite(found.fun) and decrement < _GAIN_LEFT):
        raise ConvergenceError(
            f"the log-likelihood of private costs could still rise by about {decrement:.2g}; "
            "fewer terms may help"
        )
    return np.asarray(found.x)


def _alone(laid: PrivateCostSides) -> tuple[Floats, Floats]:
    """Give the estimates, and curvature, if each candidate's help were worth what it is alone.

    Where joining is rare, `q` is close to half the help over its cost, and the log-likelihood to
    that of a Poisson count with the logarithm of half the help as its offset.
    """
    owner = owner_of(laid)
    places = np.arange(laid.final.shape[1])
    help_ = np.array(
        [
            np.interp(there, places, laid.final[s]) - np.interp(here, places, laid.final[s])
            for s, here, there in zip(owner, laid.here, laid.there, strict=True)
        ]
    )
    X = _columns(laid)
    offset = np.log(np.maximum(0.5 * help_, LEAST))
    params = np.zeros(X.shape[1])
    params[-1] = np.log(np.exp(offset).mean() / laid.joined.mean())
    curvature = np.eye(len(params))
    for _ in range(_STEPS):
        mean = np.exp(np.minimum(offset + X @ params, 3.0))
        curvature = X.T @ (X * mean[:, np.newaxis])
        step = np.linalg.solve(curvature, X.T @ (laid.joined - mean))
        params = params + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-8:
            break
    return params, curvature


def _columns(laid: PrivateCostSides) -> Floats:
    """Give what each parameter multiplies, one row a candidate, shape (rows, 1 + k)."""
    sides = laid.sides
    return np.column_stack([sides.insecurity[owner_of(laid)], -sides.design[laid.rows]])


def _hessian(laid: PrivateCostSides, params: Floats) -> Floats:
    """Give the second derivative of the log-likelihood, from differences of its score."""
    rows = []
    for move in _CURVATURE_STEP * np.eye(len(params)):
        up, down = (log_likelihoods(laid, params + sign * move)[1].sum(axis=0) for sign in (1, -1))
        rows.append((up - down) / (2.0 * _CURVATURE_STEP))
    hessian = np.array(rows)
    return np.asarray((hessian + hessian.T) / 2.0)
