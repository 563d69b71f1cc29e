"""Every coalition in turn: the teaching version, the oracle of the tests and the yardstick."""

from __future__ import annotations

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, Masks
from willing.theory.engine.subsets import pieces, subset_sums
from willing.theory.payoffs import Terms, share, war_risk, with_power

# Beyond this many partners payoffs do not fit into two gigabytes.
MOST_PARTNERS = 26


def all_coalitions(n: int) -> Masks:
    """Give every coalition of `n` partners, shape (2**n, n); row `s` has the bits of `s`."""
    return _masks(np.arange(2**n), n)


def all_payoffs(terms: Terms) -> Floats:
    """Give :math:`U(S)` of every coalition, shape (2**n,), in the order of `all_coalitions`.

    Raises
    ------
    ScenarioError
        If there are too many partners to enumerate, or the contest of the user raises an exception.
    """
    n = len(terms.strength)
    if n > MOST_PARTNERS:
        raise ScenarioError(f"{n} partners are too many to enumerate; at most {MOST_PARTNERS}")
    strengths = subset_sums(terms.strength, terms.leader_strength)
    try:
        p = share(terms, strengths)
    except Exception as error:
        raise ScenarioError(f"contest fails on an array of numbers: {error}") from error
    values: Floats = terms.victory_value * p
    risk = p
    if terms.settlement is not None:
        risk = war_risk(terms, strengths)
        values -= terms.settlement.war_cost * risk
    for i in range(n):
        steps = zip(pieces(p, i), pieces(values, i), pieces(risk, i), strict=True)
        for (without, with_her), (_, worth), (_, war) in steps:
            paid = terms.outlay[i] - terms.stake[i] * (with_her - without)
            if terms.exposure is not None:
                paid += terms.exposure[i] * war
            paid = with_power(terms, np.maximum(paid, 0.0), with_her - without)
            worth -= paid + terms.drag[i] * with_her
    return values


def best_by_enumeration(terms: Terms) -> tuple[Masks, float]:
    """Give the coalition of the highest payoff and that payoff; the first one among equals.

    Raises
    ------
    ScenarioError
        If there are too many partners to enumerate.
    """
    values = all_payoffs(terms)
    best = int(np.argmax(values))
    return _masks(np.array([best]), len(terms.strength))[0], float(values[best])


def payoffs_above(terms: Terms, floor: float, most: int) -> Masks:
    """Give the coalitions worth more than `floor`, the best ones if there are more than `most`.

    Raises
    ------
    ScenarioError
        If there are too many partners to enumerate.
    """
    values = all_payoffs(terms)
    above = np.flatnonzero(values > floor)
    if len(above) > most:
        above = above[np.argpartition(-values[above], most - 1)[:most]]
    return _masks(above, len(terms.strength))


def _masks(numbers: np.ndarray, n: int) -> Masks:
    return (numbers[:, np.newaxis] >> np.arange(n) & 1).astype(np.bool_)
