"""Where the rows went: from crises to triads that every covariate is known of."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from willing.record.choices import Choices
from willing.record.leading import PICKED

# What a complete case needs, in the order in which losses are counted, and why it may be missing.
NEEDED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("join",), "no source tells whether P joined"),
    (("insecurity_leader",), "no leader of L in office is known, or no insecurity for her"),
    (("cinc_ell", "cinc_tee", "cinc_pee"), "capabilities of L, T or P are not known"),
    (("demL", "demP"), "regime of L or P is not scored"),
    (("LTdist", "PTdist"), "a capital is not known"),
    (("LPallies",), "alliances are not covered in that year"),
    (("unsupport",), "ICB does not know L's view of what the United Nations did"),
    (("insecurity_partner",), "no leader of P in office is known, or no insecurity for her"),
    (("difTPv", "difLPv"), "L, T or P had no UN ideal point the year before"),
)


SCHEMA = {
    "step": pl.Int64,
    "unit": pl.String,
    "kept": pl.String,
    "rows": pl.Int64,
    "lost": pl.Int64,
    "joins": pl.Int64,
    "reason": pl.String,
}


def count_attrition(
    found: pl.DataFrame,
    crises: pl.DataFrame,
    sides: pl.DataFrame,
    triads: pl.DataFrame,
    *,
    pooled: pl.DataFrame,
    choices: Choices,
) -> pl.DataFrame:
    """Count what is left after each step from crises to complete cases, and say why.

    Parameters
    ----------
    found
        Every crisis in the file.
    crises, sides, triads
        The frames of the record, triads with all partners of every leader.
    pooled
        The triads whose partner is in the candidate pool.
    choices
        What was chosen: crises, leader rule and pool.

    Returns
    -------
    polars.DataFrame
        One row a step: ``step`` (1, 2, ...), ``unit`` (crises, sides or triads), ``kept`` (which
        of them are left), ``rows`` (how many), ``lost`` (missing where the step drops nothing),
        ``joins`` (triads left in which the partner joined; missing for other units) and
        ``reason`` (of the loss; missing likewise). Triads are those of the leader whom the rule
        chosen picks, by default the foremost.
    """
    facing = sides["crisno"].n_unique()
    led = sides.filter(pl.col("leader").is_not_null())
    acting = led.filter(pl.col("leader_kind") != "idle")
    built = led.filter(pl.col("coalition") > 0)
    steps = [
        _step("crises", "crises in the file", len(found)),
        _step(
            "crises",
            "triggered in the years of the record",
            len(crises),
            lost=len(found) - len(crises),
            reason="triggered before or after" + (", or not chosen" if choices.crises else ""),
        ),
        _step(
            "crises",
            "with an external threat",
            facing,
            lost=len(crises) - facing,
            reason="no actor faces another state",
        ),
        _step("sides", "a crisis and a target", len(sides)),
        _step(
            "sides",
            "with a state that may lead",
            len(led),
            lost=len(sides) - len(led),
            reason="no crisis actor of the side was in the state system, and no other state acted",
        ),
        _step(
            "sides",
            "whose leader acted",
            len(acting),
            lost=len(led) - len(acting),
            reason="nobody acted against the target",
        ),
        _step("sides", "of these, with a coalition", len(built)),
        *_complete(triads, pooled, choices),
    ]
    numbered = [{"step": number, **step} for number, step in enumerate(steps, start=1)]
    return pl.DataFrame(numbered, schema=SCHEMA)


def _complete(
    every: pl.DataFrame, pooled: pl.DataFrame, choices: Choices
) -> Iterator[dict[str, object]]:
    """Drop the partners outside the pool, then the triads that lack each group of columns."""
    rule = "acted" if choices.leader == "every" else choices.leader
    led, triads = every.filter(PICKED[rule]), pooled.filter(PICKED[rule])
    what = f"the {PICKED[rule]} leader, her target and every other state"
    yield _step("triads", what, len(led), joins=_joined(led))
    if choices.pool != "all":
        yield _step(
            "triads",
            f"with a partner in the pool: {choices.pool}",
            len(triads),
            lost=len(led) - len(triads),
            joins=_joined(triads),
            reason="the partner is outside the pool",
        )
    for columns, reason in NEEDED:
        left = triads.drop_nulls(columns)
        yield _step(
            "triads",
            f"with {', '.join(columns)}",
            len(left),
            lost=len(triads) - len(left),
            joins=_joined(left),
            reason=reason,
        )
        triads = left


def _joined(triads: pl.DataFrame) -> int:
    return triads.filter(pl.col("join") == 1).height


def _step(
    unit: str,
    kept: str,
    rows: int,
    *,
    lost: int | None = None,
    joins: int | None = None,
    reason: str | None = None,
) -> dict[str, object]:
    return {
        "unit": unit,
        "kept": kept,
        "rows": rows,
        "lost": lost,
        "joins": joins,
        "reason": reason,
    }
