"""Where the rows went: from crises to triads that every covariate is known of."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

# What a complete case needs, in the order in which losses are counted, and why it may be missing.
NEEDED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("LinsecYoung",), "no leader of L in office is known, or no insecurity for her"),
    (("cinc_ell", "cinc_tee", "cinc_pee"), "capabilities of L, T or P are not known"),
    (("demL", "demP"), "regime of L or P is not scored"),
    (("LTdist", "PTdist"), "T was no member of the state system, so no distance"),
    (("LPallies",), "alliances are not covered in that year"),
    (("unsupport",), "ICB does not know L's view of what the United Nations did"),
    (("PinsecYoung",), "no leader of P in office is known, or no insecurity for her"),
    (("difTPv", "difLPv"), "L, T or P had no UN ideal point in the year before"),
)


def count_attrition(
    found: pl.DataFrame, crises: pl.DataFrame, sides: pl.DataFrame, triads: pl.DataFrame
) -> pl.DataFrame:
    """Count what is left after each step from crises to complete cases, and say why.

    Parameters
    ----------
    found
        Every crisis in the file.
    crises, sides, triads
        The frames of the record.

    Returns
    -------
    polars.DataFrame
        One row a step: ``step`` (1, 2, ...), ``unit`` (crises, sides or triads), ``kept`` (which
        of them are left), ``rows`` (how many), ``lost`` (missing where the step drops nothing)
        and ``reason`` (of the loss; missing likewise). Triads are those of the strongest leader.
    """
    led = sides.filter(pl.col("leader").is_not_null())
    strongest = triads.filter("strongest")
    steps = [
        ("crises", "crises in the file", len(found), None, None),
        (
            "crises",
            "triggered in the years of the record",
            len(crises),
            len(found) - len(crises),
            "triggered before or after",
        ),
        (
            "crises",
            "with an external threat",
            sides["crisno"].n_unique(),
            len(crises) - sides["crisno"].n_unique(),
            "no actor faces another state",
        ),
        ("sides", "sides: a crisis and a target", len(sides), None, None),
        (
            "sides",
            "with a crisis actor that may lead",
            len(led),
            len(sides) - len(led),
            "no crisis actor of the side was in the state system",
        ),
        (
            "sides",
            "of these, with a coalition",
            led.filter(pl.col("coalition") > 0).height,
            None,
            None,
        ),
        ("triads", "strongest leader, target and every other state", len(strongest), None, None),
        *_complete(strongest),
    ]
    return (
        pl.DataFrame(
            steps,
            schema={
                "unit": pl.String,
                "kept": pl.String,
                "rows": pl.Int64,
                "lost": pl.Int64,
                "reason": pl.String,
            },
            orient="row",
        )
        .with_row_index("step", offset=1)
        .cast({"step": pl.Int64})
    )


def _complete(triads: pl.DataFrame) -> Sequence[tuple[str, str, int, int, str]]:
    """Drop the triads that lack each group of columns in turn."""
    steps = []
    for columns, reason in NEEDED:
        left = triads.drop_nulls(columns)
        steps.append(
            ("triads", f"with {', '.join(columns)}", len(left), len(triads) - len(left), reason)
        )
        triads = left
    return steps
