"""Maximise a smooth function by Newton's method, also where it is not concave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from willing.errors import ConvergenceError
from willing.numbers import Floats

# Half the Newton decrement is the gain still to be had, in units of log-likelihood.
GAIN_LEFT = 1e-14
# Curvature below this share of the largest is lifted to it before a step is taken.
LIFTED = 1e-9
# At the maximum, curvature below this share of the largest means a parameter is not identified.
UNIDENTIFIED = 1e-12
# Parameters with a larger share of the flat direction are named.
NAMED = 0.1
# No parameter moves further than this in one step; columns are scaled to unit spread.
LONGEST_STEP = 5.0
SUFFICIENT_INCREASE = 1e-4
HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the search ended.

    Attributes
    ----------
    params : ndarray, shape (k,)
        The maximiser.
    value : float
        The function there.
    hessian : ndarray, shape (k, k)
        Its second derivative there, negative definite.
    iterations : int
        Newton steps taken.
    gain_left : float
        Half the Newton decrement: what a quadratic model says is still to be gained.
    """

    params: Floats
    value: float
    hessian: Floats
    iterations: int
    gain_left: float


def maximise(
    value: Callable[[Floats], float],
    derivatives: Callable[[Floats], tuple[Floats, Floats]],
    start: Floats,
    *,
    names: Sequence[str],
    max_iterations: int = 100,
    tolerance: float = GAIN_LEFT,
) -> Maximum:
    """Climb from `start` by Newton steps with curvature lifting and backtracking.

    Parameters
    ----------
    value
        The function to maximise.
    derivatives
        Its gradient (k,) and Hessian (k, k).
    start
        Where to begin, shape (k,).
    names
        What the parameters are called, for messages.
    max_iterations
        Steps after which the search gives up.
    tolerance
        The search ends where half the Newton decrement is below this. With a Hessian of another
        point, which gives cheaper but shorter strides, it need not be tiny.

    Returns
    -------
    Maximum

    Raises
    ------
    ConvergenceError
        If the search gives up, or ends where the function is flat in some direction.
    """
    params, level, gain_left = start, value(start), np.inf
    for iteration in range(max_iterations):
        gradient, hessian = derivatives(params)
        curvature, axes = np.linalg.eigh(-hessian)
        largest = float(np.abs(curvature).max())
        lifted = np.maximum(np.abs(curvature), LIFTED * largest)
        step = axes @ ((axes.T @ gradient) / lifted)
        gain_left = float(gradient @ step) / 2
        if gain_left < tolerance and curvature[0] > -UNIDENTIFIED * largest:
            require_curvature(hessian, names)
            return Maximum(params, level, hessian, iteration, gain_left)
        step *= min(1.0, LONGEST_STEP / float(np.abs(step).max()))
        params, level = _backtrack(value, params, level, step, float(gradient @ step))
    raise ConvergenceError(
        f"no maximum after {max_iterations} Newton steps (about {gain_left:.2g} log-likelihood "
        f"still to gain, largest scaled coefficient {np.abs(params).max():.3g}). A coefficient "
        "that grows without end means separation: drop sparse columns or widen the sample"
    )


def _backtrack(
    value: Callable[[Floats], float], params: Floats, level: float, step: Floats, slope: float
) -> tuple[Floats, float]:
    """Halve the step until the function has risen by a share of what its slope promised."""
    for halving in range(HALVINGS):
        share = 0.5**halving
        candidate = params + share * step
        reached = value(candidate)
        # A rise smaller than rounding in the function's own size counts as no fall.
        if reached >= level + SUFFICIENT_INCREASE * share * slope - 1e-12 * abs(level):
            return candidate, reached
    raise ConvergenceError(
        "no step along the Newton direction raises the likelihood; rescale columns of very "
        "different size or leave out the variance equation"
    )


def require_curvature(hessian: Floats, names: Sequence[str]) -> None:
    """Raise a `ConvergenceError` that names the parameters a likelihood does not identify.

    Parameters
    ----------
    hessian
        Second derivative at the maximum by parameters of columns scaled alike, shape (k, k).
    names
        What the k parameters are called.
    """
    curvature, axes = np.linalg.eigh(-hessian)
    if curvature[0] > UNIDENTIFIED * curvature[-1]:
        return
    flat = [n for n, share in zip(names, axes[:, 0], strict=True) if abs(share) > NAMED]
    raise ConvergenceError(
        f"the likelihood is flat along {', '.join(flat)}: not identified. Columns that together "
        "predict the outcome without error do this (drop one), as does a variance equation "
        "whose mean equation explains nothing (drop the variance equation)"
    )
