"""The claims that are tested, each with one name, one model and one coefficient everywhere.

H1 has two: that a coalition is built (by leader side) and that a state joins (by triad). H2 has
three that must not be mixed. *Noise*: an insecure leader's choice of partners varies more for
reasons not in the model. *Preferences*: divergence, of P from L or of P from T, counts less with
her. *Taken*: the partners that she has diverge more, raw and net of the states not taken. A noisier
choice is not a choice of more divergent partners: the first is about the variance of joining, the
other two about who joins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from willing.errors import EstimationError
from willing.estimation.design import Design, build_design
from willing.estimation.models import fit_hetprobit, fit_logit, fit_probit
from willing.estimation.results import BinaryResults
from willing.evidence.model_columns import CLUSTER, CONTROLS, IDEAL_POINTS
from willing.evidence.sample import leader_sides
from willing.numbers import Floats
from willing.record.measured import INSECURITY

Hypothesis = Literal["H1", "H2"]
COVARIATES = (*IDEAL_POINTS, *CONTROLS)
SIDE_CONTROLS = ("cinc_ell", "cinc_tee", "unsupport", "LTdist", "demL", "pcw", "Lmaj")


@dataclass(frozen=True)
class Claim:
    """A claim and the coefficient that speaks to it, positive if the theory is right.

    Attributes
    ----------
    hypothesis
        Which of the two it belongs to.
    statement
        What it says.
    term, equation
        The coefficient.
    model
        ``"sides"``: logit of a coalition built, a row a leader side; ``"triads"``: probit of
        joining; ``"noise"``: heteroskedastic probit of joining.
    crossed
        The divergence that insecurity is multiplied by; none otherwise.
    """

    hypothesis: Hypothesis
    statement: str
    term: str
    model: Literal["sides", "triads", "noise"]
    equation: Literal["mean", "variance"] = "mean"
    crossed: str = ""

    def position(self, fit: BinaryResults) -> int:
        """Say which parameter of its model it is."""
        if self.equation == "mean":
            return fit.design.terms.index(self.term)
        return len(fit.design.terms) + fit.variance_terms.index(self.term)

    def multiplier(self, design: Design, null: BinaryResults) -> Floats | None:
        """Give what insecurity is multiplied by in its score, shape (n,); None for itself.

        Parameters
        ----------
        design
            The rows.
        null
            The model without insecurity: the score of its variance is less the index.
        """
        if self.equation == "variance":
            return -(null.design.X @ null.params)
        return design.column(self.crossed) if self.crossed else None


CLAIMS: Mapping[str, Claim] = {
    "formation": Claim("H1", "insecure leaders build more coalitions", INSECURITY, "sides"),
    "joining": Claim("H1", "more states join insecure leaders", INSECURITY, "triads"),
    "noise": Claim(
        "H2", "insecure leaders choose partners with more noise", INSECURITY, "noise", "variance"
    ),
    "preferences": Claim(
        "H2",
        "divergence from L deters fewer partners of insecure leaders",
        f"{INSECURITY}:difLPv",
        "triads",
        crossed="difLPv",
    ),
    "target": Claim(
        "H2",
        "divergence from T counts less with insecure leaders",
        f"{INSECURITY}:difTPv",
        "triads",
        crossed="difTPv",
    ),
}


def claim_fit(
    triads: pl.DataFrame,
    claim: Claim,
    *,
    covariates: tuple[str, ...] = COVARIATES,
) -> tuple[BinaryResults, pl.DataFrame]:
    """Fit the model of a claim.

    Parameters
    ----------
    triads
        A sample.
    claim
        Which.
    covariates
        The model's other terms, by triad; that of sides has those of them that are L's own.

    Returns
    -------
    tuple of BinaryResults and polars.DataFrame
        The results, and the rows that they rest on, in their order.

    Raises
    ------
    EstimationError
        If the model has no finite, identified estimate.
    """
    design, frame = _claim_design(triads, claim, covariates)
    columns = [design.outcome, *dict.fromkeys(c for t in design.terms[:-1] for c in t.split(":"))]
    floats = [pl.col(c).cast(pl.Float64).fill_nan(None) for c in columns]
    return FITS[claim.model](design), frame.with_columns(floats).drop_nulls([CLUSTER, *columns])


FITS: Mapping[str, Callable[..., BinaryResults]] = {
    "sides": fit_logit,
    "triads": fit_probit,
    "noise": fit_hetprobit,
}


def _claim_design(
    triads: pl.DataFrame, claim: Claim, covariates: tuple[str, ...]
) -> tuple[Design, pl.DataFrame]:
    if claim.model == "sides":
        frame, outcome = leader_sides(triads), "built"
        own = [term for term in SIDE_CONTROLS if term in covariates or term not in COVARIATES]
        mean: tuple[str, ...] = (INSECURITY, *own)
    else:
        if claim.crossed and claim.crossed not in covariates:
            raise EstimationError(f"the model has no {claim.crossed}, which {claim.term} needs")
        frame, outcome = triads, "join"
        mean = (INSECURITY, *((claim.term,) if claim.crossed else ()), *covariates)
    variance = (INSECURITY,) if claim.equation == "variance" else ()
    design = build_design(frame, outcome=outcome, mean=mean, variance=variance, cluster=CLUSTER)
    return design, frame
