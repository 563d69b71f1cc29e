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
# At a cut beyond this, one outcome is as good as impossible at equal strengths.
_LARGEST_CUT = 50.0


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


@dataclass(frozen=True)
class DrawContest:
    """A contest that may end in a draw: an ordered logit on the logarithm of the strengths' ratio.

    With :math:`x = \\log(M / m_T)`, :math:`P(defeat) = \\Lambda(c_0 - g x)` and
    :math:`P(victory) = 1 - \\Lambda(c_1 - g x)`; the rest is the probability of a draw. Without
    room for draws, :math:`c_0 = c_1 = 0`, it is the ratio contest.

    As a contest of the game it gives the probability of victory. A draw leaves the leader where a
    defeat does: without the prize, and answerable for it at home with her security.

    Parameters
    ----------
    decisiveness
        :math:`g > 0`; how much strength decides.
    defeat_cut, victory_cut
        :math:`c_0 \\le c_1`: at equal strengths, the log odds of defeat, and of anything short of
        victory.

    Raises
    ------
    ScenarioError
        If `decisiveness` is not positive, or the cuts are not in order.
    """

    decisiveness: float = 1.0
    defeat_cut: float = 0.0
    victory_cut: float = 0.0

    def __post_init__(self) -> None:
        check_number(self.decisiveness, "contest.decisiveness", above=0.0)
        for name in ("defeat_cut", "victory_cut"):
            check_number(
                getattr(self, name), f"contest.{name}", least=-_LARGEST_CUT, most=_LARGEST_CUT
            )
        if self.defeat_cut > self.victory_cut:
            raise ScenarioError(
                f"contest.defeat_cut is {self.defeat_cut:g} and contest.victory_cut is "
                f"{self.victory_cut:g}; the first must not be the larger"
            )

    def __call__(self, M: Any, m_T: float) -> Any:
        """Give the probability that strength `M` defeats strength `m_T`."""
        return self._better_than(M, m_T, self.victory_cut)

    def defeat(self, M: Any, m_T: float) -> Any:
        """Give the probability that strength `M` is defeated by strength `m_T`."""
        return 1.0 - self._better_than(M, m_T, self.defeat_cut)

    def draw(self, M: Any, m_T: float) -> Any:
        """Give the probability that neither wins."""
        return self._better_than(M, m_T, self.defeat_cut) - self(M, m_T)

    def _better_than(self, M: Any, m_T: float, cut: float) -> Any:
        with np.errstate(divide="ignore", over="ignore"):
            odds = m_T / np.asarray(M, dtype=float)
            return 1.0 / (1.0 + np.exp(cut) * odds**self.decisiveness)


def check_contest(contest: Contest, m_T: float, low: float, high: float) -> None:
    """Check that a contest gives increasing probabilities for strengths from `low` to `high`.

    Raises
    ------
    ScenarioError
        If it fails on an array, gives something that is no probability, or decreases.
    """
    if isinstance(contest, RatioContest | LogisticContest | DrawContest):
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
