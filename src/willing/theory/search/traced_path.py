"""The optimal coalition over security where payoffs are not lines in the value of victory.

Where prices themselves move with the value of victory, the optimum is not the upper envelope of
lines that `willing.theory.search.envelope` finds. It is solved for on a grid of securities, and
where two neighbours differ for the security at which they are worth the same.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from willing.numbers import Masks

Solve = Callable[[float], Masks]
Value = Callable[[Masks, float], float]

LEVELS = 101
"""Securities solved for. A coalition that is best only between two of them, with the same one best
at both, is missed: at this number, one that is best over less than a hundredth of security."""
# Two coalitions are worth the same if they differ by less than this, some roundings of payoffs.
_TIE = 1e-12
# Halvings that bring a breakpoint from a hundredth down to the spacing of numbers.
_HALVINGS = 48


def trace(solve: Solve, value: Value, levels: int = LEVELS) -> tuple[list[Masks], list[float]]:
    """Follow the optimal coalition from security 1 down to 0.

    Parameters
    ----------
    solve
        Gives the optimal coalition, a mask of shape (n,), at a security.
    value
        Gives the payoff of a coalition at a security.
    levels
        How many securities to solve for, at least 2.

    Returns
    -------
    coalitions
        In the order in which they are optimal; the same one may come back.
    breakpoints
        The securities at which one gives way to the next, one fewer.
    """
    grid = np.linspace(1.0, 0.0, levels).tolist()
    current = solve(grid[0])
    coalitions, breakpoints = [current], list[float]()
    for high, low in pairwise(grid):
        following = solve(low)
        for members, point in _switches(solve, value, high, current, low, following):
            coalitions.append(members)
            breakpoints.append(point)
        current = coalitions[-1]
    return coalitions, breakpoints


def _switches(
    solve: Solve, value: Value, high: float, secure: Masks, low: float, insecure: Masks
) -> list[tuple[Masks, float]]:
    """Find where one coalition gives way to another, and to a third between them if there is."""
    if np.array_equal(secure, insecure) or value(secure, low) >= value(insecure, low) - _TIE:
        return []
    upper, lower = high, low
    for _ in range(_HALVINGS):
        middle = 0.5 * (upper + lower)
        if value(secure, middle) >= value(insecure, middle):
            upper = middle
        else:
            lower = middle
    between = solve(lower)
    gain = value(between, lower) - value(insecure, lower)
    if gain <= _TIE or not low < lower < high:
        return [(insecure, lower)]
    first = _switches(solve, value, high, secure, lower, between)
    return first + _switches(solve, value, lower, between, low, insecure)
