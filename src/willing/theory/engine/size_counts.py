"""The number of members at prices that depend on final strength.

The characteristic function of the number, at roots of unity, is the recursion of
`willing.theory.engine.frozen_prices` with :math:`q_k e^{i \\phi}` for a partner who joins; as many
roots suffice as there are numbers that are not negligibly rare.
"""

from __future__ import annotations

import math

import numpy as np

from willing.numbers import Floats, Ints
from willing.theory.engine.frozen_prices import Odds, sparse_steps
from willing.theory.engine.plan import Plan

# Numbers of members that together are rarer than this, in logs, are left out.
_RARE = 32.0


def count_members(plan: Plan, odds: Odds, nodes: Ints) -> Floats:
    """Give the probability of each number of members, shape (n + 1,).

    Parameters
    ----------
    plan, odds, nodes
        The recursion, its odds and the nodes that matter.
    """
    n, own = len(plan.strength), odds.take(nodes)
    steps = sparse_steps(plan)
    scale = np.exp(own.log_scale - own.log_scale.max())

    def generate(factor: complex) -> complex:
        V = np.zeros((2, int(plan.rows[0]), len(nodes)))
        V[0, nodes, np.arange(len(nodes))] = 1.0
        real, imag = V
        for k, step in enumerate(steps):
            rows, q, stay = step.shape[0], own.chance[k], own.stay[k]
            joined_real, joined_imag = step @ real, step @ imag if factor.imag else imag[:rows]
            real, imag = (
                stay * real[:rows] + q * (factor.real * joined_real - factor.imag * joined_imag),
                stay * imag[:rows] + q * (factor.real * joined_imag + factor.imag * joined_real),
            )
        return complex(scale @ real[0], scale @ imag[0])

    whole = generate(1.0).real
    # Chernoff's bound: P(number >= c) <= E[e^number] e^-c.
    most = min(n, int(np.ceil(np.log(max(generate(math.e).real / whole, 1.0)) + _RARE)))
    roots = most + 1
    values = [generate(np.exp(-2j * np.pi * k / roots)) / whole for k in range(roots // 2 + 1)]
    chances = np.zeros(n + 1)
    chances[:roots] = np.fft.irfft(np.array(values), roots) if roots > 1 else 1.0
    return np.maximum(chances, 0.0)
