"""Figure 3 of Wolford and Ritter (2016): as its script draws it, and by the model's probability.

The script of the published figure puts `x'b / exp(v)` through the normal distribution, with v the
square of the fitted standard deviation `s = exp(z'g)` in panel a and of the standard error of
`x'b` in panel b, and draws as its band the same of `x'b +- 1.96` times that deviation or error. The
probability of the model is `Phi(x'b / s)`, and its band has the standard error of the index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import ndtr

from willing.errors import EstimationError
from willing.estimation.design import CONSTANT, term_column
from willing.estimation.hetprobit import index, index_gradient
from willing.estimation.results import Z95, BinaryResults
from willing.figures import NARROW, PALETTE, house_theme
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot


# The typical case of the published figure: its means for the divergences and capabilities, an
# insecurity of .17 for both leaders, no alliance, no UN support, autocracies, the Cold War.
PUBLISHED: Mapping[str, float] = {
    "insecurity": 0.17,
    "difLPv": 1.01,
    "difTPv": 1.1,
    "cinc_ell": 0.017,
    "cinc_tee": 0.016,
    "cinc_pee": 0.016,
    "LPallies": 0.0,
    "unsupport": 0.0,
    "LTdist": 1.0,
    "PTdist": 1.0,
    "demL": 0.0,
    "demP": 0.0,
    "pcw": 0.0,
    "Lmaj": 0.0,
}
AS_DRAWN, BY_MODEL = "as drawn", "probability of the model"
POINTS = 101


@dataclass(frozen=True, eq=False, repr=False)
class FigureThree(Result):
    """Both panels, each drawn in both ways.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a point: ``panel`` (a: over the leader's insecurity, b: over the partner's
        divergence from the target), ``x``, ``how`` (`AS_DRAWN` or `BY_MODEL`), ``probability``,
        ``low`` and ``high``.
    profile : mapping of str to float
        The typical case.
    """

    frame: pl.DataFrame
    profile: Mapping[str, float]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a point."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the points and the typical case."""
        return {"profile": dict(self.profile), "points": self.frame.to_dicts()}

    def __str__(self) -> str:
        lines = ["Figure 3: probability of joining in the typical case"]
        for (panel, how), part in self.frame.group_by("panel", "how", maintain_order=True):
            first, last = part.row(0, named=True), part.row(-1, named=True)
            lines.append(
                f"  panel {panel}, {how:26}{first['probability']:.4f} at {first['x']:g}, "
                f"{last['probability']:.4f} at {last['x']:g}"
            )
        return "\n".join(lines)

    def plot(self, *, narrow: bool = False) -> ggplot:
        """Draw the panels, a colour a way of drawing.

        Parameters
        ----------
        narrow
            Whether to set them below each other, for a narrow screen.
        """
        from plotnine import (
            aes,
            facet_wrap,
            geom_line,
            geom_ribbon,
            ggplot,
            labs,
            scale_color_manual,
            scale_fill_manual,
        )

        titles = {
            "a": "a: leader's insecurity",
            "b": "b: partner's divergence from the target",
        }
        shown = self.frame.with_columns(pl.col("panel").replace(titles)).to_pandas()
        return (
            ggplot(shown, aes("x", "probability", color="how", fill="how"))
            + geom_ribbon(aes(ymin="low", ymax="high"), alpha=0.15, color="none")
            + geom_line(size=1)
            + facet_wrap("panel", scales="free", ncol=1 if narrow else 2)
            + scale_color_manual(PALETTE[:2])
            + scale_fill_manual(PALETTE[:2])
            + labs(
                x="",
                y="Probability of joining",
                color="",
                fill="",
                title="Wolford and Ritter's Figure 3, twice",
            )
            + house_theme(*((NARROW, 7) if narrow else (8, 4)))
        )


def figure_three(
    results: BinaryResults, *, insecurity: tuple[str, str], profile: Mapping[str, float] = PUBLISHED
) -> FigureThree:
    """Draw the published figure from a heteroskedastic probit, in both ways.

    Parameters
    ----------
    results
        Wolford and Ritter's second model: a heteroskedastic probit.
    insecurity
        The columns of L's and P's insecurity.
    profile
        The typical case; its entry ``insecurity`` is for both leaders. Distances are in other units
        in the published data (the typical case has 1), so a model in kilometres takes them as
        near.

    Raises
    ------
    EstimationError
        If the model has no variance equation.
    """
    if not results.variance_terms:
        raise EstimationError("figure 3 needs the heteroskedastic probit; this model has none")
    known = dict(profile)
    both = dict.fromkeys(insecurity, known.pop("insecurity"))
    case = {**known, **both}
    panels = {
        "a": {insecurity[0]: np.linspace(0, 1, POINTS)},
        "b": {"difTPv": np.linspace(0, 5, POINTS)},
    }
    parts = [_panel(results, panel, case, varied) for panel, varied in panels.items()]
    return FigureThree(pl.concat(parts), profile)


def _panel(
    results: BinaryResults, panel: str, case: Mapping[str, float], varied: Mapping[str, Floats]
) -> pl.DataFrame:
    ((name, x),) = varied.items()
    terms, k = results.design.terms, len(results.design.terms)
    needed = {c for term in (*terms, *results.variance_terms) for c in term.split(":")}
    columns = {c: np.full(POINTS, case.get(c, 0.0)) for c in needed} | {name: x}
    columns[CONSTANT] = np.ones(POINTS)
    X = np.column_stack([term_column(columns, term) for term in terms])
    Z = np.column_stack([term_column(columns, term) for term in results.variance_terms])
    xb = X @ results.params[:k]
    sigma = np.exp(Z @ results.params[k:])
    error = np.sqrt(np.einsum("ij,jk,ik->i", X, results.covariance[:k, :k], X))
    width = sigma if panel == "a" else error
    u = index(results.params, X, Z)
    J = index_gradient(results.params, X, Z)
    se = np.sqrt(np.einsum("ij,jk,ik->i", J, results.covariance, J))
    ways = {
        AS_DRAWN: [ndtr((xb + s * Z95 * width) / np.exp(width**2)) for s in (0, -1, 1)],
        BY_MODEL: [ndtr(u + s * Z95 * se) for s in (0, -1, 1)],
    }
    return pl.concat(
        pl.DataFrame(
            {"panel": panel, "x": x, "how": how, "probability": p, "low": low, "high": high}
        )
        for how, (p, low, high) in ways.items()
    )
