"""The choices that a specification curve varies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from willing.divergence.divergence_measures import Divergence
from willing.evidence.formation import CONTROLS
from willing.record.choices import Pool
from willing.record.leading import LeaderRule
from willing.record.measured import INSECURITY

Hypothesis = Literal["H1", "H2"]

# The term whose coefficient speaks to each hypothesis, positive if the theory is right.
TERMS: Mapping[Hypothesis, str] = {"H1": INSECURITY, "H2": f"{INSECURITY}:difLPv"}
CHOICES = ("insecurity", "leader", "divergence", "pool", "coding", "sample", "covariates")
USA = 2
SAMPLES: Mapping[str, dict[str, Any]] = {
    "1951-1999": {},
    "1946-1999": {"years": (1946, 1999)},
    "without victims": {"victims": False},
    "without the USA": {"without": (USA,)},
}
# The first is the main one; the second is of the kind that the paper used.
MEASURED = ("hazard", "cheibub")
COVARIATES: Mapping[str, tuple[str, ...]] = {
    "divergence": ("difLPv", "difTPv"),
    "divergence, strength, distance": (
        *("difLPv", "difTPv", "cinc_ell", "cinc_tee", "cinc_pee"),
        *("LPallies", "LTdist", "PTdist"),
    ),
    "Wolford and Ritter's": ("difLPv", "difTPv", *CONTROLS),
}


@dataclass(frozen=True)
class Choices:
    """What is varied; each a tuple of alternatives, the main one first.

    Attributes
    ----------
    insecurity : tuple of str
        Measures of security.
    leader : tuple of str
        Who is taken for L.
    coding : tuple of str
        Columns that say who joined.
    sample : tuple of str
        Keys of `SAMPLES`. By default those two that differ: estimates without victims or from 1946
        on correlate at .97 and more with the first's, and would count the same cells twice.
    divergence : tuple of str
        Keys of `willing.divergence.divergence_measures.MEASURES`; of imputations the mean.
    pool : tuple of str
        Who may join, as in `willing.record.choices.Choices`.
    covariates : tuple of str
        Keys of `COVARIATES`.
    """

    insecurity: tuple[str, ...] = MEASURED
    leader: tuple[LeaderRule, ...] = ("acted", "strongest", "first", "every")
    coding: tuple[str, ...] = ("join", "join_icb", "join_hewitt", "join_gml", "join_mid")
    sample: tuple[str, ...] = ("1951-1999", "without the USA")
    divergence: tuple[Divergence, ...] = ("ideal points", "completed")
    pool: tuple[Pool, ...] = ("all",)
    covariates: tuple[str, ...] = ("Wolford and Ritter's", "divergence")
