"""The measures of all leaders since 1946: fitted to the published files, given for any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from willing.security.features import add_features
from willing.security.fitted_measures import FittedMeasures, fit_measures
from willing.security.folds import FOLDS, SEED, CrossFit, folds_of
from willing.security.leader_files import LeaderFiles, read_leader_files
from willing.security.leader_sample import LeaderSample, leaders_to_score, sample_leaders
from willing.security.leader_units import QUARTERS, leader_quarters
from willing.security.measures import DIGITS, MEASURES
from willing.sources.keys import look_up


@dataclass(frozen=True)
class LeaderSurvival:
    """The measures of leaders since 1946, fitted and ready to score.

    Attributes
    ----------
    files
        The published files they rest on.
    sample
        What they are estimated from.
    fitted
        The measures.
    """

    files: LeaderFiles
    sample: LeaderSample
    fitted: FittedMeasures

    @property
    def quarters(self) -> pl.DataFrame:
        """Every leader on entry and every quarter of a year after, with covariates and outcome."""
        return self.sample.quarters

    @property
    def full(self) -> CrossFit:
        """The yearly hazard."""
        return self.fitted.fits["hazard"]

    @property
    def plain(self) -> CrossFit:
        """The yearly hazard of the small model."""
        return self.fitted.fits["hazard_plain"]

    def on(self, dates: pl.DataFrame) -> pl.DataFrame:
        """Score whoever led a state on the day before a date, by every measure.

        Parameters
        ----------
        dates
            Columns ``ccode`` (COW) and ``date``, no pair twice.

        Returns
        -------
        polars.DataFrame
            One row a row of `dates`, in their order: ``ccode``, ``date``, ``obsid`` (Archigos;
            after its end REIGN's list), ``leader_name``, ``tenure_days`` and a column a measure, to
            `DIGITS` digits. Missing where nobody is known to be in office on the day before, or
            the measure has another coverage.

        Raises
        ------
        DataError
            If a column is missing or a pair occurs twice.
        """
        found = leaders_to_score(self.files, dates)
        scores = self.fitted.score(found).select(pl.all().round(DIGITS))
        scored = found.select(
            "ccode",
            "date",
            "obsid",
            "leader_name",
            tenure_days=(pl.col("date") - pl.col("start")).dt.total_days(),
        ).hstack(scores)
        keys = dates.select(pl.col("ccode").cast(pl.Int64), "date")
        return look_up(keys, scored, ["ccode", "date"])

    def leaders_table(self) -> pl.DataFrame:
        """Give one row a leader-year since 1946, with two hazards and what came of it.

        Returns
        -------
        polars.DataFrame
            ``obsid``, ``leadid``, ``ccode``, ``leader_name``, ``start`` and ``end`` (of the
            leader-year: from entry or its anniversary to the next, or to the last day in
            office), ``exit`` (0 or 1), ``exposure`` (the share of the year in which an exit could
            have been seen), ``hazard``, ``hazard_plain`` and ``fold``, ordered by state and date.
        """
        years = _leader_years(self.quarters)
        return years.select(
            "obsid",
            "leadid",
            "ccode",
            "leader_name",
            *_YEAR,
            hazard=pl.Series(self.full.score(years)).round(DIGITS),
            hazard_plain=pl.Series(self.plain.score(years)).round(DIGITS),
            fold=pl.Series(folds_of(years, self.full.fold_of), dtype=pl.Int8),
        ).sort("ccode", "start", "end", "obsid")


def survival_of_leaders(
    raw: Path, *, as_of: date | None = None, folds: int = FOLDS, seed: int = SEED
) -> LeaderSurvival:
    """Read the files and fit all measures, cross-fitted by leader.

    Parameters
    ----------
    raw
        The folder of published files.
    as_of
        Use only fates that were known by the end of this day.
    folds, seed
        As in `willing.security.folds.cross_fit`.

    Raises
    ------
    DataError
        If a file is missing or not as published, or nothing was known by that day.
    """
    files = read_leader_files(raw)
    sample = sample_leaders(raw, files)
    fitted = fit_measures(sample, tuple(MEASURES), as_of=as_of, folds=folds, seed=seed)
    return LeaderSurvival(files, sample, fitted)


def leader_years(raw: Path) -> pl.DataFrame:
    """Give one row a leader-year since 1946 with its covariates.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        Archigos' columns of the spell, ``start``, ``end``, ``exit`` and ``exposure`` of the
        leader-year as in `LeaderSurvival.leaders_table`, and the covariates on its first day.
    """
    files = read_leader_files(raw)
    return _leader_years(add_features(leader_quarters(files.spells), files)).with_columns(*_YEAR)


_YEAR = (
    pl.col("date").alias("start"),
    pl.min_horizontal("end", "year_end").alias("end"),
    pl.col("exit_within_year").cast(pl.Int8).alias("exit"),
    pl.col("exposure").round(DIGITS),
)


def _leader_years(quarters: pl.DataFrame) -> pl.DataFrame:
    return quarters.filter(pl.col("quarter") % QUARTERS == 0)
