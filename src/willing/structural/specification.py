"""What the structural model assumes: its options, the leader sides and their likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from willing.divergence.divergence_measures import MEASURES as MEASURES_OF_DIVERGENCE
from willing.divergence.divergence_measures import Divergence
from willing.errors import EstimationError
from willing.record.leading import LeaderRule
from willing.record.store import Record
from willing.record.strength import MEASURES, StrengthMeasure
from willing.security.measures import MEASURES as MEASURES_OF_SECURITY
from willing.security.measures import STAKE
from willing.structural.leader_sides import Sides
from willing.structural.likelihood import Likelihood, tabulate_victory
from willing.structural.side_arrays import Missing, sides_of_record
from willing.structural.terms import DEFAULT_TERMS
from willing.theory.contest import Contest, DrawContest, RatioContest

ContestRule = Literal["outcomes", "joint", "profile"]
DECISIVENESS_RANGE = (0.001, 100.0)
"""Below, only its product with the value of victory matters; above, the stronger just wins."""
FASTEST_GROWTH = 10.0
"""The most by which log noise may grow or fall with insecurity, from a leader sure of her office
to one sure to lose it."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "leader": get_args(LeaderRule),
    "strength": MEASURES,
    "missing": get_args(Missing),
    "contest": get_args(ContestRule),
    "divergence": tuple(MEASURES_OF_DIVERGENCE),
    "insecurity": tuple(MEASURES_OF_SECURITY),
}


@dataclass(frozen=True, kw_only=True)
class Specification:
    """A leader builds coalition `S` with probability proportional to :math:`\\exp(U(S)/\\tau)`.

    :math:`U(S) = (b_0 + b_1 h) p(M(S)) - \\sum_{i \\in S} z_i'c`: the value of victory rises with
    the leader's insecurity `h` if :math:`b_1 > 0`, and partner `i` has the price :math:`z_i'c`.
    Utility is in units of the noise of a leader without insecurity.

    `willing.structural.coalition_model.CoalitionModel`, which fits it,
    describes the parameters.
    """

    terms: tuple[str, ...] = DEFAULT_TERMS
    leader: LeaderRule = "acted"
    strength: StrengthMeasure = "cinc"
    contest: ContestRule = "outcomes"
    decisiveness: float | None = None
    cuts: tuple[float, float] | None = None
    noise_growth: float = 0.0
    missing: Missing = "condition"
    insecurity: str = STAKE
    divergence: Divergence = "completed"

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise EstimationError(f"{name}='{getattr(self, name)}'; it is {', '.join(allowed)}")
        least, most = DECISIVENESS_RANGE
        if self.decisiveness is not None and not least <= self.decisiveness <= most:
            raise EstimationError(
                f"decisiveness={self.decisiveness}; it must be from {least:g} to {most:g}"
            )
        if self.cuts is not None and self.decisiveness is None:
            raise EstimationError("cuts without a decisiveness; give both or neither")
        if not abs(self.noise_growth) <= FASTEST_GROWTH:
            raise EstimationError(
                f"noise_growth={self.noise_growth}; it must be from {-FASTEST_GROWTH:g} to "
                f"{FASTEST_GROWTH:g}"
            )

    def sides(self, record: Record, *, checked: bool = True) -> Sides:
        """Lay out the leader sides of the record for this model; see `sides_of_record`."""
        return sides_of_record(
            record,
            terms=self.terms,
            leader=self.leader,
            strength=self.strength,
            missing=self.missing,
            insecurity=self.insecurity,
            divergence=self.divergence,
            checked=checked,
        )

    @property
    def backed(self) -> bool:
        """Whether outcomes stand behind the contest, so that it may speak of victory."""
        return self.cuts is not None

    @property
    def contest_function(self) -> Contest:
        """The contest.

        Raises
        ------
        EstimationError
            If its decisiveness is not known yet.
        """
        if self.decisiveness is None:
            raise EstimationError(
                "the decisiveness of the contest is not known yet; take the model of estimates "
                "(estimates.model), or set it"
            )
        if self.cuts is None:
            return RatioContest(self.decisiveness)
        return DrawContest(self.decisiveness, *self.cuts)

    def likelihood(self, sides: Sides, *, threads: int = -1) -> Likelihood:
        """Give the log-likelihood of leader sides under the model's contest."""
        contest = self.contest_function
        table = tabulate_victory(sides, contest)
        return Likelihood(sides, table, contest, self.noise_growth, threads)
