"""How often each claim fails on random games, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from willing.figures import BLUE, INK, ORANGE, house_theme

if TYPE_CHECKING:
    from plotnine import ggplot


def draw_verdicts(table: pl.DataFrame) -> ggplot:
    """Draw the share of random games in which each claim fails.

    Parameters
    ----------
    table
        ``claim``, ``stated`` (``"holds"`` or ``"fails"``), ``games`` and ``violations``.
    """
    import plotnine as p9

    labels = {"holds": "put forward as true", "fails": "put forward as not true in general"}
    shown = table.select(
        "claim",
        share=100.0 * pl.col("violations") / pl.col("games"),
        stated=pl.col("stated").replace(labels),
    )
    return (
        p9.ggplot(shown, p9.aes("claim", "share", color="stated"))
        + p9.geom_hline(yintercept=0, color=INK, size=0.3)
        + p9.geom_segment(p9.aes(xend="claim", yend=0), size=0.7)
        + p9.geom_point(size=2)
        + p9.scale_color_manual(dict(zip(labels.values(), (BLUE, ORANGE), strict=True)))
        + p9.scale_x_discrete(limits=shown["claim"].to_list()[::-1])
        + p9.coord_flip()
        + p9.labs(
            title="Claims of the theory on random games",
            subtitle="A claim without a bar held in every game.",
            x="",
            y="Games in which it fails, per cent",
            color="",
        )
        + house_theme(height=max(3.0, 1.7 + 0.17 * shown.height))
        + p9.theme(axis_text_y=p9.element_text(size=8))
    )
