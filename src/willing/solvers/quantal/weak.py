"""Partners so weak that their factors are short power series in the frequency, compiled.

A partner's factor :math:`f = 1 - q + q e^{i z u}`, where `z u` is her strength times the frequency
and `u` runs up to one, has with :math:`a_0 = q`

    q e^{izu} / f = sum_r a_r (i u)^r,    (r + 1) a_{r+1} = z (a_r - sum_j a_j a_{r-j}),

the logistic function's series, which converges for :math:`z < \\pi`; :math:`\\log f` is its
integral.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.legendre import fill_turns
from willing.solvers.quantal.panels import Ints

# Largest strength times frequency, and terms of the series: together they miss 1e-11.
_LARGEST, TERMS = 0.4, 12
# Largest sum of squared strengths times squared frequency, and terms of the product's series.
_SQUARES, _PRODUCT_TERMS = 2.4, 22
# Terms below this are left out.
_NEGLIGIBLE = 1e-15


@njit(cache=True, nogil=True)
def count_strong(z: Floats) -> int:
    """Count the partners who are not weak, of those with `z` falling, shape (n,)."""
    strong, squares = len(z), 0.0
    while strong > 0:
        squares += z[strong - 1] ** 2
        if z[strong - 1] > _LARGEST or squares > _SQUARES:
            break
        strong -= 1
    return strong


@njit(cache=True, nogil=True)
def count_terms(z: Floats) -> Ints:
    """Count the partners, those with the largest `z`, to whom each term matters, (terms,)."""
    counts = np.empty(TERMS, dtype=np.int64)
    for r in range(TERMS):
        least = np.pi * _NEGLIGIBLE ** (1.0 / r) if r > 0 else 0.0
        counts[r] = z.shape[0]
        while counts[r] > 0 and z[counts[r] - 1] < least:
            counts[r] -= 1
    return counts


@njit(cache=True, nogil=True)
def fill_powers(u: Floats) -> Floats:
    """Give the powers of `u`, shape (terms, frequencies)."""
    powers = np.empty((_PRODUCT_TERMS, u.shape[0]))
    powers[0] = 1.0
    for r in range(1, _PRODUCT_TERMS):
        powers[r] = powers[r - 1] * u
    return powers


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def fill_series(chance: Floats, z: Floats, counts: Ints, series: Floats) -> None:
    """Fill :math:`a_r` of the first ``counts[r]`` partners, shape (terms, n)."""
    series[0] = chance
    for r in range(TERMS - 1):
        before, after, many = series[r], series[r + 1], counts[r + 1]
        for i in range(many):
            after[i] = before[i]
        for j in range((r + 1) // 2):
            one, other = series[j], series[r - j]
            for i in range(many):
                after[i] -= 2.0 * one[i] * other[i]
        if r % 2 == 0:
            middle = series[r // 2]
            for i in range(many):
                after[i] -= middle[i] * middle[i]
        share = 1.0 / (r + 1.0)
        for i in range(many):
            after[i] *= share * z[i]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def start_product(
    series: Floats,
    z: Floats,
    counts: Ints,
    u: Floats,
    powers: Floats,
    real: Floats,
    imag: Floats,
) -> None:
    """Fill the product of the weak partners' factors, shape (frequencies,)."""
    logs = np.zeros(TERMS + 1)
    for r in range(TERMS):
        total = 0.0
        for i in range(counts[r]):
            total += series[r, i] * z[i]
        logs[r + 1] = total / (r + 1.0)
    # The exponential's series, without the first power, which is an angle.
    product = np.zeros(_PRODUCT_TERMS)
    product[0] = 1.0
    for r in range(2, _PRODUCT_TERMS):
        for j in range(2, min(r, TERMS) + 1):
            product[r] += j * logs[j] * product[r - j]
        product[r] /= r
    many = u.shape[0]
    real[:], imag[:] = 0.0, 0.0
    for r in range(0, _PRODUCT_TERMS, 2):
        even = product[r] if r % 4 == 0 else -product[r]
        odd = product[r + 1] if r % 4 == 0 else -product[r + 1]
        for k in range(many):
            real[k] += even * powers[r, k]
            imag[k] += odd * powers[r + 1, k]
    cosine, sine = np.empty(many), np.empty(many)
    fill_turns(logs[1] * u[0], logs[1] * (u[1] - u[0]), cosine, sine)
    for k in range(many):
        a, b = real[k], imag[k]
        real[k], imag[k] = a * cosine[k] - b * sine[k], a * sine[k] + b * cosine[k]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def add_weak(
    series: Floats, counts: Ints, powers: Floats, real: Floats, imag: Floats, joined: Floats
) -> None:
    """Add the part of a sum of terms, real and imaginary, that each one's joining makes up."""
    for r in range(TERMS):
        moment = 0.0
        part = real if r % 2 == 0 else imag
        for k in range(part.shape[0]):
            moment += part[k] * powers[r, k]
        if r % 4 == 1 or r % 4 == 2:
            moment = -moment
        for i in range(counts[r]):
            joined[i] += moment * series[r, i]
