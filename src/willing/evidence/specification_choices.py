"""The choices that a specification curve varies, and the cells of their grid that are estimated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from willing.divergence.divergence_measures import MEASURES as DIVERGENCES
from willing.evidence.model_columns import AFFINITY, CONTROLS, IDEAL_POINTS
from willing.record.choices import SAMPLE_YEARS, Pool
from willing.record.leading import LeaderRule
from willing.record.measured import INSECURITY
from willing.security.measures import DEFAULT, MEASURES
from willing.sources.states import UNITED_STATES

# First and last year, and the leading states left out. Samples without victims or from 1946 to 1999
# are not among them: their estimates correlate at .97 and more with those of the first, and would
# count the same cells twice.
SAMPLES: Mapping[str, tuple[tuple[int, int], tuple[int, ...]]] = {
    "1951-1999": (SAMPLE_YEARS, ()),
    "1946-2019": ((1946, 2019), ()),
    "without the USA": (SAMPLE_YEARS, (UNITED_STATES,)),
}
# Terms beside insecurity and divergence.
COVARIATE_SETS: Mapping[str, tuple[str, ...]] = {
    "Wolford and Ritter's": CONTROLS,
    "strength and distance": (
        *("cinc_ell", "cinc_tee", "cinc_pee", "LPallies", "LTdist", "PTdist"),
    ),
    "none": (),
}
NO_DIVERGENCE, AFFINE = "none", "affinity"
WHOLE_FILE = "whole file"


@dataclass(frozen=True)
class Specification:
    """One cell of the grid: a value of every choice. The defaults are the main analysis.

    Attributes
    ----------
    measure : str
        The measure of security, of `willing.security.measures.MEASURES`.
    divergence : str
        Of `willing.divergence.divergence_measures.MEASURES`, of imputations the mean; or
        ``"none"``; on another file ``"affinity"`` of votes, turned, too.
    covariates : str
        Key of `COVARIATE_SETS`.
    pool : str
        Who may join.
    leader : str
        Who is L.
    coding : str
        The column that says who joined.
    sample : str
        Key of `SAMPLES`.
    estimator : str
        ``"probit"`` or ``"logit"``. The claim of noise has the heteroskedastic probit, that of
        partners taken the raw and the net difference.
    """

    measure: str = DEFAULT
    divergence: str = "completed"
    covariates: str = "Wolford and Ritter's"
    pool: Pool = "all"
    leader: LeaderRule = "acted"
    coding: str = "join"
    sample: str = "1951-1999"
    estimator: str = "probit"


CHOICES = tuple(field.name for field in fields(Specification))


@dataclass(frozen=True)
class Choices:
    """What is varied, named as in `Specification`; of each choice the main alternative first.

    Attributes
    ----------
    measure, divergence, covariates, pool, leader, coding, sample, estimator : tuple of str
        The alternatives.
    """

    measure: tuple[str, ...] = tuple(MEASURES)
    divergence: tuple[str, ...] = (
        "completed",
        *(name for name in DIVERGENCES if name != "completed"),
        NO_DIVERGENCE,
    )
    covariates: tuple[str, ...] = tuple(COVARIATE_SETS)
    pool: tuple[Pool, ...] = ("all", "relevant", "region")
    leader: tuple[LeaderRule, ...] = ("acted", "strongest", "first", "hostile", "every")
    coding: tuple[str, ...] = ("join", "join_icb", "join_hewitt", "join_gml", "join_mid")
    sample: tuple[str, ...] = tuple(SAMPLES)
    estimator: tuple[str, ...] = ("probit", "logit")

    def available(self, columns: Sequence[str]) -> Choices:
        """Leave out codings and measures of security that triads lack."""
        return replace(
            self,
            measure=tuple(m for m in self.measure if f"{m}_leader" in columns),
            coding=tuple(c for c in self.coding if c in columns),
        )


def file_choices(columns: Sequence[str]) -> Choices:
    """Give what can be varied on a file of triads that names neither states nor years.

    Parameters
    ----------
    columns
        The columns that it has, under the record's names.
    """
    divergence = [NO_DIVERGENCE]
    if AFFINITY[0] in columns and AFFINITY[1] in columns:
        divergence.insert(0, AFFINE)
    if IDEAL_POINTS[0] in columns:
        divergence.insert(0, "ideal points")
    return Choices(
        measure=(INSECURITY.removesuffix("_leader"),),
        divergence=tuple(divergence),
        pool=("all",),
        leader=("every",),
        coding=("join",),
        sample=(WHOLE_FILE,),
    )


def draw_specifications(
    choices: Choices, count: int, *, seed: int = 0
) -> tuple[Specification, ...]:
    """Choose the cells that are estimated: the grid has too many, and most differ in little.

    The first is the main one (the first alternative of each choice), then come all that differ from
    it in one choice, then cells drawn at random: alternatives of each choice equally often, in
    random order, independently of the other choices.

    Parameters
    ----------
    choices
        The alternatives.
    count
        How many cells at most; never fewer than the main one and those one choice apart.
    seed
        Seed of the draw.
    """
    each = {name: getattr(choices, name) for name in CHOICES}
    main = Specification(**{name: values[0] for name, values in each.items()})
    found: dict[Specification, None] = {main: None}
    for name, values in each.items():
        found |= dict.fromkeys(replace(main, **{name: value}) for value in values)
    if math.prod(len(values) for values in each.values()) <= count:
        grid = itertools.product(*each.values())
        found |= dict.fromkeys(Specification(*values) for values in grid)
        return tuple(found)
    rng = np.random.default_rng(seed)
    while len(found) < count:
        missing = count - len(found)
        balanced = {
            name: rng.permutation(np.resize(rng.permutation(len(values)), missing))
            for name, values in each.items()
        }
        for row in range(missing):
            drawn = {name: values[balanced[name][row]] for name, values in each.items()}
            found[Specification(**drawn)] = None
    return tuple(found)
