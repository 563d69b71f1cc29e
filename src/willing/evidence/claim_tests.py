"""Every claim with a divergence for every pair: pooled over imputations, and judged by one rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from willing.divergence.completion import DRAWS
from willing.divergence.divergence_measures import put_divergence
from willing.estimation.rubin import PooledEstimate, pool
from willing.estimation.threads import one_blas_thread
from willing.evidence.claims import CLAIMS, Claim, claim_fit
from willing.evidence.inference import InferenceTable, inference_table
from willing.evidence.selectivity import PartnerDivergence, partner_divergence

Finding = Literal["supported", "contradicted", "undetermined"]
# The convention of the field; the intervals printed are its counterpart.
SIGNIFICANT = 0.05
# The methods that must agree. The likelihood ratio and the penalised likelihood take the triads of
# a crisis as independent, and clusters by crisis alone miss leaders who lead often.
DECIDING = (
    "clusters: crisis and leader",
    "jackknife: crisis",
    "wild scores: crisis",
    "permutation",
)
RULE = (
    "A claim is supported if its estimate, pooled over the imputations, has a 95 % interval above "
    f"zero and {', '.join(DECIDING[:-1])} and {DECIDING[-1]} all give p < {SIGNIFICANT}; "
    "contradicted if the same holds below zero; else undetermined."
)


@dataclass(frozen=True)
class ClaimTest:
    """One claim.

    Attributes
    ----------
    claim : str
        Its name.
    statement : str
        What it says.
    estimate : PooledEstimate
        Its coefficient over the imputations, positive if the theory is right.
    p : mapping of str to float
        p-values by method, at the mean imputation.
    joins : int
        Ones among the rows of its model.
    finding : str
        By `RULE`.
    """

    claim: str
    statement: str
    estimate: PooledEstimate
    p: Mapping[str, float]
    joins: int
    finding: Finding

    def __str__(self) -> str:
        e = self.estimate
        worst = max(self.p[m] for m in DECIDING)
        return (
            f"{self.claim}: {self.statement}: {self.finding} ({e.value:.2f}, s.e. "
            f"{e.std_error:.2f}, 95 % interval {e.interval[0]:.2f} to {e.interval[1]:.2f}; "
            f"largest p of the deciding methods {worst:.3f}; {self.joins} ones; "
            f"{e.missing:.0%} of the information missing)"
        )


@dataclass(frozen=True, eq=False)
class ClaimTests:
    """All claims.

    Attributes
    ----------
    tests : mapping of str to ClaimTest
        By name.
    taken : PartnerDivergence
        The third reading of H2: divergence of the partners taken, raw and net.
    taken_finding : str
        By the interval of the net difference, crises redrawn.
    inference : InferenceTable
        Every method.
    """

    tests: Mapping[str, ClaimTest]
    taken: PartnerDivergence
    taken_finding: Finding
    inference: InferenceTable

    def to_frame(self) -> pl.DataFrame:
        """Give one row a claim: estimate, interval, missing information, finding."""
        return pl.DataFrame(
            [
                {
                    "claim": name,
                    "estimate": t.estimate.value,
                    "std_error": t.estimate.std_error,
                    "low": t.estimate.interval[0],
                    "high": t.estimate.interval[1],
                    "missing": t.estimate.missing,
                    **{method: t.p[method] for method in DECIDING},
                    "joins": t.joins,
                    "finding": t.finding,
                }
                for name, t in self.tests.items()
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Give rule, claims, partners taken and the methods as plain values."""
        return {
            "rule": RULE,
            "claims": self.to_frame().to_dicts(),
            "taken": {**self.taken.to_dict(), "finding": self.taken_finding},
            **self.inference.to_dict(),
        }

    def __str__(self) -> str:
        return "\n".join(
            [
                RULE,
                *(str(test) for test in self.tests.values()),
                f"taken: partners of insecure leaders diverge more: {self.taken_finding} (raw "
                f"{self.taken.per_partner}; net of the states not taken {self.taken.net})",
                "A noisier choice is not a choice of more divergent partners: noise is about the "
                "variance of joining, the others about who joins.",
                "",
                str(self.inference),
            ]
        )


def judge_claims(
    triads: pl.DataFrame,
    *,
    claims: Mapping[str, Claim] = CLAIMS,
    imputations: int = DRAWS,
    draws: int = 2000,
    seed: int = 0,
    progress: Callable[[str], object] = lambda _: None,
) -> ClaimTests:
    """Test every claim with completed ideal points.

    Parameters
    ----------
    triads
        A sample of the record, as :func:`~willing.evidence.sample.select_triads` gives it.
    claims
        Which.
    imputations
        How many of the twenty imputations to pool, two or more.
    draws
        Bootstrap samples of the partners taken.
    seed
        Seed of bootstrap and permutations.
    progress
        Told what is done.

    Raises
    ------
    EstimationError
        If a claim cannot be estimated.
    """
    mean = put_divergence(triads, "completed")
    fits: dict[str, list[Any]] = {name: [] for name in claims}
    with one_blas_thread():
        for draw in range(1, imputations + 1):
            frame = put_divergence(triads, "completed", draw=draw)
            for name, claim in claims.items():
                # A logit of sides has no divergence in it: one fit serves all imputations.
                if claim.model == "sides" and fits[name]:
                    fits[name].append(fits[name][0])
                    continue
                start = fits[name][0].params if fits[name] else None
                fits[name].append(claim_fit(frame, claim, start=start)[0])
            progress(f"imputation {draw} of {imputations}")
        table = inference_table(mean, claims=claims, seed=seed, progress=progress)
    tests = {}
    for name, claim in claims.items():
        pooled = pool(fits[name])
        estimate = pooled.estimate(claim.term, equation=claim.equation)
        p = table.p_values(name)
        tests[name] = ClaimTest(
            name,
            claim.statement,
            estimate,
            p,
            int(pooled.combined.design.y.sum()),
            judge(*estimate.interval, [p[method] for method in DECIDING]),
        )
    taken = partner_divergence(mean, draws=draws, rng=np.random.default_rng(seed))
    finding = judge(taken.net.low, taken.net.high, [])
    return ClaimTests(tests, taken, finding, table)


def judge(low: float, high: float, p: list[float]) -> Finding:
    """Apply `RULE`.

    Parameters
    ----------
    low, high
        The 95 % interval.
    p
        p-values of the deciding methods.
    """
    if any(value >= SIGNIFICANT for value in p) or low <= 0 <= high:
        return "undetermined"
    return "supported" if low > 0 else "contradicted"
