"""Polynomials by their values at nodes, and their Fourier transforms, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.polynomial.legendre import legvander

from willing.crisis import Floats

ORDERS = (4, 5, 6, 7, 8, 10, 12, 14, 16)
"""Numbers of nodes that a panel may have."""

_HIGHEST = ORDERS[-1]
# Finite differences of a function that is zero in the middle: by how many values are known, two
# steps and one step before and after or one step only, the first four derivatives from them.
_DIFFERENCES = np.zeros((5, 4, 4))
_DIFFERENCES[4] = [
    [1 / 12, -2 / 3, 2 / 3, -1 / 12],
    [-1 / 12, 4 / 3, 4 / 3, -1 / 12],
    [-1 / 2, 1.0, -1.0, 1 / 2],
    [1.0, -4.0, -4.0, 1.0],
]
_DIFFERENCES[2, :2, :2] = [[-1 / 2, 1 / 2], [1.0, 1.0]]
# Angles between two whose sine and cosine are found anew.
_STRIDE = 8
# Arguments below this have two terms of a Bessel function's series.
_SMALL = 1e-4
# Orders beyond twice those asked for at which recursion downwards starts, and its first value.
_BEYOND, _LEAST = 12, 1e-290


def lobatto_nodes(order: int) -> Floats:
    """Give the Chebyshev points of [-1, 1] with both ends, increasing, shape (order,)."""
    nodes: Floats = -np.cos(np.pi * np.arange(order) / (order - 1))
    return nodes


NODES = np.zeros((_HIGHEST + 1, _HIGHEST))
TO_LEGENDRE = np.zeros((_HIGHEST + 1, _HIGHEST, _HIGHEST))
"""By number of nodes: the matrix that turns values at them into Legendre coefficients."""
for _order in ORDERS:
    NODES[_order, :_order] = lobatto_nodes(_order)
    TO_LEGENDRE[_order, :_order, :_order] = np.linalg.inv(
        legvander(lobatto_nodes(_order), _order - 1)
    )


@njit(cache=True, nogil=True, error_model="numpy")
def fill_turns(start: float, step: float, cosine: Floats, sine: Floats) -> None:
    """Fill cosine and sine of ``start + k * step``, for k from 0."""
    many = cosine.shape[0]
    for k in range(min(_STRIDE, many)):
        cosine[k], sine[k] = np.cos(k * step), np.sin(k * step)
    # From the back, so that the first are still there.
    for first in range((many - 1) // _STRIDE * _STRIDE, -1, -_STRIDE):
        c, s = np.cos(start + first * step), np.sin(start + first * step)
        for k in range(first, min(first + _STRIDE, many)):
            a, b = cosine[k - first], sine[k - first]
            cosine[k], sine[k] = a * c - b * s, a * s + b * c


@njit(cache=True, nogil=True, error_model="numpy")
def spherical_bessel(z: Floats, cosine: Floats, sine: Floats, out: Floats) -> None:
    """Fill :math:`j_l(z)` for l from 0, shape (orders, many), at least two orders.

    Parameters
    ----------
    z
        Arguments from 0, increasing, shape (many,).
    cosine, sine
        Of the arguments.
    """
    orders, many = out.shape
    low, high = np.searchsorted(z, _SMALL), np.searchsorted(z, float(orders))
    for k in range(low):
        term = 1.0
        for l in range(orders):  # noqa: E741
            term /= 2 * l + 1
            out[l, k] = term * (1.0 - z[k] ** 2 / (4 * l + 6))
            term *= z[k]
    inverse = 1.0 / z[low:]
    zeroth = sine[low:] * inverse
    first = (zeroth - cosine[low:]) * inverse
    # Upwards is stable while the order is below the argument.
    up = out[:, high:]
    many = high - low
    up[0], up[1] = zeroth[many:], first[many:]
    for l in range(2, orders):  # noqa: E741
        for k in range(up.shape[1]):
            up[l, k] = (2 * l - 1) * inverse[many + k] * up[l - 1, k] - up[l - 2, k]
    # Downwards from orders of no account (Miller), in some scale.
    above, here = np.zeros(many), np.full(many, _LEAST)
    for l in range(2 * orders + _BEYOND, 0, -1):  # noqa: E741
        if l < orders:
            out[l, low:high] = here
        for k in range(many):
            here[k], above[k] = (2 * l + 1) * inverse[k] * here[k] - above[k], here[k]
    for k in range(many):
        scale = zeroth[k] / here[k] if abs(here[k]) > abs(above[k]) else first[k] / above[k]
        for l in range(1, orders):  # noqa: E741
            out[l, low + k] *= scale
        out[0, low + k] = zeroth[k]


@njit(cache=True, nogil=True, error_model="numpy")
def fill_transforms(
    omega: Floats, middle: float, half: float, to_legendre: Floats, out: Floats
) -> None:
    """Fill the Fourier transforms of the Lagrange polynomials of a panel.

    Parameters
    ----------
    omega
        Frequencies, evenly spaced, shape (frequencies,).
    middle, half
        Centre of the panel and half its width.
    to_legendre
        Values at the nodes to Legendre coefficients, shape (order, order).
    out
        Filled: real and imaginary parts of the transforms, then those of their part of the two
        highest degrees, shape (4, order, frequencies).
    """
    order, many = to_legendre.shape[0], omega.shape[0]
    step = omega[1] - omega[0] if many > 1 else 0.0
    cosine, sine = np.empty(many), np.empty(many)
    bessel = np.empty((order, many))
    fill_turns(omega[0] * half, step * half, cosine, sine)
    spherical_bessel(omega * half, cosine, sine, bessel)
    fill_turns(-omega[0] * middle, -step * middle, cosine, sine)
    out[:] = 0.0
    for l in range(order):  # noqa: E741
        for s in range(order):
            weight = 2.0 * half * to_legendre[l, s]
            # (-1j)^l exp(-1j omega middle) has one of these as its parts, but for their signs.
            real, imag = (cosine, sine) if l % 2 == 0 else (sine, cosine)
            real_sign = weight if l % 4 in (0, 1) else -weight
            imag_sign = weight if l % 4 in (0, 3) else -weight
            for k in range(many):
                out[0, s, k] += real_sign * bessel[l, k] * real[k]
                out[1, s, k] += imag_sign * bessel[l, k] * imag[k]
            if l == order - 3:
                out[2, s], out[3, s] = out[0, s], out[1, s]
    out[2:] = out[:2] - out[2:]


@njit(cache=True, nogil=True, error_model="numpy")
def fill_jumps(omega: Floats, at: float, step: float, out: Floats) -> None:
    """Fill the Fourier transforms of what begins at a kink, at high frequencies.

    A function that is zero up to a strength `a` and `J` beyond, with J(a) = 0, has the transform

        exp(-1j omega a) sum_j J^(j)(a) / (1j omega)^(j + 1),

    an asymptotic series, of which as many terms are taken as there are nodes, four or two.

    Parameters
    ----------
    omega
        Frequencies above zero, evenly spaced, shape (frequencies,).
    at
        The strength `a`.
    step
        Distance of the nodes; they are at `a` and -2, -1, 1 and 2 steps, or -1 and 1.
    out
        Filled: real and imaginary parts by the node where `J` is one, then their fourth terms;
        shape (4, nodes, frequencies).
    """
    many = omega.shape[0]
    cosine, sine = np.empty(many), np.empty(many)
    fill_turns(-omega[0] * at, -(omega[1] - omega[0]) * at, cosine, sine)
    for s in range(out.shape[1]):
        differences = _DIFFERENCES[out.shape[1], :, s]
        first, second = differences[0] / step, differences[1] / step**2
        third, fourth = differences[2] / step**3, differences[3] / step**4
        for k in range(many):
            inverse = 1.0 / omega[k]
            last = -fourth * inverse**5
            real = (third * inverse**2 - first) * inverse**2
            imag = second * inverse**3 + last
            out[0, s, k] = real * cosine[k] - imag * sine[k]
            out[1, s, k] = real * sine[k] + imag * cosine[k]
            out[2, s, k], out[3, s, k] = -last * sine[k], last * cosine[k]
