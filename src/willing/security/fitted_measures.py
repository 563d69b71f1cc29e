"""Fit the measures of security, and score leaders by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.numbers import Floats
from willing.security.calendar_years import CheibubModel
from willing.security.crisis_survival import CrisisModel, Outcome, with_hazard
from willing.security.folds import FOLDS, SEED, BinaryModel, CrossFit, cross_fit, folds_of
from willing.security.leader_sample import LeaderSample
from willing.security.measures import MEASURES, find_measure
from willing.security.survival_model import SurvivalModel

# What is fitted, and the table of `LeaderSample` that it is fitted to.
MODELS: Mapping[str, tuple[str, BinaryModel]] = MappingProxyType(
    {
        "hazard": ("quarters", SurvivalModel()),
        "hazard_plain": ("quarters", SurvivalModel(design="plain")),
        "hazard_no_calendar": ("quarters", SurvivalModel(design="no_calendar")),
        "cheibub": ("years", CheibubModel()),
        "cheibub_country": ("country_years", CheibubModel(by="country")),
        "forced": ("quarters", SurvivalModel(loss="forced")),
        "punished": ("quarters", SurvivalModel(loss="punished")),
        "crisis": ("actors", CrisisModel()),
    }
)


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
        return PreparedRows(rows, self).score(self.fits)


class PreparedRows:
    """Leaders to be scored, by one set of coefficients after another.

    Parameters
    ----------
    rows
        As in `FittedMeasures.score`.
    fitted
        The measures; their folds decide which coefficients score whom.
    """

    def __init__(self, rows: pl.DataFrame, fitted: FittedMeasures) -> None:
        self._names = fitted.names
        self._frame = rows.select("date", "regime")
        designs: dict[str, Floats] = {}
        self._terms: dict[str, tuple[Floats, NDArray[np.int64]]] = {}
        for key, fit in fitted.fits.items():
            fold = folds_of(rows, fit.fold_of)
            if key == "crisis":
                self._terms[key] = (np.empty((0, 0)), fold)
                continue
            if fit.model.terms not in designs:
                designs[fit.model.terms] = fit.model.matrix(rows)[1]
            self._terms[key] = (designs[fit.model.terms], fold)
        self._within = {
            name: rows["date"].dt.year().is_between(*MEASURES[name].years) for name in self._names
        }

    def score(self, fits: Mapping[str, CrossFit]) -> pl.DataFrame:
        """Score all rows: one column a measure, missing on days outside its years.

        Parameters
        ----------
        fits
            The models with the coefficients to use, in the folds of `fitted`.
        """
        found = {
            key: fit.score_matrix(*self._terms[key]) for key, fit in fits.items() if key != "crisis"
        }
        if "crisis" in fits:
            found |= self._after_crises(fits["crisis"], found["hazard"])
        return pl.DataFrame(
            pl.Series(name, found[name]).set(~self._within[name], None) for name in self._names
        )

    def _after_crises(self, fates: CrossFit, hazard: Floats) -> dict[str, Floats]:
        known = self._frame.with_columns(hazard=pl.Series(hazard))
        fold = self._terms["crisis"][1]

        def kept(outcome: Outcome) -> Floats:
            _, X = fates.model.matrix(known.with_columns(outcome=pl.lit(outcome)))
            return 1.0 - fates.score_matrix(X, fold)

        sigma, r = kept("defeat"), kept("victory")
        return {
            "survival_given_defeat": sigma,
            "survival_given_victory": r,
            "stake": r - sigma,
        }


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


def models_of(names: Sequence[str]) -> tuple[str, ...]:
    """Give the keys of `MODELS` that these measures need, in the order of fitting."""
    needed = {find_measure(name).model for name in names}
    if "crisis" in needed:
        needed.add("hazard")
    return tuple(name for name in MODELS if name in needed)
