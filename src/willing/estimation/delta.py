"""The delta method: standard errors of functions of estimated parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from willing.estimation.results import Z95
from willing.numbers import Floats

# Central differences lose least at about the cube root of rounding.
_STEP = 1e-5


@dataclass(frozen=True)
class Band:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"

    def to_dict(self) -> dict[str, Any]:
        """Give its three numbers."""
        return vars(self)


def standard_errors(
    function: Callable[[Floats], Floats], params: Floats, covariance: Floats
) -> Floats:
    """Give the delta-method standard errors of a function of the parameters.

    Parameters
    ----------
    function
        Takes parameters of shape (k,) and gives numbers of shape (m,).
    params, covariance
        The estimates, shapes (k,) and (k, k). Where the variance is 0 the parameter is known.
    """
    steps = _STEP * np.sqrt(np.diag(covariance))
    columns = [
        (function(params + step) - function(params - step)) / (2 * size)
        if size > 0.0
        else np.zeros_like(function(params))
        for size, step in zip(steps, np.diag(steps), strict=True)
    ]
    jacobian = np.column_stack(columns)
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian)))


def band(function: Callable[[Floats], float], params: Floats, covariance: Floats) -> Band:
    """Give a function of the parameters with its delta-method 95 % interval."""
    value = function(params)
    error = standard_errors(lambda at: np.array([function(at)]), params, covariance)[0]
    return Band(value, value - Z95 * error, value + Z95 * error)
