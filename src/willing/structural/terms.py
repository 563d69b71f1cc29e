"""What a partner's price may depend on, by name, as functions of the record's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from willing.errors import EstimationError

KILOMETRES = 1000.0
# Years in which joint action fades by a factor e.
FORGETTING = 10.0
# The same of opposition. Before 2000 a logit's forecasts gain .002 and .008 of log score a side
# from `other_side` at 5, .002 and .003 at 10, -.015 and .005 at 2 (from 1960 and from 1980 on).
FORGIVING = 5.0
# The index is rounded to seven digits; states below count as this strong in logarithms.
LEAST_POWER = 1e-6

_OPPOSED_LATELY = (-pl.col("LPopposed_years") / FORGIVING).exp().fill_null(0.0)
_BOUND_TO_TARGET = pl.col("PTallies") * pl.col("Tmaj")

TERMS: Mapping[str, pl.Expr] = MappingProxyType(
    {
        "divergence": pl.col("difLPv"),
        "target_divergence": pl.col("difTPv"),
        "distance": (pl.col("PTdist") / KILOMETRES).log1p(),
        "leader_distance": (pl.col("LPdist") / KILOMETRES).log1p(),
        "alliance": pl.col("LPallies"),
        "contiguity": pl.col("PTcontig"),
        "leader_contiguity": pl.col("LPcontig"),
        "democracy": pl.col("demP"),
        "leader_democracy": pl.col("demL"),
        "partner_insecurity": pl.col("hazard_partner"),
        "severity": pl.col("severity"),
        "post_cold_war": pl.col("pcw"),
        "un_support": pl.col("unsupport"),
        "major_leader": pl.col("Lmaj"),
        "major_target": pl.col("Tmaj"),
        "insecurity": pl.col("insecurity_leader"),
        "power": pl.col("cinc_pee").clip(LEAST_POWER).log(),
        "leader_power": pl.col("cinc_ell").clip(LEAST_POWER).log(),
        "target_power": pl.col("cinc_tee").clip(LEAST_POWER).log(),
        "target_alliance": pl.col("PTallies"),
        "target_rivalry": pl.col("PTrival"),
        "rivalry": pl.col("LPrival"),
        "target_region": pl.col("PTregion"),
        "region": pl.col("LPregion"),
        "joint_action": pl.col("LPjoint").log1p(),
        "joint_against_target": pl.col("LPjoint_tee").log1p(),
        "recent_joint_action": (-pl.col("LPjoint_years") / FORGETTING).exp().fill_null(0.0),
        "opposed": pl.col("LPopposed").log1p(),
        "recent_opposition": _OPPOSED_LATELY,
        # Whoever has fought the leader lately, or is the ally of a target that is a major power,
        # stands on the other side. One term for both: so few of the latter join (before 2000, 1 of
        # 2,842) that a term of their own would have no finite estimate in every third resample.
        "other_side": pl.when(_BOUND_TO_TARGET.is_not_null()).then(
            pl.max_horizontal(_OPPOSED_LATELY, _BOUND_TO_TARGET)
        ),
        "past_joins": pl.col("Pjoins").log1p(),
        "past_coalitions": pl.col("Ljoined").log1p(),
    }
)
"""Terms of the price by name. ``a:b`` is the product of two."""

DEFAULT_TERMS = (
    "divergence",
    "distance",
    "alliance",
    "contiguity",
    "democracy",
    "partner_insecurity",
    "severity",
    "post_cold_war",
    "power",
    "leader_power",
    "target_power",
    "joint_against_target",
    "recent_joint_action",
    "other_side",
)


def term_columns(triads: pl.DataFrame, terms: Sequence[str]) -> pl.DataFrame:
    """Compute the columns that terms are made of.

    Parameters
    ----------
    triads
        The record's triads with the ``severity`` of their crises.
    terms
        Names in `TERMS`, or products ``a:b`` of them.

    Returns
    -------
    polars.DataFrame
        One column a simple term; a missing value where a column is missing.

    Raises
    ------
    EstimationError
        If a term is not known or is given twice.
    """
    simple = list(dict.fromkeys(part for term in terms for part in term.split(":")))
    unknown = [name for name in simple if name not in TERMS]
    if unknown or len(set(terms)) < len(terms):
        raise EstimationError(
            f"terms {', '.join(terms)}: {', '.join(unknown) or 'one'} is not known or is given "
            f"twice; choose among {', '.join(TERMS)} and products a:b of them"
        )
    return triads.select(TERMS[name].cast(pl.Float64).alias(name) for name in simple)
