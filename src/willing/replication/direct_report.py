"""The section on the direct tests, with both measures of insecurity side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from willing.estimation.coefficient_table import side_by_side
from willing.estimation.resampling import Contrast
from willing.evidence.direct import DirectTests
from willing.numbers import p_said
from willing.replication.models_report import POOLED, STANDARD_ERRORS
from willing.replication.replicate import Replication
from willing.report.labels import MEASURES, labelled
from willing.report.page import Figure, Section
from willing.report.tables import Table
from willing.security.measures import DEFAULT


def direct_section(found: Replication) -> Section:
    """Arrange the direct tests of H1 and H2."""
    measures = _measures(found)
    return Section(
        "Direct tests",
        (
            "H1 read off leader sides: did she build a coalition? H2 read off the partners: how "
            "far from her own are the preferences of those whom secure and insecure leaders took?",
        ),
        (
            Table("built", "Coalitions by third of leaders", _by_measure(found, _built)),
            Table(
                "building",
                "Whether a leader built a coalition (logit)",
                labelled(
                    side_by_side(
                        {
                            f"{model}, {name}": fit
                            for name, tests in measures.items()
                            for model, fit in tests.building.items()
                        }
                    )
                ),
                STANDARD_ERRORS,
            ),
            Table(
                "joining",
                "Who joins, with insecurity × divergence (probit)",
                labelled(
                    side_by_side({name: t.pooled or t.joining for name, t in measures.items()})
                ),
                f"{STANDARD_ERRORS} {POOLED} Relative effect of one unit of divergence on the "
                f"probability, at their mean, {_effects(measures)}.",
            ),
            Table(
                "divergence",
                "Divergence of the partners taken",
                _by_measure(found, _taken),
                "Mean distance of the partners' UN ideal points from L's.",
            ),
            Table(
                "rates",
                "Near and far states that joined",
                _by_measure(found, lambda tests: tests.rates.frame.rename({"third": "leaders"})),
                digits=4,
            ),
            Table(
                "differences",
                "What the least secure third of leaders do more than the most secure",
                _differences(measures),
                "With 95 % percentile intervals of 2,000 bootstrap samples that redraw crises, or "
                "leading states. The far share is that of the far states in the sum of the rates "
                "at which near and far ones join.",
            ),
            Figure(
                "near-and-far",
                "How often near, middle and far states joined the most and the least secure third "
                "of leaders, per cent, with 95 % intervals, crises redrawn. Near, middle and far "
                "are thirds of states by divergence from L.",
                found.direct.rates.plot(),
            ),
        ),
    )


def _by_measure(found: Replication, table: Callable[[DirectTests], pl.DataFrame]) -> pl.DataFrame:
    """Stack a table of the direct tests for the two measures of insecurity."""
    return pl.concat(
        table(tests).insert_column(0, pl.lit(name).alias("measure"))
        for name, tests in _measures(found).items()
    )


def _measures(found: Replication) -> dict[str, DirectTests]:
    chosen = found.chosen.measure or DEFAULT
    return {MEASURES[chosen]: found.direct, MEASURES["hazard_plain"]: found.plain}


def _built(tests: DirectTests) -> pl.DataFrame:
    return tests.built.rename({"third": "leaders", "insecurity": "mean", "built": "share built"})


def _taken(tests: DirectTests) -> pl.DataFrame:
    return tests.divergence.frame.select(
        pl.col("third").alias("leaders"),
        "coalitions",
        "partners",
        a_partner="taken_per_partner",
        a_coalition="taken_per_coalition",
        not_taken="not_taken",
    ).rename(lambda name: name.replace("_", " "))


def _differences(measures: Mapping[str, DirectTests]) -> pl.DataFrame:
    """Set the contrasts between the least and the most secure third side by side."""
    names = (
        "divergence of a partner, crises redrawn",
        "divergence of a partner, leading states redrawn",
        "divergence of a coalition",
        "divergence of a partner, net of the states not taken",
        "far share of joining",
    )
    columns = {
        name: [
            _contrast(contrast)
            for contrast in (
                tests.divergence.per_partner,
                tests.divergence.per_partner_by_leader,
                tests.divergence.per_coalition,
                tests.divergence.net,
                tests.rates.difference,
            )
        ]
        for name, tests in measures.items()
    }
    return pl.DataFrame({"difference": names, **columns})


def _contrast(found: Contrast) -> str:
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}], {p_said(found.p)}"


def _effects(measures: Mapping[str, DirectTests]) -> str:
    return "; ".join(
        f"{name}: "
        + ", ".join(
            f"{effect.value:.2f} ({effect.std_error:.2f}) for the {third}"
            for third, effect in tests.effects.items()
        )
        for name, tests in measures.items()
    )
