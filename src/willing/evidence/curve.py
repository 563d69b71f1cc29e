"""The specification curve: both hypotheses under every combination of defensible choices."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl
from joblib import Parallel, delayed

from willing.divergence.divergence_measures import put_divergence
from willing.errors import EstimationError
from willing.estimation.design import Design, build_design
from willing.estimation.models import fit_probit
from willing.estimation.threads import one_blas_thread
from willing.evidence.formation import CLUSTER
from willing.evidence.sample import select_triads
from willing.evidence.specification_choices import (
    CHOICES,
    COVARIATES,
    SAMPLES,
    TERMS,
    Choices,
    Hypothesis,
)
from willing.figures import BLUE, INK, ORANGE, house_theme
from willing.manner import Result
from willing.numbers import Floats
from willing.record.choices import Pool
from willing.record.leading import LeaderRule

if TYPE_CHECKING:
    from plotnine import ggplot

SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class SpecificationCurve(Result):
    """Estimates under every combination of choices.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a combination and hypothesis: the choices, ``hypothesis``, ``estimate``,
        ``std_error``, ``z``, ``p``, ``n``, ``events``, ``clusters`` and ``failure`` (why there
        is no estimate, or null).
    """

    frame: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give one row a combination of choices and hypothesis."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the estimates and the shares by choice."""
        return {
            "specifications": self.frame.to_dicts(),
            "shares": {h: self.shares(h).to_dicts() for h in TERMS},
        }

    def estimated(self, hypothesis: Hypothesis) -> pl.DataFrame:
        """Give the rows of a hypothesis that have an estimate."""
        return self.frame.filter(
            pl.col("hypothesis") == hypothesis, pl.col("estimate").is_not_null()
        )

    def shares(self, hypothesis: Hypothesis) -> pl.DataFrame:
        """Say how often the hypothesis is borne out, overall and by each alternative.

        Returns
        -------
        polars.DataFrame
            Columns ``choice``, ``alternative``, ``specifications``, ``positive``,
            ``supported`` (positive and p < .05) and ``contradicted`` (negative and p < .05), as
            shares. The first row is over all.
        """
        rows = self.estimated(hypothesis)
        significant = pl.col("p") < SIGNIFICANT
        measures = [
            pl.len().alias("specifications"),
            (pl.col("estimate") > 0).mean().alias("positive"),
            ((pl.col("estimate") > 0) & significant).mean().alias("supported"),
            ((pl.col("estimate") < 0) & significant).mean().alias("contradicted"),
        ]
        overall = pl.DataFrame({"choice": ["all"], "alternative": [""]})
        parts = [overall.hstack(rows.select(measures))]
        for choice in CHOICES:
            by = rows.group_by(choice, maintain_order=True).agg(measures)
            by = by.rename({choice: "alternative"}).insert_column(
                0, pl.Series("choice", [choice] * by.height, dtype=pl.String)
            )
            parts.append(by)
        return pl.concat(parts)

    def sign_shares(self) -> dict[str, tuple[float, float]]:
        """Give, by claim, the shares of the estimates above and below zero."""
        found = {}
        for claim, hypothesis in (("joining", "H1"), ("preferences", "H2")):
            above = float(self.shares(hypothesis)["positive"][0])  # type: ignore[arg-type]
            found[claim] = (above, 1 - above)
        return found

    def variance_shares(self, hypothesis: Hypothesis) -> pl.DataFrame:
        """Say how much of the spread of the estimates' z each choice accounts for.

        Returns
        -------
        polars.DataFrame
            Columns ``choice`` and ``share``, the largest first: the variance of the means by
            alternative, each choice by itself, over the variance of all; what is left is due to
            choices taken together.
        """
        rows = self.estimated(hypothesis)
        total = float(((rows["z"] - rows["z"].mean()) ** 2).sum())
        shares = []
        for choice in CHOICES:
            means = rows.select(pl.col("z").mean().over(choice)).to_series()
            shares.append(float(((means - rows["z"].mean()) ** 2).sum()) / total)
        frame = pl.DataFrame({"choice": CHOICES, "share": shares})
        return frame.sort("share", descending=True)

    def __str__(self) -> str:
        lines = []
        for hypothesis, term in TERMS.items():
            lines.append(f"{hypothesis}: coefficient of {term} in the probit of joining")
            lines += [
                f"  {row['choice']:12}{row['alternative']:32}{row['specifications']:5} estimates, "
                f"{row['positive']:4.0%} positive, {row['supported']:4.0%} significantly so, "
                f"{row['contradicted']:4.0%} significantly negative"
                for row in self.shares(hypothesis).iter_rows(named=True)
            ]
        failed = self.frame["failure"].count()
        lines.append(f"{failed} of {self.frame.height} could not be estimated" if failed else "")
        return "\n".join(lines).rstrip()

    def plot(self) -> ggplot:
        """Draw the estimates in rising order with 95 % intervals, a panel a hypothesis."""
        from plotnine import (
            aes,
            facet_wrap,
            geom_hline,
            geom_linerange,
            geom_point,
            ggplot,
            labs,
            scale_color_manual,
        )

        shown = pl.concat(self.estimated(h).sort("z").with_row_index("rank") for h in TERMS)
        titles = {h: f"{h}: {term}" for h, term in TERMS.items()}
        shown = shown.with_columns(
            pl.col("hypothesis").replace(titles),
            (pl.col("p") < SIGNIFICANT).alias("significant"),
        )
        return (
            ggplot(shown, aes("rank", "z", color="significant"))
            + geom_hline(yintercept=0, color=INK, size=0.3)
            + geom_linerange(aes(ymin="z - 1.96", ymax="z + 1.96"), alpha=0.25, size=0.4)
            + geom_point(size=0.8)
            + facet_wrap("hypothesis", scales="free_x")
            + scale_color_manual({True: BLUE, False: ORANGE})
            + labs(
                x="Specification, in rising order",
                y="Estimate / standard error",
                color="p < .05",
                title="Every combination of choices",
            )
            + house_theme()
        )

    def plot_choices(self, hypothesis: Hypothesis) -> ggplot:
        """Draw the estimates of a hypothesis by each alternative of each choice."""
        from plotnine import aes, facet_wrap, geom_point, geom_vline, ggplot, labs

        rows = self.estimated(hypothesis).select(*CHOICES, "z")
        shown = rows.unpivot(on=CHOICES, index="z", variable_name="choice")
        return (
            ggplot(shown, aes("z", "value"))
            + geom_vline(xintercept=[-1.96, 0, 1.96], color=INK, size=0.3, linetype="dashed")
            + geom_point(color=BLUE, alpha=0.25, size=2)
            + facet_wrap("choice", scales="free_y", ncol=2)
            + labs(
                x="Estimate / standard error",
                y="",
                title=f"{hypothesis} ({TERMS[hypothesis]}) by each choice",
            )
            + house_theme(8, 5)
        )


def specification_curve(
    triads: pl.DataFrame,
    *,
    choices: Choices | None = None,
    jobs: int = -1,
    progress: Callable[[str], object] = lambda _: None,
) -> SpecificationCurve:
    """Estimate both hypotheses under every combination of choices.

    Parameters
    ----------
    triads
        All triads of the record.
    choices
        What is varied; by default what `Choices` says. Codings and measures of insecurity that
        the triads lack are left out.
    jobs
        Threads, one a core by default; the work is in NumPy, which lets them run side by side.
    progress
        Called with each sample's name once its models are done.

    Returns
    -------
    SpecificationCurve

    Raises
    ------
    EstimationError
        If no specification can be estimated; the reasons for single ones stand in the result.
    """
    choices = choices or Choices()
    choices = replace(
        choices,
        insecurity=tuple(m for m in choices.insecurity if f"{m}_leader" in triads.columns),
        coding=tuple(c for c in choices.coding if c in triads.columns),
    )
    rows = []
    with one_blas_thread():
        for divergence in choices.divergence:
            measured = put_divergence(triads, divergence)
            samples = itertools.product(
                choices.insecurity, choices.leader, choices.sample, choices.pool
            )
            found = Parallel(n_jobs=jobs, prefer="threads", return_as="generator")(
                delayed(_estimate_sample)(measured, choices, *sample) for sample in samples
            )
            for part in found:
                rows += [{**row, "divergence": divergence} for row in part]
                progress(f"{part[0]['leader']}, {part[0]['sample']}, {divergence}")
    if all("failure" in row for row in rows):
        raise EstimationError(f"no specification can be estimated; the first: {rows[0]['failure']}")
    return SpecificationCurve(pl.DataFrame(rows, schema=_SCHEMA))


_SCHEMA = {
    **dict.fromkeys((*CHOICES, "hypothesis"), pl.String),
    **dict.fromkeys(("estimate", "std_error", "z", "p"), pl.Float64),
    **dict.fromkeys(("n", "events", "clusters"), pl.Int64),
    "failure": pl.String,
}


def _estimate_sample(
    triads: pl.DataFrame,
    choices: Choices,
    insecurity: str,
    leader: LeaderRule,
    sample: str,
    pool: Pool,
) -> list[dict[str, Any]]:
    """Estimate both hypotheses on one sample with every coding and set of covariates."""
    rows = []
    for covariates in choices.covariates:
        # A fit starts from the estimates with the coding before it.
        starts: dict[Hypothesis, Floats] = {}
        for coding in choices.coding:
            chosen = select_triads(
                triads,
                leader=leader,
                coding=coding,
                measure=insecurity,
                pool=pool,
                # That of `triads` stands in their columns.
                divergence="ideal points",
                **SAMPLES[sample],
            )
            label = {
                "insecurity": insecurity,
                "leader": leader,
                "pool": pool,
                "coding": coding,
                "sample": sample,
                "covariates": covariates,
            }
            estimates = _estimate(chosen, COVARIATES[covariates], starts)
            rows += [{**label, "hypothesis": h, **found} for h, found in estimates.items()]
    return rows


def _estimate(
    sample: pl.DataFrame, covariates: Sequence[str], starts: dict[Hypothesis, Floats]
) -> dict[Hypothesis, dict[str, Any]]:
    """Fit the probits of H1 and H2 and report a coefficient of each, or why there is none."""
    try:
        crossed = build_design(
            sample, outcome="join", mean=(*TERMS.values(), *covariates), cluster=CLUSTER
        )
    except EstimationError as error:
        return {hypothesis: {"failure": str(error)} for hypothesis in TERMS}
    designs: dict[Hypothesis, Design] = {"H1": crossed.without(TERMS["H2"]), "H2": crossed}
    found: dict[Hypothesis, dict[str, Any]] = {}
    for hypothesis, design in designs.items():
        try:
            fit = fit_probit(design, start=starts.get(hypothesis))
        except EstimationError as error:
            found[hypothesis] = {"failure": str(error)}
            continue
        starts[hypothesis] = fit.params
        estimate = fit.estimate(TERMS[hypothesis])
        found[hypothesis] = {
            "estimate": estimate.value,
            "std_error": estimate.std_error,
            "z": estimate.z,
            "p": estimate.p,
            "n": design.n,
            "events": int(design.y.sum()),
            "clusters": design.n_clusters,
        }
    return found
