"""The section of the report on what the claims rest on: targets, leaders, codings, divergence."""

from __future__ import annotations

import polars as pl

from willing.evidence.by_coding import ClaimsByCoding
from willing.evidence.by_divergence import ClaimsByDivergence
from willing.evidence.divergence_bounds import DivergenceBounds
from willing.evidence.p_over_imputations import PValuesImputed
from willing.record.crisis_names import capitalised
from willing.replication.replicate import Replication
from willing.report.page import Section
from willing.report.tables import Table

MEAN_IMPUTATION = (
    "Divergence at the mean of the imputations; what imputation adds to an error is in the table "
    "of the claims pooled."
)


def rests_on_section(found: Replication) -> Section:
    """Arrange the claims without single units, by coding and, in full, by divergence."""
    tables = []
    if found.influence is not None:
        tables.append(influence_table_of(found.influence))
    if found.without_usa is not None:
        tables.append(without_usa_table(found.without_usa))
    if found.codings is not None:
        tables.append(codings_table(found.codings))
    if found.by_divergence is not None:
        tables.append(divergence_table(found.by_divergence))
    if found.bounds is not None:
        tables.append(bounds_table(found.bounds))
    if found.p_imputed is not None:
        tables.append(p_imputed_table(found.p_imputed))
    return Section(
        "What the claims rest on",
        (
            "The record was coded by blocs of disputes until November 2026 and is coded by acts "
            "now. By blocs the strongest crisis actor leads, whether it acted or not, and whoever "
            "stood in its bloc joined it; by acts a state must have met the target and acted with "
            "the leader. The middle rows change the coding alone. How far single sources agree "
            "is in the table of the agreement of codings.",
        ),
        tuple(tables),
    )


def influence_table_of(found: pl.DataFrame) -> Table:
    """Arrange what `willing.evidence.influence.influence_table` gave."""
    return Table(
        "influence",
        "The claims without one target, leading state or crisis",
        _joins_left(found),
        "Those without which joining moves most. Joins left: those of the models that stay. The "
        f"partners of one war count again in each of its crises. {MEAN_IMPUTATION}",
        digits=2,
    )


def _joins_left(found: pl.DataFrame) -> pl.DataFrame:
    """Count the joins that remain, where the table has those that go; write crises' names small."""
    every = int(found["ones"][0])
    left = pl.when(pl.col("without") == "nothing").then(every).otherwise(every - pl.col("ones"))
    small = pl.col("name").map_elements(capitalised, return_dtype=pl.String)
    return found.with_columns(
        ones=left, name=pl.when(pl.col("without") == "crisis").then(small).otherwise("name")
    ).rename({"ones": "joins left"})


def without_usa_table(found: pl.DataFrame) -> Table:
    """Arrange what `willing.evidence.influence.claims_without` gave of the United States."""
    return Table(
        "without-usa",
        "The claims without the sides that the United States led",
        found.rename({"std_error": "s.e.", "all": "with them"}),
        f"Clustered by crisis. Joins: of formation, coalitions. {MEAN_IMPUTATION}",
        digits=3,
    )


def codings_table(found: ClaimsByCoding) -> Table:
    """Arrange the claims by coding and divergence, a column a claim."""
    return Table(
        "codings",
        "The claims under both codings of the record",
        found.wide(),
        "Estimates with standard errors clustered by crisis. Ideal points: only pairs that voted; "
        "completed: every pair, at the mean of the imputations.",
    )


def divergence_table(found: ClaimsByDivergence) -> Table:
    """Arrange the claims by measure of divergence."""
    return Table(
        "by-divergence",
        "The claims by measure of divergence",
        found.wide(),
        "Estimates with standard errors clustered by crisis; of completed ideal points pooled over "
        "the imputations by Rubin's rules. difLPv, difTPv: divergence from L and from T in the "
        "model of joining. Log-likelihoods compare where the joins are the same.",
        digits=1,
    )


def bounds_table(found: DivergenceBounds) -> Table:
    """Arrange the extremes of the claims."""
    return Table(
        "bounds",
        "How far the estimates go, whatever the missing divergences are",
        found.to_frame(),
        "The lowest and highest estimates found when each missing divergence may lie anywhere "
        "between 0 and the largest of any two voters, or within nine tenths of its imputations. "
        "Each is attained, so that the true bounds are no nearer.",
        digits=2,
    )


def p_imputed_table(found: PValuesImputed) -> Table:
    """Arrange p-values at the mean of the imputations beside those over them."""
    return Table(
        "p-imputed",
        "p-values at the mean of the imputations and over single ones",
        found.to_frame().rename({"at_mean": "at the mean"}),
        "Methods that give a p-value without a standard error, which Rubin's rules cannot pool, "
        f"applied to each of {found.imputations} imputations. Combined: the normal deviates that "
        "have these p-values, pooled with a variance of 1 within. The other tables are at the "
        "mean: it needs one run of each method, and what divergence is missing is little.",
        digits=3,
    )
