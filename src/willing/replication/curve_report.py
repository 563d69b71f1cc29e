"""The section on the specification curve: what depends on what."""

from __future__ import annotations

import polars as pl

from willing.evidence.claims import CLAIMS
from willing.evidence.curve_results import SpecificationCurve
from willing.evidence.specification_choices import CHOICES
from willing.record.crisis_names import capitalised
from willing.report.labels import CHOICES as CHOICE_NAMES
from willing.report.page import Figure, Section
from willing.report.tables import Table


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
                    curve.plot(claim).plots,
                    curve.plot(claim, narrow=True).plots,
                )
                for claim in curve.claims
                # A file of few columns may leave a claim with one cell, in which nothing varies.
                if curve.estimated(claim).height > 1
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
                "mean's p": test.p_mean,
                "significant share's p": test.p_share,
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
