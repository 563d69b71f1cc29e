"""The test of payments in words and tables."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from willing.numbers import p_said
from willing.payments.crisis_payments import SHORT, UNSEEN
from willing.payments.event_study import draw_events
from willing.payments.samples import PRIMARY
from willing.payments.study_numbers import StudyNumbers
from willing.report.page import Figure, Report, Section
from willing.report.tables import Table

# Short, so that the table fits a terminal of 80 columns.
DOSE_LABEL = {
    "divergence": "divergence",
    "log_cinc": "strength",
    "log_gdppc": "income",
    "log_distance": "distance",
}


def tables(study: StudyNumbers) -> list[Table]:
    """Give the tables of the test, as they are to be read."""
    label = pl.col("series").replace(SHORT)
    differences = study.differences.select(
        label,
        "sample",
        pl.when("before").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("past"),
        "joins",
        "crises",
        "effect",
        pl.col("se").alias("s.e."),
        pl.col("detectable").alias("m.d.e."),
        "centred",
        "p",
    )
    events = study.events.filter(pl.col("sample") == PRIMARY).pivot(
        "year", index="series", values="effect"
    )
    errors = study.events.filter(pl.col("sample") == PRIMARY).pivot(
        "year", index="series", values="se"
    )
    rows = [
        events.select(label, pl.lit("effect").alias("what"), pl.all().exclude("series")),
        errors.select(label, pl.lit("s.e.").alias("what"), pl.all().exclude("series")),
    ]
    doses = study.doses.select(
        label,
        pl.col("sample").str.replace(r" joins?$", ""),
        pl.col("dose").replace(DOSE_LABEL),
        pl.col("expected").alias("sign"),
        "slope",
        pl.col("se").alias("s.e."),
        pl.col("detectable").alias("m.d.e."),
        "p",
        "joins",
        "crises",
    )
    redrawn = study.insecurity["both"].is_finite().any()
    both = [pl.col("both").alias("s.e. of both stages")] if redrawn else []
    return [
        Table(
            "payments-differences",
            "What joining adds to log(1 + payments), three years after against three before",
            differences,
            "Joiners against the others of their crisis; effects of crises; controls: income, way "
            "to the target, alliance, strength. Errors clustered by crisis and by partner. "
            "Past: whether payment before is held constant. M.d.e.: minimum detectable effect, 2.8 "
            "s.e. Centred: less the mean of permutations within crisis, payment "
            "before, alliance and nearness; p: of that.",
        ),
        Table(
            "payments-events",
            "Joiners less the rest by year around a first join (base: the three years before)",
            pl.concat(rows).sort("series", "what"),
            digits=2,
        ),
        Table(
            "payments-dollars",
            "In dollars: by which factor joining multiplies payments (two-period Poisson)",
            study.dollars.select(
                label, "sample", "factor", pl.col("effect").alias("log"), pl.col("se").alias("s.e.")
            ),
        ),
        Table(
            "payments-doses",
            "Among those who joined one crisis: do the dear ones gain more?",
            doses,
            "Slopes on the change of log(1 + x), at equal payment before and equal other doses. "
            "Sample: first or all joins. Sign: that which the theory gives the price. Divergence: "
            "from the leader; strength: log CINC; income: log GDP per head; distance: log km to "
            "the target.",
        ),
        Table(
            "payments-insecurity",
            "Do insecure leaders pay joiners more?",
            study.insecurity.select(
                label,
                "sample",
                "effect",
                pl.col("se").alias("s.e."),
                *both,
                pl.col("detectable").alias("m.d.e."),
                "levels",
            ),
            "Joining times the leader's hazard of losing office within a year. Levels: different "
            "values of it, all of one leading state."
            + (" Both stages: leaders redrawn for their hazard, then crises." if both else ""),
        ),
    ]


def coding_table(studies: Mapping[str, StudyNumbers]) -> Table:
    """Give the main figures under several codings of who joined, by the coding's name."""
    rows = [
        study.differences.filter(pl.col("sample").is_in([PRIMARY, "all joins"]) & pl.col("before"))
        .with_columns(coding=pl.lit(name))
        .select(
            "coding",
            pl.col("series").replace(SHORT),
            "sample",
            "joins",
            "crises",
            "effect",
            pl.col("se").alias("s.e."),
            "centred",
            "p",
        )
        for name, study in studies.items()
    ]
    return Table("payments-codings", "The same under both codings of who joined", pl.concat(rows))


def findings(study: StudyNumbers) -> list[str]:
    """Say in words what was found, and what could have been."""
    lines = []
    for series, noun in (("aid", "Aid"), ("tiv", "Arms")):
        row = study.primary(series)  # type: ignore[arg-type]
        seen = "A rise is visible" if row["low"] > 0 else "No payment is visible"
        if row["high"] < 0:
            seen = "A fall is visible"
        lines.append(
            f"{noun}: {seen.lower()} at a first join: {row['effect']:+.3f} in logs (s.e. "
            f"{row['se']:.3f}; {row['joins']} joins in {row['crises']} crises; centred "
            f"{row['centred']:+.3f}, {p_said(row['p'])}). The minimum detectable effect is "
            f"{row['detectable']:.2f}, a factor of {2.718281828 ** row['detectable']:.2f}."
        )
    divergence = study.doses.filter(
        pl.col("dose") == "divergence", pl.col("sample") == PRIMARY
    ).rows_by_key("series", named=True, unique=True)
    aid, arms = divergence["aid"], divergence["tiv"]
    lines.append(
        f"Divergence among joiners of one crisis: {aid['slope']:+.2f} for aid (p {aid['p']:.2f}), "
        f"{arms['slope']:+.2f} for arms (p {arms['p']:.2f}); less than {aid['detectable']:.2f} and "
        f"{arms['detectable']:.2f} a unit would not be seen."
    )
    joined, others = study.large_gains.sort("joined", descending=True)["share"]
    lines.append(
        f"{joined:.1%} of joiners gained more than 500 million dollars over three years, and "
        f"{others:.1%} of the others."
    )
    council = study.council
    lines.append(
        f"Positive control: a seat in the Security Council moves aid by {council.value:+.2f} (s.e. "
        f"{council.se:.2f}) in logs, where others have found a rise of 59 per cent (.46): country "
        "totals may be too blunt to show what they are asked."
    )
    lines.append(f"{study.elsewhere:.0%} of all aid went to regions, territories and the world.")
    return [*lines, UNSEEN]


def report(study: StudyNumbers) -> Report:
    """Put findings, tables and the figure into a report."""
    first, last = study.years
    figure = Figure(
        "payments-events",
        "Joiners less the rest by year around the crisis, with 95 % intervals; first joins.",
        draw_events(study),
    )
    return Report(
        f"What is paid: crises of {first}-{last} that the United States led",
        tuple(findings(study)),
        (Section("The test", (), (*tables(study), figure)),),
    )


def account(study: StudyNumbers) -> str:
    """Write the findings and the tables as text."""
    return "\n".join(
        [*(table.to_markdown() for table in tables(study)), *(f"* {x}" for x in findings(study))]
    )
