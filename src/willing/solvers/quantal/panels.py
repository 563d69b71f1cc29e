"""Functions of strength on panels: piecewise Chebyshev series, refined where needed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from willing.crisis import Floats

Ints = NDArray[np.int64]

ORDER = 16
"""Nodes on a panel."""


def chebyshev_nodes(order: int) -> Floats:
    """Give the Chebyshev points of the first kind on [-1, 1], increasing, shape (order,)."""
    nodes: Floats = -np.cos(np.pi * (np.arange(order) + 0.5) / order)
    return nodes


NODES = chebyshev_nodes(ORDER)

TRANSFORM = (
    np.where(np.arange(ORDER) > 0, 2.0, 1.0)[:, np.newaxis]
    / ORDER
    * np.cos(np.arange(ORDER)[:, np.newaxis] * np.arccos(NODES))
)
"""Turns values at the nodes into Chebyshev coefficients, shape (ORDER, ORDER)."""

_FROM_NODES = np.ascontiguousarray(TRANSFORM.T)

_MOST_ROUNDS = 40
# A function that so many panels do not resolve is not smooth; what it misses shows in the error.
_MOST_PANELS = 512
# Coefficients that fall more slowly than this belong to rounding or to a panel yet to be halved.
_SLOWEST = 0.9


@njit(cache=True, nogil=True)
def truncation(series: Floats, rounding: float) -> float:
    """Estimate what a panel's series misses: its last coefficients, extrapolated geometrically.

    Coefficients of size `rounding` miss nothing. Between its nodes a series is off by up to twice
    the coefficients that it lacks, and the last two are taken for the rate at which they fall.
    """
    before = max(abs(series[ORDER - 4]), abs(series[ORDER - 3]))
    last = max(abs(series[ORDER - 2]), abs(series[ORDER - 1])) - rounding
    if last <= 0.0:
        return 0.0
    ratio = min(last / before, _SLOWEST) if before > 0.0 else _SLOWEST
    missed: float = 2.0 * last * ratio / (1.0 - ratio)
    return missed


@njit(cache=True, nogil=True, fastmath={"contract"})
def transform(values: Floats, series: Floats) -> None:
    """Fill a panel's Chebyshev coefficients from its values at the nodes, shapes (ORDER,)."""
    # The node loop is unrolled and the loop over coefficients turns into vector instructions.
    for q in range(ORDER):
        total = 0.0
        for s in range(ORDER):
            total += _FROM_NODES[s, q] * values[s]
        series[q] = total


@njit(cache=True, nogil=True)
def within(right: Floats, panel: int, last: int, middle: float, half: float, start: int) -> int:
    """Give the first node after `start`, of the panel `middle` +- `half`, beyond panel `panel`."""
    if panel == last:
        return ORDER
    node = start
    while node < ORDER and middle + half * NODES[node] <= right[panel]:
        node += 1
    return node


@njit(cache=True, nogil=True, fastmath={"contract"})
def _sum_series(
    series: Floats, row: int, shift: float, scale: float, start: int, out: Floats, column: int
) -> None:
    """Fill `out` from `start` on with the series in a row at ``shift + scale * NODES``."""
    for s in range(ORDER):
        twice = 2.0 * (shift + scale * NODES[s])
        # Clenshaw's recurrence.
        above, current = 0.0, series[row, ORDER - 1]
        for q in range(ORDER - 2, 0, -1):
            above, current = current, twice * current - above + series[row, q]
        value = 0.5 * twice * current - above + series[row, 0]
        out[column, s] = value if s >= start else out[column, s]


@njit(cache=True, nogil=True)
def interpolate(
    left: Floats,
    right: Floats,
    series: Floats,
    panel: int,
    stop: int,
    low: float,
    high: float,
    out: Floats,
) -> None:
    """Fill `out` with the values of c functions at the nodes of the panel from `low` to `high`.

    Parameters
    ----------
    left, right, series
        Ends of all panels, shape (panels,), and coefficients on them, shape (panels * c, ORDER).
    panel, stop
        The functions are on the panels from `panel`, which holds `low`, to `stop` - 1.
    out
        Filled, shape (c, ORDER).
    """
    columns: int = out.shape[0]
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    node = 0
    while node < ORDER:
        beyond = within(right, panel, stop - 1, middle, half, node)
        if beyond > node:
            center, radius = (left[panel] + right[panel]) / 2.0, (right[panel] - left[panel]) / 2.0
            shift, scale = (middle - center) / radius, half / radius
            for column in range(columns):
                _sum_series(series, panel * columns + column, shift, scale, node, out, column)
            node = beyond
        panel += 1


@njit(cache=True, nogil=True)
def fill_nodes(left: float, right: float, shift: float, x: Floats) -> None:
    """Fill `x`, shape (ORDER,), with the nodes of a panel, moved by `shift`."""
    middle, half = (left + right) / 2.0 + shift, (right - left) / 2.0
    for s in range(ORDER):
        x[s] = middle + half * NODES[s]


@njit(cache=True, nogil=True)
def fill_basis(
    left: Floats, right: Floats, start: int, stop: int, x: Floats, at: Ints, basis: Floats
) -> None:
    """Find the panels of increasing points and the Chebyshev polynomials there.

    Parameters
    ----------
    left, right
        Ends of all panels; those from `start` to `stop` - 1 are searched.
    x
        Increasing points, shape (points,).
    at
        Filled with the panel of each point, shape (points,).
    basis
        Filled with :math:`T_q` at each point within its panel, shape (ORDER, points).
    """
    panel, above = start, stop
    while above - panel > 1:
        middle = (panel + above) // 2
        if left[middle] <= x[0]:
            panel = middle
        else:
            above = middle
    for s in range(x.shape[0]):
        while panel < stop - 1 and x[s] > right[panel]:
            panel += 1
        at[s] = panel
        basis[0, s] = 1.0
        basis[1, s] = 2.0 * (x[s] - left[panel]) / (right[panel] - left[panel]) - 1.0
    for q in range(2, ORDER):
        for s in range(x.shape[0]):
            basis[q, s] = 2.0 * basis[1, s] * basis[q - 1, s] - basis[q - 2, s]


@njit(cache=True, nogil=True)
def evaluate(series: Floats, at: Ints, basis: Floats, out: Floats) -> None:
    """Fill `out`, shape (points,), with the sums of the series at the points of `fill_basis`."""
    points = out.shape[0]
    out[:] = 0.0
    if at[0] == at[points - 1]:
        row = series[at[0]]
        for q in range(ORDER):
            for s in range(points):
                out[s] += row[q] * basis[q, s]
        return
    for q in range(ORDER):
        for s in range(points):
            out[s] += series[at[s], q] * basis[q, s]


def panel_nodes(edges: Floats, nodes: Floats = NODES) -> Floats:
    """Give the nodes of the panels between `edges`, shape (panels, nodes)."""
    middle, half = (edges[1:] + edges[:-1]) / 2.0, np.diff(edges) / 2.0
    points: Floats = middle[:, np.newaxis] + half[:, np.newaxis] * nodes
    return points


def resolve(function: Callable[[Floats], Floats], breaks: Floats, *, tolerance: float) -> Floats:
    """Halve panels until each resolves a function.

    Parameters
    ----------
    function
        Takes strengths of any shape (...) and gives values of shape (...) or (..., k).
    breaks
        Ends of the range and the points between them where the function is not smooth, increasing.
    tolerance
        How large the last Chebyshev coefficients on a panel may be.

    Returns
    -------
    ndarray
        Edges of the panels, increasing, shape (panels + 1,).
    """
    left, right = breaks[:-1], breaks[1:]
    # A panel cannot be narrower than the rounding of strengths.
    narrowest = 1e-13 * max(abs(breaks[0]), abs(breaks[-1]))
    done: list[Floats] = [breaks]
    for _ in range(_MOST_ROUNDS):
        middle, half = (left + right) / 2.0, (right - left) / 2.0
        values = function(middle[:, np.newaxis] + half[:, np.newaxis] * NODES)
        last = np.abs(TRANSFORM[-2:] @ values.reshape(len(left), ORDER, -1))
        open_ = (last.max(axis=(1, 2)) > tolerance) & (half > narrowest)
        if not open_.any() or len(left) > _MOST_PANELS:
            break
        done.append(middle[open_])
        left, middle, right = left[open_], middle[open_], right[open_]
        left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
    return np.sort(np.concatenate(done))
