"""The p-values that have no standard error behind them, over imputations of divergence.

Rubin's rules pool estimates with their variances. A permutation, a wild bootstrap, a likelihood
ratio or a penalised likelihood gives a p-value alone; in the main tables it is the one at the mean
of the imputations. Here the same methods are applied to single imputations and their p-values
combined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from willing.errors import EstimationError
from willing.estimation.models import one_blas_thread
from willing.evidence.claims import CLAIMS, Claim
from willing.evidence.inference import WALD, InferenceTable, Method, inference_table
from willing.evidence.sample import Sample
from willing.manner import Progress, Result, silent
from willing.numbers import Floats

# Each takes some ten seconds of processor time, most of it the bootstrap's. Little information is
# missing, so that the spread over five is told from none.
IMPUTATIONS = 5
# A p-value that is zero in floating point stands for one so small.
LEAST = 1e-300


@dataclass(frozen=True, eq=False, repr=False)
class PValuesImputed(Result):
    """P-values at the mean of the imputations and over them.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a claim and method: ``claim``, ``method``, ``at_mean``, over the imputations
        ``median``, ``combined`` (:func:`combine_p`), ``lowest`` and ``highest``.
    imputations : int
        How many.
    """

    frame: pl.DataFrame
    imputations: int

    def to_frame(self) -> pl.DataFrame:
        """Give one row a claim and method."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the rows as plain values."""
        return {"p_over_imputations": self.frame.to_dicts()}

    def __str__(self) -> str:
        return f"p-values over {self.imputations} imputations\n{self.frame}"


def p_over_imputations(
    triads: pl.DataFrame,
    sample: Sample,
    at_mean: InferenceTable,
    *,
    claims: Mapping[str, Claim] = CLAIMS,
    count: int = IMPUTATIONS,
    seed: int = 0,
    progress: Progress = silent,
) -> PValuesImputed:
    """Apply the methods that give a p-value alone to several imputations.

    Parameters
    ----------
    triads
        The record's triads, of every leader.
    sample
        Which; its divergence is imputed.
    at_mean
        The methods at the mean of the imputations.
    claims
        Which; that of sides has no divergence and is left out, as is one that an imputation has no
        estimate of.
    count
        How many imputations, two to twenty.
    seed
        Seed of bootstrap and permutations, the same in each imputation.
    progress
        Told of each.

    Raises
    ------
    EstimationError
        If nothing is imputed, or nothing can be estimated.
    """
    if sample.divergence != "completed":
        raise EstimationError(
            f'the divergence is {sample.divergence}, which is not imputed; only "completed" is'
        )
    known = {row.claim for row in at_mean.rows}
    wanted = {n: c for n, c in claims.items() if c.model != "sides" and n in known}
    drawn: dict[tuple[str, Method], list[float]] = {}
    signs: dict[str, list[float]] = {name: [] for name in wanted}
    with one_blas_thread():
        for number, frame in enumerate(sample.imputations(triads, count), 1):
            for row in inference_table(frame, claims=wanted, seed=seed, wald=False).rows:
                if row.method in WALD:
                    signs[row.claim].append(float(np.sign(row.estimate or 0.0)))
                else:
                    drawn.setdefault((row.claim, row.method), []).append(row.p)
            progress(f"p-values of imputation {number} of {count}")
    means = {(row.claim, row.method): row.p for row in at_mean.rows}
    lines = [
        {
            "claim": claim,
            "method": method,
            "at_mean": means.get((claim, method)),
            "median": float(np.median(p)),
            "combined": combine_p(np.array(p), np.array(signs[claim])),
            "lowest": min(p),
            "highest": max(p),
        }
        for (claim, method), p in drawn.items()
        if len(p) == count
    ]
    return PValuesImputed(pl.DataFrame(lines), count)


def combine_p(p: Floats, sign: Floats) -> float:
    """Combine two-sided p-values of one test over imputations.

    Each is turned into the standard normal deviate that has it, with the sign of the estimate;
    these are pooled by Rubin's rules, their variance within an imputation being 1.

    Parameters
    ----------
    p
        Two-sided p-values, shape (m,), m at least 2.
    sign
        Signs of the estimates, shape (m,).

    References
    ----------
    Licht, C. 2010. New methods for generating significance levels from multiply-imputed data.
    Dissertation, University of Bamberg, section 4.3.
    """
    z = -sign * ndtri(np.maximum(p, LEAST) / 2)
    total = 1 + (1 + 1 / len(z)) * z.var(ddof=1)
    return float(2 * ndtr(-abs(z.mean()) / np.sqrt(total)))
