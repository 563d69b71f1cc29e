"""Joiners less the rest, year by year around the crisis, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from willing.figures import BLUE, INK, house_theme
from willing.payments.panel import BEFORE, WINDOW, Panel
from willing.payments.samples import PRIMARY
from willing.payments.study_numbers import StudyNumbers
from willing.payments.twoway import absorbed_effects

if TYPE_CHECKING:
    from plotnine import ggplot


SHOWN = tuple(year for year in WINDOW if year not in BEFORE)


def event_study(panel: Panel) -> pl.DataFrame:
    """Follow ``log(1 + x)`` of joiners less that of the others of their crisis.

    Pairs of crisis and partner have an effect each, and so has every year of every crisis; the
    three years before are the base. Errors are clustered by crisis and by partner.

    Returns
    -------
    polars.DataFrame
        One row a year of `SHOWN`: ``year`` (0 is the crisis), ``effect``, ``se``, ``low``,
        ``high``.
    """
    logs = np.log1p(np.maximum(panel.values, 0.0))
    pair, when = np.nonzero(np.isfinite(logs))
    join = panel.rows["join"].to_numpy()[pair]
    crisis = panel.rows["crisno"].to_numpy()[pair]
    partner = panel.rows["partner"].to_numpy()[pair]
    offset = np.array(WINDOW)[when]
    X = np.column_stack([join * (offset == year) for year in SHOWN])
    found = absorbed_effects(
        logs[pair, when],
        X,
        absorb=[pair, crisis * len(WINDOW) + when],
        clusters=np.column_stack([crisis, partner]),
    )
    return pl.DataFrame(
        {
            "year": SHOWN,
            "effect": [one.value for one in found],
            "se": [one.se for one in found],
            "low": [one.low for one in found],
            "high": [one.high for one in found],
        }
    )


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
