"""The first stage of the estimates, insecurity, ready to be estimated again on redrawn leaders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from willing.record.measured import insecurity, leader_days
from willing.record.store import Record
from willing.security.fitted_measures import fit_measures
from willing.security.leader_sample import LeaderSample
from willing.security.leader_scores import LeaderSurvival
from willing.security.measures import DEFAULT, DIGITS
from willing.security.stored_leaders import EMBEDDED, StoredLeaders, load_leaders, store_leaders
from willing.sources.keys import look_up


@dataclass(frozen=True, eq=False)
class FirstStage:
    """Leaders with everything that a measure of security looks at.

    Attributes
    ----------
    sample
        What the measure is estimated from.
    dated
        Leaders of the record's states on the day before each crisis, with covariates, ``ccode``
        and ``date``.
    measure
        Which measure.
    """

    sample: LeaderSample
    dated: pl.DataFrame
    measure: str = DEFAULT

    def redraw(self, rng: np.random.Generator) -> pl.DataFrame:
        """Estimate insecurity from leaders drawn with replacement.

        A leader drawn twice counts twice; the cross-fit deals whole persons to folds, so that
        nobody's own exit trains her score, however often she is drawn.

        Returns
        -------
        polars.DataFrame
            ``ccode``, ``date`` and ``insecurity``.
        """
        people = len(self.sample.leaders)
        return self.score(rng.multinomial(people, np.full(people, 1 / people)))

    def score(self, counts: ArrayLike) -> pl.DataFrame:
        """Estimate insecurity with each leader counted as often as `counts` says, (leaders,)."""
        fitted = fit_measures(self.sample.counted(counts), [self.measure])
        scores = fitted.score(self.dated).select(insecurity=insecurity(self.measure).round(DIGITS))
        return self.dated.select("ccode", "date").hstack(scores)


def load_first_stage(folder: Path = EMBEDDED, *, measure: str = DEFAULT) -> FirstStage:
    """Load the first stage, by default the one that belongs to the embedded record.

    Raises
    ------
    DataError
        If a file is not there or is damaged.
    """
    stored = load_leaders(folder)
    return FirstStage(stored.sample, stored.dated, measure)


def leaders_of(survival: LeaderSurvival, record: Record) -> StoredLeaders:
    """Take what the measures know of all leaders, and of those of the record's crises.

    Parameters
    ----------
    survival
        What `willing.security.leader_scores.survival_of_leaders` gave.
    record
        The record with every leader rule.
    """
    days = leader_days([record.triads, record.episode_partners])
    return store_leaders(survival.sample, survival.files, days)


def with_insecurity(record: Record, scores: pl.DataFrame, column: str) -> Record:
    """Put other scores of insecurity in a record: `column` for L, ``insecurity_partner`` for P."""
    triads = record.triads
    for state, name in (("leader", column), ("partner", "insecurity_partner")):
        found = scores.rename({"ccode": state, "date": "start", "insecurity": "_score"})
        triads = look_up(triads, found, [state, "start"])
        triads = triads.with_columns(pl.col("_score").alias(name)).drop("_score")
    return replace(record, triads=triads)
