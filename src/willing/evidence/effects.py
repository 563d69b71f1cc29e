"""Predicted probabilities of joining, with bands that carry the estimates' uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from scipy.special import expit, ndtr

from willing.estimation.design import CONSTANT, term_column
from willing.estimation.hetprobit import index, index_gradient
from willing.estimation.results import Z95, BinaryResults
from willing.figures import PALETTE, house_theme
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot

Bands = Literal["delta", "simulated"]
Profile = Mapping[str, float]
DRAWS = 2000
LABELS: Mapping[str, str] = {
    "insecurity_leader": "Leader's insecurity",
    "LinsecYoung": "Leader's insecurity",
    "difLPv": "Partner's divergence from the leader",
    "difTPv": "Partner's divergence from the target",
}


@dataclass(frozen=True, eq=False, repr=False)
class PredictedProbabilities(Result):
    """Predicted probabilities along one column, for one or more kinds of case.

    Attributes
    ----------
    title : str
        What is shown.
    over : str
        The column that varies.
    frame : polars.DataFrame
        Columns `over`, ``group``, ``probability``, ``low``, ``high`` (95 % band).
    profile : mapping of str to float
        Where the other columns are held.
    bands : str
        How the band was made: ``"delta"`` or ``"simulated"``.
    """

    title: str
    over: str
    frame: pl.DataFrame
    profile: Profile
    bands: Bands

    def to_frame(self) -> pl.DataFrame:
        """Give one row a point: the column that varies, group, probability, low, high."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the curve and the profile as plain numbers."""
        return {
            "over": self.over,
            "bands": self.bands,
            "profile": dict(self.profile),
            "curve": self.frame.to_dicts(),
        }

    def caption(self) -> str:
        """Say where the other columns are held and what the band is."""
        held = ", ".join(
            f"{name} {value:,.0f}" if abs(value) >= 100 else f"{name} {value:.3g}"
            for name, value in self.profile.items()
        )
        how = {
            "delta": "delta method on the index, then through the link",
            "simulated": f"{DRAWS:,} draws from the estimates' normal distribution",
        }[self.bands]
        return f"95 % band by {how}. Other columns at: {held}."

    def __str__(self) -> str:
        lines = [self.title]
        for name, part in self.frame.group_by("group", maintain_order=True):
            first, last = part.row(0, named=True), part.row(-1, named=True)
            lines.append(
                f"  {name[0]}: {first['probability']:.4f} at {self.over} = {first[self.over]:g}, "
                f"{last['probability']:.4f} at {last[self.over]:g}"
            )
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw a curve with its band for each group."""
        from plotnine import (
            aes,
            geom_line,
            geom_ribbon,
            ggplot,
            labs,
            scale_color_manual,
            scale_fill_manual,
        )

        groups = self.frame["group"].unique(maintain_order=True).to_list()
        shown = self.frame.to_pandas()
        shown["group"] = shown["group"].astype("category").cat.set_categories(groups)
        return (
            ggplot(shown, aes(self.over, "probability"))
            + geom_ribbon(aes(ymin="low", ymax="high", fill="group"), alpha=0.2)
            + geom_line(aes(color="group"), size=1)
            + scale_color_manual(PALETTE[: len(groups)])
            + scale_fill_manual(PALETTE[: len(groups)])
            + labs(
                x=LABELS.get(self.over, self.over),
                y="Probability of joining",
                title=self.title,
                color="",
                fill="",
            )
            + house_theme()
        )


def typical_profile(results: BinaryResults) -> dict[str, float]:
    """Give a typical case of the estimation sample: means, and medians of dichotomous columns."""
    profile = {}
    for name, column in _columns(results).items():
        dichotomous = np.isin(column, (0.0, 1.0)).all()
        profile[name] = float(np.median(column) if dichotomous else column.mean())
    return profile


def predicted_probabilities(
    results: BinaryResults,
    *,
    over: str,
    grid: Floats,
    groups: Mapping[str, Profile],
    profile: Profile | None = None,
    bands: Bands = "delta",
    rng: np.random.Generator | None = None,
    title: str = "",
) -> PredictedProbabilities:
    """Predict the probability of the outcome along one column.

    Parameters
    ----------
    results
        An estimated model.
    over
        The column that varies.
    grid
        Its values, shape (m,).
    groups
        For each kind of case, the columns held elsewhere than in the profile.
    profile
        Columns held elsewhere than in :func:`typical_profile`.
    bands
        ``"delta"``: 95 % interval of the index by the delta method, mapped through the link, so
        that it stays between 0 and 1. ``"simulated"``: percentiles over draws of the
        coefficients from their asymptotic normal distribution.
    rng
        Random numbers for simulated bands; seeded with 0 by default.
    title
        What to call the result.

    Returns
    -------
    PredictedProbabilities
    """
    base = typical_profile(results) | dict(profile or {})
    parts = []
    for group, values in groups.items():
        X, Z = _rows(results, base | dict(values), over, grid)
        if bands == "delta":
            probability, low, high = _delta_band(results, X, Z)
        else:
            rng = rng or np.random.default_rng(0)
            probability, low, high = _simulated_band(results, X, Z, rng)
        parts.append(
            pl.DataFrame(
                {over: grid, "group": group, "probability": probability, "low": low, "high": high}
            )
        )
    varied = {over}.union(*groups.values())
    held = {name: value for name, value in base.items() if name not in varied}
    return PredictedProbabilities(title, over, pl.concat(parts), held, bands)


def insecurity_curve(
    results: BinaryResults, *, bands: Bands = "delta", profile: Profile | None = None
) -> PredictedProbabilities:
    """Predict joining against L's insecurity, 0 to 1, for partners near to and far from L.

    Near and far are the quartiles of `difLPv` in the estimation sample.
    """
    near, far = np.quantile(results.design.column("difLPv"), [0.25, 0.75])
    return predicted_probabilities(
        results,
        over=_insecurity(results),
        grid=np.linspace(0, 1, 101),
        groups={
            f"Near partner (divergence {near:.2f})": {"difLPv": near},
            f"Far partner (divergence {far:.2f})": {"difLPv": far},
        },
        profile=profile,
        bands=bands,
        title="Joining and the leader's insecurity",
    )


def divergence_curve(
    results: BinaryResults,
    *,
    over: str = "difTPv",
    bands: Bands = "delta",
    profile: Profile | None = None,
) -> PredictedProbabilities:
    """Predict joining against a divergence, 0 to 5, for secure and insecure leaders.

    Secure and insecure are the first and last decile of L's insecurity in the estimation sample.
    """
    name = _insecurity(results)
    secure, insecure = np.quantile(results.design.column(name), [0.1, 0.9])
    whose = {"difTPv": "target", "difLPv": "leader"}[over]
    return predicted_probabilities(
        results,
        over=over,
        grid=np.linspace(0, 5, 101),
        groups={
            f"Secure leader (insecurity {secure:.2f})": {name: secure},
            f"Insecure leader (insecurity {insecure:.2f})": {name: insecure},
        },
        profile=profile,
        bands=bands,
        title=f"Joining and the partner's divergence from the {whose}",
    )


def _insecurity(results: BinaryResults) -> str:
    """The name of L's insecurity in a model: ours, or that of the authors' own file."""
    names = ("insecurity_leader", "LinsecYoung")
    return next(name for name in names if name in results.design.terms)


def _columns(results: BinaryResults) -> dict[str, Floats]:
    """Give the columns that enter either equation by themselves."""
    design = results.design
    mean = dict(zip(design.terms, design.X.T, strict=True))
    variance = dict(zip(design.variance_terms, design.Z.T, strict=True))
    both = variance | mean
    return {name: c for name, c in both.items() if name != CONSTANT and ":" not in name}


def _rows(
    results: BinaryResults, values: Profile, over: str, grid: Floats
) -> tuple[Floats, Floats]:
    """Lay out rows of the two equations, shapes (m, k) and (m, l), that differ in one column."""
    columns = {name: np.full_like(grid, value) for name, value in values.items()}
    columns |= {CONSTANT: np.ones_like(grid), over: grid}
    X = np.column_stack([term_column(columns, t) for t in results.design.terms])
    Z = [term_column(columns, t) for t in results.variance_terms]
    return X, np.column_stack([np.empty((len(grid), 0)), *Z])


def _delta_band(results: BinaryResults, X: Floats, Z: Floats) -> tuple[Floats, Floats, Floats]:
    u = index(results.params, X, Z)
    J = index_gradient(results.params, X, Z)
    se = np.sqrt(np.einsum("ij,jk,ik->i", J, results.covariance, J))
    link = _inverse_link(results)
    return link(u), link(u - Z95 * se), link(u + Z95 * se)


def _simulated_band(
    results: BinaryResults, X: Floats, Z: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    draws = rng.multivariate_normal(results.params, results.covariance, size=DRAWS)
    link = _inverse_link(results)
    drawn = link(np.array([index(theta, X, Z) for theta in draws]))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return link(index(results.params, X, Z)), low, high


def _inverse_link(results: BinaryResults) -> Callable[[Floats], Floats]:
    return expit if results.link == "logit" else ndtr
