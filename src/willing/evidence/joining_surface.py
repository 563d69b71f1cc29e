"""Who joins whom in the data, over the leader's security and the partner's divergence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import ndtr

from willing.estimation.design import CONSTANT, term_column
from willing.estimation.hetprobit import index
from willing.estimation.results import Z95, BinaryResults
from willing.evidence.effects import typical_profile
from willing.figures import BLUE, INK, NARROW, house_theme
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
    low, high : ndarray, shape (s, d)
        Its 95 % interval, by the delta method on the index, then through the link.
    observed : polars.DataFrame
        ``security`` and ``divergence`` of the partners that joined.
    """

    security: Floats
    divergence: Floats
    probability: Floats
    low: Floats
    high: Floats
    observed: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give one row a pair of security and divergence."""
        sigma, d = np.meshgrid(self.security, self.divergence, indexing="ij")
        return pl.DataFrame(
            {
                "security": sigma.ravel(),
                "divergence": d.ravel(),
                "probability": self.probability.ravel(),
                "low": self.low.ravel(),
                "high": self.high.ravel(),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the grid as plain numbers."""
        return {
            "security": self.security.tolist(),
            "divergence": self.divergence.tolist(),
            "probability": self.probability.tolist(),
            "low": self.low.tolist(),
            "high": self.high.tolist(),
        }

    def __str__(self) -> str:
        places = [0, 0, -1, -1], [0, -1, 0, -1]
        corners = [
            f"{value:.4f} [{low:.4f}, {high:.4f}]"
            for value, low, high in zip(
                self.probability[places], self.low[places], self.high[places], strict=True
            )
        ]
        near, far = self.divergence[[0, -1]]
        return (
            f"Fitted probability of joining at divergence {near:g} and {far:g}: leader at security "
            f"{self.security[0]:.2f}: {corners[0]}, {corners[1]}; at "
            f"{self.security[-1]:.2f}: {corners[2]}, {corners[3]}"
        )

    def plot(self, *, narrow: bool = False) -> ggplot:
        """Draw the surface between the ends of its interval, the partners that joined as dots.

        Parameters
        ----------
        narrow
            Whether to set the three panels below each other, for a narrow screen.
        """
        from plotnine import (
            aes,
            coord_cartesian,
            element_text,
            facet_wrap,
            geom_point,
            geom_raster,
            ggplot,
            labs,
            scale_fill_gradient,
            theme,
        )

        panels = {
            "low": "lower end of 95 %",
            "probability": "estimate",
            "high": "upper end of 95 %",
        }
        order = pl.Enum(list(panels.values()))
        rows = self.to_frame().unpivot(
            index=["security", "divergence"], variable_name="panel", value_name="fitted"
        )
        rows = rows.with_columns(pl.col("panel").replace_strict(panels, return_dtype=order))
        dots = self.observed.with_columns(panel=pl.lit(panels["probability"], dtype=order))
        return (
            ggplot(rows.to_pandas(), aes("security", "divergence"))
            + geom_raster(aes(fill="fitted"), interpolate=True)
            + geom_point(data=dots.to_pandas(), color=INK, size=0.8, alpha=0.5)
            + facet_wrap("panel", ncol=1 if narrow else 3)
            + scale_fill_gradient("#FFFFFF", BLUE)
            + coord_cartesian(
                xlim=(self.security[0], self.security[-1]),
                ylim=(0, self.divergence[-1]),
                expand=False,
            )
            + labs(
                x="Leader's security (1 - insecurity)",
                y="Partner's divergence",
                fill="Probability\nof joining",
                title="Who joined whom",
            )
            + house_theme(*((NARROW, 9) if narrow else (9, 3.8)))
            + theme(
                legend_position="bottom" if narrow else "right",
                legend_text=element_text(size=8),
                strip_text=element_text(ha="left", weight="bold", color=INK),
            )
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
    least, most = np.quantile(insecurity, [0.01, 0.99])
    security = np.linspace(1 - most, 1 - least, points)
    divergence = np.linspace(0.0, divergence_max, points)
    sigma, d = (g.ravel() for g in np.meshgrid(security, divergence, indexing="ij"))
    columns = {name: np.full_like(d, value) for name, value in typical_profile(results).items()}
    columns |= {"insecurity_leader": 1 - sigma, "difLPv": d, CONSTANT: np.ones_like(d)}
    X = np.column_stack([term_column(columns, term) for term in design.terms])
    u = index(results.params, X, np.empty((len(d), 0)))
    # Of a probit without terms of the variance the index is linear: its gradient is the row.
    error = np.sqrt(np.einsum("ij,jk,ik->i", X, results.covariance, X))
    value, low, high = (ndtr(u + z * error).reshape(points, points) for z in (0.0, -Z95, Z95))
    joined = design.y == 1
    return JoiningSurface(
        security=security,
        divergence=divergence,
        probability=value,
        low=low,
        high=high,
        observed=pl.DataFrame({"security": 1 - insecurity[joined], "divergence": far[joined]}),
    )
