"""The pictures of a specification curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.figures import BLUE, INK, NARROW, ORANGE, house_theme
from willing.report.labels import ALTERNATIVES
from willing.report.labels import CHOICES as CHOICE_NAMES

if TYPE_CHECKING:
    from plotnine import ggplot

SIGNIFICANT = 0.05
# Below this many a curve can be read cell by cell; of more, every k-th is drawn.
DRAWN = 300
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


def draw_curve(
    cells: pl.DataFrame, choices: Sequence[str], *, narrow: bool = False
) -> CurvePicture:
    """Draw estimates in rising order, and below each what was chosen for it.

    Parameters
    ----------
    cells
        What :meth:`willing.evidence.curve_results.SpecificationCurve.estimated` gave.
    choices
        The choices that vary.
    narrow
        Whether it is for a narrow screen: each choice then stands above its alternatives.
    """
    import plotnine as p9

    ordered = cells.sort("z").with_row_index("rank")
    every = ordered.gather_every(max(1, ordered.height // DRAWN))
    rows = every.vstack(ordered.filter("main")).unique("rank").sort("rank")
    significant = pl.col("p") < SIGNIFICANT
    positive, neither, negative = _COLOURS
    rows = rows.with_columns(
        verdict=pl.when(significant & (pl.col("z") > 0))
        .then(pl.lit(positive))
        .when(significant)
        .then(pl.lit(negative))
        .otherwise(pl.lit(neither))
    )
    ticks = rows.unpivot(
        on=list(choices),
        index=["rank", "verdict"],
        variable_name="choice",
        value_name="alternative",
    ).with_columns(
        pl.col("choice").replace(CHOICE_NAMES),
        pl.col("alternative").replace(ALTERNATIVES),
    )
    shown = ticks.select(
        "rank", "verdict", row=pl.concat_str("choice", pl.lit(": "), "alternative")
    ).to_pandas()
    order = ticks.select(pl.concat_str("choice", pl.lit(": "), "alternative")).to_series()
    labels = list(dict.fromkeys(order))[::-1]
    named = dict(zip(labels, labels, strict=True))
    if narrow:
        labels, named = _under_heads(labels)
    shown["row"] = shown["row"].astype("category").cat.set_categories(labels, ordered=True)
    colours = p9.scale_color_manual(_COLOURS, breaks=list(_COLOURS), name="")
    upper = (
        p9.ggplot(rows.to_pandas(), p9.aes("rank", "z", color="verdict"))
        + p9.geom_hline(yintercept=0, color=INK, size=0.4)
        + p9.geom_linerange(p9.aes(ymin="z - 1.96", ymax="z + 1.96"), alpha=0.35, size=0.5)
        + p9.geom_point(size=0.9)
        + p9.geom_point(data=rows.filter("main").to_pandas(), color=INK, size=3, shape="D")
        + colours
        + p9.labs(x="", y="Estimate / s.e.")
        + house_theme()
        + p9.theme(
            legend_position="top", legend_title=p9.element_blank(), axis_text_x=p9.element_blank()
        )
    )
    lower = (
        p9.ggplot(shown, p9.aes("rank", "row", color="verdict"))
        + p9.geom_point(shape="|", size=2)
        + p9.scale_y_discrete(limits=labels, labels=[named[each] for each in labels])
        + colours
        + p9.labs(x="Specifications in rising order", y="")
        + house_theme()
        + p9.theme(legend_position="none", axis_text_y=p9.element_text(size=8))
    )
    # Both halves are of one height, that of the choices.
    size = (NARROW if narrow else 9, 2 * (1 + 0.16 * len(labels)))
    vertical = p9.theme(legend_direction="vertical" if narrow else "horizontal")
    return CurvePicture(((upper + vertical) / lower) & p9.theme(figure_size=size))


def _under_heads(labels: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Put a row with the choice above its alternatives; from below, as rows are drawn."""
    rows: list[str] = []
    named: dict[str, str] = {}
    for label in labels:
        choice, alternative = label.split(": ", 1)
        head = f"{choice}:"
        if head in named:
            rows.remove(head)
        rows += [label, head]
        named |= {label: alternative, head: head.capitalize()}
    return rows, named


def draw_choices(cells: pl.DataFrame, choices: Sequence[str], claim: str) -> ggplot:
    """Draw estimates by each alternative of each choice; parameters as in :func:`draw_curve`."""
    from plotnine import aes, facet_wrap, geom_point, geom_vline, ggplot, labs

    shown = cells.unpivot(on=list(choices), index="z", variable_name="choice")
    return (
        ggplot(shown, aes("z", "value"))
        + geom_vline(xintercept=[-1.96, 0, 1.96], color=INK, size=0.3, linetype="dashed")
        + geom_point(color=BLUE, alpha=0.25, size=2)
        + facet_wrap("choice", scales="free_y", ncol=2)
        + labs(x="Estimate / standard error", y="", title=f"{claim} by each choice")
        + house_theme(8, 7)
    )
