"""What one cell of a specification curve is, and which choices each claim's model has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from willing.evidence.specification_choices import NO_DIVERGENCE, Specification
from willing.numbers import Floats, Ints

NOT_VARIED = "-"
RAW, NET = "raw difference", "net difference"


@dataclass(frozen=True, eq=False)
class Cell:
    """One claim in one cell.

    Attributes
    ----------
    claim : str
        Its name.
    specification : Specification
        The choices, those that its model does not have as `NOT_VARIED`.
    estimate, std_error : float
        Coefficient and standard error clustered by crisis.
    n, events, clusters : int
        Rows, ones, crises.
    statistics : ndarray, shape (1 + P,)
        The score of insecurity, studentised by crisis, as leaders are and in each permutation.
    units : ndarray of int, shape (s,)
        The leaders in crises that the cell has, as `Rows` numbers them.
    scores : ndarray, shape (s,)
        What each adds to the score.
    """

    claim: str
    specification: Specification
    estimate: float
    std_error: float
    n: int
    events: int
    clusters: int
    statistics: Floats
    units: Ints
    scores: Floats


@dataclass(frozen=True)
class Failure:
    """A cell without an estimate, and why."""

    claim: str
    specification: Specification
    reason: str


def applies(claim: str, chosen: Specification) -> Specification | None:
    """Give the choices that a claim's model has, or nothing if there is no such model."""
    if claim == "formation":
        return replace(chosen, divergence=NOT_VARIED)
    if claim == "joining":
        return chosen
    if claim == "noise":
        if chosen.estimator != "probit":
            return None
        return replace(chosen, estimator="heteroskedastic probit")
    if chosen.divergence == NO_DIVERGENCE:
        return None
    if claim == "taken":
        return replace(
            chosen,
            covariates=NOT_VARIED,
            estimator=RAW if chosen.estimator == "logit" else NET,
        )
    return chosen
