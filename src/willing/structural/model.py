"""The structural model: what it assumes, and how it is fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from willing.contest import RatioContest
from willing.errors import ConvergenceError, EstimationError
from willing.evidence.covariance import clustered_covariance
from willing.record.sides import LeaderRule
from willing.record.store import Record
from willing.structural.data import Missing, Sides, sides_of_record
from willing.structural.likelihood import Likelihood, build_panels
from willing.structural.profile import DECISIVENESS_GRID, NOISE_GROWTH_GRID, Profile, profile
from willing.structural.results import Estimates
from willing.structural.search import Fit, fit
from willing.structural.strength import MEASURES, StrengthMeasure
from willing.structural.terms import DEFAULT_TERMS

# What a profile may miss of its maximum, in units of log-likelihood.
_SLACK = 1e-3
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "leader": get_args(LeaderRule),
    "strength": MEASURES,
    "missing": get_args(Missing),
}


@dataclass(frozen=True, kw_only=True)
class CoalitionModel:
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
        Who is L: the strongest crisis actor of the side, the first, or every one in turn.
    strength
        The measure of strength, see `willing.structural.strength.add_strength`.
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
    leader: LeaderRule = "strongest"
    strength: StrengthMeasure = "cinc"
    decisiveness: float | None = None
    noise_growth: float = 0.0
    missing: Missing = "condition"
    insecurity: str = "LinsecYoung"

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise EstimationError(f"{name}='{getattr(self, name)}'; it is {', '.join(allowed)}")
        if self.decisiveness is not None and not 0.0 < self.decisiveness < np.inf:
            raise EstimationError(f"decisiveness={self.decisiveness}; it must be above 0")
        if not np.isfinite(self.noise_growth):
            raise EstimationError(f"noise_growth={self.noise_growth}; it must be a finite number")

    def fit(self, record: Record) -> Estimates:
        """Fit to the record by maximum likelihood over all coalitions of every leader side.

        Parameters
        ----------
        record
            The record, from ``load_record(leader="every")`` for leader rules other than its own.

        Returns
        -------
        Estimates

        Raises
        ------
        EstimationError
            If the parameters have no finite or no single estimate; its children say why.
        """
        return self.fit_sides(self.sides(record))

    def sides(self, record: Record) -> Sides:
        """Lay out the leader sides of the record for this model."""
        return sides_of_record(
            record,
            terms=self.terms,
            leader=self.leader,
            strength=self.strength,
            missing=self.missing,
            insecurity=self.insecurity,
        )

    def fit_sides(self, sides: Sides, *, threads: int = -1) -> Estimates:
        """Fit to leader sides as arrays.

        Parameters
        ----------
        sides
            The data; the model's options about data are not looked at.
        threads
            How many share the sides; all cores by default.
        """
        if self.decisiveness is not None:
            return self._estimate(sides, None, None, threads)
        known: list[Fit] = []
        curve = profile(
            lambda g: _rough_value(replace(self, decisiveness=g), sides, known, threads),
            DECISIVENESS_GRID,
            parameter="decisiveness",
            logarithmic=True,
        )
        return replace(self, decisiveness=curve.best)._estimate(sides, known[-1], curve, threads)

    def profile_noise(self, sides: Sides, *, threads: int = -1) -> Profile:
        """Profile the likelihood over :math:`\\rho`, noise that grows with insecurity.

        Raises
        ------
        EstimationError
            If the model has no decisiveness.
        """
        known: list[Fit] = []
        return profile(
            lambda rho: _rough_value(replace(self, noise_growth=rho), sides, known, threads),
            NOISE_GROWTH_GRID,
            parameter="noise_growth",
        )

    def compare_strength(self, record: Record) -> dict[StrengthMeasure, Estimates]:
        """Fit with each measure of strength, on candidates for whom all of them are known."""
        return {
            measure: replace(self, strength=measure).fit_sides(
                sides_of_record(
                    record,
                    terms=self.terms,
                    leader=self.leader,
                    strength=measure,
                    comparable=MEASURES,
                    missing=self.missing,
                    insecurity=self.insecurity,
                )
            )
            for measure in MEASURES
        }

    def likelihood(self, sides: Sides, *, threads: int = -1) -> Likelihood:
        """Give the log-likelihood of leader sides at the model's decisiveness."""
        if self.decisiveness is None:
            raise EstimationError(
                "set the decisiveness first, for instance to that of a fit: estimates.model has it"
            )
        contest = RatioContest(self.decisiveness)
        panels = build_panels(sides, contest)
        return Likelihood(sides, panels, contest, self.noise_growth, threads)

    def _estimate(
        self, sides: Sides, near: Fit | None, curve: Profile | None, threads: int
    ) -> Estimates:
        likelihood = self.likelihood(sides, threads=threads)
        found = fit(likelihood, start=None if near is None else near.params)
        scores = likelihood.scores(likelihood.expectations(found.params))
        if int(sides.cluster.max()) == 0:
            raise EstimationError(
                "all sides belong to one crisis; errors clustered by crisis need at least two"
            )
        return Estimates(
            model=self,
            likelihood=likelihood,
            fit=found,
            covariance=np.asarray(clustered_covariance(scores, found.hessian, sides.cluster)),
            profile=curve,
        )


def _rough_value(model: CoalitionModel, sides: Sides, known: list[Fit], threads: int) -> float:
    """Fit roughly from where the last fit ended, and remember this one."""
    likelihood = model.likelihood(sides, threads=threads)
    start = known[-1].params if known else None
    try:
        found = fit(likelihood, start=start, slack=_SLACK)
    except ConvergenceError:
        found = fit(likelihood, start=start)
    known.append(found)
    return found.value
