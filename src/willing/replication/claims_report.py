"""The section on the claims: verdicts, and the p-values of every method."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from willing.evidence.claim_tests import CAVEAT, ClaimTests
from willing.evidence.claims import CLAIMS
from willing.evidence.verdict import RULE
from willing.report.page import Section
from willing.report.tables import Table


def claims_section(
    claims: ClaimTests, both: Mapping[str, tuple[float, float]] | None = None
) -> Section:
    """Arrange the claims and the p-values of every method.

    Parameters
    ----------
    claims
        The claims as judged.
    both
        Intervals with both stages' uncertainty, by claim.
    """
    both = both or {}
    rows = [
        {
            "claim": f"{v.hypothesis} {v.claim}",
            "finding": v.finding,
            "estimate": v.value,
            **(
                {"95 % interval": _interval(*both[v.claim]) if v.claim in both else None}
                if both
                else {}
            ),
            "crises only" if both else "95 % interval": _interval(v.low, v.high),
            "largest p": max(v.p.values()) if v.p else None,
            "same sign": v.same_sign,
            "ones": v.ones,
        }
        for v in claims.verdicts
    ]
    wide = claims.inference.to_frame().pivot("claim", index="method", values="p")
    wide = wide.rename({name: f"{name} p" for name in wide.columns[1:]})
    skipped = tuple(f"{name} could not be tested: {why}." for name, why in claims.skipped.items())
    drawn = (
        " The interval is over draws of leaders, the measure estimated anew, and of crises; beside "
        "it the one that takes the measure as known, clustered by crisis, which the rule uses."
        if both
        else ""
    )
    return Section(
        "Claims",
        (RULE, CAVEAT, *skipped),
        (
            Table(
                "claims",
                "Verdicts by one rule",
                pl.DataFrame(rows, infer_schema_length=None),
                "Estimates are positive where the theory is right. Same sign: share of the "
                "specification curve that has the estimate's. Joins: of formation, coalitions; of "
                f"taken, partners.{drawn}",
                digits=2,
            ),
            Table(
                "inference",
                "p-values of the claims by every method",
                wide,
                f"{_METHODS_POOLED if claims.pooled else ''}The likelihood ratio and the "
                "penalised likelihood take triads as independent.",
                digits=3,
            ),
            *((_pooled_table(claims),) if claims.pooled else ()),
        ),
    )


_METHODS_POOLED = (
    "Clusters and jackknife are of estimates pooled over the imputations of missing divergences, "
    "the variance between these added; the other methods are at their mean. "
)


def _pooled_table(claims: ClaimTests) -> Table:
    """Arrange what imputation adds to each claim's variance."""
    rows = []
    for name, pooled in claims.pooled.items():
        claim = CLAIMS[name]
        at = claim.position(pooled.combined)
        found = pooled.estimate(claim.term, equation=claim.equation)
        rows.append(
            {
                "claim": name,
                "estimate": found.value,
                "s.e. within": float(np.sqrt(pooled.within[at, at])),
                "s.e. between": float(np.sqrt(pooled.between[at, at])),
                "s.e.": found.std_error,
                "df": found.df,
                "p": found.p,
                "missing information": found.missing,
            }
        )
    imputations = next(iter(claims.pooled.values())).imputations
    return Table(
        "pooled",
        "The claims pooled over the imputations of divergence",
        pl.DataFrame(rows),
        f"Rubin's rules over {imputations} imputations: the squared error is the mean of the "
        f"squared errors within, clustered by crisis, plus 1 + 1/{imputations} times the variance "
        "between. Degrees of freedom are Barnard and Rubin's, with clusters less one where nothing "
        "is missing; missing information is the share of the squared error that comes from "
        "between. Formation has no divergence in it.",
        digits=3,
    )


def _interval(low: float | None, high: float | None) -> str | None:
    # No-break spaces keep an interval on one line.
    return None if low is None else f"{low:.2f}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{high:.2f}"
