"""One side's forecast by the best model: the structural draws moved to the stack's log odds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from willing.forecast.stacking import Stack, sizes
from willing.numbers import Floats


def combined(numbers: Floats, others: Sequence[Floats], stack: Stack) -> tuple[Floats, Floats]:
    """Put the structural model's draws and other models together.

    Parameters
    ----------
    numbers
        By draw, the first at the estimates: probabilities of joining (n), then of any joining, the
        expected number and other quantities, shape (1 + draws, n + 2 or more).
    others
        The other models' probabilities of joining, each of shape (n,).
    stack
        How the models are weighed, the structural one first.

    Returns
    -------
    tuple of ndarray
        `numbers` with joining as the stack has it and the other quantities as they were; and the
        distribution of how many join, shape (n + 1,).
    """
    n = len(others[0])
    own = numbers[:, :n]
    odds = stack.log_odds([own, *(np.broadcast_to(p, own.shape) for p in others)])
    chances, log_weights = stack.at_nodes(odds)
    weights = np.exp(log_weights)
    join = chances @ weights
    any_joins = -np.expm1(np.log1p(-chances).sum(axis=1)) @ weights
    moved = np.column_stack([join, any_joins, join.sum(axis=1), numbers[:, n + 2 :]])
    return moved, sizes(chances[0]) @ weights
