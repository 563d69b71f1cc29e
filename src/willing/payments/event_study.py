"""Joiners less the rest, year by year around the crisis."""

from __future__ import annotations

import numpy as np
import polars as pl

from willing.payments.panel import BEFORE, WINDOW, Panel
from willing.payments.twoway import absorbed_effects

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
