"""The look that every figure of the package shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotnine import ggplot, theme

# Okabe and Ito's palette, distinguishable in every common colour-vision deficiency.
INK = "#222222"
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
YELLOW = "#E69F00"
# On a screen 400 pixels wide a figure of so many inches has letters as large as the text around it.
NARROW = 4.2
# Characters of a title, and of the name of an axis, that fit into it.
_TITLE, _AXIS = 42, 46
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW)


def house_theme(width: float = 6.5, height: float = 4.0) -> theme:
    """Give the plotnine theme of the package for a figure of `width` x `height` inches."""
    from plotnine import element_blank, element_line, element_text, theme, theme_minimal

    house = theme_minimal(base_size=11) + theme(
        figure_size=(width, height),
        panel_grid_minor=element_blank(),
        panel_grid_major=element_line(color="#E5E5E5", size=0.5),
        plot_title=element_text(size=12, weight="bold", color=INK, ha="left"),
        plot_title_position="plot",
        legend_position="bottom",
        legend_title=element_text(size=10),
    )
    # A state called A$B$ is no formula. Plotnine's themes are meant to set their parameters here.
    house._rcParams["text.parse_math"] = False  # type: ignore[assignment]
    return house


def narrowed(plot: ggplot) -> ggplot:
    """Give a figure again for a narrow screen: less wide, long words broken, keys below each other.

    Parameters
    ----------
    plot
        A figure with one panel, or with several that it has been told to set below each other.
    """
    from textwrap import fill

    from plotnine import labs, theme

    _, height = plot.theme.getp("figure_size")
    widths = {"title": _TITLE, "subtitle": _AXIS, "caption": _AXIS, "x": _AXIS}
    broken = {
        name: fill(text, width)
        for name, width in widths.items()
        if isinstance(text := getattr(plot.labels, name, None), str)
    }
    return (
        plot
        + labs(**broken)
        + theme(
            figure_size=(NARROW, max(height, NARROW)),
            legend_position="bottom",
            legend_direction="vertical",
        )
    )
