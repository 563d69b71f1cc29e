"""Arrays and numbers: the names of the arrays that pass through the package, and one check."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from willing.errors import ScenarioError
from willing.texts import quoted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]

# Powers and products of larger numbers would not be finite, and those of smaller ones zero.
LARGEST, SMALLEST = 1e30, 1e-30
# A p-value below this is not printed as a number: three decimals would make it zero.
SMALLEST_P = 0.001


def check_number(
    value: object,
    name: str,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    above: float = -math.inf,
) -> None:
    """Raise a `ScenarioError` unless `value` is a number in the range named.

    It may not be beyond `LARGEST`, nor exceed `above` by less than `SMALLEST`.
    """
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if number and least <= value <= most and value > above:  # type: ignore[operator]
        if LARGEST < abs(value) < math.inf:  # type: ignore[arg-type]
            raise ScenarioError(f"{name} is beyond {LARGEST:g}, the largest number allowed")
        if value < above + SMALLEST:  # type: ignore[operator]
            raise ScenarioError(f"{name} is below {SMALLEST:g}, the smallest number allowed")
        if abs(value) <= LARGEST:  # type: ignore[arg-type]
            return
    # Infinity and what is not a number meet many bounds: then the bound does not say what is wrong.
    endless = number and (value != value or abs(value) == math.inf)  # type: ignore[arg-type]
    allowed = "a finite number" if endless else "a number"
    if math.isfinite(above):
        allowed += f" above {above:g}"
    elif math.isfinite(most):
        allowed += f" from {least:g} to {most:g}"
    elif math.isfinite(least):
        allowed += f" of at least {least:g}"
    raise ScenarioError(f"{name} is {quoted(value)}; it must be {allowed}")


def logistic(x: Floats) -> Floats:
    """Give :math:`1 / (1 + e^{-x})` without overflow; importing SciPy for it takes its time."""
    small = np.exp(-np.abs(x))
    chance: Floats = np.where(x > 0.0, 1.0, small) / (1.0 + small)
    return chance


def check_whole(value: object, name: str, *, least: int) -> None:
    """Raise a `ScenarioError` unless `value` is a whole number of at least `least`."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least:  # type: ignore[operator]
        raise ScenarioError(
            f"{name} is {quoted(value)}; it must be a whole number of at least {least}"
        )


def p_cell(p: float) -> str:
    """Write a p-value for a table: three decimals, and below one in a thousand that it is so."""
    return "< .001" if p < SMALLEST_P else f"{p:.3f}"


def p_said(p: float) -> str:
    """Write a p-value for a sentence, as ``p = 0.032`` or ``p < .001``."""
    return f"p {p_cell(p)}" if p < SMALLEST_P else f"p = {p_cell(p)}"
