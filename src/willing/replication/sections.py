"""The short sections of the report: methods, insecurity of leaders, the theory beside the data."""

from __future__ import annotations

import polars as pl

from willing.evidence.verdict import RULE
from willing.replication.record_report import JOINED, sample_line
from willing.replication.replicate import Replication
from willing.report.page import Figure, Section
from willing.report.tables import Table


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
