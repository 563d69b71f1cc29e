"""Contest functions: the probability of victory as a function of strengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, check_number

Contest: TypeAlias = Callable[[Any, float], Any]
"""Any `p(M, m_T)`: takes a number or an array `M` and gives probabilities of the same shape."""

# A callable is checked for being increasing at this many points of the range it is used on.
_CHECKED_POINTS = 257
# A fall smaller than this is rounding, not a decreasing contest.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class RatioContest:
    """Tullock's contest, :math:`p = M^g / (M^g + m_T^g)`.

    Parameters
    ----------
    decisiveness
        :math:`g > 0`; how much strength decides. Above 1 the contest is S-shaped in `M`.

    Raises
    ------
    ScenarioError
        If `decisiveness` is not positive.
    """

    decisiveness: float = 1.0

    def __post_init__(self) -> None:
        check_number(self.decisiveness, "contest.decisiveness", above=0.0)

    def __call__(self, M: Any, m_T: float) -> Any:
        """Give the probability that strength `M` defeats strength `m_T`."""
        # The ratio's power does not overflow where the powers' ratio would.
        with np.errstate(divide="ignore", over="ignore"):
            odds = m_T / np.asarray(M, dtype=float)
            return 1.0 / (1.0 + (odds if self.decisiveness == 1.0 else odds**self.decisiveness))


@dataclass(frozen=True)
class LogisticContest:
    """Hirshleifer's contest, :math:`p = 1 / (1 + \\exp(-g (M - m_T)))`.

    Parameters
    ----------
    decisiveness
        :math:`g > 0`, per unit of strength. The contest is S-shaped with its middle at `m_T`.

    Raises
    ------
    ScenarioError
        If `decisiveness` is not positive.
    """

    decisiveness: float = 1.0

    def __post_init__(self) -> None:
        check_number(self.decisiveness, "contest.decisiveness", above=0.0)

    def __call__(self, M: Any, m_T: float) -> Any:
        """Give the probability that strength `M` defeats strength `m_T`."""
        with np.errstate(over="ignore"):
            return 1.0 / (1.0 + np.exp(-self.decisiveness * (np.asarray(M, dtype=float) - m_T)))


def check_contest(contest: Contest, m_T: float, low: float, high: float) -> None:
    """Check that a contest gives increasing probabilities for strengths from `low` to `high`.

    Raises
    ------
    ScenarioError
        If it fails on an array, gives something that is no probability, or decreases.
    """
    if isinstance(contest, RatioContest | LogisticContest):
        return
    M = np.linspace(low, high, _CHECKED_POINTS)
    try:
        p: Floats = np.asarray(contest(M, m_T), dtype=float)
    except Exception as error:
        raise ScenarioError(
            f"contest fails on an array of strengths ({error}); "
            "it must take an array M and the target's strength and give an array"
        ) from error
    if p.shape != M.shape:
        raise ScenarioError(
            f"contest gives shape {p.shape} for strengths of shape {M.shape}; the shapes must agree"
        )
    if not np.all((p >= 0.0) & (p <= 1.0)):
        worst = int(np.argmin((p >= 0.0) & (p <= 1.0)))
        raise ScenarioError(
            f"contest gives {p[worst]:g} at M = {M[worst]:g}; it must be a probability from 0 to 1"
        )
    falls = np.flatnonzero(np.diff(p) < -_ROUNDING)
    if len(falls):
        at = int(falls[0])
        raise ScenarioError(
            f"contest decreases from {p[at]:g} at M = {M[at]:g} to {p[at + 1]:g} at "
            f"M = {M[at + 1]:g}; the probability of victory must increase with strength"
        )
