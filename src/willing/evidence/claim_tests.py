"""Every claim on a sample: pooled over imputations, by every method, judged by one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from joblib import Parallel, delayed

from willing.divergence.completion import DRAWS
from willing.errors import EstimationError
from willing.estimation.models import one_blas_thread
from willing.estimation.results import BinaryResults
from willing.estimation.rubin import PooledEstimate, PooledResults, missing_information
from willing.evidence.claims import CLAIMS, COVARIATES, Claim, claim_fit
from willing.evidence.inference import InferenceTable, inference_table
from willing.evidence.over_imputations import Imputations, imputed_divergence, pooled_fit
from willing.evidence.sample import Sample
from willing.evidence.selectivity import PartnerDivergence, partner_divergence
from willing.evidence.unusable_controls import drop_unusable
from willing.evidence.verdict import RULE, Verdict, deciding_methods, judge
from willing.manner import Progress, Result, silent
from willing.record.measured import INSECURITY

TAKEN = "partners of insecure leaders diverge more, net of the states not taken"
CAVEAT = (
    "A noisier choice is not a choice of more divergent partners: noise is about the variance of "
    "joining, preferences and taken are about who joins."
)


@dataclass(frozen=True, eq=False, repr=False)
class ClaimTests(Result):
    """All claims on one sample.

    Attributes
    ----------
    verdicts : tuple of Verdict
        One a claim that could be tested, those of H1 first.
    fits : mapping of str to BinaryResults
        The model of each claim: mean estimates over imputations, total covariance.
    pooled : mapping of str to PooledResults
        The same with what imputation costs, of the models that have a divergence in them.
    taken : PartnerDivergence or None
        Divergence of the partners taken, raw and net.
    inference : InferenceTable
        Every method, at the mean imputation; standard errors have what imputation adds.
    imputations : int
        How many were pooled; 1 if nothing is imputed.
    skipped : mapping of str to str
        Why each of the other claims could not be tested.
    """

    verdicts: tuple[Verdict, ...]
    fits: Mapping[str, BinaryResults]
    pooled: Mapping[str, PooledResults]
    taken: PartnerDivergence | None
    inference: InferenceTable
    imputations: int
    skipped: Mapping[str, str]

    def verdict(self, claim: str) -> Verdict:
        """Give the verdict on a claim.

        Raises
        ------
        KeyError
            If it was not tested.
        """
        return {verdict.claim: verdict for verdict in self.verdicts}[claim]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a claim: estimate, interval, p by deciding method, finding."""
        rows = []
        for v in self.verdicts:
            row = {**vars(v)}
            p = row.pop("p")
            rows.append({**row, "largest_p": max(p.values()) if p else None})
        return pl.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Give rule, verdicts, partners taken and the methods as plain values."""
        return {
            "rule": RULE,
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "imputations": self.imputations,
            "pooled": {name: fit.to_dict() for name, fit in self.pooled.items()},
            "taken": None if self.taken is None else self.taken.to_dict(),
            "skipped": dict(self.skipped),
            **self.inference.to_dict(),
        }

    def __str__(self) -> str:
        return "\n".join(
            [
                RULE,
                *(verdict.sentence for verdict in self.verdicts),
                *(f"{name} could not be tested: {why}" for name, why in self.skipped.items()),
                CAVEAT,
                "",
                str(self.inference),
            ]
        )


def judge_claims(
    triads: pl.DataFrame,
    sample: Sample | None = None,
    *,
    claims: Mapping[str, Claim] = CLAIMS,
    imputations: int = DRAWS,
    same_sign: Mapping[str, tuple[float, float]] | None = None,
    draws: int = 2000,
    seed: int = 0,
    imputed: Imputations | None = None,
    progress: Progress = silent,
) -> ClaimTests:
    """Test every claim on a sample of the record.

    Parameters
    ----------
    triads
        The record's triads, of every leader.
    sample
        Which; by default the main one.
    claims
        Which.
    imputations
        How many imputations to pool, two to twenty, where the sample's divergence is imputed.
    same_sign
        By claim, the weighted shares of its specification curve above and below zero
        (`willing.evidence.curve_results.SpecificationCurve.sign_shares`).
    draws
        Bootstrap samples of the partners taken.
    seed
        Seed of bootstrap and permutations.
    imputed
        The imputations, where they are at hand.
    progress
        Told what is done.

    Raises
    ------
    EstimationError
        If no claim can be tested.
    """
    sample = sample or Sample()
    if imputed is None:
        imputed = imputed_divergence(triads, sample, imputations, progress=progress)
    return _judge(
        sample.take(triads),
        imputed,
        claims,
        COVARIATES,
        same_sign or {},
        (draws, seed),
        progress,
    )


def judge_file(
    triads: pl.DataFrame,
    *,
    claims: Mapping[str, Claim] = CLAIMS,
    same_sign: Mapping[str, tuple[float, float]] | None = None,
    draws: int = 2000,
    seed: int = 0,
    progress: Progress = silent,
) -> ClaimTests:
    """Test every claim on triads of another file, by the same rule and methods.

    Parameters
    ----------
    triads
        What :func:`~willing.evidence.authors_file.own_terms` gave. Covariates that it lacks, or
        that have no finite coefficient, are left out.
    claims, same_sign, draws, seed, progress
        As in :func:`judge_claims`.

    Raises
    ------
    EstimationError
        If no claim can be tested.
    """
    terms = [INSECURITY, *(name for name in COVARIATES if name in triads.columns)]
    kept, dropped = drop_unusable(triads, terms)
    covariates = tuple(name for name in terms[1:] if name not in dropped)
    return _judge(kept, (), claims, covariates, same_sign or {}, (draws, seed), progress)


def _judge(
    mean: pl.DataFrame,
    imputed: Imputations,
    claims: Mapping[str, Claim],
    covariates: Sequence[str],
    same_sign: Mapping[str, tuple[float, float]],
    drawn: tuple[int, int],
    progress: Progress,
) -> ClaimTests:
    draws, seed = drawn
    fits: dict[str, BinaryResults] = {}
    skipped: dict[str, str] = {}
    with one_blas_thread():
        tried = Parallel(n_jobs=-1, prefer="threads")(
            delayed(_tried)(mean, claim, tuple(covariates)) for claim in claims.values()
        )
        for name, result in zip(claims, tried, strict=True):
            if isinstance(result, str):
                skipped[name] = result
            else:
                fits[name] = result
        if not fits:
            raise EstimationError("; ".join(f"{name}: {why}" for name, why in skipped.items()))
        progress("claims estimated")

        pooled: dict[str, PooledResults] = {}
        for name, fit in fits.items():
            # A logit of sides has no divergence in it: one fit serves all imputations.
            if claims[name].model != "sides":
                over = pooled_fit(mean, fit, imputed)
                if over is not None:
                    pooled[name] = over
                    progress(f"pooled: {name}")
        table = inference_table(
            mean,
            claims={name: claims[name] for name in fits},
            covariates=covariates,
            pooled=pooled,
            seed=seed,
            progress=progress,
        )
    verdicts, combined = [], {}
    for name, fit in fits.items():
        combined[name], estimate = _estimated(fit, pooled.get(name), claims[name])
        p = {m: table.p_values(name)[m] for m in deciding_methods(list(table.p_values(name)))}
        share = _share(same_sign.get(name), estimate.value)
        verdicts.append(
            Verdict(
                name,
                claims[name].hypothesis,
                claims[name].statement,
                judge(*estimate.interval, list(p.values()), share),
                estimate.value,
                *estimate.interval,
                estimate.std_error,
                p,
                int(fit.design.y.sum()),
                estimate.missing,
                share,
            )
        )
    try:
        taken = partner_divergence(mean, draws=draws, rng=np.random.default_rng(seed))
    except EstimationError as error:
        taken = None
        skipped["taken"] = str(error)
    if taken is not None:
        net = taken.net
        share = _share(same_sign.get("taken"), net.value)
        ones = int(taken.frame["partners"].sum())
        found_taken = judge(net.low, net.high, [], share)
        verdicts.append(
            Verdict(
                *("taken", "H2", TAKEN, found_taken, net.value, net.low, net.high, None),
                ones=ones,
                same_sign=share,
            )
        )
    return ClaimTests(
        tuple(verdicts), combined, pooled, taken, table, max(len(imputed), 1), skipped
    )


def _tried(mean: pl.DataFrame, claim: Claim, covariates: tuple[str, ...]) -> BinaryResults | str:
    """Fit a claim's model, or say why it has no estimate."""
    try:
        return claim_fit(mean, claim, covariates=covariates)[0]
    except EstimationError as error:
        return str(error)


def _estimated(
    fit: BinaryResults, pooled: PooledResults | None, claim: Claim
) -> tuple[BinaryResults, PooledEstimate]:
    """Give a claim's model and estimate, pooled over imputations if there are several."""
    if pooled is not None:
        return pooled.combined, pooled.estimate(claim.term, equation=claim.equation)
    own = fit.estimate(claim.term, equation=claim.equation)
    df, _ = missing_information(own.std_error**2, 0.0, 1, fit.design.n_clusters - 1)
    return fit, PooledEstimate(own.term, own.value, own.std_error, df, 0.0)


def _share(shares: tuple[float, float] | None, value: float) -> float | None:
    if shares is None:
        return None
    above, below = shares
    return above if value > 0 else below
