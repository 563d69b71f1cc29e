"""Pick and sort places in compiled code, where NumPy's functions would take a second to compile."""

from __future__ import annotations

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats


def _sort_by(places: np.ndarray, key: Floats) -> None:
    """Do what `sort_by` does with NumPy."""
    places[:] = places[np.argsort(key[places], kind="stable")]


@kernel(plain=_sort_by)
def sort_by(places, key):  # type: ignore[no-untyped-def]
    """Sort some places by their keys; equal ones stay in their order."""
    count = len(places)
    other = np.empty(count, np.int64)
    width = 1
    while width < count:
        for low in range(0, count, 2 * width):
            middle, high = min(low + width, count), min(low + 2 * width, count)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or key[places[i]] <= key[places[j]]):
                    other[k] = places[i]
                    i += 1
                else:
                    other[k] = places[j]
                    j += 1
        for k in range(count):
            places[k] = other[k]
        width *= 2


def _below(values: Floats, most: float) -> np.ndarray:
    """Do what `below` does with NumPy."""
    return np.flatnonzero(values < most)


@kernel(plain=_below)
def below(values, most):  # type: ignore[no-untyped-def]
    """Give the places of the values below `most`."""
    places = np.empty(len(values), np.int64)
    count = 0
    for i in range(len(values)):
        if values[i] < most:
            places[count] = i
            count += 1
    return places[:count]
