"""The structural model: what it assumes, and how it is fitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from willing.contest.contest_estimates import ContestEstimates
from willing.contest.outcome_model import OutcomeModel
from willing.errors import EstimationError
from willing.estimation.covariance import clustered_covariance
from willing.estimation.results import Z95
from willing.manner import Progress, silent
from willing.numbers import Floats
from willing.record.store import Record
from willing.record.strength import MEASURES, StrengthMeasure
from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides
from willing.structural.likelihood import VALUE_TERMS, Likelihood
from willing.structural.maximum import Fit, fit, parameter_names
from willing.structural.profile_likelihood import (
    DECISIVENESS_GRID,
    NOISE_GROWTH_GRID,
    Profile,
    profile,
)
from willing.structural.side_arrays import sides_of_record
from willing.structural.specification import Specification
from willing.structural.two_step import carried

# What a profile may miss of its maximum, in units of log-likelihood.
_SLACK = 1e-3


@dataclass(frozen=True, kw_only=True)
class CoalitionModel(Specification):
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
    contest
        Where the contest comes from. ``"outcomes"``: from how the crises of the record ended
        (`willing.contest.outcome_model.OutcomeModel`), draws and all. ``"joint"``: its
        decisiveness from coalitions and outcomes together, its cuts from outcomes. ``"profile"``:
        a ratio contest whose decisiveness comes from the coalitions alone, which say next to
        nothing of it.
    decisiveness
        :math:`g`, if it is to be given; without `cuts` it is that of a ratio contest.
    cuts
        Of a contest with draws, see `willing.theory.contest.DrawContest`.
    noise_growth
        :math:`\\rho` in :math:`\\log \\tau = \\rho h`.
    missing
        What is done about missing covariates, see `willing.structural.side_arrays.sides_of_record`.
    insecurity
        What makes the leader insecure, a measure of `willing.security.measures.MEASURES` turned so
        that more is less secure. ``"stake"`` is the theory's :math:`r - \\sigma`, so that
        :math:`b_0 + b_1 h = b_0 (1 + \\Psi (r - \\sigma))` with :math:`\\Psi = b_1 / b_0`;
        ``"hazard"`` the convention that security is one less the yearly hazard.
    divergence
        The measure of divergence, a name in `willing.divergence.divergence_measures.MEASURES`.
    """

    @classmethod
    def of(cls, specification: Specification) -> CoalitionModel:
        """Give the model of a specification, such as that of estimates, to be fitted again."""
        return cls(**vars(specification))

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
        return self.fit_sides(self.sides(record), self.outcomes(record), progress=progress)

    def outcomes(self, record: Record) -> ContestEstimates | None:
        """Estimate the contest from the outcomes of a record, if this model asks for them."""
        if self.contest == "profile" or self.decisiveness is not None:
            return None
        return OutcomeModel(strength=self.strength).fit(record)

    def with_contest(self, outcomes: ContestEstimates) -> CoalitionModel:
        """Give the model with the contest that outcomes tell."""
        found = outcomes.contest
        cuts = (found.defeat_cut, found.victory_cut)
        return replace(self, decisiveness=found.decisiveness, cuts=cuts)

    def fit_sides(
        self,
        sides: Sides,
        outcomes: ContestEstimates | None = None,
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
        outcomes
            What `outcomes` gave; needed unless the contest is given or comes from the coalitions.
        near
            Estimates of a similar model, where the search begins if the contest is known.
        threads
            How many share the sides; all cores by default.
        progress
            Called with what has just been done.
        """
        if self.decisiveness is not None:
            likelihood = self.likelihood(sides, threads=threads)
            start = None if near is None else _start(near, likelihood)
            return self._estimates(likelihood, fit(likelihood, start=start))
        if self.contest == "profile":
            return self._fit_profile(sides, threads, progress)
        if outcomes is None:
            raise EstimationError(
                f"contest='{self.contest}' needs the outcomes of a record: fit to the record, or "
                "give model.outcomes(record) as well"
            )
        if self.contest == "joint":
            return self._fit_jointly(sides, outcomes, threads, progress)
        known = self.with_contest(outcomes)
        found = known.fit_sides(sides, near=near, threads=threads)
        contest = outcomes.logit.covariance
        # Of the cuts, that of victory alone has a part in the coalitions.
        uncertain = contest[np.ix_([0, -1], [0, -1])]
        return replace(
            found,
            outcomes=outcomes,
            covariance=found.covariance + carried(found.likelihood, found.fit, uncertain),
        )

    def _fit_profile(self, sides: Sides, threads: int, progress: Progress) -> Estimates:
        """Choose the decisiveness of a ratio contest by the coalitions alone."""
        curve, fits = self._profile_contest(
            sides, threads, progress, lambda g: (replace(self, decisiveness=g), 0.0)
        )
        best = fits[curve.best]
        chosen = replace(self, decisiveness=curve.best)
        likelihood = chosen.likelihood(sides, threads=threads)
        found = fit(likelihood, start=best.params, hessian=best.hessian)
        return replace(chosen._estimates(likelihood, found), profile=curve)

    def _fit_jointly(
        self, sides: Sides, outcomes: ContestEstimates, threads: int, progress: Progress
    ) -> Estimates:
        """Choose the decisiveness by the coalitions and the outcomes together."""

        def at(g: float) -> tuple[CoalitionModel, float]:
            contest, height = outcomes.at(g)
            cuts = (contest.defeat_cut, contest.victory_cut)
            return replace(self, decisiveness=g, cuts=cuts), height

        curve, fits = self._profile_contest(sides, threads, progress, at)
        chosen, best = at(curve.best)[0], fits[curve.best]
        likelihood = chosen.likelihood(sides, threads=threads)
        found = chosen._estimates(
            likelihood, fit(likelihood, start=best.params, hessian=best.hessian)
        )
        # Half the interval's width is 1.96 standard errors of the decisiveness.
        error = (curve.high - curve.low) / (2 * Z95)
        uncertain = np.diag([error**2 if np.isfinite(error) else 0.0, 0.0])
        return replace(
            found,
            outcomes=outcomes,
            profile=curve,
            covariance=found.covariance + carried(likelihood, found.fit, uncertain),
        )

    def _profile_contest(
        self,
        sides: Sides,
        threads: int,
        progress: Progress,
        at: Callable[[float], tuple[CoalitionModel, float]],
    ) -> tuple[Profile, dict[float, Fit]]:
        def stretch(known: float, g: float) -> Floats:
            # While g is small only its product with the value of victory matters.
            values = len(VALUE_TERMS)
            return np.array([known / g] * values + [1.0] * len(sides.terms))

        return self._profile(
            "decisiveness",
            DECISIVENESS_GRID,
            stretch,
            sides,
            threads,
            progress,
            at=at,
            logarithmic=True,
        )

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
                divergence=self.divergence,
            )
            other = replace(self, strength=measure)
            found[measure] = other.fit_sides(sides, other.outcomes(record))
            progress(f"strength {measure}")
        return found

    def _profile(
        self,
        option: str,
        grid: tuple[float, ...],
        stretch: Callable[[float, float], Floats],
        sides: Sides,
        threads: int,
        progress: Progress,
        *,
        at: Callable[[float], tuple[CoalitionModel, float]] | None = None,
        logarithmic: bool = False,
    ) -> tuple[Profile, dict[float, Fit]]:
        """Profile over an option, each fit from that of the closest value known.

        `stretch` says how many times as large parameters are at another value, shape (2 + k,);
        `at` gives the model there and what other data add to the log-likelihood.
        """
        fits: dict[float, Fit] = {}

        def height(x: float) -> float:
            model, added = (replace(self, **{option: x}), 0.0) if at is None else at(x)  # type: ignore[arg-type]
            likelihood = model.likelihood(sides, threads=threads)
            start = hessian = None
            if fits:
                known = min(fits, key=lambda other: abs(other - x))
                factor = stretch(known, x)
                start = fits[known].params * factor
                hessian = fits[known].hessian / np.outer(factor, factor)
            fits[x] = fit(likelihood, start=start, hessian=hessian, slack=_SLACK)
            progress(f"{option} {x:.3g}")
            return fits[x].value + added

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
