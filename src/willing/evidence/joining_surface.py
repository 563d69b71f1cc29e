"""Who joins whom in the data, over the leader's security and the partner's divergence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import ndtr

from willing.estimation.design import CONSTANT, term_column
from willing.estimation.hetprobit import index
from willing.estimation.results import BinaryResults
from willing.evidence.effects import typical_profile
from willing.figures import BLUE, INK, house_theme
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot


@dataclass(frozen=True, eq=False, repr=False)
class JoiningSurface(Result):
    """Fitted probability of joining, the counterpart in the data of the region of acceptance.

    Attributes
    ----------
    security : ndarray, shape (s,)
        ``1 - insecurity_leader``: security by the measure that the record was loaded with.
    divergence : ndarray, shape (d,)
        Divergence of the partner from L (`difLPv`).
    probability : ndarray, shape (s, d)
        Fitted probability of joining at a typical profile.
    observed : polars.DataFrame
        ``security`` and ``divergence`` of the partners that joined.
    """

    security: Floats
    divergence: Floats
    probability: Floats
    observed: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give one row a pair of security and divergence."""
        sigma, d = np.meshgrid(self.security, self.divergence, indexing="ij")
        return pl.DataFrame(
            {
                "security": sigma.ravel(),
                "divergence": d.ravel(),
                "probability": self.probability.ravel(),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the grid as plain numbers."""
        return {
            "security": self.security.tolist(),
            "divergence": self.divergence.tolist(),
            "probability": self.probability.tolist(),
        }

    def __str__(self) -> str:
        corners = self.probability[[0, 0, -1, -1], [0, -1, 0, -1]]
        low, high = self.divergence[[0, -1]]
        return (
            f"Fitted probability of joining at divergence {low:g} and {high:g}: leader at security "
            f"{self.security[0]:.2f}: {corners[0]:.4f}, {corners[1]:.4f}; at "
            f"{self.security[-1]:.2f}: {corners[2]:.4f}, {corners[3]:.4f}"
        )

    def plot(self) -> ggplot:
        """Draw the surface, with the partners that joined as dots."""
        from plotnine import (
            aes,
            coord_cartesian,
            element_text,
            geom_point,
            geom_raster,
            ggplot,
            labs,
            scale_fill_gradient,
            theme,
        )

        return (
            ggplot(self.to_frame(), aes("security", "divergence"))
            + geom_raster(aes(fill="probability"), interpolate=True)
            + geom_point(data=self.observed, color=INK, size=0.8, alpha=0.5)
            + scale_fill_gradient("#FFFFFF", BLUE)
            + coord_cartesian(
                xlim=(self.security[0], self.security[-1]),
                ylim=(0, self.divergence[-1]),
                expand=False,
            )
            + labs(
                x="Leader's security (1 - insecurity, the probability of keeping office)",
                y="Partner's divergence",
                fill="Probability\nof joining",
                title="Who joined whom",
            )
            + house_theme()
            + theme(legend_position="right", legend_text=element_text(size=8))
        )


def joining_surface(
    results: BinaryResults, *, divergence_max: float = 4.0, points: int = 101
) -> JoiningSurface:
    """Evaluate a model of joining over security and divergence.

    Parameters
    ----------
    results
        A probit of joining with `insecurity_leader`, `difLPv` and, so that the shape is free, their
        product.
    divergence_max
        The largest divergence shown.
    points
        Levels of each on the grid.

    Returns
    -------
    JoiningSurface
        Security runs over the 1st to 99th percentile of the estimation sample; the other columns
        are held at means, dichotomous ones at medians.
    """
    design = results.design
    insecurity, far = design.column("insecurity_leader"), design.column("difLPv")
    low, high = np.quantile(insecurity, [0.01, 0.99])
    security = np.linspace(1 - high, 1 - low, points)
    divergence = np.linspace(0.0, divergence_max, points)
    sigma, d = (g.ravel() for g in np.meshgrid(security, divergence, indexing="ij"))
    columns = {name: np.full_like(d, value) for name, value in typical_profile(results).items()}
    columns |= {"insecurity_leader": 1 - sigma, "difLPv": d, CONSTANT: np.ones_like(d)}
    X = np.column_stack([term_column(columns, term) for term in design.terms])
    u = index(results.params, X, np.empty((len(d), 0)))
    joined = design.y == 1
    return JoiningSurface(
        security=security,
        divergence=divergence,
        probability=ndtr(u).reshape(points, points),
        observed=pl.DataFrame({"security": 1 - insecurity[joined], "divergence": far[joined]}),
    )
