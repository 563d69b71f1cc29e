"""Where each step of the recursion reads: the shift of the grid by each partner's strength."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats, Ints
from willing.theory.engine.grid import ORDER, PADDING, Grid, make_grid, stencil

# Multiplications up to which a step with several columns is taken as a product of matrices: three
# times as quick as reading node by node, and ten times as putting mass. With twice as many BLAS
# calls threads, which cost more than all that.
_PRODUCT = 2**19


@dataclass(frozen=True, eq=False)
class Plan:
    """The steps of the recursion; step `k` takes in partner `k`, the strongest first.

    Sums over all parameters of a side, its noise and its draws share one plan.

    Attributes
    ----------
    grid
        The grid of strength.
    strength
        :math:`m_k`, falling, shape (n,).
    rows
        Nodes of stage `k`, where the `k` strongest partners have been taken in: those up to the
        strength of all others and `PADDING` beyond, shape (n + 1,).
    first, weights
        For step `k`, the stencils at :math:`x_j + m_k`, `j` up to ``rows[k + 1]`` - 1, shapes
        (rows,) and (rows, ORDER).
    """

    grid: Grid
    strength: Floats
    rows: Ints
    first: tuple[Ints, ...]
    weights: tuple[Floats, ...]

    def shift(self, k: int, values: Floats) -> Floats:
        """Read a function, shape (>= rows[k],) or (>= rows[k], b), where partner `k` shifts to."""
        first, weights = self.first[k], self.weights[k]
        if values.ndim == 1:
            read = values[first[:, np.newaxis] + np.arange(ORDER)]
            shifted: Floats = np.einsum("js,js->j", weights, read)
            return shifted
        rows, columns = int(self.rows[k]), values.shape[1]
        if len(first) * rows * columns <= _PRODUCT:
            return np.asarray(self._matrix(k) @ values[:rows])
        total: Floats = weights[:, :1] * values[first]
        for s in range(1, ORDER):
            total += weights[:, s : s + 1] * values[first + s]
        return total

    def spread(self, k: int, mass: Floats) -> Floats:
        """Put mass, shape (rows[k + 1],) or (rows[k + 1], b), where the shift by `k` reads."""
        first, weights, rows = self.first[k], self.weights[k], int(self.rows[k])
        if mass.ndim == 1:
            target = (first[:, np.newaxis] + np.arange(ORDER)).ravel()
            summed = np.bincount(target, (weights * mass[:, np.newaxis]).ravel(), rows)
            return np.asarray(summed, dtype=float)
        b = mass.shape[1]
        if len(first) * rows * b <= _PRODUCT:
            return np.asarray(self._matrix(k).T @ mass)
        spread = np.zeros(rows * b)
        for s in range(ORDER):
            target = ((first + s)[:, np.newaxis] * b + np.arange(b)).ravel()
            spread += np.bincount(target, (weights[:, s, np.newaxis] * mass).ravel(), rows * b)
        return spread.reshape(rows, b)

    def _matrix(self, k: int) -> Floats:
        """Give the stencils of step `k` as a matrix, shape (rows[k + 1], rows[k])."""
        first, nodes = self.first[k], np.arange(len(self.first[k]))
        matrix = np.zeros((len(nodes), int(self.rows[k])))
        matrix[nodes[:, np.newaxis], first[:, np.newaxis] + np.arange(ORDER)] = self.weights[k]
        return matrix


def make_plan(own: float, strength: Floats, points: int, reach: float = np.inf) -> Plan:
    """Plan the recursion.

    Parameters
    ----------
    own
        Strength of the leader and of all who are in for certain.
    strength
        :math:`m_k` > 0, falling, shape (n,), n >= 1.
    points
        Nodes of the grid.
    reach
        The greatest strength of a coalition that matters.
    """
    # Sums from the weakest up, so that giants do not round the others away.
    left = np.concatenate([[0.0], np.cumsum(strength[::-1])])[::-1]
    grid = make_grid(own, min(float(left[0]), reach), points)
    rows = np.minimum(np.ceil(grid.place(left)).astype(np.int64) + 1 + PADDING, points)
    # At the last stage nobody is left, and only the node at 0 matters.
    rows[-1] = 1
    first, weights = [], []
    for k, m in enumerate(strength):
        base, own_weights = stencil(grid.place(grid.x[: rows[k + 1]] + m), int(rows[k]))
        first.append(base)
        weights.append(own_weights)
    return Plan(grid, strength, rows, tuple(first), tuple(weights))
