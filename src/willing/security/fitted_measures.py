"""Fit the measures of security, and score leaders by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.security.crisis_survival import CrisisSurvival, with_hazard
from willing.security.folds import FOLDS, SEED, CrossFit, cross_fit
from willing.security.leader_sample import LeaderSample
from willing.security.measures import MEASURES, MODELS, find_measure, models_of

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FittedMeasures:
    """Measures of security, ready to score.

    Attributes
    ----------
    names
        The measures.
    fits
        The models that they need, by their keys in `willing.security.measures.MODELS`.
    as_of
        The day up to whose end fates were used; ``None`` if all were.
    """

    names: tuple[str, ...]
    fits: Mapping[str, CrossFit]
    as_of: date | None = None

    def score(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Score leaders by every measure.

        Parameters
        ----------
        rows
            Leaders on a day, as `willing.security.leader_sample.leaders_to_score` gives them.

        Returns
        -------
        polars.DataFrame
            One column a measure, one row a row of `rows`; missing on days outside the measure's
            years.
        """
        kept: dict[str, Vector] = {}
        if "crisis" in self.fits:
            survival = CrisisSurvival(self.fits["hazard"], self.fits["crisis"])
            kept["survival_given_defeat"] = survival.kept(rows, "defeat")
            kept["survival_given_victory"] = survival.kept(rows, "victory")
            kept["stake"] = kept["survival_given_victory"] - kept["survival_given_defeat"]
        columns = []
        for name in self.names:
            measure = MEASURES[name]
            values = kept[name] if name in kept else self.fits[measure.model].score(rows)
            within = rows["date"].dt.year().is_between(*measure.years)
            columns.append(pl.Series(name, values).set(~within, None))
        return pl.DataFrame(columns)


def fit_measures(
    sample: LeaderSample,
    names: Sequence[str] = tuple(MEASURES),
    *,
    as_of: date | None = None,
    honest: bool = False,
    folds: int = FOLDS,
    seed: int = SEED,
) -> FittedMeasures:
    """Fit the models that measures need.

    Parameters
    ----------
    sample
        What `willing.security.leader_sample.sample_leaders` gave.
    names
        The measures wanted; all by default.
    as_of
        Use only fates that were known by the end of this day. Whoever is scored then is scored
        from the past alone, her own included, so nothing is cross-fitted.
    honest
        Whether measures that the literature takes in sample are cross-fitted too, as their
        out-of-sample record needs.
    folds, seed
        As in `willing.security.folds.cross_fit`.

    Raises
    ------
    DataError
        If there is no such measure, or nothing was known by that day.
    """
    chosen = tuple(find_measure(name).name for name in names)
    if as_of is not None:
        sample = sample.as_of(as_of)
    literal = {measure.model for measure in MEASURES.values() if measure.in_sample}
    fits: dict[str, CrossFit] = {}
    for key in models_of(chosen):
        table, model = MODELS[key]
        rows = getattr(sample, table)
        if key == "crisis":
            rows = with_hazard(rows, fits["hazard"])
        whole = as_of is not None or (key in literal and not honest)
        fits[key] = cross_fit(rows, model, folds=1 if whole else folds, seed=seed)
    return FittedMeasures(chosen, fits, as_of)
