"""The quantal response of many crises at fixed prices, by one compiled loop over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from willing.numbers import Floats, Masks
from willing.theory.engine.batches import Sides, side_nodes, sum_sides
from willing.theory.engine.fixed_prices import FixedSum, sum_at_fixed_prices
from willing.theory.quantal.weights import Weights

# Nodes of the two grids whose difference is the error; at these a crisis of 190 partners takes one
# millisecond, and one in ten has to be looked at again by itself.
_POINTS = (256, 512)
# Rounding, as in `willing.theory.engine.fixed_prices`.
_ROUNDING = 3e-14


@dataclass(frozen=True, eq=False)
class Deferred:
    """Sizes, pairs and draws of a crisis summed over with others, taken when they are asked for.

    Attributes
    ----------
    weights
        The crisis.
    tolerance
        Absolute, on join probabilities.
    """

    weights: Weights
    tolerance: float

    @cached_property
    def total(self) -> FixedSum:
        """The sum over the coalitions of this crisis alone."""
        w = self.weights
        return sum_at_fixed_prices(
            w.own, w.strength, -fixed_cost(w), w.reward, tolerance=self.tolerance
        )

    @property
    def size(self) -> Floats:
        """Probability of each number of members, shape (n + 1,)."""
        return self.total.size

    def pairs(self) -> Floats:
        """Give the probability that both of two partners join, shape (n, n)."""
        return self.total.pairs()

    def draw(self, size: int, generator: np.random.Generator) -> Masks:
        """Draw coalitions, shape (size, n)."""
        return self.total.draw(size, generator)


@dataclass(frozen=True, eq=False)
class TogetherSum:
    """What is summed over the coalitions of one of many crises.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    join
        Join probabilities, shape (n,).
    victory
        Expected probability of victory.
    error
        Half the change of join probabilities or :math:`\\log Z` from half as many nodes, and
        rounding.
    """

    log_partition: float
    join: Floats
    victory: float
    error: float


def fixed_cost(weights: Weights) -> Floats:
    """Give what each partner costs over the noise where no price moves, shape (n,)."""
    nobody = np.zeros(())
    # Drag moves with the coalition only where nobody has strength, and then not at all.
    drag = weights.terms.drag * weights.victory(nobody)
    cost: Floats = (weights.payments(nobody) + drag) / weights.noise
    return cost


def sum_together(games: Sequence[Weights], *, jobs: int) -> list[TogetherSum]:
    """Sum over all coalitions of many crises at fixed prices.

    Parameters
    ----------
    games
        The crises; in none of them does a price move.
    jobs
        Threads; -1 takes every core.
    """
    orders = [np.argsort(-w.strength, kind="stable") for w in games]
    start = np.concatenate([[0], np.cumsum([len(order) for order in orders])])
    strength = np.concatenate([w.strength[o] for w, o in zip(games, orders, strict=True)])
    appeal = np.concatenate([-fixed_cost(w)[o] for w, o in zip(games, orders, strict=True)])
    own = np.array([w.own for w in games])
    value = np.array([w.terms.victory_value / w.noise for w in games])
    coarse, fine = (
        sum_sides(
            Sides(
                start, strength, own, _victories(games, side_nodes(start, strength, own, points))
            ),
            appeal,
            value,
            threads=jobs,
            compiled=True,
        )
        for points in _POINTS
    )
    apart = np.maximum.reduceat(np.abs(fine.join - coarse.join), start[:-1])
    change = np.maximum(apart, np.abs(fine.log_partition - coarse.log_partition))
    error = change / 2.0 + _ROUNDING * np.maximum(value, 1.0)
    found = []
    for s, order in enumerate(orders):
        join = np.empty(len(order))
        join[order] = np.clip(fine.join[start[s] : start[s + 1]], 0.0, 1.0)
        found.append(
            TogetherSum(
                log_partition=float(fine.log_partition[s]),
                join=join,
                victory=float(fine.victory[s]),
                error=float(error[s]),
            )
        )
    return found


def _victories(games: Sequence[Weights], nodes: Floats) -> Floats:
    return np.array([w.victory(x) for w, x in zip(games, nodes, strict=True)])
