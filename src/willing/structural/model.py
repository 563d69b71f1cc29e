"""The structural model: what it assumes, and how it is fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from willing.contest import RatioContest
from willing.crisis import Floats
from willing.errors import EstimationError
from willing.evidence.covariance import clustered_covariance
from willing.record.leading import LeaderRule
from willing.record.store import Record
from willing.structural.data import Missing, Sides, sides_of_record
from willing.structural.likelihood import VALUE_TERMS, Likelihood, tabulate_victory
from willing.structural.profile import DECISIVENESS_GRID, NOISE_GROWTH_GRID, Profile, profile
from willing.structural.progress import Progress, silent
from willing.structural.results import Estimates
from willing.structural.search import Fit, fit, parameter_names
from willing.structural.strength import MEASURES, StrengthMeasure
from willing.structural.terms import DEFAULT_TERMS

DECISIVENESS_RANGE = (0.001, 100.0)
"""Below, only its product with the value of victory matters; above, the stronger just wins."""
FASTEST_GROWTH = 10.0
"""The most by which log noise may grow or fall with insecurity, from a leader sure of her office
to one sure to lose it."""
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
        Who is L, by a rule of `willing.record.leading`: the strongest crisis actor of the side
        that acted by default, or every one in turn.
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
    leader: LeaderRule = "acted"
    strength: StrengthMeasure = "cinc"
    decisiveness: float | None = None
    noise_growth: float = 0.0
    missing: Missing = "condition"
    insecurity: str = "LinsecYoung"

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

    def fit(self, record: Record, *, progress: Progress = silent) -> Estimates:
        """Fit to the record by maximum likelihood over all coalitions of every leader side.

        Parameters
        ----------
        record
            The record, from ``load_record(leader="every")`` for leader rules other than its own.
        progress
            Called with what has just been done.

        Returns
        -------
        Estimates

        Raises
        ------
        EstimationError
            If the parameters have no finite or no single estimate; its children say why.
        """
        return self.fit_sides(self.sides(record), progress=progress)

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

    def fit_sides(
        self,
        sides: Sides,
        *,
        near: Estimates | None = None,
        threads: int = -1,
        progress: Progress = silent,
    ) -> Estimates:
        """Fit to leader sides as arrays.

        Parameters
        ----------
        sides
            The data; the model's options about data are not looked at.
        near
            Estimates of a similar model, where the search begins if the decisiveness is given.
        threads
            How many share the sides; all cores by default.
        progress
            Called with what has just been done.
        """
        if self.decisiveness is not None:
            likelihood = self.likelihood(sides, threads=threads)
            start = None if near is None else _start(near, likelihood)
            return self._estimates(likelihood, fit(likelihood, start=start))

        def stretch(known: float, g: float) -> Floats:
            # While g is small only its product with the value of victory matters.
            values = len(VALUE_TERMS)
            return np.array([known / g] * values + [1.0] * len(sides.terms))

        curve, fits = self._profile(
            "decisiveness", DECISIVENESS_GRID, stretch, sides, threads, progress, logarithmic=True
        )
        chosen, best = replace(self, decisiveness=curve.best), fits[curve.best]
        likelihood = chosen.likelihood(sides, threads=threads)
        found = fit(likelihood, start=best.params, hessian=best.hessian)
        return replace(chosen._estimates(likelihood, found), profile=curve)

    def profile_noise(
        self, sides: Sides, *, threads: int = -1, progress: Progress = silent
    ) -> Profile:
        """Profile the likelihood over :math:`\rho`, noise that grows with insecurity.

        Raises
        ------
        EstimationError
            If the model has no decisiveness.
        """
        usual = float(sides.insecurity.mean())

        def stretch(known: float, rho: float) -> Floats:
            # Parameters are in units of the noise, which changes for everybody.
            return np.full(len(VALUE_TERMS) + len(sides.terms), np.exp((rho - known) * usual))

        return self._profile("noise_growth", NOISE_GROWTH_GRID, stretch, sides, threads, progress)[
            0
        ]

    def compare_strength(
        self, record: Record, *, progress: Progress = silent
    ) -> dict[StrengthMeasure, Estimates]:
        """Fit with each measure of strength, on candidates for whom all of them are known."""
        found = {}
        for measure in MEASURES:
            sides = sides_of_record(
                record,
                terms=self.terms,
                leader=self.leader,
                strength=measure,
                comparable=MEASURES,
                missing=self.missing,
                insecurity=self.insecurity,
            )
            found[measure] = replace(self, strength=measure).fit_sides(sides)
            progress(f"strength {measure}")
        return found

    def likelihood(self, sides: Sides, *, threads: int = -1) -> Likelihood:
        """Give the log-likelihood of leader sides at the model's decisiveness."""
        if self.decisiveness is None:
            raise EstimationError(
                "set the decisiveness first, for instance to that of a fit: estimates.model has it"
            )
        contest = RatioContest(self.decisiveness)
        table = tabulate_victory(sides, contest)
        return Likelihood(sides, table, contest, self.noise_growth, threads)

    def _profile(
        self,
        option: str,
        grid: tuple[float, ...],
        stretch: Callable[[float, float], Floats],
        sides: Sides,
        threads: int,
        progress: Progress,
        *,
        logarithmic: bool = False,
    ) -> tuple[Profile, dict[float, Fit]]:
        """Profile over an option, each fit from that of the closest value known.

        `stretch` says how many times as large parameters are at another value, shape (2 + k,).
        """
        fits: dict[float, Fit] = {}

        def height(x: float) -> float:
            likelihood = replace(self, **{option: x}).likelihood(sides, threads=threads)  # type: ignore[arg-type]
            start = hessian = None
            if fits:
                known = min(fits, key=lambda other: abs(other - x))
                factor = stretch(known, x)
                start = fits[known].params * factor
                hessian = fits[known].hessian / np.outer(factor, factor)
            fits[x] = fit(likelihood, start=start, hessian=hessian, slack=_SLACK)
            progress(f"{option} {x:.3g}")
            return fits[x].value

        return profile(height, grid, parameter=option, logarithmic=logarithmic), fits

    def _estimates(self, likelihood: Likelihood, found: Fit) -> Estimates:
        cluster = likelihood.sides.cluster
        if int(cluster.max()) == 0:
            raise EstimationError(
                "all sides belong to one crisis; errors clustered by crisis need at least two"
            )
        scores = likelihood.scores(likelihood.expectations(found.params))
        return Estimates(
            model=self,
            likelihood=likelihood,
            fit=found,
            covariance=np.asarray(clustered_covariance(scores, found.hessian, cluster)),
        )


def _start(near: Estimates, likelihood: Likelihood) -> Floats:
    """Where to begin: what similar estimates say of each parameter, 0 where they say nothing."""
    known = dict(zip(near.names, near.params.tolist(), strict=True))
    return np.array([known.get(name, 0.0) for name in parameter_names(likelihood)])
