"""The headline coefficients by every way of inference that rare events and few clusters ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from joblib import Parallel, delayed
from scipy import stats

from willing.errors import EstimationError
from willing.estimation.covariance import clustered_covariance, crossed_covariance
from willing.estimation.jackknife import cluster_jackknife
from willing.estimation.models import fit_logit, fit_probit
from willing.estimation.pairs_bootstrap import cluster_bootstrap
from willing.estimation.penalised import fit_penalised, penalised_test
from willing.estimation.results import BinaryResults
from willing.estimation.row_likelihood import derivatives, row_scores
from willing.estimation.rubin import PooledResults
from willing.estimation.score_bootstrap import wild_score_test
from willing.evidence.claims import CLAIMS, COVARIATES, Claim, claim_fit
from willing.evidence.model_columns import CLUSTER
from willing.evidence.permutation import (
    PERMUTATIONS,
    permute_units,
    permuted_statistics,
    score_sums,
    strata,
    two_sided,
)
from willing.manner import Result
from willing.numbers import Ints, p_cell
from willing.record.measured import INSECURITY

Method = Literal[
    "clusters: crisis",
    "clusters: crisis and leader",
    "clusters: target",
    "jackknife: crisis",
    "wild scores: crisis",
    "bootstrap: crisis",
    "likelihood ratio",
    "penalised",
    "permutation",
]


# Methods whose p-value is that of an estimate over a standard error.
WALD: tuple[Method, ...] = (
    "clusters: crisis",
    "clusters: crisis and leader",
    "clusters: target",
    "jackknife: crisis",
)


@dataclass(frozen=True)
class Inference:
    """One way of inference on one coefficient.

    Attributes
    ----------
    claim, method : str
        Of what, and how.
    estimate, std_error : float or None
        Missing where the method gives a p-value only.
    p : float
        Two-sided.
    """

    claim: str
    method: Method
    estimate: float | None
    std_error: float | None
    p: float


@dataclass(frozen=True, eq=False, repr=False)
class InferenceTable(Result):
    """All of them.

    Attributes
    ----------
    rows : tuple of Inference
        A claim after the other.
    """

    rows: tuple[Inference, ...]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a claim and method."""
        return pl.DataFrame([vars(row) for row in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """Give the table as plain values."""
        return {"inference": self.to_frame().to_dicts()}

    def p_values(self, claim: str) -> Mapping[str, float]:
        """Give the p-values of a claim by method."""
        return {row.method: row.p for row in self.rows if row.claim == claim}

    def __str__(self) -> str:
        lines = [f"{'':34}{'estimate':>10}{'s.e.':>8}{'p':>8}"]
        for row in self.rows:
            numbers = "".join(
                f"{'' if v is None else format(v, '.3f'):>{w}}"
                for v, w in ((row.estimate, 10), (row.std_error, 8))
            )
            lines.append(f"{row.claim:12} {row.method:21}{numbers}{p_cell(row.p):>8}")
        return "\n".join(lines)


def inference_table(
    triads: pl.DataFrame,
    *,
    claims: Mapping[str, Claim] = CLAIMS,
    covariates: Sequence[str] = COVARIATES,
    pooled: Mapping[str, PooledResults] | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    wald: bool = True,
    progress: Callable[[str], object] = lambda _: None,
) -> InferenceTable:
    """Judge the coefficient of each claim by every method.

    Parameters
    ----------
    triads
        A sample, as :meth:`~willing.evidence.sample.Sample.take` gives it. Clusters by leader or
        target are left out where it does not name them.
    claims
        Which; see `willing.evidence.claims`.
    covariates
        The other terms of the models of joining.
    pooled
        Models over imputations, by claim: standard errors then have the variance between
        imputations added, by Rubin's rules, and estimates are the pooled ones. Methods that give
        a p-value only are at the mean of the imputations.
    permutations
        Permutations of leaders within decade and major-power status.
    seed
        Seed of bootstrap and permutations.
    wald
        Whether the methods of `WALD` are all wanted, or only clusters by crisis.
    progress
        Told what is done.

    Raises
    ------
    EstimationError
        If no claim can be estimated.
    """

    def judged(name: str) -> list[Inference] | str:
        claim = claims[name]
        try:
            fit, frame = claim_fit(triads, claim, covariates=tuple(covariates))
            found = [_wald(name, "clusters: crisis", *_of(fit, claim))]
            if wald:
                found += _other_errors(name, claim, fit, frame)
            found += _by_p(name, claim, fit, frame, permutations, seed)
        except EstimationError as error:
            return f"{name}: {error}"
        over = (pooled or {}).get(name)
        return found if over is None else _with_imputations(found, over, claim.position(fit))

    # The bootstrap of the variance takes longest and starts first; NumPy leaves the interpreter
    # free, so that threads use every core.
    order = sorted(claims, key=lambda name: claims[name].equation == "mean")
    found: dict[str, list[Inference]] = {}
    failures = []
    done = Parallel(n_jobs=-1, prefer="threads", return_as="generator")(
        delayed(judged)(name) for name in order
    )
    for name, result in zip(order, done, strict=True):
        if isinstance(result, str):
            failures.append(result)
        else:
            found[name] = result
        progress(f"inference: {name}")
    if not found:
        raise EstimationError("; ".join(failures))
    return InferenceTable(tuple(row for name in claims for row in found.get(name, ())))


def _of(fit: BinaryResults, claim: Claim) -> tuple[float, float]:
    """Give a claim's estimate and its variance, clustered by crisis."""
    at = claim.position(fit)
    return float(fit.params[at]), float(fit.covariance[at, at])


def _other_errors(
    name: str, claim: Claim, fit: BinaryResults, frame: pl.DataFrame
) -> list[Inference]:
    """Give the estimate with the other standard errors of the likelihood's own."""
    design, at = fit.design, claim.position(fit)
    value = float(fit.params[at])
    Z = design.Z[:, : len(fit.variance_terms)]
    scores = row_scores(fit.link, fit.params, design.y, design.X, Z)
    _, hessian = derivatives(fit.link, fit.params, design.y, design.X, Z)
    found = []
    if "leader" in frame.columns:
        leader = _numbered(frame["leader"])
        crossed = crossed_covariance(scores, hessian, design.cluster, leader)
        found.append(_wald(name, "clusters: crisis and leader", value, crossed[at, at]))
    if "target" in frame.columns:
        by_target = clustered_covariance(scores, hessian, _numbered(frame["target"]))
        found.append(_wald(name, "clusters: target", value, by_target[at, at]))
    jackknife = cluster_jackknife(fit).covariance
    found.append(_wald(name, "jackknife: crisis", value, jackknife[at, at]))
    return found


def _by_p(
    name: str,
    claim: Claim,
    fit: BinaryResults,
    frame: pl.DataFrame,
    permutations: int,
    seed: int,
) -> list[Inference]:
    """Give the p-values that are not those of an estimate over a standard error."""
    design, at = fit.design, claim.position(fit)
    null, found = _without(fit, claim), []
    wild = wild_score_test(null, fit, at, design.cluster, seed=seed)
    found.append(Inference(name, "wild scores: crisis", None, None, wild.p))
    if claim.equation == "variance":
        # Wald and likelihood ratio disagree about a variance; where neither can be trusted the
        # crises are drawn again and the model fitted to each draw.
        drawn = cluster_bootstrap(fit, at, seed=seed)
        value, _ = _of(fit, claim)
        found.append(Inference(name, "bootstrap: crisis", value, drawn.std_error, drawn.p))
    ratio = 2 * max(fit.loglik - null.loglik, 0.0)
    found.append(Inference(name, "likelihood ratio", None, None, float(stats.chi2.sf(ratio, 1))))
    if claim.equation == "mean" and fit.link != "heteroskedastic probit":
        link: Literal["logit", "probit"] = "logit" if fit.link == "logit" else "probit"
        penalised = fit_penalised(design, link, start=fit.params)
        p = penalised_test(design, link, claim.term, full=penalised)
        found.append(
            Inference(
                name,
                "penalised",
                float(penalised.params[at]),
                float(penalised.std_errors[at]),
                p,
            )
        )
    found.append(_permuted(name, claim, fit, frame, permutations, seed))
    return found


def _with_imputations(found: list[Inference], pooled: PooledResults, at: int) -> list[Inference]:
    """Add the variance between imputations to every standard error of the likelihood's own."""
    value = float(pooled.combined.params[at])
    added = (1 + 1 / pooled.imputations) * float(pooled.between[at, at])
    return [
        _wald(row.claim, row.method, value, row.std_error**2 + added)
        if row.std_error is not None and row.method in WALD
        else row
        for row in found
    ]


def _permuted(
    name: str,
    claim: Claim,
    fit: BinaryResults,
    frame: pl.DataFrame,
    permutations: int,
    seed: int,
) -> Inference:
    """Permute insecurity among leaders in the model that has none of L's."""
    design = replace(fit.design, Z=fit.design.Z[:, :0], variance_terms=())
    for term in design.terms:
        if INSECURITY in term.split(":"):
            design = design.without(term)
    null = (fit_logit if fit.link == "logit" else fit_probit)(design)
    # A leader is one in a crisis, whatever the number of her sides.
    keys = ("leader", CLUSTER) if "leader" in frame.columns else ("side",)
    units = frame.with_columns(unit=pl.struct(keys).rank("dense").cast(pl.Int64) - 1)
    each = units.unique("unit", keep="first").sort("unit")
    multiplier = claim.multiplier(design, null)
    sums = score_sums(null, multiplier, units["unit"].to_numpy(), each[CLUSTER].to_numpy())
    arranged = permute_units(strata(each), permutations=permutations, seed=seed)
    values = each[INSECURITY].to_numpy()[arranged]
    statistics = permuted_statistics(sums, values, crossed=multiplier is not None)
    return Inference(name, "permutation", None, None, two_sided(statistics))


def _without(fit: BinaryResults, claim: Claim) -> BinaryResults:
    """Give the model with the claim's coefficient at zero."""
    if claim.equation == "variance":
        return fit_probit(fit.design)
    shorter = fit.design.without(claim.term)
    return (fit_logit if fit.link == "logit" else fit_probit)(shorter)


def _wald(name: str, method: Method, value: float, variance: float) -> Inference:
    error = float(np.sqrt(variance))
    p = float(2 * stats.norm.sf(abs(value) / error)) if error > 0 else float("nan")
    return Inference(name, method, value, error, p)


def _numbered(column: pl.Series) -> Ints:
    return column.rank("dense").cast(pl.Int64).to_numpy() - 1
