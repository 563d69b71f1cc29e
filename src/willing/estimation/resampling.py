"""Bootstrap means by redrawing whole clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from willing.numbers import Floats, Ints, p_said


@dataclass(frozen=True)
class Contrast:
    """A difference with a 95 % percentile interval from a cluster bootstrap.

    Attributes
    ----------
    value : float
        The difference in the data.
    low, high : float
        2.5 and 97.5 per cent quantiles over the draws.
    p : float
        Twice the smaller share of draws on either side of zero.
    """

    value: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}], {p_said(self.p)}"

    def to_dict(self) -> dict[str, Any]:
        """Give its four numbers."""
        return vars(self)


@dataclass(frozen=True, eq=False)
class CellMeans:
    """Means of cells and their bootstrap draws.

    Attributes
    ----------
    means : ndarray, shape (cells,)
        In the data.
    drawn : ndarray, shape (draws, cells)
        In samples that redraw whole clusters; NaN where a sample has nothing in the cell.
    """

    means: Floats
    drawn: Floats

    def contrast(self, statistic: Callable[[Floats], Floats]) -> Contrast:
        """Give a function of the means with its interval.

        Parameters
        ----------
        statistic
            Takes means of shape (cells, ...) and gives the number wanted of shape (...).
        """
        values = statistic(self.drawn.T)
        values = values[np.isfinite(values)]
        low, high = np.quantile(values, [0.025, 0.975])
        p = min(1.0, 2 * float(min(np.mean(values <= 0), np.mean(values >= 0))))
        return Contrast(float(statistic(self.means)), float(low), float(high), p)


def bootstrap_means(
    values: Floats, cell: Ints, cluster: Ints, *, cells: int, draws: int, rng: np.random.Generator
) -> CellMeans:
    """Give the mean of each cell, with samples that redraw whole clusters.

    Parameters
    ----------
    values
        Observations, shape (n,).
    cell
        Which cell each belongs to, 0 to `cells` - 1, shape (n,).
    cluster
        Which cluster, any whole numbers, shape (n,).
    cells
        Number of cells.
    draws
        Number of bootstrap samples.
    rng
        Source of randomness.
    """
    names, number = np.unique(cluster, return_inverse=True)
    G = len(names)
    position = number * cells + cell
    sums = np.bincount(position, weights=values, minlength=G * cells).reshape(G, cells)
    counts = np.bincount(position, minlength=G * cells).reshape(G, cells)
    times = rng.multinomial(G, np.full(G, 1 / G), size=draws)
    with np.errstate(invalid="ignore", divide="ignore"):
        return CellMeans(sums.sum(axis=0) / counts.sum(axis=0), (times @ sums) / (times @ counts))
