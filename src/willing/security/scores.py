"""Insecurity: each leader's probability of losing office within a year, on any day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from willing.security.features import add_features
from willing.security.folds import FOLDS, SEED, CrossFit, cross_fit, folds_of
from willing.security.leader_files import LeaderFiles, read_leader_files
from willing.security.model import SurvivalModel
from willing.security.units import QUARTERS, leader_quarters, leaders_on
from willing.sources.keys import look_up

# Scores in tables keep this many digits: more would be noise and larger files.
DIGITS = 5


@dataclass(frozen=True)
class LeaderSurvival:
    """The survival model of all leaders since 1946, fitted and ready to score.

    Attributes
    ----------
    files
        The published files it rests on.
    quarters
        Every leader on entry and every quarter of a year after, with covariates and outcome.
    full, plain
        The model and the plain one, cross-fitted by leader in the same folds.
    """

    files: LeaderFiles
    quarters: pl.DataFrame
    full: CrossFit
    plain: CrossFit

    def score(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add ``insecurity`` and ``insecurity_plain`` to units with covariates."""
        return rows.with_columns(
            insecurity=pl.Series(self.full.score(rows)).round(DIGITS),
            insecurity_plain=pl.Series(self.plain.score(rows)).round(DIGITS),
        )

    def insecurity_on(self, dates: pl.DataFrame) -> pl.DataFrame:
        """Score whoever led a state on the day before a date.

        Parameters
        ----------
        dates
            Columns ``ccode`` (COW) and ``date``, no pair twice.

        Returns
        -------
        polars.DataFrame
            One row a row of `dates`, in their order: ``ccode``, ``date``, ``obsid`` (Archigos;
            after its end REIGN's list), ``leader_name``, ``tenure_days``, ``insecurity`` and
            ``insecurity_plain``. Missing where nobody is known to be in office on the day before.

        Raises
        ------
        DataError
            If a column is missing or a pair occurs twice.
        """
        files = replace(self.files, spells=self.files.in_office)
        found = add_features(leaders_on(files.spells, dates), files)
        scored = self.score(found).select(
            "ccode",
            "date",
            "obsid",
            "leader_name",
            tenure_days=(pl.col("date") - pl.col("start")).dt.total_days(),
            insecurity="insecurity",
            insecurity_plain="insecurity_plain",
        )
        keys = dates.select(pl.col("ccode").cast(pl.Int64), "date")
        return look_up(keys, scored, ["ccode", "date"])

    def leaders_table(self) -> pl.DataFrame:
        """Give one row a leader-year since 1946, with scores and what came of it.

        Returns
        -------
        polars.DataFrame
            ``obsid``, ``leadid``, ``ccode``, ``leader_name``, ``start`` and ``end`` (of the
            leader-year: from entry or its anniversary to the next, or to the last day in
            office), ``exit`` (0 or 1), ``exposure`` (the share of the year in which an exit could
            have been seen), ``insecurity``, ``insecurity_plain`` and ``fold``, ordered by state
            and date.
        """
        years = self.score(_leader_years(self.quarters))
        return years.select(
            "obsid",
            "leadid",
            "ccode",
            "leader_name",
            *_YEAR,
            "insecurity",
            "insecurity_plain",
            fold=pl.Series(folds_of(years, self.full.fold_of), dtype=pl.Int8),
        ).sort("ccode", "start", "end", "obsid")


def survival_of_leaders(
    raw: Path, *, model: SurvivalModel | None = None, folds: int = FOLDS, seed: int = SEED
) -> LeaderSurvival:
    """Read the files and fit the survival model, cross-fitted by leader.

    Parameters
    ----------
    raw
        The folder of published files.
    model
        By default the full one.
    folds, seed
        As in `willing.security.model.cross_fit`.

    Raises
    ------
    DataError
        If a file is missing or not as published.
    """
    files = read_leader_files(raw)
    quarters = add_features(leader_quarters(files.spells), files)
    return LeaderSurvival(
        files=files,
        quarters=quarters,
        full=cross_fit(quarters, model or SurvivalModel(), folds=folds, seed=seed),
        plain=cross_fit(quarters, SurvivalModel(design="plain"), folds=folds, seed=seed),
    )


def insecurity_on(raw: Path, dates: pl.DataFrame) -> pl.DataFrame:
    """Score whoever led a state on the day before a date: `LeaderSurvival.insecurity_on`."""
    return survival_of_leaders(raw).insecurity_on(dates)


def leaders_table(raw: Path) -> pl.DataFrame:
    """Give the leader-years since 1946 with their scores: `LeaderSurvival.leaders_table`."""
    return survival_of_leaders(raw).leaders_table()


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
