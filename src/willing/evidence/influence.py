"""What becomes of a claim without one target, one leading state or one crisis."""

from __future__ import annotations

from typing import Literal

import polars as pl

from willing.estimation.jackknife import cluster_jackknife
from willing.evidence.claims import CLAIMS, Claim, claim_fit
from willing.evidence.formation import CLUSTER
from willing.sources.states import state_system

Unit = Literal["target", "leader", "crisis"]
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
    fit, frame = claim_fit(triads, claim)
    column = _COLUMN[unit]
    found = cluster_jackknife(fit, frame[column].to_numpy())
    at = claim.position(fit)
    ones = frame.group_by(column).agg(ones=pl.col(fit.design.outcome).sum().cast(pl.Int64))
    table = pl.DataFrame(
        {
            column: found.clusters,
            "estimate": found.params[:, at],
            "moved": found.params[:, at] - float(fit.params[at]),
        }
    ).join(ones.cast({column: pl.Int64}), on=column, how="left")
    if unit == "crisis":
        names = triads.select(pl.col(CLUSTER).cast(pl.Int64), name="crisname").unique(CLUSTER)
    else:
        names = state_system().unique("ccode", keep="last")
        names = names.select(pl.col("ccode").cast(pl.Int64).alias(column), "name")
    return (
        table.join(names, on=column, how="left")
        .sort(pl.col("moved").abs(), descending=True)
        .head(most)
        .select(column, "name", "ones", "estimate", "moved")
    )
