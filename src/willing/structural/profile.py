"""Profile likelihoods: what the fit would be, had a parameter outside the family been another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy import stats

from willing.crisis import Floats
from willing.figures import BLUE, INK, house_theme

if TYPE_CHECKING:
    from plotnine import ggplot

DECISIVENESS_GRID = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)
NOISE_GROWTH_GRID = (-2.0, -1.0, 0.0, 1.0, 2.0)

# A 95 % interval holds what loses less than this; half the quantile of a chi-squared with 1 df.
DROP = float(stats.chi2.ppf(0.95, 1)) / 2
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
# The search ends when it brackets the maximum this closely, as a share of the bracket's length.
_BRACKET = 0.2


@dataclass(frozen=True)
class Profile:
    """A profile likelihood.

    Attributes
    ----------
    parameter
        What varies.
    values
        Where it was looked at, rising.
    log_likelihoods
        The greatest log-likelihood there.
    best
        The value with the greatest.
    low, high
        The 95 % likelihood interval; infinite on the side on which the values end within it.
    """

    parameter: str
    values: tuple[float, ...]
    log_likelihoods: tuple[float, ...]
    best: float
    low: float
    high: float

    def to_frame(self) -> pl.DataFrame:
        """Give one row a value: it, the log-likelihood, and what is lost against the best."""
        top = max(self.log_likelihoods)
        return pl.DataFrame(
            {
                self.parameter: self.values,
                "log_likelihood": self.log_likelihoods,
                "lost": [top - value for value in self.log_likelihoods],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give best value, interval and curve; an open end of the interval is None."""
        return {
            "parameter": self.parameter,
            "best": self.best,
            "low": self.low if np.isfinite(self.low) else None,
            "high": self.high if np.isfinite(self.high) else None,
            "curve": self.to_frame().to_dicts(),
        }

    def __str__(self) -> str:
        low = f"{self.low:.2g}" if np.isfinite(self.low) else f"below {self.values[0]:g}"
        high = f"{self.high:.2g}" if np.isfinite(self.high) else f"above {self.values[-1]:g}"
        return (
            f"{self.parameter} {self.best:.3g} by profile likelihood "
            f"(95 % interval from {low} to {high})"
        )

    def plot(self) -> ggplot:
        """Draw the curve with the level that bounds the 95 % interval."""
        from plotnine import aes, geom_hline, geom_line, geom_point, ggplot, labs

        level = max(self.log_likelihoods) - DROP
        return (
            ggplot(self.to_frame(), aes(self.parameter, "log_likelihood"))
            + geom_hline(yintercept=level, linetype="dashed", color=INK)
            + geom_line(color=BLUE)
            + geom_point(color=BLUE)
            + labs(y="Log-likelihood", title=f"Profile likelihood of {self.parameter}")
            + house_theme()
        )


def profile(
    value: Callable[[float], float],
    grid: tuple[float, ...],
    *,
    parameter: str,
    logarithmic: bool = False,
) -> Profile:
    """Find the maximum of a profile likelihood: on a grid, then by golden section around its best.

    Parameters
    ----------
    value
        The greatest log-likelihood at a value of the parameter.
    grid
        Values to start from, rising. The maximum found is the greatest of the whole grid's range
        if the profile has one hump between the neighbours of the grid's best.
    parameter
        Its name.
    logarithmic
        Whether to search on the logarithm; all values must be positive then.
    """
    to_scale, from_scale = (np.log, np.exp) if logarithmic else (float, float)
    seen = {x: value(x) for x in grid}
    place = max(range(len(grid)), key=lambda i: seen[grid[i]])
    low = float(to_scale(grid[max(place - 1, 0)]))
    high = float(to_scale(grid[min(place + 1, len(grid) - 1)]))
    width = high - low

    def look(at: float) -> float:
        x = float(from_scale(at))
        if x not in seen:
            seen[x] = value(x)
        return seen[x]

    left, right = high - _GOLDEN * width, low + _GOLDEN * width
    while high - low > _BRACKET * width:
        if look(left) >= look(right):
            high, right = right, left
            left = high - _GOLDEN * (high - low)
        else:
            low, left = left, right
            right = low + _GOLDEN * (high - low)
    values = sorted(seen)
    heights = np.array([seen[x] for x in values])
    bounds = _interval(np.array([float(to_scale(x)) for x in values]), heights)
    return Profile(
        parameter=parameter,
        values=tuple(values),
        log_likelihoods=tuple(heights.tolist()),
        best=values[int(heights.argmax())],
        low=float(from_scale(bounds[0])) if np.isfinite(bounds[0]) else -np.inf,
        high=float(from_scale(bounds[1])) if np.isfinite(bounds[1]) else np.inf,
    )


def _interval(x: Floats, heights: Floats) -> tuple[float, float]:
    """Where the curve crosses the level of the interval, outermost, by linear interpolation."""
    spare = heights - (heights.max() - DROP)
    inside = np.flatnonzero(spare >= 0.0)

    def crossing(within: int, beyond: int, end: float) -> float:
        if not 0 <= beyond < len(x):
            return end
        share = spare[within] / (spare[within] - spare[beyond])
        return float(x[within] + share * (x[beyond] - x[within]))

    first, last = int(inside[0]), int(inside[-1])
    return crossing(first, first - 1, -np.inf), crossing(last, last + 1, np.inf)
