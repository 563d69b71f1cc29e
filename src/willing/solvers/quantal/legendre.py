"""Polynomials on panels by their values at nodes, and their Fourier transforms, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.polynomial.legendre import legvander

from willing.crisis import Floats

ORDERS = (4, 5, 6, 7, 8, 10, 12, 14, 16)
"""Numbers of nodes that a panel may have."""

_HIGHEST = ORDERS[-1]


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
def spherical_bessel(z: float, out: Floats) -> None:
    """Fill :math:`j_l(z)`, z >= 0, for l from 0 to ``len(out) - 1``, at least 1."""
    many = out.shape[0]
    out[:] = 0.0
    if z < 1e-8:
        out[0], out[1] = 1.0, z / 3.0
        return
    zeroth, before = np.sin(z) / z, np.cos(z) / z
    if z > many:
        # Upwards is stable while the order is below the argument.
        out[0] = zeroth
        for l in range(1, many):  # noqa: E741
            out[l] = (2 * l - 1) / z * out[l - 1] - (out[l - 2] if l > 1 else before)
            if l == 1:
                out[1] = zeroth / z - before
        return
    # Downwards from orders of no account (Miller), in some scale.
    above, here = 0.0, 1e-290
    for l in range(many + 30, -1, -1):  # noqa: E741
        if l < many:
            out[l] = here
        above, here = here, (2 * l + 1) / z * here - above
        if abs(here) > 1e200:
            above, here = above * 1e-250, here * 1e-250
            for upper in range(min(l, many), many):
                out[upper] *= 1e-250
    out *= zeroth / above if abs(zeroth) > abs(before) else before / here


@njit(cache=True, nogil=True, error_model="numpy")
def fill_transforms(
    omega: Floats, middle: float, half: float, to_legendre: Floats, out: Floats
) -> None:
    """Fill the Fourier transforms of the Lagrange polynomials of a panel.

    Parameters
    ----------
    omega
        Frequencies, shape (frequencies,).
    middle, half
        Centre of the panel and half its width.
    to_legendre
        Values at the nodes to Legendre coefficients, shape (order, order).
    out
        Filled: real and imaginary parts of the transforms, then those of their part of the two
        highest degrees, shape (4, order, frequencies).
    """
    order, many = to_legendre.shape[0], omega.shape[0]
    bessel = np.empty(order)
    real, imag = np.empty((order, many)), np.empty((order, many))
    for k in range(many):
        spherical_bessel(omega[k] * half, bessel)
        turn_real, turn_imag = np.cos(omega[k] * middle), -np.sin(omega[k] * middle)
        for l in range(order):  # noqa: E741
            # (-1j)^l exp(-1j omega middle)
            real[l, k] = 2.0 * half * bessel[l] * turn_real
            imag[l, k] = 2.0 * half * bessel[l] * turn_imag
            turn_real, turn_imag = turn_imag, -turn_real
    out[:] = 0.0
    for s in range(order):
        for l in range(order):  # noqa: E741
            weight = to_legendre[l, s]
            for k in range(many):
                out[0, s, k] += weight * real[l, k]
                out[1, s, k] += weight * imag[l, k]
            if l >= order - 2:
                for k in range(many):
                    out[2, s, k] += weight * real[l, k]
                    out[3, s, k] += weight * imag[l, k]
