"""Which method answers, and what each of them says about the coalition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from willing.numbers import Floats, Masks
from willing.theory.engine.draws import draw_at_moving_prices
from willing.theory.engine.fixed_prices import FixedSum, sum_at_fixed_prices
from willing.theory.engine.mean_field import find_bulk
from willing.theory.engine.moving_prices import (
    POINTS,
    Frozen,
    MovingSum,
    freeze_on,
    sum_at_moving_prices,
)
from willing.theory.engine.size_counts import count_members
from willing.theory.quantal.equal_partners import Counted, count_equal
from willing.theory.quantal.exact import Enumeration, bound_rounding, enumerate_all
from willing.theory.quantal.together import Deferred, fixed_cost, sum_together
from willing.theory.quantal.weights import Weights

Method = Literal["auto", "enumeration", "recursion"]
Status = Literal["exact", "converged", "limit"]

FIXED_TOLERANCE, MOVING_TOLERANCE = 1e-9, 1e-6
"""What is asked for by default where prices are fixed, and where they move."""

# Up to the first number of partners enumeration takes a millisecond or two. Up to the second it
# takes less than a second, and where prices move it is better than any grid: few coalitions do not
# smooth the kinks of prices.
_FEW, _MANAGEABLE = 14, 22
# Coalitions that are listed before the grid is tried, and where it misses its tolerance.
_LISTED, _LISTED_AT_LAST = 1 << 11, 1 << 14
# Entropy up to which a list of the first length may do: what is counted is e to this, and lists
# need some hundred times as many coalitions as that for six to nine digits.
_LIST_ENTROPY = 3.0
# How many times the tolerance a list may err where neither meets it.
_COARSER = (1e2, 1e4, 1e6)
# Where an answer may be off by more than this, a list is tried however many coalitions it seems
# to need.
_POOR = 1e-3
# Nodes for draws, which are corrected, and for the number of members, whose chances are as smooth
# as those of joining.
_DRAW_POINTS, _SIZE_POINTS = 256, 512


@dataclass(frozen=True, eq=False)
class MovingResponse:
    """The sum at moving prices, with the game that it is of.

    Attributes
    ----------
    weights
        The game.
    total
        The sum over coalitions.
    """

    weights: Weights
    total: MovingSum

    @cached_property
    def size(self) -> Floats:
        """Probability of each number of free members, shape (free + 1,)."""
        part = self._at_most(_SIZE_POINTS)
        return count_members(part.plan, part.odds, part.nodes)

    def pairs(self) -> Floats:
        """Give the probability that both of two partners join, from one game for each of them."""
        join, points = self.total.finest.join, len(self.total.finest.plan.grid.x)
        pairs = np.ones((len(join), len(join)))
        for i in range(len(join)):
            given = Weights(self.weights.terms, self.weights.noise, members=(i,))
            if given.separable:
                total = sum_at_fixed_prices(
                    given.own,
                    given.strength,
                    -given.cost(np.zeros(())),
                    given.reward,
                    tolerance=FIXED_TOLERANCE,
                )
                pairs[i, given.free] = total.join
            else:
                grids = (points // 2, points)
                part = sum_at_moving_prices(given.moving, tolerance=1.0, points=grids)
                pairs[i, given.free] = part.finest.join
        pairs *= join[:, np.newaxis]
        symmetric: Floats = (pairs + pairs.T) / 2.0
        return symmetric

    def draw(self, size: int, generator: np.random.Generator) -> Masks:
        """Draw coalitions, shape (size, n)."""
        part, weights = self._at_most(_DRAW_POINTS), self.weights

        def log_weight(masks: Masks) -> Floats:
            return weights.log_weight(masks[:, np.argsort(part.order)])

        drawn = draw_at_moving_prices(
            part.plan,
            part.odds,
            part.nodes,
            log_weight,
            self.total.finest.found.log_partition,
            size,
            generator,
        )
        return drawn[:, np.argsort(part.order)]

    def _at_most(self, points: int) -> Frozen:
        if len(self.total.finest.plan.grid.x) <= points:
            return self.total.finest
        return freeze_on(self.weights.moving, self.total.bulk, points)


Found: TypeAlias = Enumeration | Counted | FixedSum | Deferred | MovingResponse


@dataclass(frozen=True, eq=False)
class Answer:
    """The quantal response in numbers.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    join
        Join probabilities of all partners, shape (n,).
    victory, bill
        Expected victory probability and side payments.
    error
        Bound or estimate of the largest error in `join`.
    status
        ``"exact"`` from enumeration, ``"converged"``, or ``"limit"`` if the error exceeds the
        tolerance.
    found
        What the method found.
    """

    log_partition: float
    join: Floats
    victory: float
    bill: float
    error: float
    status: Status
    found: Found


def respond(
    weights: Weights, *, tolerance: float, method: Method = "auto", points: int = POINTS[-1]
) -> Answer:
    """Sum over all coalitions by the method asked for or, by default, the best suited one.

    Parameters
    ----------
    weights
        The game; everybody is free.
    tolerance
        Absolute, on join probabilities.
    method
        See `willing.theory.quantal.quantal`.
    points
        Most nodes of the grid where prices move.
    """
    n = len(weights.terms.strength)
    if method == "enumeration" or (method == "auto" and n <= _FEW):
        return _enumerated(weights, tolerance)
    if weights.separable:
        answer = _fixed(weights, tolerance)
    elif method == "auto" and n <= _MANAGEABLE:
        return _enumerated(weights, tolerance)
    elif method == "auto" and (counted := count_equal(weights)) is not None:
        return _exact(weights, counted, tolerance)
    else:
        answer = _moving(weights, tolerance, points, try_list=method == "auto")
    if method == "recursion" or answer.status != "limit" or not weights.strength.any():
        return answer
    if n <= _MANAGEABLE:
        return _enumerated(weights, tolerance)
    return (
        _listed(
            weights,
            tolerance,
            limit=_LISTED_AT_LAST,
            coarser=[c for c in _COARSER if c * tolerance < answer.error],
            doubtful=_LISTED if answer.error > _POOR else 0,
        )
        or answer
    )


def _enumerated(weights: Weights, tolerance: float) -> Answer:
    return _exact(weights, enumerate_all(weights), tolerance)


def _exact(weights: Weights, found: Enumeration | Counted, tolerance: float) -> Answer:
    error = bound_rounding(weights.terms, found.probability, weights.noise)
    return _told(found, error, "exact" if error <= tolerance else "limit")


def _told(found: Enumeration | Counted, error: float, status: Status) -> Answer:
    return Answer(
        log_partition=found.log_partition,
        join=found.join,
        victory=found.victory,
        bill=found.bill,
        error=error,
        status=status,
        found=found,
    )


def _listed(
    weights: Weights,
    tolerance: float,
    *,
    limit: int,
    coarser: Sequence[float] = (),
    doubtful: int = 0,
) -> Answer | None:
    # The search behind the list is compiled, and no other answer needs it.
    from willing.theory.quantal.listing import list_few

    tolerances = [tolerance, *(times * tolerance for times in coarser)]
    listed = list_few(weights, tolerances=tolerances, limit=limit, doubtful=doubtful)
    if listed is None:
        return None
    found, error = listed
    return _told(found, error, "converged" if error <= tolerance else "limit")


def respond_together(
    games: Sequence[Weights], *, tolerance: float, jobs: int = -1
) -> list[Answer | None]:
    """Sum over all coalitions of many crises at fixed prices.

    None stands for an answer that misses the tolerance.
    """
    answers: list[Answer | None] = []
    for weights, found in zip(games, sum_together(games, jobs=jobs), strict=True):
        if found.error > tolerance:
            answers.append(None)
            continue
        answers.append(
            Answer(
                log_partition=found.log_partition,
                join=found.join,
                victory=found.victory,
                bill=float(weights.payments(np.zeros(())) @ found.join),
                error=found.error,
                status="converged",
                found=Deferred(weights, tolerance),
            )
        )
    return answers


def _fixed(weights: Weights, tolerance: float) -> Answer:
    found = sum_at_fixed_prices(
        weights.own, weights.strength, -fixed_cost(weights), weights.reward, tolerance=tolerance
    )
    return Answer(
        log_partition=found.log_partition,
        join=found.join,
        victory=found.expect(weights.victory),
        bill=float(weights.payments(np.zeros(())) @ found.join),
        error=found.error,
        status="converged" if found.error <= tolerance else "limit",
        found=found,
    )


def _moving(weights: Weights, tolerance: float, points: int, *, try_list: bool) -> Answer:
    if try_list and find_bulk(weights.moving).entropy <= _LIST_ENTROPY:
        listed = _listed(weights, tolerance, limit=_LISTED)
        if listed is not None:
            return listed
    grids = [size for size in POINTS if size <= points]
    total = sum_at_moving_prices(weights.moving, tolerance=tolerance, points=grids)
    finest = total.finest
    if not np.isfinite(finest.found.log_partition):
        from willing.theory.quantal.listing import weigh_best

        return _told(weigh_best(weights), 1.0, "limit")
    x, join = finest.plan.grid.x, np.clip(finest.join, 0.0, 1.0)
    paid = weights.payments(x).T[finest.order]
    return Answer(
        log_partition=finest.found.log_partition,
        join=join,
        victory=float(weights.victory(x) @ finest.found.weight),
        bill=float((paid * finest.found.joined).sum()),
        error=total.error,
        status="converged" if total.error <= tolerance else "limit",
        found=MovingResponse(weights, total),
    )
