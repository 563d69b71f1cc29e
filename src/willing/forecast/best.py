"""One side's forecast by the best model: the structural draws moved to the mean log odds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit

from willing.forecast.forecast_scores import LEAST, sum_of_indicators
from willing.numbers import Floats


def combined(numbers: Floats, others: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Average the log odds of joining with those of other models.

    Parameters
    ----------
    numbers
        By draw, the first at the estimates: probabilities of joining (n), then of any joining, the
        expected number and other quantities, shape (1 + draws, n + 2 or more).
    others
        The other models' probabilities of joining, each of shape (n,).

    Returns
    -------
    tuple of ndarray
        `numbers` with joining at the mean log odds, candidates independent, and the other
        quantities as they were; and the distribution of how many join, shape (n + 1,).
    """
    n = len(others[0])
    own, *rest = (logit(np.clip(p, LEAST, 1.0 - LEAST)) for p in (numbers[:, :n], *others))
    join = np.asarray(expit((own + sum(rest)) / (1 + len(rest))))
    any_joins = -np.expm1(np.log1p(-join).sum(axis=1))
    moved = np.column_stack([join, any_joins, join.sum(axis=1), numbers[:, n + 2 :]])
    return moved, sum_of_indicators(join[0])
