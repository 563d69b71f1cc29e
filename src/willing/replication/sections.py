"""The sections of the replication's report: its words, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from willing.estimation.coefficient_table import side_by_side
from willing.estimation.results import BinaryResults
from willing.evidence.claim_tests import CAVEAT, ClaimTests
from willing.evidence.claims import CLAIMS
from willing.evidence.curve import SpecificationCurve
from willing.evidence.effects import divergence_curve, insecurity_curve
from willing.evidence.figure_three import figure_three
from willing.evidence.formation import AFFINITY, IDEAL_POINTS, MODELS, Formation, FormationModel
from willing.evidence.specification_choices import CHOICES
from willing.evidence.verdict import RULE
from willing.record.crisis_names import capitalised
from willing.record.measured import PARTNER_INSECURITY
from willing.replication.replicate import Replication
from willing.report.labels import ALTERNATIVES, in_words, labelled
from willing.report.labels import CHOICES as CHOICE_NAMES
from willing.report.page import Figure, Section
from willing.report.tables import Table
from willing.sources.names_by_date import name_on
from willing.sources.states import state_system

STANDARD_ERRORS = (
    "Standard errors, clustered by crisis, in brackets; * p < .05, ** p < .01. "
    "Rows with a missing value are left out."
)
MEAN_IMPUTATION = (
    "Missing divergences are at the mean of twenty imputations, so that rows, likelihoods and "
    "figures are those of one data set; the claims of both hypotheses are pooled over all of them, "
    "under Claims, with what imputation adds to their errors."
)
JOINED = (
    "A triad is a crisis, a leader L, her target T and a state P that might have joined her. P "
    "joined if it threatened or used force against T on L's side. What lies outside a source's "
    "coverage is missing, never zero."
)


def methods_section(found: Replication) -> Section:
    """Say what was done, for a reader who will not read the code."""
    years = "{}-{}".format(*found.chosen.years)
    return Section(
        "Methods",
        (
            sample_line(found),
            JOINED,
            "Security is measured by the probability that a leader loses office, estimated from "
            "leaders of whom none is the one scored; "
            "the command willing security --define says what each "
            "measure is. Divergence is the distance of UN ideal points, completed for states "
            "that did not vote by twenty imputations, which estimates pool by Rubin's rules.",
            "H1 is read off leader sides (formation, a logit) and off triads (joining, a probit). "
            "H2 has readings that are not mixed: noise (insecurity in the variance of a "
            "heteroskedastic probit), preferences (insecurity × divergence in the probit), and who "
            "is taken (divergence of the partners, raw and net of the states not taken).",
            "Two standard errors: clustered by crisis, the measure of security taken as known; and "
            "of both stages, over draws of leaders, for the measure, and then of crises, for the "
            f"test. Tests are of {years} unless a table says otherwise.",
            RULE,
        ),
    )


def claims_section(
    claims: ClaimTests, both: Mapping[str, tuple[float, float]] | None = None
) -> Section:
    """Arrange the claims and the p-values of every method.

    Parameters
    ----------
    claims
        The claims as judged.
    both
        Intervals with both stages' uncertainty, by claim.
    """
    both = both or {}
    rows = [
        {
            "claim": f"{v.hypothesis} {v.claim}",
            "finding": v.finding,
            "estimate": v.value,
            **(
                {"95 % interval": _interval(*both[v.claim]) if v.claim in both else None}
                if both
                else {}
            ),
            "crises only" if both else "95 % interval": _interval(v.low, v.high),
            "largest p": max(v.p.values()) if v.p else None,
            "same sign": v.same_sign,
            "ones": v.ones,
        }
        for v in claims.verdicts
    ]
    wide = claims.inference.to_frame().pivot("claim", index="method", values="p")
    wide = wide.rename({name: f"{name} p" for name in wide.columns[1:]})
    skipped = tuple(f"{name} could not be tested: {why}." for name, why in claims.skipped.items())
    drawn = (
        " The interval is over draws of leaders, the measure estimated anew, and of crises; beside "
        "it the one that takes the measure as known, clustered by crisis, which the rule uses."
        if both
        else ""
    )
    return Section(
        "Claims",
        (RULE, CAVEAT, *skipped),
        (
            Table(
                "claims",
                "Verdicts by one rule",
                pl.DataFrame(rows, infer_schema_length=None),
                "Estimates are positive where the theory is right. Same sign: share of the "
                "specification curve that has the estimate's. Joins: of formation, coalitions; of "
                f"taken, partners.{drawn}",
                digits=2,
            ),
            Table(
                "inference",
                "p-values of the claims by every method",
                wide,
                "Of missing divergences the mean of the imputations. The likelihood ratio and the "
                "penalised likelihood take triads as independent.",
                digits=3,
            ),
        ),
    )


def _interval(low: float | None, high: float | None) -> str | None:
    # No-break spaces keep an interval on one line.
    return None if low is None else f"{low:.2f}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{high:.2f}"


def record_section(found: Replication) -> Section:
    """Arrange the record: where rows went, the largest coalitions, how far the codings agree."""
    years = "{}-{}".format(*found.chosen.years)
    return Section(
        "The record",
        (sample_line(found), JOINED),
        (
            Table(
                "attrition",
                f"From the record to the rows of the models, {years}",
                sample_attrition(found),
                "Rows are triads. The last line is what the models of joining are estimated from.",
            ),
            Table(
                "coalitions",
                f"The largest coalitions, {years}",
                largest_coalitions(found.sample),
                "States by their names on the day; joiners by their abbreviations, eight at most.",
            ),
            Table(
                "agreement",
                f"Agreement of the codings of joining, {years}",
                found.agreement.with_columns(pl.col("first", "second").replace(ALTERNATIVES)),
                "Cohen's kappa over the triads of which both codings speak.",
            ),
        ),
    )


def sample_line(found: Replication) -> str:
    """Say which triads every table and figure is of, and how many."""
    sample, fit = found.sample, found.formation.fits.get("probit")
    sides = sample.select("side", "leader").n_unique()
    complete = (
        ""
        if fit is None
        else f"; the models of joining use the {fit.design.n:,} complete ones of them with "
        f"{int(fit.design.y.sum()):,} joins in {fit.design.n_clusters:,} crises"
    )
    return (
        f"Sample: {found.chosen}. {sample.height:,} triads of {sides:,} leader sides in "
        f"{sample['crisno'].n_unique():,} crises, {int(sample['join'].sum()):,} joins{complete}."
    )


def sample_attrition(found: Replication) -> pl.DataFrame:
    """Count the triads from the record down to those that the models are estimated from.

    Returns
    -------
    polars.DataFrame
        ``kept``, ``triads``, ``lost``, ``joins``, ``leader sides`` and ``crises``, a row a step.
    """
    first, last = found.chosen.years
    coding = found.chosen.coding
    every = found.record.triads.with_columns(pl.col(coding).alias("join"))
    inside = every.filter(pl.col("year").is_between(first, last))
    sample = found.sample
    told = sample.filter(pl.col("join").is_not_null())
    fit = found.formation.fits.get("probit")
    steps = [
        ("the record, every leader in turn", every),
        (f"crises of {first}-{last}", inside),
        ("one leader a side and the pool of partners", sample),
        ("a source speaks of joining", told),
    ]
    if fit is not None:
        terms = {name for term in fit.design.terms[:-1] for name in term.split(":")}
        known = [pl.col(name).cast(pl.Float64).fill_nan(None) for name in terms]
        complete = told.with_columns(known).drop_nulls(list(terms))
        steps.append(("every covariate known", complete))
    rows, before = [], None
    for kept, triads in steps:
        rows.append(
            {
                "kept": kept,
                "triads": triads.height,
                "lost": None if before is None else before - triads.height,
                "joins": int(triads["join"].sum()),
                "leader sides": triads.select("side", "leader").n_unique(),
                "crises": triads["crisno"].n_unique(),
            }
        )
        before = triads.height
    return pl.DataFrame(rows, schema_overrides={"lost": pl.Int64})


def largest_coalitions(sample: pl.DataFrame, *, most: int = 12) -> pl.DataFrame:
    """List the leader sides whom most states joined.

    Parameters
    ----------
    sample
        Triads, one leader a side.
    most
        How many sides to list.
    """
    names = state_system().unique("ccode", keep="last").select("ccode", "abbreviation")
    joined = sample.filter(pl.col("join") == 1).join(
        names.select(partner="ccode", joiner="abbreviation"), on="partner", how="left"
    )
    listed = (
        joined.sort("partner")
        .group_by("side", "crisname", "start", "leader", "target")
        .agg(states=pl.len(), joiners=pl.col("joiner").head(8).str.join(", "))
        .sort(["states", "side"], descending=[True, False])
        .head(most)
    )
    called = {
        role: [name_on(*row) for row in listed.select(role, "start").iter_rows()]
        for role in ("leader", "target")
    }
    return listed.select(
        crisis=pl.col("crisname").map_elements(capitalised, return_dtype=pl.String),
        day=pl.col("start").cast(pl.String),
        leader=pl.Series(called["leader"], dtype=pl.String),
        target=pl.Series(called["target"], dtype=pl.String),
        joined="states",
        among="joiners",
    )


def insecurity_section(found: Replication) -> Section:
    """Arrange how well the insecurity of leaders is predicted."""
    rows = pl.DataFrame(
        [
            {
                "score": name,
                "leader-years": e.n,
                "AUC": e.auc,
                "Brier": e.brier,
                "base rate's": e.brier_base,
                "mean": e.mean,
                "observed": e.rate,
                "slope": e.slope,
            }
            for name, e in found.insecurity.items()
        ]
    )
    return Section(
        "Insecurity of leaders",
        (
            "A leader's insecurity is the probability that she loses office within a year, from "
            "a discrete-time logit of leaders' exits that never saw the leader it scores. Where "
            "the game needs her security, it is one less insecurity: a convention.",
        ),
        (
            Table(
                "insecurity",
                "How well insecurity is predicted out of sample",
                rows,
                "Leaders of 1946-2015 in ten folds by person unless stated. The plain model has "
                "tenure x democracy, age, entry, growth and income only.",
            ),
            Figure(
                "calibration",
                "Observed share of leaders who lost office within a year, by tenths of their "
                "insecurity, with 95 % intervals.",
                found.insecurity["full model"].plot(),
            ),
        ),
    )


def formation_section(formation: Formation, plain: Formation | None = None) -> Section:
    """Arrange Wolford and Ritter's models and their two figures of predicted probabilities.

    Parameters
    ----------
    formation
        The models.
    plain
        The same with insecurity from the plain survival model, for a further table.
    """
    fits = formation.fits
    of = {model.name: model for model in MODELS if model.name in fits}
    groups = {
        name: {m.title: fits[m.name] for m in of.values() if chosen(m)}
        for name, chosen in _GROUPS.items()
    }
    if plain is not None:
        groups["models-plain"] = {_TITLES[name]: fit for name, fit in plain.fits.items()}
    tables = [
        Table(name, title, labelled(side_by_side(groups[name]), columns=name == "models"), note)
        for name, (title, note) in _TABLES.items()
        if groups.get(name)
    ]
    figures = []
    main = fits.get("hetprobit") or fits.get("probit")
    if main is not None:
        for name, curve in (
            ("joining-by-insecurity", insecurity_curve(main)),
            ("joining-by-target-divergence", divergence_curve(main)),
        ):
            figures.append(
                Figure(name, f"{curve.title}. {in_words(curve.caption())}", curve.plot())
            )
    if "hetprobit" in fits:
        figures.append(_figure_three(fits["hetprobit"]))
    skipped = tuple(f"{_TITLES[n]} is left out: {why}" for n, why in formation.skipped.items())
    dropped = tuple(f"{_TITLES[n]}: {'; '.join(why)}." for n, why in formation.dropped.items())
    return Section(
        "Wolford and Ritter's models",
        (
            "Probit of joining on the insecurity of L's leader, the preferences of P and controls; "
            "in the heteroskedastic probit insecurity also stands in the variance of the "
            "unobserved part, where a positive coefficient means a noisier choice.",
            *(() if plain is None else (MEAN_IMPUTATION,)),
            *skipped,
            *dropped,
        ),
        (*tables, *figures),
    )


_TITLES = {model.name: model.title for model in MODELS}
_GROUPS: dict[str, Callable[[FormationModel], bool]] = {
    "models": lambda m: m.leaders == "all" and m.insecurity and m.preferences == IDEAL_POINTS,
    "models-affinity": lambda m: m.leaders == "all" and m.insecurity and m.preferences == AFFINITY,
    "regimes": lambda m: not m.insecurity or (m.leaders != "all" and m.heteroskedastic),
    "regimes-probit": lambda m: m.leaders != "all" and not m.heteroskedastic,
}
_TABLES = {
    "models": (
        "Models of joining: Wolford and Ritter's Table 2",
        f"{STANDARD_ERRORS} Columns of the record in square brackets.",
    ),
    "models-affinity": (
        "Models of joining with affinity of UN votes: Wolford and Ritter's Table A2",
        STANDARD_ERRORS,
    ),
    "models-plain": ("Models of Table 2 with the plain measure of insecurity", STANDARD_ERRORS),
    "regimes": (
        "Models of joining by L's regime and without insecurity: Wolford and Ritter's Table A4",
        STANDARD_ERRORS,
    ),
    "regimes-probit": (
        "Probits beside Table A4: models of joining by L's regime with constant variance",
        STANDARD_ERRORS,
    ),
}


def _figure_three(fit: BinaryResults) -> Figure:
    terms = fit.design.terms
    partner = next(t for t in (PARTNER_INSECURITY, "PinsecYoung") if t in terms)
    drawn = figure_three(fit, insecurity=(terms[0], partner))
    return Figure(
        "figure-three",
        "Wolford and Ritter's Figure 3. Probability of joining in their typical case, over the "
        "insecurity of L's leader (a) and the divergence of P from T (b): as their script draws "
        "it, Φ(xb / exp(v)), v being the square of the fitted deviation in panel a and of the "
        "standard error of xb in panel b; and the probability of the model, Φ(xb / σ). Bands are "
        "95 % intervals, as the script draws them and of the model's index.",
        drawn.plot(),
        drawn.plot(narrow=True),
    )


def specifications_section(curve: SpecificationCurve) -> Section:
    """Arrange what depends on what."""
    return Section(
        "What depends on what",
        (
            "Every claim was estimated under combinations of the measures of security and of "
            "divergence, the covariates, the pool of partners, the leader rule, the coding of "
            "joining, the sample and the estimator: the main analysis, all that differ from it in "
            "one choice, and combinations drawn at random. A cell weighs less the more its "
            "estimate repeats those of others (by their correlation when leaders are exchanged "
            "within decade and major-power status); the same exchange tests all cells at once.",
        ),
        (
            Table(
                "specifications",
                "Every claim over its specifications",
                curve_table(curve),
                "Shares are of the weight that cells count for; supported: positive and p < .05; "
                "contradicted: negative and p < .05; p: leaders exchanged in all cells at once.",
                digits=2,
            ),
            Table(
                "choices",
                "Which choice moves a claim most",
                _moving(curve),
                "Share of the weighted variance of z that an additive model of all choices loses "
                "without this one; together: what it leaves.",
                digits=2,
            ),
            Table(
                "curve-influence",
                "Whose absence moves the mean z of the curve most",
                _absent(curve),
                digits=2,
            ),
            *(
                Figure(
                    f"specification-curve-{claim}",
                    f"{_hypothesis(claim)} {claim}: estimates in rising order, in standard "
                    "errors from zero with 95 % intervals, and the choices that made each. "
                    "Diamond: the main analysis.",
                    curve.plot(claim),  # type: ignore[arg-type]
                    curve.plot(claim, narrow=True),  # type: ignore[arg-type]
                )
                for claim in curve.claims
            ),
        ),
    )


def _hypothesis(claim: str) -> str:
    """What a curve is of; who is taken is compared, so it is none of `CLAIMS`."""
    return CLAIMS[claim].hypothesis if claim in CLAIMS else "H2"


def _absent(curve: SpecificationCurve) -> pl.DataFrame:
    """Give the three states and crises a claim whose absence moves its curve most."""
    most = curve.influence.group_by("claim", "left_out", maintain_order=True).head(3)
    name = pl.col("name").map_elements(capitalised, return_dtype=pl.String)
    return most.with_columns(
        name=pl.when(pl.col("left_out") == "crisis").then(name).otherwise("name")
    )


def curve_table(curve: SpecificationCurve) -> pl.DataFrame:
    """Give one row a claim: cells, their weight, signs, and all of them tested at once."""
    rows = []
    for claim in curve.claims:
        test, overall = curve.joint[claim], curve.shares(claim).row(0, named=True)
        rows.append(
            {
                "claim": claim,
                "cells": test.cells,
                "count for": test.effective,
                **{name: overall[name] for name in ("positive", "supported", "contradicted")},
                "mean z": overall["z"],
                "p, mean": test.p_mean,
                "p, share significant": test.p_share,
            }
        )
    return pl.DataFrame(rows)


def _moving(curve: SpecificationCurve) -> pl.DataFrame:
    """Give the shares of variance by choice, a column a claim."""
    parts = [
        curve.variance_shares(claim).select("choice", pl.col("share").alias(claim))
        for claim in curve.claims
    ]
    table = pl.DataFrame({"choice": [*CHOICES, "together"]})
    for part in parts:
        table = table.join(part, on="choice", how="left", maintain_order="left")
    return table.with_columns(pl.col("choice").replace(CHOICE_NAMES))


def theory_section(found: Replication) -> Section:
    """Arrange the region of acceptance beside who joined in the record."""
    return Section(
        "The theory beside it",
        (
            "In the one-partner game the divergence that a leader accepts never rises with her "
            "security (H2), and a partner of given divergence is taken by every leader up to a "
            "cutoff in security (H1). The region is an illustration; the surface is fitted to "
            "the record, where a leader's security is one less her insecurity.",
        ),
        (
            Figure(
                "acceptance-theory",
                "Theory: which partners leaders of each security accept.",
                found.region.plot(),
            ),
            Figure(
                "acceptance-data",
                "Record: fitted probability of joining between the ends of its 95 % interval, by "
                "the delta method, clustered by crisis; dots are the partners that joined.",
                found.surface.plot(),
                found.surface.plot(narrow=True),
            ),
        ),
    )
