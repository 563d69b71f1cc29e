"""Coalitions one by one: all of them, exact and the oracle of the tests, or a list of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from willing.crisis import Floats
from willing.payoffs import Masks, Terms, coalition_strength, victory
from willing.solvers.enumeration import all_coalitions, all_payoffs
from willing.solvers.quantal.weights import Weights

# Coalitions looked at in one go.
_CHUNK = 1 << 14


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

    @property
    def masks(self) -> Masks:
        """The coalitions, shape (k, n)."""
        return all_coalitions(len(self.join)) if self.listed is None else self.listed

    @cached_property
    def pairs(self) -> Floats:
        """Probability that both join, shape (n, n), with `join` on the diagonal."""
        pairs = np.zeros((len(self.join), len(self.join)))
        for members, chances in _in_chunks(self.masks, self.probability):
            pairs += (members * chances[:, np.newaxis]).T @ members
        return pairs


def enumerate_all(weights: Weights) -> Enumeration:
    """Sum over every coalition in turn."""
    return weigh(weights.terms, weights.noise, all_payoffs(weights.terms))


def weigh(terms: Terms, noise: float, values: Floats, listed: Masks | None = None) -> Enumeration:
    """Give coalitions their probabilities, as if there were no others.

    Parameters
    ----------
    terms, noise
        The game in numbers, and :math:`\\tau`.
    values
        Payoffs of the coalitions, shape (k,).
    listed
        The coalitions, shape (k, n); by default all.
    """
    n, highest = len(terms.strength), float(values.max())
    weight = np.exp((values - highest) / noise)
    whole = float(weight.sum())
    probability = weight / whole
    join, size = np.zeros(n), np.zeros(n + 1)
    won = drag = 0.0
    for members, chances in _in_chunks(
        all_coalitions(n) if listed is None else listed, probability
    ):
        p = victory(terms, coalition_strength(terms, members))
        join += chances @ members
        size += np.bincount(members.sum(axis=1).astype(int), weights=chances, minlength=n + 1)
        won += float(chances @ p)
        drag += float((chances * p) @ (members @ terms.drag))
    return Enumeration(
        log_partition=highest / noise + float(np.log(whole)),
        probability=probability,
        listed=listed,
        join=join,
        size=size,
        victory=won,
        # What the payoffs leave of victory's value once friction is borne.
        bill=max(0.0, terms.victory_value * won - drag - float(probability @ values)),
    )


def _in_chunks(masks: Masks, probability: Floats) -> Iterator[tuple[Floats, Floats]]:
    for start in range(0, len(masks), _CHUNK):
        part = slice(start, start + _CHUNK)
        yield masks[part].astype(float), probability[part]
