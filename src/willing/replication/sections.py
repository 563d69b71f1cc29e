"""The sections of the replication's report: its words, tables and figures."""

from __future__ import annotations

import polars as pl

from willing.estimation.coefficient_table import side_by_side
from willing.evidence.claim_tests import CAVEAT, ClaimTests
from willing.evidence.effects import divergence_curve, insecurity_curve
from willing.evidence.formation import MODELS, Formation
from willing.evidence.specification_choices import TERMS
from willing.evidence.verdict import RULE
from willing.replication.replicate import Replication
from willing.report.page import Figure, Section
from willing.report.tables import Table
from willing.sources.states import state_system

STANDARD_ERRORS = (
    "Standard errors, clustered by crisis, in brackets; * p < .05, ** p < .01. "
    "Rows with a missing value are left out."
)


def claims_section(claims: ClaimTests) -> Section:
    """Arrange the claims and the p-values of every method."""
    found = claims.to_frame().select(
        "hypothesis", "claim", "value", "low", "high", "largest_p", "same_sign", "ones", "finding"
    )
    wide = claims.inference.to_frame().pivot("claim", index="method", values="p")
    skipped = tuple(f"{name} could not be tested: {why}." for name, why in claims.skipped.items())
    return Section(
        "Claims",
        (RULE, CAVEAT, *skipped),
        (
            Table("claims", "Verdicts by one rule", found.rename(_plain), digits=3),
            Table(
                "inference",
                "p-values of the claims by every method",
                wide,
                "The likelihood ratio and the penalised likelihood take triads as independent.",
                digits=3,
            ),
        ),
    )


def _plain(name: str) -> str:
    return name.replace("_", " ")


def record_section(found: Replication) -> Section:
    """Arrange the record: where rows went, the largest coalitions, how far the codings agree."""
    attrition = found.record.attrition.select(
        pl.col("unit"), pl.col("kept"), pl.col("rows", "lost", "joins"), pl.col("reason")
    )
    return Section(
        "The record",
        (
            str(found.record),
            "A triad is a crisis, a leader, her target and a state that might have joined her. "
            "It joined if it threatened or used force against the target on her side. What lies "
            "outside a source's coverage is missing, never zero.",
        ),
        (
            Table("attrition", "From crises to complete cases", attrition),
            Table("coalitions", "The largest coalitions", largest_coalitions(found.sample)),
            Table(
                "agreement",
                "Agreement of the codings of joining, 1951-1999",
                found.agreement,
                "Cohen's kappa over the triads of which both codings speak.",
            ),
        ),
    )


def largest_coalitions(sample: pl.DataFrame, *, most: int = 12) -> pl.DataFrame:
    """List the leader sides whom most states joined.

    Parameters
    ----------
    sample
        Triads, one leader a side.
    most
        How many sides to list.
    """
    names = state_system().unique("ccode", keep="last").select("ccode", "name", "abbreviation")
    joined = sample.filter(pl.col("join") == 1).join(
        names.select(partner="ccode", joiner="abbreviation"), on="partner", how="left"
    )
    listed = (
        joined.sort("partner")
        .group_by("side", "crisname", "year", "leader", "target")
        .agg(states=pl.len(), joiners=pl.col("joiner").head(8).str.join(", "))
        .sort(["states", "side"], descending=[True, False])
        .head(most)
    )
    for role in ("leader", "target"):
        listed = listed.join(
            names.select(pl.col("ccode").alias(role), pl.col("name").alias(f"{role}_name")),
            on=role,
            how="left",
            maintain_order="left",
        )
    return listed.select(
        crisis="crisname",
        year=pl.col("year").cast(pl.String),
        leader="leader_name",
        target="target_name",
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
    titles = {model.name: model.title for model in MODELS}
    fits = formation.fits
    fitted = [m for m in MODELS if m.name in fits]
    of_all = {m.title: fits[m.name] for m in fitted if m.leaders == "all" and m.insecurity}
    of_some = {m.title: fits[m.name] for m in fitted if m.leaders != "all"}
    bare = {m.title: fits[m.name] for m in fitted if not m.insecurity}
    of_plain = {titles[name]: fit for name, fit in plain.fits.items()} if plain else {}
    tables = [
        Table(name, title, side_by_side(models), STANDARD_ERRORS)
        for name, title, models in (
            ("models", "Models of joining", of_all),
            ("models-plain", "Models of joining, plain measure of insecurity", of_plain),
            ("regimes", "Models of joining by the leader's regime", of_some),
            ("institutions", "Model of joining without insecurity", bare),
        )
        if models
    ]
    figures = []
    main = fits.get("hetprobit") or fits.get("probit")
    if main is not None:
        for name, curve in (
            ("joining-by-insecurity", insecurity_curve(main)),
            ("joining-by-target-divergence", divergence_curve(main)),
        ):
            figures.append(Figure(name, f"{curve.title}. {curve.caption()}", curve.plot()))
    skipped = tuple(f"{titles[n]} is left out: {why}" for n, why in formation.skipped.items())
    dropped = tuple(f"{titles[n]}: {'; '.join(why)}." for n, why in formation.dropped.items())
    return Section(
        "Wolford and Ritter's models",
        (
            "Probit of joining on the leader's insecurity, the partner's preferences and "
            "controls; in the heteroskedastic probit insecurity also moves the variance of the "
            "unobserved part, so that a positive coefficient means less selective leaders.",
            *skipped,
            *dropped,
        ),
        (*tables, *figures),
    )


def specifications_section(found: Replication) -> Section:
    """Arrange what depends on what."""
    tables = [
        Table(
            f"specifications-{hypothesis.lower()}",
            f"{hypothesis} under every combination of choices: {TERMS[hypothesis]}",
            found.curve.shares(hypothesis),
            "Shares of the estimates; supported: positive and p < .05; contradicted: negative "
            "and p < .05.",
        )
        for hypothesis in TERMS
    ]
    return Section(
        "What depends on what",
        (
            "Both coefficients were estimated under every combination of the measure of "
            "insecurity, the leader rule, the coding of joining, the sample and the covariates.",
        ),
        (
            *tables,
            Figure(
                "specification-curve",
                "Every estimate in rising order, in standard errors from zero.",
                found.curve.plot(),
            ),
        ),
    )


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
                "Record: fitted probability of joining; dots are the partners that joined.",
                found.surface.plot(),
            ),
        ),
    )
