"""The claims of triads by every measure of divergence, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from willing.divergence.completion import DRAWS
from willing.divergence.divergence_measures import MEASURES, Divergence
from willing.estimation.models import one_blas_thread
from willing.estimation.results import BinaryResults
from willing.evidence.by_coding import with_errors
from willing.evidence.claims import CLAIMS, claim_fit
from willing.evidence.model_columns import IDEAL_POINTS
from willing.evidence.over_imputations import imputed_divergence, pooled_fit
from willing.evidence.sample import Sample
from willing.manner import Progress, Result, silent


@dataclass(frozen=True, repr=False)
class ClaimsByDivergence(Result):
    """What each measure of divergence makes of the models of joining.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a measure and coefficient: ``divergence``, ``term`` (``joining``, ``noise``,
        ``preferences``, ``target`` or one of the two divergences), ``estimate``, ``std_error``
        (clustered by crisis; of ``completed`` pooled over the imputations), ``joins``, ``triads``
        and ``loglik`` of its model (of imputations the mean).
    """

    frame: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give one row a measure and coefficient."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the rows as plain values."""
        return {"divergence": self.frame.to_dicts()}

    def wide(self) -> pl.DataFrame:
        """Give one row a measure, estimates with their errors beside one another."""
        plain = self.frame.filter(term="joining").select("divergence", "joins", "loglik")
        wide = with_errors(self.frame).pivot(
            "term", index="divergence", values="cell", maintain_order=True
        )
        return plain.join(wide, on="divergence", maintain_order="left")

    def __str__(self) -> str:
        return str(self.wide())


def claims_by_divergence(
    triads: pl.DataFrame,
    sample: Sample | None = None,
    *,
    imputations: int = DRAWS,
    progress: Progress = silent,
) -> ClaimsByDivergence:
    """Estimate the claims of triads with each measure of divergence.

    Parameters
    ----------
    triads
        The record's triads, of every leader.
    sample
        Which; by default the main one, whatever its measure of divergence.
    imputations
        How many to pool.
    progress
        Told what is done.

    Raises
    ------
    EstimationError
        If a model has no finite, identified estimate.
    """
    sample = sample or Sample()
    rows: list[dict[str, Any]] = []
    with one_blas_thread():
        for measure in MEASURES:
            rows += _of_measure(triads, replace(sample, divergence=measure), imputations)
            progress(f"claims by divergence: {measure}")
    return ClaimsByDivergence(pl.DataFrame(rows))


def _of_measure(triads: pl.DataFrame, sample: Sample, imputations: int) -> list[dict[str, Any]]:
    mean = sample.take(triads)
    claims = {name: claim for name, claim in CLAIMS.items() if claim.model != "sides"}
    fits = {name: claim_fit(mean, claim)[0] for name, claim in claims.items()}
    imputed = imputed_divergence(triads, sample, imputations)
    pooled = {name: pooled_fit(mean, fit, imputed) for name, fit in fits.items()}
    own = {name: fit if (p := pooled[name]) is None else p.combined for name, fit in fits.items()}
    rows = []
    for name, claim in claims.items():
        rows.append(
            _row(sample.divergence, name, own[name], claim.term, variance=claim.model == "noise")
        )
    rows += [_row(sample.divergence, term, own["joining"], term) for term in IDEAL_POINTS]
    return rows


def _row(
    measure: Divergence,
    called: str,
    fit: BinaryResults,
    term: str,
    *,
    variance: bool = False,
) -> dict[str, Any]:
    found = fit.estimate(term, equation="variance" if variance else "mean")
    return {
        "divergence": measure,
        "term": called,
        "estimate": found.value,
        "std_error": found.std_error,
        "joins": int(fit.design.y.sum()),
        "triads": fit.design.n,
        "loglik": fit.loglik,
    }
