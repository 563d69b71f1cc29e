"""All coalitions one by one, for few partners: exact, and the oracle of the tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.crisis import Floats
from willing.payoffs import coalition_strength, prices, victory
from willing.solvers.enumeration import all_coalitions, all_payoffs
from willing.solvers.quantal.weights import Weights

# Coalitions looked at in one go.
_CHUNK = 1 << 14


@dataclass(frozen=True, eq=False)
class Enumeration:
    """Every coalition's probability and what follows from it.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    probability
        Shape (2**n,), in the order of `all_coalitions`.
    join, size
        Join probabilities, shape (n,), and the probability of each number of members, (n + 1,).
    pairs
        Probability that both join, shape (n, n), with `join` on the diagonal.
    victory, bill
        Expected victory probability and side payments.
    """

    log_partition: float
    probability: Floats
    join: Floats
    size: Floats
    pairs: Floats
    victory: float
    bill: float


def enumerate_all(weights: Weights) -> Enumeration:
    """Sum over every coalition in turn."""
    terms, n = weights.terms, len(weights.terms.strength)
    log_weight = all_payoffs(terms) / weights.noise
    highest = float(log_weight.max())
    probability = np.exp(log_weight - highest)
    whole = float(probability.sum())
    probability /= whole
    masks = all_coalitions(n)
    size, pairs = np.zeros(n + 1), np.zeros((n, n))
    won = bill = 0.0
    for start in range(0, len(masks), _CHUNK):
        chunk, chances = masks[start : start + _CHUNK], probability[start : start + _CHUNK]
        members = chunk.astype(float)
        M = coalition_strength(terms, chunk)
        size += np.bincount(chunk.sum(axis=1), weights=chances, minlength=n + 1)
        pairs += (members * chances[:, np.newaxis]).T @ members
        won += float(chances @ victory(terms, M))
        bill += float(chances @ (members * prices(terms, M)).sum(axis=1))
    return Enumeration(
        log_partition=highest + float(np.log(whole)),
        probability=probability,
        join=pairs.diagonal().copy(),
        size=size,
        pairs=pairs,
        victory=won,
        bill=bill,
    )
