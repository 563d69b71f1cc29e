"""Profile likelihoods: what the fit would be, had a parameter outside the family been another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.estimation.results import Z95
from willing.figures import BLUE, INK, house_theme
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot

DECISIVENESS_GRID = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)
NOISE_GROWTH_GRID = (-2.0, -1.0, 0.0, 1.0, 2.0)

# A 95 % interval holds what loses less than this; half the quantile of a chi-squared with 1 df.
DROP = Z95**2 / 2
# How closely the maximum is found, as a share of the distance between its neighbours on the grid.
_ACCURACY = 0.05
# How often the search for an end of the interval doubles its step before it calls the end open.
_DOUBLINGS = 4


@dataclass(frozen=True, repr=False)
class Profile(Result):
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
    """Find the maximum of a profile likelihood: on a grid, then by parabolas around its best.

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

    def look(at: float) -> float:
        x = float(from_scale(at))
        if x not in seen:
            seen[x] = value(x)
        return seen[x]

    def interval() -> tuple[float, float]:
        values = sorted(seen)
        heights = np.array([seen[x] for x in values])
        return _interval(np.array([float(to_scale(x)) for x in values]), heights)

    best = max(range(len(grid)), key=lambda i: seen[grid[i]])
    low = float(to_scale(grid[max(best - 1, 0)]))
    high = float(to_scale(grid[min(best + 1, len(grid) - 1)]))
    accuracy = _ACCURACY * (high - low)
    # From an end of the grid, a single look inside tells whether the curve falls from there on.
    inside = low + accuracy if best == 0 else high - accuracy
    if 0 < best < len(grid) - 1 or look(inside) > seen[grid[best]]:
        from scipy.optimize import minimize_scalar

        minimize_scalar(
            lambda at: -look(float(at)),
            bounds=(low, high),
            method="bounded",
            options={"xatol": accuracy},
        )
    for end in interval():
        if np.isfinite(end):
            look(end)
    bounds = [float(from_scale(end)) if np.isfinite(end) else end for end in interval()]
    values = sorted(seen)
    return Profile(
        parameter=parameter,
        values=tuple(values),
        log_likelihoods=tuple(seen[x] for x in values),
        best=max(values, key=lambda x: seen[x]),
        low=bounds[0],
        high=bounds[1],
    )


def profile_around(
    value: Callable[[float], float], best: float, step: float, *, parameter: str
) -> Profile:
    """Find the interval of a profile likelihood whose maximum is known.

    Parameters
    ----------
    value
        The greatest log-likelihood at a value of the parameter.
    best
        Where it is greatest.
    step
        Where to look first for the ends, from `best`; two standard errors, say.
    parameter
        Its name.
    """
    seen = {best: value(best)}
    for way in (-step, step):
        for k in range(_DOUBLINGS):
            x = best + way * 2**k
            seen[x] = value(x)
            if seen[x] <= seen[best] - DROP:
                break

    def interval() -> tuple[float, float]:
        values = sorted(seen)
        return _interval(np.array(values), np.array([seen[x] for x in values]))

    for end in interval():
        if np.isfinite(end):
            seen[end] = value(end)
    low, high = interval()
    values = sorted(seen)
    heights = tuple(seen[x] for x in values)
    return Profile(parameter, tuple(values), heights, best, low, high)


def _interval(x: Floats, heights: Floats) -> tuple[float, float]:
    """Where the curve crosses the level of the interval, outermost; infinite where it does not.

    Interpolated in the root of what is lost, which is linear where the curve is a parabola.
    """
    root, level = np.sqrt(heights.max() - heights), np.sqrt(DROP)
    inside = np.flatnonzero(root <= level)

    def crossing(within: int, beyond: int, end: float) -> float:
        if not 0 <= beyond < len(x):
            return end
        share = (level - root[within]) / (root[beyond] - root[within])
        return float(x[within] + share * (x[beyond] - x[within]))

    first, last = int(inside[0]), int(inside[-1])
    return crossing(first, first - 1, -np.inf), crossing(last, last + 1, np.inf)
