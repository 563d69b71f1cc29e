"""What each term does to joining, as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from plotnine import ggplot


def plot_effects(effects: pl.DataFrame, *, axis: str, title: str) -> ggplot:
    """Draw effects with their intervals, a row a term.

    Parameters
    ----------
    effects
        ``term``, ``estimate``, ``low`` and ``high``.
    axis, title
        What the effects are measured in, and the title of the figure.
    """
    from plotnine import aes, coord_flip, geom_hline, geom_pointrange, ggplot, labs

    from willing.figures import BLUE, INK, house_theme

    return (
        ggplot(effects.to_pandas(), aes("term", "estimate"))
        + geom_hline(yintercept=0, color=INK, size=0.3)
        + geom_pointrange(aes(ymin="low", ymax="high"), color=BLUE)
        + labs(x="", y=axis, title=title)
        + coord_flip()
        + house_theme()
    )
