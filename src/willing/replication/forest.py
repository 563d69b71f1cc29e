"""One picture of what the record says: both hypotheses by every measure of security."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from willing.figures import BLUE, INK, ORANGE, house_theme
from willing.report.labels import MEASURES

if TYPE_CHECKING:
    from plotnine import ggplot

PANELS = {
    "formation": "H1 formation\na coalition is built",
    "joining": "H1 joining\na state joins",
    "noise": "H2 noise\nvariance of joining",
    "preferences": "H2 preferences\ninsecurity × divergence",
    "taken": "H2 taken, raw\ndivergence of partners",
    "taken_net": "H2 taken, net\nof the states not taken",
}
# Differences of means in units of ideal points; the other tests are coefficients.
IN_UNITS = ("taken", "taken_net")


def forest_rows(tests: pl.DataFrame) -> pl.DataFrame:
    """Scale the tests so that measures can be compared.

    Parameters
    ----------
    tests
        As `willing.replication.tests_by_measure.tests_by_measure` gives them.

    Returns
    -------
    polars.DataFrame
        The same rows with ``estimate``, ``from`` and ``to``: coefficients per standard deviation
        of the measure over leader sides, differences as they are; and ``side``, whether the
        interval lies above zero, below it or on both sides.
    """
    scale = pl.when(pl.col("test").is_in(IN_UNITS)).then(1.0).otherwise(pl.col("spread"))
    return tests.with_columns(
        (pl.col("value") * scale).alias("estimate"),
        (pl.col("low") * scale).alias("from"),
        (pl.col("high") * scale).alias("to"),
        side=pl.when(pl.col("low") > 0)
        .then(pl.lit("above zero"))
        .when(pl.col("high") < 0)
        .then(pl.lit("below zero"))
        .otherwise(pl.lit("includes zero")),
    )


def plot_forest(tests: pl.DataFrame, *, narrow: bool = False) -> ggplot:
    """Draw every measure's estimate with its interval, a panel a test.

    Parameters
    ----------
    tests
        As `willing.replication.tests_by_measure.tests_by_measure` gives them.
    narrow
        Whether to set the panels below each other, for a narrow screen.
    """
    import plotnine as p9

    rows = forest_rows(tests)
    order = [MEASURES[name] for name in MEASURES if name in rows["measure"]][::-1]
    shown = rows.select(
        "estimate",
        "from",
        "to",
        "side",
        measure=pl.col("measure").replace_strict(MEASURES, return_dtype=pl.String),
        panel=pl.col("test").replace_strict(PANELS, return_dtype=pl.String),
    ).to_pandas()
    shown["measure"] = shown["measure"].astype("category").cat.set_categories(order, ordered=True)
    shown["panel"] = (
        shown["panel"].astype("category").cat.set_categories(list(PANELS.values()), ordered=True)
    )
    colours = {"above zero": BLUE, "includes zero": "#777777", "below zero": ORANGE}
    return (
        p9.ggplot(shown, p9.aes("estimate", "measure", color="side"))
        + p9.geom_vline(xintercept=0, color=INK, size=0.4)
        + p9.geom_segment(p9.aes(x="from", xend="to", yend="measure"), size=1)
        + p9.geom_point(size=2)
        + p9.facet_wrap("panel", scales="free_x", ncol=1 if narrow else 3)
        + p9.scale_color_manual(colours, breaks=list(colours), name="95 % interval")
        + p9.labs(x="Positive: as the theory expects", y="")
        + (house_theme(4.6, 13) if narrow else house_theme(9.5, 5.6))
        + p9.theme(
            panel_spacing_y=0.03 if narrow else 0.06,
            legend_position="top" if narrow else "bottom",
            legend_title=p9.element_blank() if narrow else p9.element_text(size=10),
        )
        + p9.theme(strip_text=p9.element_text(size=9, ha="left", weight="bold", color=INK))
    )
