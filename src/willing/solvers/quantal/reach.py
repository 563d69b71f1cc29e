"""How likely coalitions are to pass through a range of strength: a bound, before any recursion.

If the contest did not matter, partners would join independently with `q_i = 1 / (1 + exp(-a_i))`,
and `Z` is `prod(1 + exp(a_i))` times the expectation of `exp(F)` over such coalitions. `F` rises:
`Z` is at least that times `exp(F(m(S))) prod(q_i, i in S)`, the coalitions that hold `S`, for any
`S`. Coalitions that pass through strengths from `x` on contribute to `Z`, by Chernoff's bound at
any slope `theta > 0`, at most

    exp(max L_k - theta x) prod(1 + exp(a_i + theta m_i), i weak),

where `L_k` is the log of the sum over what the `k` strongest may still do.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from willing.crisis import Floats

# Slopes at which the bound is taken; the best of them counts.
_SLOPES = 16
# Keeps a slope times a strength finite.
_STEEPEST = 1e290
# Below this a partner's term is less than rounding.
_NEVER = -40.0


@njit(cache=True, nogil=True)
def log_sum(advantage: float) -> float:
    """Give ``log(1 + exp(advantage))`` without overflow."""
    log: float = max(advantage, 0.0) + np.log1p(np.exp(-abs(advantage)))
    return log


@njit(cache=True, nogil=True)
def bound_reach(
    strength: Floats, appeal: Floats, nodes: Floats, terminal: Floats
) -> tuple[Floats, Floats]:
    """Bound the probability of passing through a range of strength at each stage.

    Parameters
    ----------
    strength, appeal
        :math:`m_i > 0`, falling, and :math:`a_i`, shape (n,).
    nodes, terminal
        Increasing strengths from 0 to ``sum(strength)`` and the monotone :math:`F` there.

    Returns
    -------
    slope
        Slopes :math:`\\theta`, shape (slopes,).
    bound
        Shape (n, slopes): before the `k` strongest have decided, the log probability of having
        committed `x` or more is at most :math:`\\max L_k - \\theta x` plus ``bound[k]``.
    """
    n: int = strength.shape[0]
    # What certainty that a partner joins costs: -log q_i.
    certain = np.empty(n)
    free = 0.0
    for i in range(n):
        certain[i] = log_sum(-appeal[i])
        free += certain[i] + appeal[i]
    ratio = np.minimum(certain / strength, _STEEPEST)
    cheapest = np.argsort(ratio)
    log_partition, paid = min(terminal[0], terminal[-1]), 0.0
    reached = np.interp(np.cumsum(strength[cheapest]), nodes, terminal)
    for i in range(n):
        paid += certain[cheapest[i]]
        log_partition = max(log_partition, min(reached[i], terminal[-1]) - paid)
    log_partition += free
    count = min(n, _SLOPES)
    slope = np.empty(count)
    for j in range(count):
        slope[j] = ratio[cheapest[j * (n - 1) // max(count - 1, 1)]]
    bound = np.empty((n, count))
    total = np.full(count, -log_partition)
    for k in range(n - 1, -1, -1):
        for j in range(count):
            tilted = appeal[k] + slope[j] * strength[k]
            if tilted > _NEVER:
                total[j] += log_sum(tilted)
            bound[k, j] = total[j]
    return slope, bound
