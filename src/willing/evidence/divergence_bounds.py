"""How far a claim's estimate can go, whatever the divergences are that nobody voted on.

Where neither an imputation nor another measure of divergence is wanted, a missing value may be
anything in an interval. The extremes of an estimate over all of them are searched for by moving all
values towards the ends that the slope of the estimate points to and fitting again, as long as it
moves (Frank and Wolfe's method).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from joblib import Parallel, delayed

from willing.divergence.completion import DRAWS
from willing.estimation.design import Design
from willing.estimation.hetprobit import index_gradient, residuals
from willing.estimation.models import one_blas_thread
from willing.estimation.results import BinaryResults
from willing.estimation.row_likelihood import derivatives
from willing.evidence.claims import CLAIMS, FITS, Claim, claim_fit
from willing.evidence.model_columns import IDEAL_POINTS
from willing.evidence.sample import Sample
from willing.manner import Progress, Result, silent
from willing.numbers import Floats
from willing.record.measured import INSECURITY

# The search ends when no turn of values moves the estimate by more than this. At ten times as much
# the highest estimate of joining on the record was -.52, where .05 is attained.
SETTLED = 1e-3
# A search whose turns go on gaining little ends here; what it has found is attained all the same.
TURNS = 40
# The corner that the slope points to may be too far; then part of the way is taken.
SHARES = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01)
# Ends of the interval of twenty imputations that stands for what is plausible.
PLAUSIBLE = (0.05, 0.95)


@dataclass(frozen=True)
class Bound:
    """The extremes of one estimate.

    Attributes
    ----------
    claim, missing
        Of which claim, and between what the missing values may lie.
    estimate
        With the mean of the imputations.
    low, high
        The lowest and the highest that was found; each is attained by some values, so that the
        true extremes are no nearer.
    values
        How many divergences are missing in the rows of the model.
    """

    claim: str
    missing: str
    estimate: float
    low: float
    high: float
    values: int


@dataclass(frozen=True, repr=False)
class DivergenceBounds(Result):
    """The extremes of the estimates of all claims of triads.

    Attributes
    ----------
    rows : tuple of Bound
        Two a claim: missing values anywhere between 0 and the largest divergence that any two
        votes have, and between the quantiles `PLAUSIBLE` of their own imputations.
    """

    rows: tuple[Bound, ...]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a claim and interval of missing values."""
        return pl.DataFrame([vars(row) for row in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """Give the table as plain values."""
        return {"bounds": self.to_frame().to_dicts()}

    def __str__(self) -> str:
        return "\n".join(
            f"{r.claim}: {r.estimate:.2f}, but {r.low:.2f} to {r.high:.2f} with the {r.values:,} "
            f"missing divergences {r.missing}"
            for r in self.rows
        )


def divergence_bounds(
    triads: pl.DataFrame,
    sample: Sample | None = None,
    *,
    progress: Progress = silent,
) -> DivergenceBounds:
    """Bound the estimates of the claims that have divergence in their model.

    Parameters
    ----------
    triads
        The record's triads, of every leader.
    sample
        Which; by default the main one.
    progress
        Told what is done.

    Returns
    -------
    DivergenceBounds
    """
    sample = replace(sample or Sample(), divergence="completed")
    mean = sample.take(triads)
    votes = replace(sample, divergence="ideal points").take(triads).select(IDEAL_POINTS)
    voted = votes.cast(pl.Float64).to_numpy()
    missing = np.isnan(voted)
    largest = float(voted[~missing].max())
    each = np.stack([d.select(IDEAL_POINTS).to_numpy() for d in sample.imputations(triads, DRAWS)])
    low, high = np.quantile(each.astype(float), PLAUSIBLE, axis=0)
    boxes = {
        "anywhere": (np.zeros_like(low), np.full_like(high, largest)),
        "within 90 % of their imputations": (low, high),
    }
    tasks = [
        (name, claim, said)
        for name, claim in CLAIMS.items()
        if claim.model != "sides"
        for said in boxes
    ]

    def bounded(name: str, claim: Claim, said: str) -> Bound:
        return _bound(name, claim, said, mean, missing, boxes[said])

    with one_blas_thread():
        found = Parallel(n_jobs=-1, prefer="threads", return_as="generator")(
            delayed(bounded)(*task) for task in tasks
        )
        rows = []
        for bound in found:
            rows.append(bound)
            progress(f"bounds: {bound.claim}, {bound.missing}")
    return DivergenceBounds(tuple(rows))


def _bound(
    name: str,
    claim: Claim,
    said: str,
    mean: pl.DataFrame,
    missing: np.ndarray,
    box: tuple[Floats, Floats],
) -> Bound:
    numbered = mean.with_row_index("row")
    fit, frame = claim_fit(numbered, claim)
    own = frame["row"].to_numpy()
    gone = missing[own]
    low, high = extremes(fit, claim, gone, (box[0][own], box[1][own]))
    return Bound(name, said, float(fit.params[claim.position(fit)]), low, high, int(gone.sum()))


def extremes(
    fit: BinaryResults,
    claim: Claim,
    missing: np.ndarray,
    box: tuple[Floats, Floats],
    *,
    settled: float = SETTLED,
) -> tuple[float, float]:
    """Search for the lowest and the highest estimate of a claim.

    Parameters
    ----------
    fit
        The claim's model, with some value for every divergence.
    claim
        Which.
    missing
        Which values of the two divergences are free, shape (n, 2).
    box
        The lower and upper end of each, shape (n, 2).
    settled
        A move of the estimate that ends the search.

    Returns
    -------
    tuple of float
    """
    at = claim.position(fit)
    ends = []
    for sign in (-1.0, 1.0):
        best = fit
        for _ in range(TURNS):
            values = _divergences(best)
            slope = sign * _slopes(best, claim)
            corner = np.where(missing, np.where(slope > 0, box[1], box[0]), values)
            for share in SHARES:
                design = _with(fit.design, claim, values + share * (corner - values))
                moved = FITS[claim.model](design, start=best.params)
                if sign * (moved.params[at] - best.params[at]) > settled:
                    best = moved
                    break
            else:
                break
        ends.append(float(best.params[at]))
    return ends[0], ends[1]


def _divergences(fit: BinaryResults) -> Floats:
    return np.column_stack([fit.design.column(name) for name in IDEAL_POINTS])


def _with(design: Design, claim: Claim, values: Floats) -> Design:
    """Give the design with other divergences, in the product with insecurity too."""
    X = design.X.copy()
    for name, column in zip(IDEAL_POINTS, values.T, strict=True):
        X[:, design.terms.index(name)] = column
        if claim.crossed == name:
            X[:, design.terms.index(claim.term)] = column * design.column(INSECURITY)
    return replace(design, X=X)


def _slopes(fit: BinaryResults, claim: Claim) -> Floats:
    """Give the derivative of the estimate by each divergence, shape (n, 2).

    The estimate solves ``sum_i s_i(b; d_i) = 0``, so that its derivative by ``d_i`` is a row of
    the inverse of the negative Hessian times that of the row's score.
    """
    design, theta = fit.design, fit.params
    Z = design.Z[:, : len(fit.variance_terms)]
    k = design.X.shape[1]
    _, hessian = derivatives(fit.link, theta, design.y, design.X, Z)
    own = np.linalg.inv(-hessian)[claim.position(fit)]
    precision = np.exp(-(Z @ theta[k:]))
    residual, curvature = residuals(theta, design.y, design.X, Z)
    along = index_gradient(theta, design.X, Z) @ own
    slopes = []
    for name in IDEAL_POINTS:
        moved, weight = theta[design.terms.index(name)], own[design.terms.index(name)]
        if claim.crossed == name:
            crossed = design.terms.index(claim.term)
            moved = moved + design.column(INSECURITY) * theta[crossed]
            weight = weight + design.column(INSECURITY) * own[crossed]
        by_index = precision * moved
        turned = precision * weight - by_index * (Z @ own[k:])
        slopes.append(curvature * by_index * along + residual * turned)
    return np.column_stack(slopes)
