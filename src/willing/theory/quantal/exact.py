"""Coalitions one by one: all of them, exact and the oracle of the tests, or a list of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats, Masks
from willing.theory.engine.subsets import (
    join_probabilities,
    pair_probabilities,
    size_probabilities,
    split,
    subset_sums,
)
from willing.theory.payoffs import Terms, coalition_strength, victory
from willing.theory.quantal.weights import Weights
from willing.theory.search.enumeration import all_payoffs


@dataclass(frozen=True, eq=False)
class Enumeration:
    """The probability of every coalition looked at and what follows from it.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    probability
        Of each coalition, shape (k,).
    listed
        The coalitions, shape (k, n); None for all, in the order of `all_coalitions`.
    join, size
        Join probabilities, shape (n,), and the probability of each number of members, (n + 1,).
    victory, bill
        Expected victory probability and side payments.
    """

    log_partition: float
    probability: Floats
    listed: Masks | None
    join: Floats
    size: Floats
    victory: float
    bill: float

    def pairs(self) -> Floats:
        """Give the probability that both of two partners join, shape (n, n)."""
        if self.listed is None:
            return pair_probabilities(self.probability, len(self.join))
        members = self.listed.astype(float)
        pairs: Floats = (members * self.probability[:, np.newaxis]).T @ members
        return pairs

    def draw(self, size: int, generator: np.random.Generator) -> Masks:
        """Draw coalitions, shape (size, n)."""
        drawn = generator.choice(len(self.probability), size=size, p=self.probability)
        if self.listed is not None:
            return self.listed[drawn]
        return (drawn[:, np.newaxis] >> np.arange(len(self.join)) & 1).astype(np.bool_)


def enumerate_all(weights: Weights) -> Enumeration:
    """Sum over every coalition in turn."""
    terms, n = weights.terms, len(weights.terms.strength)
    values = all_payoffs(terms)
    log_partition, probability = _normalise(values, weights.noise)
    p = victory(terms, subset_sums(terms.strength, terms.leader_strength))
    weighted = probability * p
    won, worth = float(weighted.sum()), float(probability @ values)
    drag = sum(f * float(split(weighted, i)[1].sum()) for i, f in enumerate(terms.drag) if f)
    return Enumeration(
        log_partition=log_partition,
        probability=probability,
        listed=None,
        join=join_probabilities(probability, n),
        size=size_probabilities(probability, n),
        victory=won,
        bill=payments_left(terms, won, drag, worth),
    )


def weigh(terms: Terms, noise: float, values: Floats, listed: Masks) -> Enumeration:
    """Give coalitions their probabilities, as if there were no others.

    Parameters
    ----------
    terms, noise
        The game in numbers, and :math:`\\tau`.
    values
        Payoffs of the coalitions, shape (k,).
    listed
        The coalitions, shape (k, n).
    """
    n = len(terms.strength)
    log_partition, probability = _normalise(values, noise)
    weighted = probability * victory(terms, coalition_strength(terms, listed))
    won, drag = float(weighted.sum()), float(weighted @ (listed @ terms.drag))
    return Enumeration(
        log_partition=log_partition,
        probability=probability,
        listed=listed,
        join=probability @ listed,
        size=np.asarray(np.bincount(listed.sum(axis=1), probability, n + 1), dtype=float),
        victory=won,
        bill=payments_left(terms, won, drag, float(probability @ values)),
    )


def bound_rounding(terms: Terms, probability: Floats, noise: float) -> float:
    """Bound what rounding of the payoffs changes in join probabilities.

    If log odds are off by `r`, a probability `q` is so by :math:`q (1 - q) (e^r - 1)` at most.
    """
    # As many roundings of the value of victory as partners on either side of the odds.
    r = 2.0 * len(terms.strength) * np.finfo(float).eps * terms.victory_value / noise
    if r == 0.0:
        return 0.0
    likeliest = float(probability.max())
    spread = max(min((1.0 - likeliest) / likeliest, 0.25), np.finfo(float).tiny)
    return float(np.exp(min(np.log(spread) + r + np.log(-np.expm1(-r)), 0.0)))


def _normalise(values: Floats, noise: float) -> tuple[float, Floats]:
    """Give the log of the sum of the coalitions' weights and their probabilities."""
    highest = float(values.max())
    weight = np.exp((values - highest) / noise)
    whole = float(weight.sum())
    return highest / noise + float(np.log(whole)), weight / whole


def payments_left(terms: Terms, won: float, drag: float, worth: float) -> float:
    """Give what the payoffs leave of victory's value once friction is borne."""
    return max(0.0, terms.victory_value * won - drag - worth)
