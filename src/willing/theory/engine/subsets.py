"""Every coalition in turn, by doubling: the coalitions with partner `i` follow those without.

Coalition `s` has the partners whose bits are set in `s`. An array over coalitions of shape (2**n,)
read as (2**(n - i - 1), 2, 2**i) has those without and with partner `i` side by side, so that sums
over coalitions are sums over slices.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from willing.numbers import Floats

# NumPy works on rows of two to the power of this without losing time between them.
_LONG = 5
# Arrays so short are not worth a loop.
_SHORT = 1 << 11


def subset_sums(values: Floats, start: float = 0.0) -> Floats:
    """Give `start` plus the sum of values over the members of each coalition, shape (2**n,)."""
    sums = np.empty(1 << len(values))
    sums[0] = start
    for i, value in enumerate(values):
        np.add(sums[: 1 << i], value, out=sums[1 << i : 2 << i])
    return sums


def split(values: Floats, i: int) -> tuple[Floats, Floats]:
    """Give views of the coalitions without partner `i` and of those with her, in step."""
    apart = values.reshape(-1, 2, 1 << i)
    return apart[:, 0], apart[:, 1]


def pieces(values: Floats, i: int) -> Iterator[tuple[Floats, Floats]]:
    """Give the same in pieces that are long, where `split` has short rows."""
    if i >= _LONG or len(values) <= _SHORT:
        yield split(values, i)
        return
    for start in range(1 << i):
        yield values[start :: 2 << i], values[start + (1 << i) :: 2 << i]


def join_probabilities(probability: Floats, n: int) -> Floats:
    """Give the probability of all coalitions with each partner, shape (n,)."""
    return np.array([sum(own.sum() for _, own in pieces(probability, i)) for i in range(n)])


def size_probabilities(probability: Floats, n: int) -> Floats:
    """Give the probability of each number of members, shape (n + 1,)."""
    sizes = subset_sums(np.ones(n)).astype(np.int64)
    return np.asarray(np.bincount(sizes, probability, n + 1), dtype=float)


def pair_probabilities(probability: Floats, n: int) -> Floats:
    """Give the probability that both of two partners join, shape (n, n)."""
    pairs = np.empty((n, n))
    rest = probability
    for i in range(n - 1, -1, -1):
        # The last partner's half: coalitions of the partners before her.
        with_her = rest[len(rest) // 2 :]
        pairs[i, i] = with_her.sum()
        pairs[i, :i] = pairs[:i, i] = join_probabilities(with_her, i)
        rest = rest[: len(rest) // 2] + with_her
    return pairs
