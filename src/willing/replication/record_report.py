"""The section on the record: where rows went, the largest coalitions, the codings."""

from __future__ import annotations

import polars as pl

from willing.record.crisis_names import capitalised
from willing.replication.replicate import Replication
from willing.report.labels import ALTERNATIVES
from willing.report.page import Section
from willing.report.tables import Table
from willing.sources.names_by_date import name_on
from willing.sources.states import state_system

JOINED = (
    "A triad is a crisis, a leader L, her target T and a state P that might have joined her. P "
    "joined if it threatened or used force against T on L's side. What lies outside a source's "
    "coverage is missing, never zero."
)


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
