"""The claims under both codings of the record, step by step from the one to the other.

Until November 2026 the recommended coding was by blocs of disputes; now it is by acts
(`willing.record.choices.Choices.coding`). They differ in who faced whom, who leads and who joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from joblib import Parallel, delayed

from willing.divergence.divergence_measures import Divergence
from willing.errors import EstimationError
from willing.estimation.models import one_blas_thread
from willing.evidence.claims import CLAIMS, claim_fit
from willing.evidence.sample import Sample
from willing.manner import Progress, Result, silent
from willing.record.leading import LeaderRule
from willing.record.store import load_record

# The coding by blocs does not say who acted: its leader is the strongest actor.
BY_BLOCS = "by blocs, the strongest actor leads"
BY_ACTS_STRONGEST = "by acts, the strongest actor leads"
BY_ACTS = "by acts, the strongest that acted leads"
DIVERGENCES: tuple[Divergence, ...] = ("ideal points", "completed")


@dataclass(frozen=True, repr=False)
class ClaimsByCoding(Result):
    """What each coding of the record makes of every claim.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a coding, divergence and claim: ``coding``, ``divergence``, ``claim``,
        ``estimate``, ``std_error`` (clustered by crisis; with ``completed`` divergence at the mean
        imputation), ``p``, ``ones`` (joins or coalitions) and ``rows``. Empty where the model has
        no estimate.
    """

    frame: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give one row a coding, divergence and claim."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the rows as plain values."""
        return {"codings": self.frame.to_dicts()}

    def wide(self) -> pl.DataFrame:
        """Give one row a coding and divergence: joins, and estimates with their errors."""
        keys = ["coding", "divergence"]
        wide = with_errors(self.frame).pivot(
            "claim", index=keys, values="cell", maintain_order=True
        )
        joins = self.frame.filter(claim="joining").select(*keys, joins="ones")
        return joins.join(wide, on=keys, maintain_order="left")

    def __str__(self) -> str:
        return str(self.wide())


def claims_by_coding(
    folder: str | Path | None = None,
    sample: Sample | None = None,
    *,
    triads: pl.DataFrame | None = None,
    progress: Progress = silent,
) -> ClaimsByCoding:
    """Estimate every claim by blocs and by acts, with UN ideal points only and completed.

    Parameters
    ----------
    folder
        Folder of the record; the embedded one by default.
    sample
        Years, measure and pool; leader, coding and divergence are set here.
    triads
        The triads by acts, of every leader, where they are at hand.
    progress
        Told what is done.
    """
    sample = sample or Sample()
    by_acts = load_record(folder, leader="every", years="all").triads if triads is None else triads
    blocs = load_record(folder, leader="every", coding="blocs", years="all").triads
    codings: tuple[tuple[str, pl.DataFrame, LeaderRule], ...] = (
        (BY_BLOCS, blocs, "strongest"),
        (BY_ACTS_STRONGEST, by_acts, "strongest"),
        (BY_ACTS, by_acts, "acted"),
    )

    def estimated(
        coding: str, frame: pl.DataFrame, leader: LeaderRule, divergence: Divergence
    ) -> list[dict[str, Any]]:
        chosen = Sample(
            leader=leader,
            measure=sample.measure,
            pool=sample.pool,
            years=sample.years,
            divergence=divergence,
        )
        own = chosen.take(frame)
        return [
            {"coding": coding, "divergence": divergence, **_estimated(own, name)} for name in CLAIMS
        ]

    tasks = [(*coding, divergence) for coding in codings for divergence in DIVERGENCES]
    rows = []
    with one_blas_thread():
        found = Parallel(n_jobs=-1, prefer="threads", return_as="generator")(
            delayed(estimated)(*task) for task in tasks
        )
        for (coding, _, _, divergence), own in zip(tasks, found, strict=True):
            rows += own
            progress(f"claims: {coding}, {divergence}")
    return ClaimsByCoding(pl.DataFrame(rows, infer_schema_length=None))


def with_errors(frame: pl.DataFrame) -> pl.DataFrame:
    """Put ``estimate (std_error)`` with two digits into ``cell``, null where there is none."""
    cells = [
        None if value is None else f"{value:.2f} ({error:.2f})"
        for value, error in frame.select("estimate", "std_error").iter_rows()
    ]
    return frame.with_columns(pl.Series("cell", cells, dtype=pl.String))


def _estimated(triads: pl.DataFrame, name: str) -> dict[str, Any]:
    claim = CLAIMS[name]
    row: dict[str, Any] = dict.fromkeys(("estimate", "std_error", "p", "ones", "rows"))
    try:
        fit, _ = claim_fit(triads, claim)
    except EstimationError:
        return {"claim": name, **row}
    found = fit.estimate(claim.term, equation=claim.equation)
    return {
        "claim": name,
        "estimate": found.value,
        "std_error": found.std_error,
        "p": found.p,
        "ones": int(fit.design.y.sum()),
        "rows": fit.design.n,
    }
