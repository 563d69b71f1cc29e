"""Draw payments year by year around the crisis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from willing.figures import BLUE, INK, house_theme
from willing.payments.panel import BEFORE
from willing.payments.samples import PRIMARY
from willing.payments.study_numbers import StudyNumbers

if TYPE_CHECKING:
    from plotnine import ggplot


_PANEL = {"aid": "US aid", "tiv": "US arms"}


def draw_events(study: StudyNumbers) -> ggplot:
    """Draw the event study of first joins: effect and 95 % interval by year, a panel a series."""
    from plotnine import (
        aes,
        facet_wrap,
        geom_hline,
        geom_linerange,
        geom_point,
        geom_vline,
        ggplot,
        labs,
        scale_x_continuous,
    )

    shown = study.events.filter(pl.col("sample") == PRIMARY)
    base = pl.DataFrame(
        [
            {"series": series, "year": year, "effect": 0.0, "low": None, "high": None}
            for series in _PANEL
            for year in BEFORE
        ],
        schema_overrides={"low": pl.Float64, "high": pl.Float64},
    )
    points = pl.concat([shown.select(base.columns), base])
    points = points.with_columns(panel=pl.col("series").replace(_PANEL))
    return (
        ggplot(points.to_pandas(), aes("year", "effect"))
        + geom_hline(yintercept=0, color=INK, size=0.3)
        + geom_vline(xintercept=-0.5, color=INK, linetype="dashed", size=0.3)
        + geom_linerange(aes(ymin="low", ymax="high"), color=BLUE, na_rm=True)
        + geom_point(color=BLUE)
        + facet_wrap("panel")
        + scale_x_continuous(breaks=list(range(-5, 6)))
        + labs(x="year from the crisis", y="joiners less the rest, log(1 + x)")
        + house_theme(7.0, 3.2)
    )
