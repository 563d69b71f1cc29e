"""The first stage of the estimates, insecurity, ready to be estimated again on redrawn leaders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from willing.manner import Progress, silent
from willing.record.measured import leader_days
from willing.record.store import Record
from willing.security.fitted_measures import PreparedRows, fit_measures
from willing.security.leader_draws import LeaderDraws, draw_leaders
from willing.security.leader_sample import LeaderSample
from willing.security.leader_scores import LeaderSurvival
from willing.security.measures import DIGITS, STAKE
from willing.security.stored_leaders import EMBEDDED, StoredLeaders, load_leaders, store_leaders
from willing.sources.keys import look_up

# The measure of the partner's insecurity, a term of her price whatever the leader's is.
PARTNERS = "hazard"


@dataclass(frozen=True, eq=False)
class FirstStage:
    """Leaders with everything that a measure of security looks at.

    Attributes
    ----------
    sample
        What the measures are estimated from.
    dated
        Leaders of the record's states on the day before each crisis, with covariates, ``ccode``
        and ``date``.
    measure
        Which measure of L's insecurity.
    """

    sample: LeaderSample
    dated: pl.DataFrame
    measure: str = STAKE

    @property
    def names(self) -> tuple[str, ...]:
        """The measures that the structural model looks at."""
        beside = ("survival_given_victory",) if self.measure == STAKE else ()
        return tuple(dict.fromkeys((PARTNERS, self.measure, *beside)))

    def score(self) -> pl.DataFrame:
        """Score the leaders by measures estimated from all; columns as `RedrawnLeaders.score`."""
        found = fit_measures(self.sample, self.names).score(self.dated)
        return _keyed(self.dated, found)

    def redraw(
        self, draws: int, *, seed: int, workers: int = -1, progress: Progress = silent
    ) -> RedrawnLeaders:
        """Estimate the measures from leaders drawn with replacement, many times.

        A leader drawn twice counts twice; she stays in her fold of the cross-fit, so that nobody's
        own exit trains her score, however often she is drawn.
        """
        drawn = draw_leaders(
            self.sample, self.names, draws=draws, seed=seed, workers=workers, progress=progress
        )
        keys = self.dated.select("ccode", "date")
        return RedrawnLeaders(drawn, keys, PreparedRows(self.dated, drawn.fitted))


@dataclass(frozen=True, eq=False)
class RedrawnLeaders:
    """Measures of the record's leaders, as leaders drawn with replacement tell them.

    Attributes
    ----------
    drawn
        The measures of every draw.
    keys
        ``ccode`` and ``date`` of the leaders scored.
    prepared
        The same leaders, ready to be scored.
    """

    drawn: LeaderDraws
    keys: pl.DataFrame
    prepared: PreparedRows

    def score(self, draw: int) -> pl.DataFrame:
        """Give ``ccode``, ``date`` and a column a measure by one of the draws."""
        return _keyed(self.keys, self.drawn.score(self.prepared, draw))


def _keyed(leaders: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    return leaders.select("ccode", "date").hstack(scores.select(pl.all().round(DIGITS)))


def load_first_stage(folder: Path = EMBEDDED, *, measure: str = STAKE) -> FirstStage:
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


def with_insecurity(record: Record, scores: pl.DataFrame) -> Record:
    """Put other scores in a record: each measure of L as ``<measure>_leader``, P's hazard.

    Parameters
    ----------
    record
        The record.
    scores
        As `RedrawnLeaders.score` gives them.
    """
    measures = [name for name in scores.columns if name not in ("ccode", "date")]
    triads = record.triads
    for state, names in (("leader", measures), ("partner", [PARTNERS])):
        new = [f"{name}_{state}" for name in names]
        found = scores.select(
            pl.col("ccode").alias(state), pl.col("date").alias("start"), *names
        ).rename(dict(zip(names, new, strict=True)))
        triads = look_up(triads.drop(new), found, [state, "start"])
    return record.changed(triads=lambda _: triads)
