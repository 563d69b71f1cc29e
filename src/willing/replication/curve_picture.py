"""The specification curve with its panel of choices below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from willing.evidence.curve import SpecificationCurve
from willing.evidence.specification_choices import CHOICES, Hypothesis
from willing.figures import BLUE, INK, ORANGE, house_theme
from willing.report.labels import ALTERNATIVES
from willing.report.labels import CHOICES as CHOICE_NAMES

SIGNIFICANT = 0.05
_COLOURS = {"positive, p < .05": BLUE, "p ≥ .05": "#999999", "negative, p < .05": ORANGE}


@dataclass(frozen=True)
class CurvePicture:
    """Two plots below each other, saved as one picture.

    Attributes
    ----------
    plots
        A composition of plotnine.
    """

    plots: Any

    def save(self, buffer: Any, **options: Any) -> None:
        """Write the picture, as a plot does."""
        options.pop("verbose", None)
        self.plots.save(buffer, **options)


def plot_curve(curve: SpecificationCurve, hypothesis: Hypothesis) -> CurvePicture:
    """Draw the estimates of a hypothesis in rising order, and below each what was chosen for it.

    Parameters
    ----------
    curve
        The specification curve.
    hypothesis
        ``"H1"`` or ``"H2"``.
    """
    import plotnine as p9

    rows = curve.estimated(hypothesis).sort("z").with_row_index("rank")
    significant = pl.col("p") < SIGNIFICANT
    positive, neither, negative = _COLOURS
    rows = rows.with_columns(
        verdict=pl.when(significant & (pl.col("z") > 0))
        .then(pl.lit(positive))
        .when(significant)
        .then(pl.lit(negative))
        .otherwise(pl.lit(neither))
    )
    varied = [name for name in CHOICES if rows[name].n_unique() > 1]
    ticks = rows.unpivot(
        on=varied, index=["rank", "verdict"], variable_name="choice", value_name="alternative"
    ).with_columns(
        pl.col("choice").replace(CHOICE_NAMES),
        pl.col("alternative").replace(ALTERNATIVES),
    )
    shown = ticks.select(
        "rank", "verdict", row=pl.concat_str("choice", pl.lit(": "), "alternative")
    ).to_pandas()
    order = ticks.select(pl.concat_str("choice", pl.lit(": "), "alternative")).to_series()
    labels = list(dict.fromkeys(order))[::-1]
    shown["row"] = shown["row"].astype("category").cat.set_categories(labels, ordered=True)
    colours = p9.scale_color_manual(_COLOURS, breaks=list(_COLOURS), name="")
    upper = (
        p9.ggplot(rows.to_pandas(), p9.aes("rank", "z", color="verdict"))
        + p9.geom_hline(yintercept=0, color=INK, size=0.4)
        + p9.geom_linerange(p9.aes(ymin="z - 1.96", ymax="z + 1.96"), alpha=0.35, size=0.5)
        + p9.geom_point(size=0.9)
        + colours
        + p9.labs(x="", y="Estimate / s.e.")
        + house_theme()
        + p9.theme(legend_position="top", axis_text_x=p9.element_blank())
    )
    lower = (
        p9.ggplot(shown, p9.aes("rank", "row", color="verdict"))
        + p9.geom_point(shape="|", size=2)
        + colours
        + p9.labs(x="Specifications in rising order", y="")
        + house_theme()
        + p9.theme(legend_position="none", axis_text_y=p9.element_text(size=8))
    )
    # Both halves are of one height, that of the choices.
    return CurvePicture((upper / lower) & p9.theme(figure_size=(9, 2 * (1 + 0.16 * len(labels)))))
