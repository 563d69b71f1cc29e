"""How strong states are against a target: measures of military strength by name."""

from __future__ import annotations

from typing import Literal, get_args

import polars as pl

from willing.errors import EstimationError

StrengthMeasure = Literal["cinc", "milex", "discounted"]
MEASURES: tuple[StrengthMeasure, ...] = get_args(StrengthMeasure)

HALF_DISTANCE = 4000.0
"""Kilometres from its capital to the target's over which a state's strength halves."""

_ROLES = ("ell", "tee", "pee")


def add_strength(
    triads: pl.DataFrame, measure: StrengthMeasure, *, half_distance: float = HALF_DISTANCE
) -> pl.DataFrame:
    """Add the strength of L, T and P as ``m_ell``, ``m_tee`` and ``m_pee``.

    Parameters
    ----------
    triads
        The record's triads.
    measure
        ``"cinc"``: COW's composite index, a share of the world's capabilities. ``"milex"``: the
        share of the military expenditure of the states of the year whose expenditure is known.
        ``"discounted"``: the composite index, halved every `half_distance` kilometres between the
        state's capital and the target's (Boulding's loss-of-strength gradient).
    half_distance
        In kilometres; of the discounted measure only.

    Returns
    -------
    polars.DataFrame
        `triads` with three columns, missing where the measure is.

    Raises
    ------
    EstimationError
        If the measure is not known.

    References
    ----------
    Boulding, K. E. 1962. Conflict and Defense: A General Theory. New York: Harper.
    """
    if measure == "cinc":
        return triads.with_columns(pl.col(f"cinc_{r}").alias(f"m_{r}") for r in _ROLES)
    if measure == "milex":
        world = _world_expenditure(triads)
        return (
            triads.join(world, on="year", how="left", maintain_order="left")
            .with_columns((pl.col(f"milex_{r}") / pl.col("_world")).alias(f"m_{r}") for r in _ROLES)
            .drop("_world")
        )
    if measure == "discounted":
        return triads.with_columns(
            m_ell=pl.col("cinc_ell") * _reach("LTdist", half_distance),
            m_tee=pl.col("cinc_tee"),
            m_pee=pl.col("cinc_pee") * _reach("PTdist", half_distance),
        )
    raise EstimationError(f"strength='{measure}'; it is {', '.join(MEASURES)}")


def _reach(distance: str, half_distance: float) -> pl.Expr:
    return pl.lit(2.0).pow(-pl.col(distance) / half_distance)


def _world_expenditure(triads: pl.DataFrame) -> pl.DataFrame:
    states = {"ell": "leader", "tee": "target", "pee": "partner"}
    known = pl.concat(
        triads.select("year", ccode=state, milex=f"milex_{role}") for role, state in states.items()
    )
    return known.unique(["ccode", "year"]).group_by("year").agg(_world=pl.col("milex").sum())
