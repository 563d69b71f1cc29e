"""What the structural model assumes: its options, the leader sides and their likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from willing.errors import EstimationError
from willing.record.leading import LeaderRule
from willing.record.store import Record
from willing.record.strength import MEASURES, StrengthMeasure
from willing.structural.data import Missing, Sides, sides_of_record
from willing.structural.likelihood import Likelihood, tabulate_victory
from willing.structural.terms import DEFAULT_TERMS
from willing.theory.contest import RatioContest

DECISIVENESS_RANGE = (0.001, 100.0)
"""Below, only its product with the value of victory matters; above, the stronger just wins."""
FASTEST_GROWTH = 10.0
"""The most by which log noise may grow or fall with insecurity, from a leader sure of her office
to one sure to lose it."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "leader": get_args(LeaderRule),
    "strength": MEASURES,
    "missing": get_args(Missing),
}


@dataclass(frozen=True, kw_only=True)
class Specification:
    """A leader builds coalition `S` with probability proportional to :math:`\\exp(U(S)/\\tau)`.

    :math:`U(S) = (b_0 + b_1 h) p(M(S)) - \\sum_{i \\in S} z_i'c`: the value of victory rises with
    the leader's insecurity `h` if :math:`b_1 > 0`, and partner `i` has the price :math:`z_i'c`.
    Utility is in units of the noise of a leader without insecurity.

    Parameters
    ----------
    terms
        Terms of the price, names in `willing.structural.terms.TERMS` or products ``a:b`` of them;
        a constant is added. ``insecurity:divergence`` tests the theory, in which insecurity enters
        through the value of victory alone.
    leader
        Who is L, by a rule of `willing.record.leading`: the strongest crisis actor of the side
        that acted by default, or every one in turn.
    strength
        The measure of strength, see `willing.record.strength.add_strength`.
    decisiveness
        :math:`g` of the ratio contest; by default chosen by profile likelihood.
    noise_growth
        :math:`\\rho` in :math:`\\log \\tau = \\rho h`.
    missing
        What is done about missing covariates, see `willing.structural.data.sides_of_record`.
    insecurity
        The column of the leader's insecurity.
    """

    terms: tuple[str, ...] = DEFAULT_TERMS
    leader: LeaderRule = "acted"
    strength: StrengthMeasure = "cinc"
    decisiveness: float | None = None
    noise_growth: float = 0.0
    missing: Missing = "condition"
    insecurity: str = "insecurity_leader"

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise EstimationError(f"{name}='{getattr(self, name)}'; it is {', '.join(allowed)}")
        least, most = DECISIVENESS_RANGE
        if self.decisiveness is not None and not least <= self.decisiveness <= most:
            raise EstimationError(
                f"decisiveness={self.decisiveness}; it must be from {least:g} to {most:g}"
            )
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
            checked=checked,
        )

    def likelihood(self, sides: Sides, *, threads: int = -1) -> Likelihood:
        """Give the log-likelihood of leader sides at the model's decisiveness."""
        if self.decisiveness is None:
            raise EstimationError(
                "set the decisiveness first, for instance to that of a fit: estimates.model has it"
            )
        contest = RatioContest(self.decisiveness)
        table = tabulate_victory(sides, contest)
        return Likelihood(sides, table, contest, self.noise_growth, threads)
