"""The fixed graded grid of final strength, and interpolation on it.

Nodes are uniform in :math:`\\log(\\text{own} + x)`, with `x` the strength beyond that of the leader
and of all who are in for certain: contests change by shares of strength, and partners' strengths
spread over orders of magnitude.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats, Ints

ORDER = 6
"""Nodes that an interpolation reads. Four need many times as many nodes for nine digits; eight
cost a third more and gain little at kinks and on the coarse grids that most sums are taken on."""

PADDING = 24
"""Nodes beyond all partners' strength together. Interpolation there reads past the end, and what
it misses, or what is cut off, comes back by three cells with every partner and a hundredth of its
size: with a dozen nodes 1e-9 of it is left where everybody joins, with two dozen nothing."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Nodes of strength.

    Attributes
    ----------
    own
        Strength at `x` = 0.
    step
        Distance of the nodes in :math:`\\log(\\text{own} + x)`.
    x
        The nodes, rising from 0 to beyond all partners' strength together, shape (points,).
    """

    own: float
    step: float
    x: Floats

    def place(self, x: Floats) -> Floats:
        """Give where strengths lie, in units of nodes; in the shape of `x`."""
        placed: Floats = np.log1p(x / self.own) / self.step
        return placed


def make_grid(own: float, total: float, points: int) -> Grid:
    """Lay nodes from 0 to `total` and a little beyond.

    Parameters
    ----------
    own
        Strength at `x` = 0, positive.
    total
        Strength of all partners together, positive.
    points
        How many nodes, those beyond `total` included.
    """
    step = float(np.log1p(total / own)) / (points - 1 - PADDING)
    return Grid(own, step, own * np.expm1(step * np.arange(points)))


def stencil(place: Floats, rows: int) -> tuple[Ints, Floats]:
    """Give the first node that each interpolation reads, and Lagrange's weights.

    Parameters
    ----------
    place
        Where to interpolate, in units of nodes, at least 0, shape (...). Beyond the last node the
        value there is taken.
    rows
        How many nodes there are.

    Returns
    -------
    first
        Shape (...).
    weights
        Of `first` and the nodes after it, shape (..., ORDER).
    """
    place = np.minimum(place, rows - 1.0)
    first = np.clip(place.astype(np.int64) - (ORDER // 2 - 1), 0, max(rows - ORDER, 0))
    t = place - first
    weights = np.empty((*place.shape, ORDER))
    a, b, c, d, e, f = (t - k for k in range(ORDER))
    ab, ef, cd = a * b, e * f, c * d
    weights[..., 0] = b * cd * ef / -120.0
    weights[..., 1] = a * cd * ef / 24.0
    weights[..., 2] = ab * d * ef / -12.0
    weights[..., 3] = ab * c * ef / 12.0
    weights[..., 4] = ab * cd * f / -24.0
    weights[..., 5] = ab * cd * e / 120.0
    return first, weights
