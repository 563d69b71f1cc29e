"""The main job: both hypotheses of Wolford and Ritter on the record, beside the theory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
from joblib import Parallel, delayed

from willing.estimation.models import one_blas_thread
from willing.evidence.by_coding import ClaimsByCoding, claims_by_coding
from willing.evidence.by_divergence import ClaimsByDivergence, claims_by_divergence
from willing.evidence.claim_tests import ClaimTests, judge_claims
from willing.evidence.claims import CLAIMS
from willing.evidence.curve import FEW, MANY, specification_curve
from willing.evidence.curve_results import SpecificationCurve
from willing.evidence.direct import DirectTests, direct_tests
from willing.evidence.divergence_bounds import DivergenceBounds, divergence_bounds
from willing.evidence.formation import MODELS, Formation, replicate_models
from willing.evidence.influence import SHOWN, claims_without, influence_table
from willing.evidence.joining_surface import JoiningSurface, joining_surface
from willing.evidence.over_imputations import imputed_divergence
from willing.evidence.p_over_imputations import PValuesImputed, p_over_imputations
from willing.evidence.sample import Sample
from willing.manner import Progress, Result, silent
from willing.record.agreement import coding_agreement
from willing.record.choices import SAMPLE_YEARS, Pool
from willing.record.store import Record, load_record
from willing.security.evaluation import Evaluation, evaluate
from willing.security.measures import DEFAULT
from willing.security.performance import performance
from willing.sources.states import UNITED_STATES
from willing.theory.search.acceptance import AcceptanceRegion, acceptance_region

_AS_MODEL = {"joining": "probit", "noise": "hetprobit"}


@dataclass(frozen=True, eq=False, repr=False)
class Replication(Result):
    """Everything that the main job found.

    Attributes
    ----------
    record : Record
        The record, with every crisis actor in turn as L.
    chosen : Sample
        Which triads every table, figure and sentence is of, and how they are measured.
    sample : polars.DataFrame
        These triads.
    insecurity : mapping of str to Evaluation
        Out-of-sample performance of the insecurity measures, by what was evaluated.
    agreement : polars.DataFrame
        How far the codings of joining agree.
    formation, plain_formation : Formation
        Wolford and Ritter's models, with insecurity from the full survival model; the two main ones
        with insecurity from the plain one.
    direct, plain : DirectTests
        H1 and H2 read off the record, with insecurity from the full and the plain survival model.
    curve : SpecificationCurve
        Every claim under many combinations of choices.
    surface : JoiningSurface
        Who joined whom, over security and divergence.
    region : AcceptanceRegion
        Who is acceptable to whom in the one-partner game.
    claims : ClaimTests
        Every claim, pooled over imputations, by every method, and judged by one rule.
    influence, without_usa : polars.DataFrame or None
        The claims without single targets, leaders and crises, and without all sides that the
        United States led; None of a record on which *joining* has no estimate.
    codings : ClaimsByCoding or None
        The claims under both codings of the record; None of a record built with another.
    by_divergence : ClaimsByDivergence or None
        The claims by every measure of divergence; None without `full`.
    bounds : DivergenceBounds or None
        Their extremes whatever the missing divergences are; None without `full`.
    p_imputed : PValuesImputed or None
        p-values of single imputations, by the methods that give nothing else; None without `full`.
    """

    record: Record
    chosen: Sample
    sample: pl.DataFrame
    insecurity: Mapping[str, Evaluation]
    agreement: pl.DataFrame
    formation: Formation
    plain_formation: Formation
    direct: DirectTests
    plain: DirectTests
    curve: SpecificationCurve
    surface: JoiningSurface
    region: AcceptanceRegion
    claims: ClaimTests
    influence: pl.DataFrame | None = None
    without_usa: pl.DataFrame | None = None
    codings: ClaimsByCoding | None = None
    by_divergence: ClaimsByDivergence | None = None
    bounds: DivergenceBounds | None = None
    p_imputed: PValuesImputed | None = None

    def to_frame(self) -> pl.DataFrame:
        """Give one row a claim, with its estimates and verdict."""
        return self.claims.to_frame()

    def __str__(self) -> str:
        return str(self.claims)

    def to_dict(self) -> dict[str, Any]:
        """Give every number as plain values."""
        return {
            "sample": self.chosen.to_dict(),
            **self.claims.to_dict(),
            "record": self.record.to_dict(),
            "insecurity": {name: e.to_dict() for name, e in self.insecurity.items()},
            "agreement": self.agreement.to_dicts(),
            "formation": self.formation.to_dict(),
            "formation_plain": self.plain_formation.to_dict(),
            "direct": self.direct.to_dict(),
            "direct_plain": self.plain.to_dict(),
            "specification_curve": self.curve.to_dict(),
            **{
                name: frame.to_dicts()
                for name in ("influence", "without_usa")
                if (frame := getattr(self, name)) is not None
            },
            **{
                name: value
                for part in (self.codings, self.by_divergence, self.bounds, self.p_imputed)
                if part is not None
                for name, value in part.to_dict().items()
            },
        }


def replicate(
    *,
    measure: str = DEFAULT,
    pool: Pool = "all",
    folder: str | Path | None = None,
    full: bool = False,
    progress: Progress = silent,
) -> Replication:
    """Test both hypotheses on a record.

    Parameters
    ----------
    measure
        The measure of leaders' security, one of `willing.security.measures.MEASURES`.
    pool
        Who is P, as in `willing.record.choices.Choices`.
    folder
        Folder of the record; the embedded one by default.
    full
        Whether the specification curve has thousands of cells instead of hundreds, and whether
        every measure of divergence, bounds without any, and p-values of single imputations stand
        beside the main one.
    progress
        Called with the name of each step once it is done.

    Returns
    -------
    Replication

    Raises
    ------
    DataError
        If there is no such measure or pool, or the folder holds no record.
    """
    record = load_record(folder, leader="every", measure=measure, pool=pool, years="all")
    chosen = Sample(measure=measure, pool=pool)
    sample = chosen.take(record.triads)
    progress("record loaded")
    plain_sample = replace(chosen, measure="hazard_plain").take(record.triads)
    imputed = imputed_divergence(record.triads, chosen, progress=progress)
    curve = specification_curve(record.triads, cells=MANY if full else FEW, progress=progress)
    claims = judge_claims(
        record.triads,
        chosen,
        same_sign=curve.sign_shares(),
        imputed=imputed,
        progress=progress,
    )
    # Three models of the claims are Wolford and Ritter's two and the direct test's.
    known = {_AS_MODEL[name]: pooled for name, pooled in claims.pooled.items() if name in _AS_MODEL}
    estimable = {name: CLAIMS[name] for name in SHOWN if name in claims.fits}
    built = record.manifest.choices
    both_coded = (built.coding, built.outcome) == ("acts", "recommended")
    pooled = claims.pooled.get("preferences")
    # Each of these has parts that use one core only: side by side they use all.
    tasks: dict[str, Callable[[], Any]] = {
        "formation": lambda: replicate_models(
            sample, imputed=imputed, known=known, progress=progress
        ),
        "plain_formation": lambda: replicate_models(
            plain_sample, models=MODELS[:2], imputed=imputed
        ),
        "direct": lambda: direct_tests(sample, imputed=imputed, pooled=pooled),
        "plain": lambda: direct_tests(plain_sample, imputed=imputed),
    }
    if "joining" in estimable:
        tasks["influence"] = lambda: influence_table(sample, claims=estimable, progress=progress)
        tasks["without_usa"] = lambda: claims_without(sample, UNITED_STATES)
    if both_coded:
        tasks["codings"] = lambda: claims_by_coding(
            folder, chosen, triads=record.triads, progress=progress
        )
    with one_blas_thread():
        done = Parallel(n_jobs=-1, prefer="threads")(delayed(task)() for task in tasks.values())
    parts = dict(zip(tasks, done, strict=True))
    progress("models, direct tests and what the claims rest on")
    by_divergence = bounds = p_imputed = None
    if full:
        by_divergence = claims_by_divergence(record.triads, chosen, progress=progress)
        bounds = divergence_bounds(record.triads, chosen, progress=progress)
        p_imputed = p_over_imputations(
            record.triads, chosen, claims.inference, claims=CLAIMS, progress=progress
        )
    return Replication(
        record=record,
        chosen=chosen,
        sample=sample,
        insecurity=_insecurity(record.leaders),
        agreement=coding_agreement(sample),
        curve=curve,
        surface=joining_surface(parts["direct"].joining),
        region=illustration(),
        claims=claims,
        by_divergence=by_divergence,
        bounds=bounds,
        p_imputed=p_imputed,
        **parts,
    )


def illustration() -> AcceptanceRegion:
    """Solve the game that is drawn beside the data.

    Its partner raises the chance of victory from even to two in three, at a cost of a tenth of
    what victory is worth; the numbers are chosen to show every case, not estimated.
    """
    return acceptance_region(
        alone=0.5, together=2 / 3, cost=0.1, office=2.0, aversion=0.6, friction=0.1
    )


def _insecurity(leaders: pl.DataFrame) -> dict[str, Evaluation]:
    stored = performance()
    first, last = SAMPLE_YEARS
    return {
        "full model": evaluate(leaders),
        f"full model, {first}-{last}": evaluate(leaders, first=first, last=last),
        "full model, trained to 1980, tested after": stored["forward"],
        "full model, no news of votes just held": stored["without_news"],
        "full model, any day": stored["any_day"],
        "plain model": evaluate(leaders, score="hazard_plain"),
        "gradient boosting, the bound": stored["boosted"],
    }
