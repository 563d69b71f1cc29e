"""What the hazard of a dispute between partners says of the leader's post-war friction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from willing.aftermath.hazard import TIME
from willing.errors import EstimationError
from willing.estimation.design import CONSTANT, term_column
from willing.estimation.results import BinaryResults
from willing.manner import Result
from willing.numbers import Floats

DIVERGENCE, PARTNERS = "divergence", "partners"


@dataclass(frozen=True, repr=False)
class FrictionEstimate(Result):
    """Friction :math:`\\lambda`: a leader's expected post-war loss per unit of divergence.

    Attributes
    ----------
    name
        What it was derived from.
    horizon
        Years after the crisis.
    dispute_cost
        What a dispute costs her, in units of the value of victory: assumed.
    pairs
        Pairs of a leader and a partner over which it is averaged.
    risk
        Mean probability of a dispute of a leader with a partner within the horizon.
    friction
        The slope of the risk in divergence, times the cost of a dispute.
    low, high
        Its 95 % interval; the cost of a dispute is taken as known.
    """

    name: str
    horizon: int
    dispute_cost: float
    pairs: int
    risk: float
    friction: float
    low: float
    high: float

    def __str__(self) -> str:
        return (
            f"{self.name}: friction {self.friction:.4f} [{self.low:.4f}, {self.high:.4f}] "
            f"(risk {self.risk:.3f} over {self.pairs} pairs)"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the estimate in plain numbers."""
        return dict(vars(self))


def estimate_friction(
    fit: BinaryResults,
    pairs: pl.DataFrame,
    *,
    name: str,
    horizon: int,
    dispute_cost: float,
    excess: bool = False,
    draws: int = 2000,
    seed: int = 0,
) -> FrictionEstimate:
    """Derive friction from the hazard of a dispute.

    Friction is borne on victory. So the risk is averaged over the pairs of a leader and a partner
    as if each crisis had been a victory, and its slope in divergence is priced:
    :math:`\\lambda = \\kappa\\, \\overline{\\partial F_H / \\partial d}`, where
    :math:`F_H = 1 - \\prod_{t \\le H} (1 - h_t)`.

    Parameters
    ----------
    fit
        A hazard from `willing.aftermath.hazard.fit_hazard`, with `DIVERGENCE` in it.
    pairs
        One row a pair of a leader and a partner, with the columns of `fit`'s terms but `TIME`.
    name
        What to call the estimate.
    horizon
        :math:`H`, years.
    dispute_cost
        :math:`\\kappa \\ge 0`, cost of a dispute in units of the value of victory.
    excess
        Take off the slope that the same pairs would have as non-partners, by a hazard with
        `PARTNERS` in it. A divergent state may quarrel with the leader anyway; what the coalition
        adds is the difference.
    draws, seed
        The interval is the central 95 % of the values at that many draws of the coefficients from
        their estimated normal distribution (King, Tomz and Wittenberg 2000).

    Raises
    ------
    EstimationError
        If `dispute_cost` is negative or infinite, or the hazard lacks divergence or, for the
        excess, partners.
    """
    if not 0 <= dispute_cost < math.inf:
        raise EstimationError(f"dispute_cost={dispute_cost}; it is a finite cost, 0 or more")
    terms = fit.design.terms
    needed = {DIVERGENCE, PARTNERS} if excess else {DIVERGENCE}
    if absent := needed - set(terms):
        raise EstimationError(f"the hazard lacks {', '.join(sorted(absent))}; it has {terms}")
    profiles, along = _profiles(pairs, terms, horizon, partners=True)
    other = _profiles(pairs, terms, horizon, partners=False) if excess else None

    def slope(params: Floats) -> float:
        value = risk_slope(params, profiles, along)
        return value - risk_slope(params, *other) if other else value

    rng = np.random.default_rng(seed)
    spread = [slope(b) for b in rng.multivariate_normal(fit.params, fit.covariance, size=draws)]
    low, high = np.quantile(spread, [0.025, 0.975])
    return FrictionEstimate(
        name=name,
        horizon=horizon,
        dispute_cost=dispute_cost,
        pairs=len(profiles),
        risk=float(1 - _survival(_hazard(fit.params, profiles)).mean()),
        friction=dispute_cost * slope(fit.params),
        low=dispute_cost * float(low),
        high=dispute_cost * float(high),
    )


def risk_slope(params: Floats, profiles: Floats, along: Floats) -> float:
    """Give the mean slope of the probability of a dispute within the horizon in one covariate.

    As :math:`\\partial \\log (1 - h_t) = -h_t\\, \\partial \\eta_t` for a logit hazard, the slope
    for one pair is :math:`\\prod (1 - h_t) \\sum h_t\\, \\partial \\eta_t`.

    Parameters
    ----------
    params : ndarray, shape (k,)
        Coefficients of the logit hazard.
    profiles : ndarray, shape (pairs, years, k)
        Covariates of each pair in each year.
    along : ndarray, shape (pairs, years, k)
        Their derivative by the covariate.
    """
    hazard = _hazard(params, profiles)
    slope = _survival(hazard) * (hazard * (along @ params)).sum(axis=1)
    return float(slope.mean())


def _hazard(params: Floats, profiles: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(profiles @ params))))


def _survival(hazard: Floats) -> Floats:
    return np.asarray((1 - hazard).prod(axis=1))


def _profiles(
    pairs: pl.DataFrame, terms: tuple[str, ...], horizon: int, *, partners: bool
) -> tuple[Floats, Floats]:
    """Covariates of each pair in each year after a victory, and their derivative by divergence."""
    t = np.arange(1, horizon + 1) / 10
    time = {name: t ** (power + 1) for power, name in enumerate(TIME)}
    names = {c for term in terms for c in term.split(":")} - {*time, CONSTANT}
    supposed = pairs.with_columns(victory=pl.lit(1.0), partners=pl.lit(float(partners)))
    complete = supposed.select(pl.col(sorted(names)).cast(pl.Float64)).drop_nulls()
    shape = (complete.height, horizon)
    columns = {name: complete[name].to_numpy()[:, np.newaxis] for name in names} | time
    columns[CONSTANT] = np.ones(1)

    def profiles(at: dict[str, Floats]) -> Floats:
        return np.stack([np.broadcast_to(term_column(at, term), shape) for term in terms], axis=-1)

    # The terms are linear in divergence, so a step of one gives the derivative.
    here = profiles(columns)
    return here, profiles(columns | {DIVERGENCE: columns[DIVERGENCE] + 1}) - here
