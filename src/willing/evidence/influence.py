"""What becomes of a claim without one target, one leading state or one crisis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import polars as pl
from joblib import Parallel, delayed

from willing.errors import EstimationError
from willing.estimation.design import check_design
from willing.estimation.jackknife import cluster_jackknife
from willing.estimation.models import one_blas_thread
from willing.estimation.results import BinaryResults
from willing.evidence.claims import CLAIMS, FITS, Claim, claim_fit
from willing.evidence.model_columns import CLUSTER
from willing.manner import Progress, silent
from willing.sources.names_by_date import names_over_years

Unit = Literal["target", "leader", "crisis"]
UNITS: tuple[Unit, ...] = ("target", "leader", "crisis")
# Of the claims of triads: the paper's test of H1 and that of H2.
SHOWN = ("joining", "noise")
_COLUMN = {"target": "target", "leader": "leader", "crisis": CLUSTER}


def leave_one_out(
    triads: pl.DataFrame, unit: Unit, *, claim: Claim = CLAIMS["joining"], most: int = 10
) -> pl.DataFrame:
    """List whose absence moves a claim's estimate most.

    Parameters
    ----------
    triads
        A sample, with the measure of divergence wanted in its columns
        (`willing.divergence.divergence_measures.put_divergence`).
    unit
        What is left out: all triads against a target, of a leading state, or of a crisis.
    claim
        Whose coefficient; by default insecurity in the probit of joining.
    most
        How many to list.

    Returns
    -------
    polars.DataFrame
        One row a unit, the most influential first: its number, ``name``, ``ones`` (joins or
        coalitions that go with it), ``estimate`` without it, and ``moved``, the difference from the
        estimate with all.
    """
    return _left_out(triads, *claim_fit(triads, claim), unit, claim).head(most)


def _left_out(
    triads: pl.DataFrame, fit: BinaryResults, frame: pl.DataFrame, unit: Unit, claim: Claim
) -> pl.DataFrame:
    """List every unit for a fitted claim and its rows, as :func:`leave_one_out`."""
    column = _COLUMN[unit]
    found = cluster_jackknife(fit, frame[column].to_numpy())
    at = claim.position(fit)
    units = frame[column].to_numpy()
    estimates = found.params[:, at].copy()
    for place in np.flatnonzero(~found.settled):
        estimates[place] = _fitted_without(fit, claim, units == found.clusters[place])
    ones = frame.group_by(column).agg(ones=pl.col(fit.design.outcome).sum().cast(pl.Int64))
    table = (
        pl.DataFrame(
            {
                column: found.clusters,
                "estimate": estimates,
                "moved": estimates - float(fit.params[at]),
            }
        )
        .with_columns(pl.col("estimate", "moved").fill_nan(None))
        .join(ones.cast({column: pl.Int64}), on=column, how="left")
    )
    if unit == "crisis":
        names = triads.select(pl.col(CLUSTER).cast(pl.Int64), name="crisname").unique(CLUSTER)
    else:
        names = pl.DataFrame(
            list(names_over_years().items()), {column: pl.Int64, "name": pl.String}, orient="row"
        )
    return (
        table.join(names, on=column, how="left")
        .sort(pl.col("moved").abs(), descending=True, nulls_last=True)
        .select(column, "name", "ones", "estimate", "moved")
    )


def _fitted_without(fit: BinaryResults, claim: Claim, gone: np.ndarray) -> float:
    """Fit a claim's model anew without some rows; NaN if it then has no estimate."""
    design, kept = fit.design, ~gone
    _, cluster = np.unique(design.cluster[kept], return_inverse=True)
    rest = replace(design, y=design.y[kept], X=design.X[kept], Z=design.Z[kept], cluster=cluster)
    try:
        check_design(rest)
        return float(FITS[claim.model](rest).params[claim.position(fit)])
    except EstimationError:
        return float("nan")


def influence_table(
    triads: pl.DataFrame,
    *,
    claims: Mapping[str, Claim] | None = None,
    most: int = 6,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Show what several claims are without each target, leading state and crisis that matters.

    Parameters
    ----------
    triads
        A sample, as for :func:`leave_one_out`.
    claims
        Which, by name; those of `SHOWN` by default.
    most
        How many units of each kind: those without which the first claim moves most.
    progress
        Told what is done.

    Returns
    -------
    polars.DataFrame
        ``without`` (``"nothing"`` in the first row, else the kind of unit), ``name``, ``ones``
        (joins that go with it) and a column of estimates a claim.
    """
    claims = claims or {name: CLAIMS[name] for name in SHOWN}
    tasks = [(unit, name) for unit in UNITS for name in claims]
    with one_blas_thread():
        fitted = {name: claim_fit(triads, claim) for name, claim in claims.items()}
        done = Parallel(n_jobs=-1, prefer="threads")(
            delayed(_left_out)(triads, *fitted[name], unit, claims[name]) for unit, name in tasks
        )
    fits = {name: fit for name, (fit, _) in fitted.items()}
    progress("influence of targets, leaders and crises")
    found = dict(zip(tasks, done, strict=True))
    first = next(iter(claims))
    parts = [
        pl.DataFrame(
            {
                "without": "nothing",
                "name": "",
                "ones": int(fits[first].design.y.sum()),
                **{n: float(f.params[claims[n].position(f)]) for n, f in fits.items()},
            }
        )
    ]
    for unit in UNITS:
        column = _COLUMN[unit]
        wide = found[unit, first].head(most).select(column, "name", "ones")
        for name in claims:
            own = found[unit, name].select(column, pl.col("estimate").alias(name))
            wide = wide.join(own, on=column, how="left", maintain_order="left")
        parts.append(wide.select(pl.lit(unit).alias("without"), "name", "ones", *claims))
    return pl.concat(parts)


def claims_without(triads: pl.DataFrame, leader: int) -> pl.DataFrame:
    """Estimate every claim without the sides that one state leads.

    Parameters
    ----------
    triads
        A sample, as for :func:`leave_one_out`.
    leader
        COW code of the state.

    Returns
    -------
    polars.DataFrame
        One row a claim: ``claim``, ``estimate``, ``std_error`` (clustered by crisis), ``p``,
        ``ones`` and ``all``, the estimate with it. A claim without an estimate is left out.
    """
    rows: list[dict[str, Any]] = []
    rest = triads.filter(pl.col("leader") != leader)
    for name, claim in CLAIMS.items():
        try:
            fit, whole = claim_fit(rest, claim)[0], claim_fit(triads, claim)[0]
        except EstimationError:
            continue
        found = fit.estimate(claim.term, equation=claim.equation)
        rows.append(
            {
                "claim": name,
                "estimate": found.value,
                "std_error": found.std_error,
                "p": found.p,
                "ones": int(fit.design.y.sum()),
                "all": float(whole.params[claim.position(whole)]),
            }
        )
    return pl.DataFrame(rows)
