"""The look that every figure of the package shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotnine import theme

# Okabe and Ito's palette, distinguishable in every common colour-vision deficiency.
INK = "#222222"
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
YELLOW = "#E69F00"
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
