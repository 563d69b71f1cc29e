"""The specification curve: both hypotheses under every combination of defensible choices."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.errors import EstimationError
from willing.evidence.design import build_design
from willing.evidence.formation import CLUSTER, CONTROLS, INSECURITY
from willing.evidence.models import fit_probit
from willing.evidence.sample import select_triads
from willing.figures import BLUE, INK, ORANGE, house_theme
from willing.record.sides import LeaderRule

if TYPE_CHECKING:
    from plotnine import ggplot

Floats = NDArray[np.float64]
Hypothesis = Literal["H1", "H2"]
SIGNIFICANT = 0.05

# The term whose coefficient speaks to each hypothesis, positive if the theory is right.
TERMS: Mapping[Hypothesis, str] = {"H1": INSECURITY, "H2": f"{INSECURITY}:difLPv"}
CHOICES = ("coding", "leader", "years", "covariates", "insecurity", "victims")
COVARIATES: Mapping[str, tuple[str, ...]] = {
    "divergence": ("difLPv", "difTPv"),
    "divergence, strength, distance": (
        *("difLPv", "difTPv", "cinc_ell", "cinc_tee", "cinc_pee"),
        *("LPallies", "LTdist", "PTdist"),
    ),
    "Wolford and Ritter's": ("difLPv", "difTPv", *CONTROLS),
}


@dataclass(frozen=True)
class Choices:
    """What is varied; each a tuple of alternatives, the main one first.

    Attributes
    ----------
    coding : tuple of str
        Columns that say who joined.
    leader : tuple of str
        Who is taken for L.
    years : tuple of (int, int)
        First and last year of the crises.
    covariates : tuple of str
        Keys of `COVARIATES`.
    insecurity : tuple of str
        Columns of L's insecurity.
    victims : tuple of bool
        Whether sides of mere victims are taken.
    """

    coding: tuple[str, ...] = ("join", "join_icb", "join_hewitt", "join_gml", "join_mid")
    leader: tuple[LeaderRule, ...] = ("strongest", "first", "every")
    years: tuple[tuple[int, int], ...] = ((1951, 1999), (1946, 1999))
    covariates: tuple[str, ...] = ("Wolford and Ritter's", "divergence")
    insecurity: tuple[str, ...] = (INSECURITY,)
    victims: tuple[bool, ...] = (True, False)


@dataclass(frozen=True, eq=False)
class SpecificationCurve:
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
        overall = rows.select(pl.lit("all").alias("choice"), pl.lit("").alias("alternative"))
        parts = [overall.head(1).hstack(rows.select(measures))] if rows.height else []
        for choice in CHOICES:
            by = rows.group_by(choice, maintain_order=True).agg(measures)
            by = by.rename({choice: "alternative"}).insert_column(
                0, pl.Series("choice", [choice] * by.height, dtype=pl.String)
            )
            parts.append(by)
        return pl.concat(parts)

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
    progress
        Called with each sample's name once its models are done.

    Returns
    -------
    SpecificationCurve
    """
    choices = choices or Choices()
    codings = [c for c in choices.coding if c in triads.columns]
    measures = [c for c in choices.insecurity if c in triads.columns]
    rows = []
    # Fits that differ in the sample only start from each other's estimates.
    starts: dict[tuple[str, ...], Floats] = {}
    samples = itertools.product(choices.leader, choices.years, choices.victims, measures, codings)
    for leader, years, victims, insecurity, coding in samples:
        sample = select_triads(
            triads,
            leader=leader,
            coding=coding,
            insecurity=insecurity,
            years=years,
            victims=victims,
        )
        label = {
            "coding": coding,
            "leader": leader,
            "years": f"{years[0]}-{years[1]}",
            "insecurity": insecurity,
            "victims": "with victims" if victims else "without victims",
        }
        for covariates, (hypothesis, term) in itertools.product(choices.covariates, TERMS.items()):
            terms = tuple(dict.fromkeys([INSECURITY, term, *COVARIATES[covariates]]))
            found = _estimate(sample, terms, term, starts)
            rows.append({**label, "covariates": covariates, "hypothesis": hypothesis, **found})
        progress(f"{coding}, {leader}")
    return SpecificationCurve(pl.DataFrame(rows, schema=_SCHEMA))


_SCHEMA = {
    **dict.fromkeys((*CHOICES, "hypothesis"), pl.String),
    **dict.fromkeys(("estimate", "std_error", "z", "p"), pl.Float64),
    **dict.fromkeys(("n", "events", "clusters"), pl.Int64),
    "failure": pl.String,
}


def _estimate(
    sample: pl.DataFrame, terms: Sequence[str], term: str, starts: dict[tuple[str, ...], Floats]
) -> dict[str, Any]:
    """Fit one probit and report one coefficient, or why there is none."""
    key = tuple(terms)
    try:
        design = build_design(sample, outcome="join", mean=terms, cluster=CLUSTER)
        fit = fit_probit(design, start=starts.get(key))
    except EstimationError as error:
        return {"failure": str(error)}
    starts[key] = fit.params
    estimate = fit.estimate(term)
    return {
        "estimate": estimate.value,
        "std_error": estimate.std_error,
        "z": estimate.z,
        "p": estimate.p,
        "n": design.n,
        "events": int(design.y.sum()),
        "clusters": design.n_clusters,
    }
