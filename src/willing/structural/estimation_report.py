"""The structural estimates as a report: tables and figures for a page and for a paper."""

from __future__ import annotations

import polars as pl

from willing.report.page import Figure, Report, Section
from willing.report.tables import Table
from willing.structural.bootstrap import Bootstrap
from willing.structural.estimates import Estimates
from willing.structural.fit_checks import FitChecks
from willing.structural.implied import QUANTITIES
from willing.structural.robustness import Robustness


def structural_report(
    estimates: Estimates,
    checks: FitChecks,
    robustness: Robustness | None = None,
    drawn: Bootstrap | None = None,
) -> Report:
    """Lay out what was estimated.

    Parameters
    ----------
    estimates
        The estimates.
    checks
        How they fit.
    robustness, drawn
        Tests against wider models and the bootstrap, if made.
    """
    counts = estimates.counts()
    note = (
        f"{counts['sides']:,} leader sides of {counts['crises']:,} crises, "
        f"{counts['candidates']:,} candidates, {counts['joins']:,} joins in "
        f"{counts['coalitions']:,} coalitions; log-likelihood {estimates.log_likelihood:.2f}; "
        "standard errors clustered by crisis. A higher price makes joining rarer."
    )
    parameters = Table("estimates", "The structural model", _rounded(estimates), note)
    sections = [Section("Estimates", (), (parameters, _implied(estimates)))]
    figures = [Figure("prices", "What makes partners cheap.", estimates.plot())]
    if estimates.profile is not None:
        caption = "Profile likelihood of the contest's decisiveness; dashed: its 95 % interval."
        figures.append(Figure("decisiveness", caption, estimates.profile.plot()))
    sections.append(Section("Pictures", (), tuple(figures)))
    sizes = Table("sizes", "Sides by number of partners", checks.sizes, digits=1)
    deciles = Table("deciles", "Joins by tenth of expected joins", checks.deciles, digits=1)
    sections.append(Section("Fit", (), (sizes, deciles)))
    if robustness is not None:
        wider = Table("wider", "Terms that the theory leaves out", robustness.to_frame())
        measures = Table(
            "strength",
            "Measures of strength",
            robustness.strength_frame(),
            "On the sides and candidates for which all measures are known; the best fit first.",
        )
        noise = Figure("noise", "Profile of noise that grows with insecurity.", robustness.plot())
        contents = (wider, measures, noise)
        sections.append(Section("Wider models", (str(robustness.noise),), contents))
    if drawn is not None:
        table = Table("bootstrap", "Both stages redrawn", drawn.to_frame())
        histogram = Figure("bootstrap", "Estimates on redrawn samples.", drawn.plot())
        sections.append(Section("Bootstrap", (), (table, histogram)))
    summary = [estimates.hypothesis_one(), estimates.hypothesis_two()]
    if estimates.profile is not None:
        summary.append(f"{str(estimates.profile).capitalize()}.")
    summary.append(
        f"The actual coalition is among the ten likeliest for {checks.among_likeliest:.0%} of "
        f"sides, and for {checks.among_likeliest_built:.0%} of those that built one."
    )
    return Report("Coalitions as a leader's choice", tuple(summary), tuple(sections))


def _rounded(estimates: Estimates) -> pl.DataFrame:
    return estimates.to_frame().drop("low", "high", "join_index")


def _implied(estimates: Estimates) -> Table:
    rows = []
    for who, found in zip(("secure", "insecure"), estimates.implied, strict=True):
        for name in QUANTITIES:
            band = getattr(found, name)
            rows.append(
                {
                    "leader": f"{who} (h = {found.insecurity:.3f})",
                    "quantity": name.replace("_", " "),
                    "value": None if band is None else band.value,
                    "low": None if band is None else band.low,
                    "high": None if band is None else band.high,
                }
            )
    return Table(
        "implied",
        "What secure and insecure leaders give and tolerate",
        pl.DataFrame(rows, infer_schema_length=None),
        "For a partner like those who joined; quartiles of insecurity. Delta-method 95 % bands.",
    )
