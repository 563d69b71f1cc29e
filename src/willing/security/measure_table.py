"""How good each measure is out of sample, overall and within kinds of regime."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.manner import Result
from willing.security.crisis_survival import CrisisSurvival, with_hazard
from willing.security.evaluation import Evaluation, evaluate
from willing.security.fitted_measures import MODELS, FittedMeasures
from willing.security.leader_sample import LeaderSample
from willing.security.leader_units import QUARTERS

REGIMES = ("parliamentary", "presidential", "party", "personal", "military", "monarchy")
# With fewer events or non-events than this an area under the curve says nothing.
FEWEST = 10


@dataclass(frozen=True, eq=False, repr=False)
class OutOfSample(Result):
    """What a measure foretold of leaders whom its fit had not seen.

    Attributes
    ----------
    measure
        Its name.
    overall
        On all rows. The measures of survival are judged as the probability of losing office:
        sigma after defeats, r after victories.
    by_regime
        The same within each kind of regime that has at least `FEWEST` events and non-events.
    """

    measure: str
    overall: Evaluation
    by_regime: dict[str, Evaluation]

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain numbers."""
        return {
            "measure": self.measure,
            "overall": self.overall.to_dict(),
            "by_regime": {name: found.to_dict() for name, found in self.by_regime.items()},
        }


def out_of_sample(sample: LeaderSample, fitted: FittedMeasures) -> dict[str, OutOfSample]:
    """Judge every measure by fates that its own fit had not seen.

    ``stake`` is a difference of two probabilities of which each leader shows one: see
    `stakes_borne_out`.

    Parameters
    ----------
    sample
        What the measures were estimated from.
    fitted
        What `willing.security.fitted_measures.fit_measures` gave with ``honest=True``.

    Returns
    -------
    dict of str to OutOfSample
        By measure.
    """
    found = {}
    for name, rows in _judged(sample, fitted):
        table = rows.select(
            "regime", start="date", exit="event", exposure="exposure", hazard="score"
        )
        unit = rows["unit"][0]
        found[name] = OutOfSample(
            name,
            evaluate(table, unit=unit, first=0),
            dict(_within_regimes(table, unit)),
        )
    return found


def stakes_borne_out(sample: LeaderSample, fitted: FittedMeasures) -> pl.DataFrame:
    """Compare the stake with what defeats cost, by thirds of the leaders.

    Returns
    -------
    polars.DataFrame
        One row a third of the crisis actors by ``stake``: ``leaders``, mean ``stake``,
        ``defeats``, ``victories``, the shares who lost office after either, ``lost_after_defeat``
        and ``lost_after_victory``, and their difference, ``cost_of_defeat``.
    """
    survival = CrisisSurvival(fitted.fits["hazard"], fitted.fits["crisis"])
    actors = sample.actors
    stake = survival.kept(actors, "victory") - survival.kept(actors, "defeat")
    third = np.searchsorted(np.quantile(stake, [1 / 3, 2 / 3]), stake)
    defeat, victory = pl.col("outcome") == "defeat", pl.col("outcome") == "victory"
    return (
        actors.select("outcome", "lost", stake=pl.Series(stake), third=pl.Series(third))
        .group_by(pl.col("third").replace_strict({0: "low", 1: "middle", 2: "high"}))
        .agg(
            leaders=pl.len(),
            stake=pl.col("stake").mean(),
            defeats=defeat.sum(),
            victories=victory.sum(),
            lost_after_defeat=pl.col("lost").filter(defeat).mean(),
            lost_after_victory=pl.col("lost").filter(victory).mean(),
        )
        .with_columns(cost_of_defeat=pl.col("lost_after_defeat") - pl.col("lost_after_victory"))
        .sort("stake")
    )


def _judged(sample: LeaderSample, fitted: FittedMeasures) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each measure with the rows that it is judged on: ``event``, ``score``, ``unit``."""
    years = sample.quarters.filter(pl.col("quarter") % QUARTERS == 0)
    judged: dict[str, Callable[[], pl.DataFrame]] = {
        "quarters": lambda: years.with_columns(unit=pl.lit("leader-years")),
        "years": lambda: sample.years.with_columns(unit=pl.lit("leaders by calendar year")),
        "country_years": lambda: sample.country_years.with_columns(unit=pl.lit("state-years")),
    }
    for key, fit in fitted.fits.items():
        table, model = MODELS[key]
        if table not in judged or key not in fitted.names:
            continue
        rows = judged[table]().filter(pl.col(model.event).is_not_null())
        yield key, rows.with_columns(event=pl.col(model.event), score=pl.Series(fit.score(rows)))
    if "crisis" in fitted.fits:
        rows = with_hazard(sample.actors, fitted.fits["hazard"])
        rows = rows.with_columns(
            event=pl.col("lost").cast(pl.Boolean),
            score=pl.Series(fitted.fits["crisis"].score(rows)),
        )
        for name, outcome in (
            ("survival_given_defeat", "defeat"),
            ("survival_given_victory", "victory"),
        ):
            after = rows.filter(pl.col("outcome") == outcome)
            yield name, after.with_columns(unit=pl.lit(f"leaders after {outcome}"))


def _within_regimes(table: pl.DataFrame, unit: str) -> Iterator[tuple[str, Evaluation]]:
    for regime in REGIMES:
        rows = table.filter(pl.col("regime") == regime)
        events = int(rows["exit"].sum())
        if min(events, rows.height - events) < FEWEST:
            continue
        try:
            yield regime, evaluate(rows, unit=unit, first=0)
        except EstimationError:
            continue
