"""The leaders that the measures are estimated from, ready to be redrawn or cut at a day."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from willing.errors import DataError
from willing.security.calendar_years import (
    add_calendar,
    country_calendar_years,
    leader_calendar_years,
)
from willing.security.crisis_survival import crisis_actors
from willing.security.features import add_features, add_last_year, add_regime
from willing.security.leader_files import LeaderFiles
from willing.security.leader_units import leader_quarters, leaders_on
from willing.sources.keys import look_up


@dataclass(frozen=True, eq=False)
class LeaderSample:
    """What all measures are estimated from, with covariates, fates, ``leadid`` and ``exposure``.

    Attributes
    ----------
    quarters
        Every leader on entry and every quarter of a year after: the yearly models.
    years, country_years
        Leaders and states by calendar year: the models in Cheibub's manner.
    actors
        Leaders of ICB's crisis actors: the model of fates after crises.
    """

    quarters: pl.DataFrame
    years: pl.DataFrame
    country_years: pl.DataFrame
    actors: pl.DataFrame

    @property
    def leaders(self) -> list[str]:
        """The persons in it, in order."""
        persons = pl.concat([table["leadid"] for table in self._tables().values()])
        return persons.unique().sort().to_list()

    def counted(self, counts: ArrayLike) -> LeaderSample:
        """Count each leader as often as `counts` says, shape (leaders,)."""
        times = pl.DataFrame({"leadid": self.leaders, "_times": np.asarray(counts, dtype=float)})
        return LeaderSample(
            **{
                name: look_up(table, times, ["leadid"])
                .with_columns(exposure=pl.col("exposure") * pl.col("_times"))
                .drop("_times")
                for name, table in self._tables().items()
            }
        )

    def as_of(self, day: date) -> LeaderSample:
        """Keep what was over and known by the end of a day.

        Raises
        ------
        DataError
            If nothing was, because the day is too early.
        """
        year_over = pl.date(pl.col("date").dt.year(), 12, 31) <= day
        # What became of a leader who left is known a year later.
        fate_known = pl.col("year_end").dt.offset_by("1y") <= day
        kept = LeaderSample(
            quarters=self.quarters.filter(pl.col("year_end") <= day).with_columns(
                pl.when(fate_known).then("punished_within_year")
            ),
            years=self.years.filter(year_over),
            country_years=self.country_years.filter(year_over),
            actors=self.actors.filter(pl.col("seen_by") <= day),
        )
        if any(table.is_empty() for table in kept._tables().values()):
            raise DataError(
                f"as of {day} nothing is known of what became of leaders; choose a day in 1951 or "
                "later"
            )
        return kept

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def sample_leaders(raw: Path, files: LeaderFiles) -> LeaderSample:
    """Gather everything that the measures are estimated from.

    Parameters
    ----------
    raw
        The folder of published files.
    files
        What `willing.security.leader_files.read_leader_files` gave.
    """
    by_year = leader_calendar_years(files.spells)
    # The regime is for looking at the scores; the models by calendar year do not use it.
    years = add_regime(by_year.with_columns(known="date"), files.regimes).drop("known")
    years = add_calendar(add_last_year(years, files), files.spells)
    return LeaderSample(
        quarters=add_features(leader_quarters(files.spells), files),
        years=years,
        country_years=country_calendar_years(years),
        actors=crisis_actors(raw, files),
    )


def leaders_to_score(files: LeaderFiles, dates: pl.DataFrame) -> pl.DataFrame:
    """Give who led each state on the day before a date, with all that the measures look at.

    Parameters
    ----------
    files
        What `willing.security.leader_files.read_leader_files` gave.
    dates
        Columns ``ccode`` (COW) and ``date``, no pair twice.

    Returns
    -------
    polars.DataFrame
        One row a pair of which the leader is known.
    """
    files = replace(files, spells=files.in_office)
    found = add_features(leaders_on(files.spells, dates), files)
    return add_calendar(found, files.spells)
