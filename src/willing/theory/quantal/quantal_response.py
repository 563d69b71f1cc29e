"""The quantal response as a result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.errors import ScenarioError
from willing.manner import Result
from willing.numbers import Floats, Masks, check_number, check_whole
from willing.theory.crisis import Crisis
from willing.theory.engine.moving_prices import POINTS
from willing.theory.quantal.solver import (
    FIXED_TOLERANCE,
    MOVING_TOLERANCE,
    Answer,
    Method,
    Status,
    respond,
    respond_together,
)
from willing.theory.quantal.weights import Weights
from willing.theory.rules import Rules

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot


_STATUS = {
    "exact": "exact, by enumeration, but for rounding of {error:.1g}",
    "converged": "error in join probabilities at most {error:.1g}",
    "limit": "tolerance {tolerance:.1g} not met: error in join probabilities about {error:.1g}",
}
# The partners that print: the likeliest.
_PRINTED = 10
# From so many crises on, with more than so many partners each, one compiled loop answers for all.
_MANY, _LARGE = 30, 14


@dataclass(frozen=True, eq=False, repr=False)
class QuantalResponse(Result):
    """Probabilities of all coalitions when the leader's choice is noisy.

    The leader chooses `S` with probability :math:`P(S) = \\exp(U(S)/\\tau) / Z`.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    join
        Probability of joining of each partner.
    build
        Probability that any coalition forms.
    victory
        :math:`E\\,p(M(S))`.
    bill
        Expected sum of the side payments.
    error
        Bound or estimate of the largest error in `join`; from enumeration a bound on what rounding
        of the payoffs can change.
    status
        When `error` is within the tolerance ``"exact"`` from enumeration and ``"converged"``
        otherwise; ``"limit"`` when it is not.
    noise
        :math:`\\tau`.
    tolerance
        What was asked for, absolute, on join probabilities.
    crisis
        What was solved.
    """

    log_partition: float
    join: dict[str, float] = field(repr=False)
    build: float
    victory: float
    bill: float
    error: float
    status: Status
    noise: float
    tolerance: float
    crisis: Crisis = field(repr=False)
    _answer: Answer = field(repr=False)

    @cached_property
    def size(self) -> Floats:
        """Probability of each number of members, shape (n + 1,)."""
        return self._answer.found.size

    def pairs(self) -> Floats:
        """Give the probability that both of two partners join, shape (n, n).

        The diagonal is `join`. Where prices move and coalitions are too many to be enumerated or
        listed, this solves one game for each partner, in which she is in for certain.
        """
        return self._answer.found.pairs()

    def draw(self, size: int, seed: int | np.random.Generator) -> Masks:
        """Draw independent coalitions from the law itself.

        A coalition is drawn from those enumerated or listed, or each partner's choice given those
        before her; no Markov chain is involved.

        Parameters
        ----------
        size
            How many, a whole number of at least 0.
        seed
            A seed or a generator.

        Returns
        -------
        ndarray
            Masks over the partners, shape (size, n).

        Raises
        ------
        ScenarioError
            If `size` is no whole number of at least 0.
        """
        check_whole(size, "size", least=0)
        return self._answer.found.draw(int(size), np.random.default_rng(seed))

    def to_dict(self) -> dict[str, Any]:
        """Give the response in plain numbers and texts."""
        return {
            "leader": self.crisis.leader.name,
            "target": self.crisis.target.name,
            "security": self.crisis.leader.security,
            "noise": self.noise,
            "log_partition": self.log_partition,
            "join": dict(self.join),
            "build": self.build,
            "size": self.size.tolist(),
            "victory": self.victory,
            "bill": self.bill,
            "error": self.error,
            "status": self.status,
        }

    def to_frame(self) -> pl.DataFrame:
        """Give one row a partner, the likeliest to join first."""
        import polars as pl

        return pl.DataFrame(
            {
                "partner": self.crisis.names,
                "strength": self.crisis.strengths,
                "divergence": self.crisis.divergences,
                "join": list(self.join.values()),
            }
        ).sort("join", descending=True, maintain_order=True)

    def plot(self) -> ggplot:
        """Draw the join probabilities of the likeliest partners."""
        from willing.theory.result_pictures import draw_chances

        title = f"{self.crisis.leader.name} against {self.crisis.target.name}"
        return draw_chances({"joins": self.join}, title=title, most=2 * _PRINTED)

    def __str__(self) -> str:
        likeliest = sorted(self.join.items(), key=lambda item: -item[1])
        lines = [
            f"{self.crisis.leader.name} (security {self.crisis.leader.security:g}) against "
            f"{self.crisis.target.name}, noise {self.noise:g}",
            f"a coalition forms with probability {self.build:.4f}, "
            f"expected size {math.fsum(self.join.values()):.2f}",
            f"victory {self.victory:.4f}, bill {self.bill:.6f}",
            _STATUS[self.status].format(error=self.error, tolerance=self.tolerance),
        ]
        width = max(len(name) for name, _ in likeliest[:_PRINTED])
        lines += [f"  {name:<{width}}  {chance:.4f}" for name, chance in likeliest[:_PRINTED]]
        left = len(likeliest) - _PRINTED
        if left > 0:
            lines.append(f"  and {left} more, each below {likeliest[_PRINTED - 1][1]:.4f}")
        return "\n".join(lines)


def quantal(
    game: Rules,
    crisis: Crisis,
    *,
    noise: float,
    tolerance: float | None = None,
    method: Method = "auto",
    points: int = POINTS[-1],
) -> QuantalResponse:
    """Sum over all coalitions of a game on a crisis.

    Parameters
    ----------
    game, crisis
        What is played.
    noise
        :math:`\\tau > 0`, scale of the choice shocks in units of the value of victory.
    tolerance
        Absolute, on join probabilities; by default 1e-9, and 1e-6 where prices depend on the
        coalition.
    method
        ``"enumeration"``, ``"recursion"`` or, by default, what suits the game; at little noise
        that may be a list of few coalitions.
    points
        Most nodes of the grid on which prices that depend on the coalition are frozen, at least
        256. Time grows with their square.

    Raises
    ------
    ScenarioError
        If noise or tolerance is not positive, the contest is no increasing probability, there are
        too many partners to enumerate and enumeration was asked for, or implementation is unique.
    """
    check_number(noise, "noise", above=0.0)
    if tolerance is not None:
        check_number(tolerance, "tolerance", above=0.0)
    check_number(points, "points", least=POINTS[1])
    if game.implementation != "partial":
        raise ScenarioError(
            f"game.implementation is {game.implementation!r}; quantal needs 'partial'"
        )
    weights = Weights(game.terms(crisis), noise)
    if tolerance is None:
        tolerance = FIXED_TOLERANCE if weights.separable else MOVING_TOLERANCE
    answer = respond(weights, tolerance=tolerance, method=method, points=points)
    return _response(crisis, weights, answer, tolerance)


def _response(
    crisis: Crisis, weights: Weights, answer: Answer, tolerance: float
) -> QuantalResponse:
    alone = float(weights.reward(np.zeros(())))
    return QuantalResponse(
        log_partition=answer.log_partition,
        join=dict(zip(crisis.names, answer.join.tolist(), strict=True)),
        build=min(1.0, max(0.0, -math.expm1(alone - answer.log_partition))),
        victory=answer.victory,
        bill=answer.bill,
        error=answer.error,
        status=answer.status,
        noise=weights.noise,
        tolerance=tolerance,
        crisis=crisis,
        _answer=answer,
    )


def quantal_many(
    game: Rules,
    crises: Sequence[Crisis],
    *,
    noise: float,
    tolerance: float | None = None,
    jobs: int = -1,
) -> list[QuantalResponse]:
    """Answer `quantal` for many crises in parallel, in their order.

    Parameters
    ----------
    game, noise, tolerance
        As for `quantal`.
    crises
        The crises.
    jobs
        Threads; -1 takes every core.

    Raises
    ------
    ScenarioError
        As `quantal`, or if there is no crisis.
    """
    from joblib import Parallel, delayed

    if not crises:
        raise ScenarioError("crises is empty; give at least one crisis")

    def one(crisis: Crisis) -> QuantalResponse:
        return quantal(game, crisis, noise=noise, tolerance=tolerance)

    # Small ones are enumerated in a millisecond, and a few are not worth the compiled loop.
    large = [crisis for crisis in crises if len(crisis.partners) > _LARGE]
    if len(large) < _MANY or game.pricing != "additive" or game.friction != 0.0:
        return list(Parallel(n_jobs=jobs, prefer="threads")(delayed(one)(c) for c in crises))
    one(large[0])  # Refuses what is no noise or tolerance.
    weights = [Weights(game.terms(crisis), noise) for crisis in large]
    allowed = FIXED_TOLERANCE if tolerance is None else tolerance
    answers = respond_together(weights, tolerance=allowed, jobs=jobs)
    known = {
        id(crisis): _response(crisis, w, answer, allowed)
        for crisis, w, answer in zip(large, weights, answers, strict=True)
        if answer is not None
    }
    return [known.get(id(crisis)) or one(crisis) for crisis in crises]
