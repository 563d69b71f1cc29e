"""Exact sums where partners are equal in groups: how many of each group join is enough to know.

With :math:`c_g` of the :math:`n_g` partners of group `g` in, there are
:math:`\\prod_g \\binom{n_g}{c_g}` coalitions, all of them worth the same. So hundreds of equal
partners are summed over exactly, where little noise would leave a grid of strength no way to tell
one number of members from the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats, Ints, Masks
from willing.theory.payoffs import Terms, payoffs, victory
from willing.theory.quantal.exact import payments_left
from willing.theory.quantal.weights import Weights

# Numbers of members by group that are looked at: half a second at most, less than a grid takes.
_MOST = 1 << 16
# Entries of masks that are made at once, some ten megabytes with what payoffs need beside them.
_TOGETHER = 1 << 18


@dataclass(frozen=True, eq=False)
class Counted:
    """The probability of every number of members by group, and what follows from it.

    Attributes
    ----------
    log_partition
        :math:`\\log Z`.
    group
        Of each partner, shape (n,).
    number
        Partners of each group, shape (G,).
    counts
        Members of each group, shape (k, G).
    probability
        Of each row of `counts`, shape (k,).
    join, size
        Join probabilities, shape (n,), and the probability of each number of members, (n + 1,).
    victory, bill
        Expected victory probability and side payments.
    """

    log_partition: float
    group: Ints
    number: Ints
    counts: Ints
    probability: Floats
    join: Floats
    size: Floats
    victory: float
    bill: float

    def pairs(self) -> Floats:
        """Give the probability that both of two partners join, shape (n, n)."""
        counts, number = self.counts.astype(float), self.number.astype(float)
        both = (counts * self.probability[:, np.newaxis]).T @ counts
        of_groups = both / np.outer(number, number)
        same = self.probability @ (counts * (counts - 1.0))
        np.fill_diagonal(of_groups, same / np.maximum(number * (number - 1.0), 1.0))
        pairs: Floats = of_groups[np.ix_(self.group, self.group)]
        np.fill_diagonal(pairs, self.join)
        return pairs

    def draw(self, size: int, generator: np.random.Generator) -> Masks:
        """Draw coalitions, shape (size, n)."""
        drawn = self.counts[generator.choice(len(self.counts), size=size, p=self.probability)]
        masks = np.empty((size, len(self.group)), dtype=np.bool_)
        for g, number in enumerate(self.number):
            # In an order drawn at random the first of a group are in.
            places = generator.random((size, int(number))).argsort(axis=1).argsort(axis=1)
            masks[:, self.group == g] = places < drawn[:, g : g + 1]
        return masks


def count_equal(weights: Weights) -> Counted | None:
    """Sum over how many of each group of equal partners join; None if there are too many numbers.

    Parameters
    ----------
    weights
        The game; everybody is free.
    """
    terms = weights.terms
    columns = [terms.strength, terms.outlay, terms.stake, terms.drag]
    if terms.exposure is not None:
        columns.append(terms.exposure)
    _, group, number = np.unique(
        np.column_stack(columns), axis=0, return_inverse=True, return_counts=True
    )
    group = group.reshape(-1)
    if np.log(number + 1.0).sum() > np.log(_MOST):
        return None
    counts = np.indices((number + 1).tolist()).reshape(len(number), -1).T
    first = np.array([int(np.flatnonzero(group == g)[0]) for g in range(len(number))])
    values = _values(terms, group, counts)
    ways = sum(_log_ways(int(n))[counts[:, g]] for g, n in enumerate(number))
    highest = float(values.max())
    logs = (values - highest) / weights.noise + ways
    most = float(logs.max())
    weight = np.exp(logs - most)
    probability = weight / weight.sum()
    mean = probability @ counts
    weighted = probability * victory(terms, terms.leader_strength + counts @ terms.strength[first])
    won, drag = float(weighted.sum()), float(weighted @ (counts @ terms.drag[first]))
    return Counted(
        log_partition=highest / weights.noise + most + float(np.log(weight.sum())),
        group=group,
        number=number,
        counts=counts,
        probability=probability,
        join=(mean / number)[group],
        size=np.bincount(counts.sum(axis=1), probability, len(group) + 1).astype(float),
        victory=won,
        bill=payments_left(terms, won, drag, float(probability @ values)),
    )


def _values(terms: Terms, group: Ints, counts: Ints) -> Floats:
    """Give the payoff of one coalition of each row of `counts`: the first of each group are in."""
    place = np.empty(len(group), dtype=np.int64)
    for g in range(counts.shape[1]):
        inside = np.flatnonzero(group == g)
        place[inside] = np.arange(len(inside))
    rows = max(_TOGETHER // len(group), 1)
    parts = [
        payoffs(terms, place < counts[start : start + rows, group])
        for start in range(0, len(counts), rows)
    ]
    return np.concatenate(parts)


def _log_ways(n: int) -> Floats:
    """Give the log of how many ways there are to choose 0, 1, ..., n of `n`, shape (n + 1,)."""
    taken = np.arange(1.0, n + 1.0)
    return np.append(0.0, np.cumsum(np.log((n + 1.0 - taken) / taken)))
