"""Keeping office after victory and after defeat: the theory's own sigma and r.

The yearly hazard says how likely a leader is to go for any reason. What the theory asks is what a
defeat does to that, so the outcome of the crisis enters here: a logit of losing office between the
day a crisis began and a year after it ended, on the hazard of the day before, the regime and the
outcome. The hazard carries everything else that is known of her; the number of defeats does not
allow for more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from willing.numbers import Floats
from willing.security.fates import AFTER_DAYS, FIRST_LEADERS, leaders_fates
from willing.security.features import add_features
from willing.security.folds import FOLDS, SEED, CrossFit, cross_fit
from willing.security.leader_files import LeaderFiles
from willing.security.leader_units import FIRST_DAY, leaders_on
from willing.sources.keys import look_up

Outcome = Literal["victory", "compromise", "stalemate", "defeat"]

# Hazards are kept this far from 0 and 1 before their log-odds are taken.
_MARGIN = 1e-4
# The log-odds at which the hazard is centred: the average of crisis actors, a hazard of .15.
_TYPICAL = -1.73
# Regimes that differ from parliamentary ones, of which the constant speaks.
_REGIMES = ("presidential", "party", "personal", "military", "monarchy")


@dataclass(frozen=True)
class CrisisModel:
    """A logit of losing office between the beginning of a crisis and a year after its end.

    Terms: log-odds of the yearly hazard on the day before, kinds of regime, outcome (against
    victory), and the products of defeat with the hazard and the regimes. The products are
    what lets a defeat cost some leaders more than others; the ridge pulls them to 0.

    Attributes
    ----------
    ridge
        Precision of the normal prior at 0 of each coefficient but the constant. From 1 to 4 the
        out-of-sample likelihood is the same to the third digit.
    """

    ridge: float = 2.0
    link: Literal["logit"] = "logit"
    event: str = "lost"
    terms: str = "outcome"
    title: str = "Logit of losing office up to a year after a crisis, on its outcome"
    unit: str = "crisis actors"

    def matrix(self, rows: pl.DataFrame) -> tuple[tuple[str, ...], Floats]:
        """Give names and values of the terms, the constant first.

        Parameters
        ----------
        rows
            Units with ``hazard``, ``regime``, ``outcome`` and ``date``.
        """
        names, columns = zip(("constant", np.ones(rows.height)), *_terms(rows), strict=True)
        return names, np.column_stack(columns)


def _terms(rows: pl.DataFrame) -> Iterator[tuple[str, Floats]]:
    hazard = np.clip(rows["hazard"].to_numpy(), _MARGIN, 1 - _MARGIN)
    log_odds = np.log(hazard / (1 - hazard)) - _TYPICAL
    defeat = _is(rows["outcome"], "defeat")
    regimes = {name: _is(rows["regime"], name) for name in _REGIMES}
    yield "hazard, log-odds", log_odds
    yield from regimes.items()
    # Neither regimes nor elections are coded before: what is left says less about her.
    yield "before 1946", (rows["date"] < FIRST_DAY).cast(pl.Float64).to_numpy()
    yield "defeat", defeat
    yield "compromise", _is(rows["outcome"], "compromise")
    yield "stalemate", _is(rows["outcome"], "stalemate")
    yield "defeat x hazard", defeat * log_odds
    for name, regime in regimes.items():
        yield f"defeat x {name}", defeat * regime


def _is(column: pl.Series, value: str) -> Floats:
    return (column == value).fill_null(value=False).cast(pl.Float64).to_numpy()


@dataclass(frozen=True)
class CrisisSurvival:
    """What becomes of leaders by the outcome of a crisis.

    Attributes
    ----------
    hazard
        The yearly hazard, cross-fitted.
    fates
        The model of what became of crisis actors' leaders, cross-fitted.
    """

    hazard: CrossFit
    fates: CrossFit

    def kept(self, rows: pl.DataFrame, outcome: Outcome) -> Floats:
        """Give the probability of keeping office after an outcome, shape (n,).

        Parameters
        ----------
        rows
            Leaders on a day, with covariates and ``leadid``.
        outcome
            How the crisis that begins on that day will end.
        """
        known = with_hazard(rows, self.hazard).with_columns(outcome=pl.lit(outcome))
        return 1.0 - self.fates.score(known)


def with_hazard(rows: pl.DataFrame, hazard: CrossFit) -> pl.DataFrame:
    """Add the cross-fitted ``hazard`` of each row's leader."""
    return rows.with_columns(hazard=pl.Series(hazard.score(rows)))


def crisis_survival(
    actors: pl.DataFrame, hazard: CrossFit, *, folds: int = FOLDS, seed: int = SEED
) -> CrisisSurvival:
    """Estimate what becomes of leaders by the outcome of a crisis.

    Parameters
    ----------
    actors
        What `crisis_actors` gave.
    hazard
        The yearly hazard, cross-fitted by leader.
    folds, seed
        As in `willing.security.folds.cross_fit`.
    """
    rows = with_hazard(actors, hazard)
    return CrisisSurvival(hazard, cross_fit(rows, CrisisModel(), folds=folds, seed=seed))


def crisis_actors(raw: Path, files: LeaderFiles) -> pl.DataFrame:
    """Give the leaders of ICB's crisis actors with covariates, outcome and fate.

    Parameters
    ----------
    raw
        The folder of published files.
    files
        What `willing.security.leader_files.read_leader_files` gave.

    Returns
    -------
    polars.DataFrame
        One row an actor case of which outcome and fate are known, from 1918 on: ``number``
        (``cracno``), ``outcome``, ``lost`` (office), ``seen_by`` (the last
        day on which she would have answered for it), ``exposure`` (1) and everything that
        `willing.security.features.add_features` knows of her on the day before it began.
    """
    fates = leaders_fates(raw, files.spells).filter(
        pl.col("source") == "icb",
        pl.col("outcome").is_not_null(),
        pl.col("lost_office").is_not_null(),
    )
    days = fates.select("ccode", date="start").unique(maintain_order=True)
    known = add_features(leaders_on(files.spells, days, since=FIRST_LEADERS), files)
    chosen = fates.select(
        "number",
        "ccode",
        "outcome",
        lost="lost_office",
        date="start",
        seen_by=pl.col("end") + pl.duration(days=AFTER_DAYS),
        exposure=pl.lit(1.0),
    )
    return look_up(chosen, known, ["ccode", "date"])
