"""Sums over all coalitions of functions of their strength, by Fourier series, compiled.

Let partners join independently, `i` with probability `q_i`, and let `e` be a polynomial on a panel
of strengths and zero elsewhere. On a period long enough,

    E[e(x)] = sum_k 2 Re(e_k prod_i (1 - q_i + q_i exp(1j omega_k m_i))) / period,

the term of `omega_0 = 0` counting once, with `e_k` the Fourier transform of `e`: a spherical
Bessel function where `e` is a Legendre polynomial. Every node of a panel has probabilities, and a
polynomial, of its own.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.legendre import TO_LEGENDRE, fill_jumps, fill_transforms, fill_turns
from willing.solvers.quantal.panels import Ints
from willing.solvers.quantal.weak import (
    TERMS,
    add_weak,
    count_strong,
    count_terms,
    fill_powers,
    fill_series,
    start_product,
)

# Partners less likely than this to join at a node stay out of its product.
_NOTHING = 1e-18
# A product is looked at after so many factors.
_LOOK = 16
# Keeps a factor that vanishes from being divided by.
_TINY = 1e-150


@njit(cache=True, nogil=True, error_model="numpy")
def multiply(
    chance: Floats, cosine: Floats, sine: Floats, negligible: float, real: Floats, imag: Floats
) -> bool:
    """Multiply by :math:`\\prod_i (1 - q_i + q_i e^{i \\omega m_i})`; tell whether that matters.

    Parameters
    ----------
    chance
        :math:`q_i`, shape (n,).
    cosine, sine
        Of :math:`\\omega_k m_i`, shape (n, frequencies).
    negligible
        A product below this in size everywhere does not matter, and is not finished.
    real, imag
        Multiplied, shape (frequencies,).
    """
    n, many = cosine.shape
    for i in range(n):
        q = chance[i]
        if q < _NOTHING:
            continue
        e, f = cosine[i], sine[i]
        for k in range(many):
            a, b = 1.0 - q + q * e[k], q * f[k]
            product = real[k] * a - imag[k] * b
            imag[k] = real[k] * b + imag[k] * a
            real[k] = product
        if i % _LOOK == _LOOK - 1:
            largest = 0.0
            for k in range(many):
                largest = max(largest, abs(real[k]) + abs(imag[k]))
            if largest < negligible:
                return False
    return True


# Sums may be taken in any order, and need no check for division by zero, to run in parallel lanes.
@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def add_joined(
    chance: Floats,
    cosine: Floats,
    sine: Floats,
    real: Floats,
    imag: Floats,
    rough_real: Floats,
    rough_imag: Floats,
    joined: Floats,
    rough: Floats,
) -> None:
    """Add the part of two sums that each partner's joining makes up, shapes (n,).

    Her factor `f` is replaced by `q e` with :math:`e = \\exp(i \\omega m)`, where
    :math:`e / f = (q + (1 - q) e) / |f|^2`.
    """
    many, last = real.shape[0], chance.shape[0] - 1
    # Two partners at a time share a division.
    for i in range(0, last + 1, 2):
        j = min(i + 1, last)
        q, p = chance[i], chance[j]
        if max(q, p) < _NOTHING:
            continue
        c, d = 1.0 - q, 1.0 - p
        a, b = q * q + c * c + _TINY, 2.0 * q * c
        g, h = p * p + d * d + _TINY, 2.0 * p * d
        ei, fi, ej, fj = cosine[i], sine[i], cosine[j], sine[j]
        part, rough_part, other, rough_other = 0.0, 0.0, 0.0, 0.0
        for k in range(many):
            size, size_j = a + b * ei[k], g + h * ej[k]
            both = 1.0 / (size * size_j)
            x, y = (q + c * ei[k]) * (size_j * both), c * fi[k] * (size_j * both)
            v, w = (p + d * ej[k]) * (size * both), d * fj[k] * (size * both)
            part += x * real[k] - y * imag[k]
            rough_part += x * rough_real[k] - y * rough_imag[k]
            other += v * real[k] - w * imag[k]
            rough_other += v * rough_real[k] - w * rough_imag[k]
        joined[i] += q * part
        rough[i] += q * rough_part
        if j > i:
            joined[j] += p * other
            rough[j] += p * rough_other


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def fill_terms(
    omega: Floats,
    scale: float,
    basis_real: Floats,
    basis_imag: Floats,
    product_real: Floats,
    product_imag: Floats,
    real: Floats,
    imag: Floats,
) -> float:
    """Fill a node's terms, basis times product, shape (frequencies,), and give their sum."""
    total = 0.0
    for k in range(omega.shape[0]):
        weight = scale if omega[k] == 0.0 else 2.0 * scale
        real[k] = weight * (basis_real[k] * product_real[k] - basis_imag[k] * product_imag[k])
        imag[k] = weight * (basis_real[k] * product_imag[k] + basis_imag[k] * product_real[k])
        total += real[k]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _transform(kinks: bool, omega: Floats, middle: float, half: float, order: int) -> Floats:
    """Give the transforms by the nodes of a panel or kink, shape (4, order, frequencies)."""
    basis = np.empty((4, order, omega.shape[0]))
    if kinks:
        fill_jumps(omega, middle, half, basis)
    else:
        fill_transforms(omega, middle, half, TO_LEGENDRE[order, :order, :order], basis)
    return basis


@njit(cache=True, nogil=True, error_model="numpy")
def add_frequencies(
    kinks: bool,
    omega: Floats,
    first: Ints,
    middle: Floats,
    half: Floats,
    strength: Floats,
    chance: Floats,
    scale: Floats,
    negligible: float,
    total: Floats,
    joined: Floats,
    rough: Floats,
    rough_joined: Floats,
) -> None:
    """Add the terms of some frequencies to the sums of every node and panel.

    Parameters
    ----------
    kinks
        Whether kinks, whose functions begin there, take the place of panels.
    omega
        The frequencies, evenly spaced, shape (frequencies,); 0 may be the first.
    first
        Panel `p` has the nodes from ``first[p]`` to ``first[p + 1]`` - 1, shape (panels + 1,).
    middle, half
        Centres and half widths of the panels, or kinks and the steps between their nodes, shape
        (panels,).
    strength
        :math:`m_i`, shape (n,).
    chance
        :math:`q_i` at every node, shape (nodes, n).
    scale
        What each node's expectation counts for, shape (nodes,).
    negligible
        A node's terms below this are left out.
    total, joined
        Added to: each node's sum and its part with each partner, shapes (nodes,) and (nodes, n).
    rough, rough_joined
        Added to: the share of the last degrees in those of each panel or kink, shapes (panels,) and
        (panels, n).
    """
    n, many = strength.shape[0], omega.shape[0]
    z, u = omega[-1] * strength, omega / omega[-1]
    strong = count_strong(z)
    cosine, sine = np.empty((strong, many)), np.empty((strong, many))
    step = omega[1] - omega[0]
    for i in range(strong):
        fill_turns(omega[0] * strength[i], step * strength[i], cosine[i], sine[i])
    series, powers, z = np.empty((TERMS, n - strong)), fill_powers(u), z[strong:]
    counts = count_terms(z)
    product_real, product_imag = np.empty(many), np.empty(many)
    terms = np.empty((4, many))
    for panel in range(middle.shape[0]):
        order = first[panel + 1] - first[panel]
        basis = _transform(kinks, omega, middle[panel], half[panel], order)
        for s in range(order):
            node = first[panel] + s
            size = abs(scale[node])
            if size < negligible:
                continue
            fill_series(chance[node, strong:], z, counts, series)
            start_product(series, z, counts, u, powers, product_real, product_imag)
            if not multiply(
                chance[node, :strong],
                cosine,
                sine,
                negligible / size,
                product_real,
                product_imag,
            ):
                continue
            for part in range(0, 4, 2):
                added = fill_terms(
                    omega,
                    scale[node],
                    basis[part, s],
                    basis[part + 1, s],
                    product_real,
                    product_imag,
                    terms[part],
                    terms[part + 1],
                )
                if part == 0:
                    total[node] += added
                else:
                    rough[panel] += added
            add_weak(series, counts, powers, terms[0], terms[1], joined[node, strong:])
            add_weak(series, counts, powers, terms[2], terms[3], rough_joined[panel, strong:])
            add_joined(
                chance[node, :strong],
                cosine,
                sine,
                terms[0],
                terms[1],
                terms[2],
                terms[3],
                joined[node, :strong],
                rough_joined[panel, :strong],
            )


@njit(cache=True, nogil=True, error_model="numpy")
def sum_members(
    kinks: bool,
    omega: Floats,
    first: Ints,
    middle: Floats,
    half: Floats,
    strength: Floats,
    chance: Floats,
    scale: Floats,
    phase: float,
) -> complex:
    """Sum the expectations of all nodes, every member counting ``exp(1j * phase)``.

    Parameters
    ----------
    kinks, omega, first, middle, half, strength, chance, scale
        As for `add_frequencies`.
    phase
        An angle.
    """
    n, many = strength.shape[0], omega.shape[0]
    # The characteristic function at -omega is the conjugate of that at omega and -phase.
    cosine, sine = np.empty((2, n, many)), np.empty((2, n, many))
    for side in range(2):
        turn = phase if side == 0 else -phase
        for i in range(n):
            start, step = omega[0] * strength[i], (omega[1] - omega[0]) * strength[i]
            fill_turns(turn + start, step, cosine[side, i], sine[side, i])
    product_real, product_imag = np.empty(many), np.empty(many)
    real, imag = np.empty(many), np.empty(many)
    total = 0.0 + 0.0j
    for panel in range(middle.shape[0]):
        order = first[panel + 1] - first[panel]
        basis = _transform(kinks, omega, middle[panel], half[panel], order)
        for s in range(order):
            node = first[panel] + s
            for side in range(2):
                product_real[:], product_imag[:] = 1.0, 0.0
                multiply(chance[node], cosine[side], sine[side], 0.0, product_real, product_imag)
                part = fill_terms(
                    omega,
                    scale[node] / 2.0,
                    basis[0, s],
                    basis[1, s],
                    product_real,
                    product_imag,
                    real,
                    imag,
                )
                total += part + (1.0 - 2.0 * side) * 1j * imag.sum()
    return total
