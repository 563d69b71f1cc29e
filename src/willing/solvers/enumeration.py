"""Every coalition in turn: the teaching version, the oracle of the tests and the yardstick."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from willing.crisis import Floats
from willing.errors import ScenarioError
from willing.payoffs import Masks, Terms, payoffs

# Coalitions valued at a time: enough to keep NumPy busy, few enough to stay in the cache.
_CHUNK = 4096
# Beyond this many partners enumeration takes hours.
MOST_PARTNERS = 26


def all_coalitions(n: int) -> Masks:
    """Give every coalition of `n` partners, shape (2**n, n); row `s` has the bits of `s`."""
    return _masks(np.arange(2**n), n)


def all_payoffs(terms: Terms) -> Floats:
    """Give :math:`U(S)` of every coalition, shape (2**n,), in the order of `all_coalitions`.

    Raises
    ------
    ScenarioError
        If there are too many partners to enumerate.
    """
    return np.concatenate(list(_chunks(terms)))


def best_by_enumeration(terms: Terms) -> tuple[Masks, float]:
    """Give the coalition of the highest payoff and that payoff; the first one among equals.

    Raises
    ------
    ScenarioError
        If there are too many partners to enumerate.
    """
    best, value = 0, -np.inf
    for chunk, found in enumerate(_chunks(terms)):
        at = int(np.argmax(found))
        if found[at] > value:
            best, value = chunk * _CHUNK + at, float(found[at])
    return _masks(np.array([best]), len(terms.strength))[0], value


def _chunks(terms: Terms) -> Iterator[Floats]:
    n = len(terms.strength)
    if n > MOST_PARTNERS:
        raise ScenarioError(f"{n} partners are too many to enumerate; at most {MOST_PARTNERS}")
    for start in range(0, 2**n, _CHUNK):
        yield payoffs(terms, _masks(np.arange(start, min(start + _CHUNK, 2**n)), n))


def _masks(numbers: np.ndarray, n: int) -> Masks:
    return (numbers[:, np.newaxis] >> np.arange(n) & 1).astype(np.bool_)
