"""The measures of leaders' security beside each other, and both hypotheses by each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.errors import DataError, EstimationError
from willing.estimation.results import Z95
from willing.evidence.measure_tests import TESTS, MeasureTests, measure_tests
from willing.evidence.sample import select_triads
from willing.manner import Progress, Result, silent
from willing.record.choices import SAMPLE_YEARS, Pool
from willing.record.leading import LeaderRule
from willing.record.store import Record, load_record
from willing.report.tables import Table
from willing.security.fitted_measures import fit_measures
from willing.security.leader_draws import draw_leaders
from willing.security.measure_table import OutOfSample, out_of_sample, stakes_borne_out
from willing.security.measures import MEASURES, find_measure
from willing.security.stored_leaders import load_leaders

if TYPE_CHECKING:
    from plotnine import ggplot


@dataclass(frozen=True, eq=False, repr=False)
class SecurityStudy(Result):
    """What each measure is, how good it is, and what it makes of both hypotheses.

    Attributes
    ----------
    measures : polars.DataFrame
        One row a measure: of the leaders of the sample ``leaders``, ``mean`` and quartiles; out of
        sample ``judged`` and ``events`` (rows and losses of office that it is judged on), ``auc``,
        ``rate`` and ``score`` (observed and foretold), ``slope`` (of the outcome on the score's
        log-odds, 1 if calibrated).
    within : polars.DataFrame
        One row a measure and kind of regime with ``n``, ``events``, ``auc`` and ``slope``.
    correlations : polars.DataFrame
        Rank correlations of the measures over the leaders of the sample.
    stakes : polars.DataFrame
        What defeats cost leaders by thirds of their estimated stake.
    tests : MeasureTests
        Both hypotheses by measure.
    lacking : tuple of str
        A sentence a measure that cannot be given for all years of the sample.
    """

    measures: pl.DataFrame
    within: pl.DataFrame
    correlations: pl.DataFrame
    stakes: pl.DataFrame
    tests: MeasureTests
    lacking: tuple[str, ...] = ()

    def plot(self) -> ggplot:
        """Draw both hypotheses by measure, a panel a test, with 95 % intervals.

        They are percentiles over draws of leaders and crises or, without draws, of the standard
        errors clustered by crisis.
        """
        from plotnine import labs

        from willing.replication.forest import plot_forest

        rows = self.tests.to_frame().with_columns(
            spread=pl.col("measure").replace_strict(dict(self.tests.spread))
        )
        if self.tests.draws:
            return plot_forest(rows)
        half = Z95 * pl.col("clustered")
        rows = rows.with_columns(low=pl.col("value") - half, high=pl.col("value") + half)
        return plot_forest(rows) + labs(
            caption="Errors clustered by crisis; --draws adds the measure's own uncertainty."
        )

    def to_frame(self) -> pl.DataFrame:
        """Give the tests, one row a measure and test."""
        return self.tests.to_frame()

    def to_dict(self) -> dict[str, Any]:
        """Give all tables as plain values."""
        return {
            "definitions": [MEASURES[name].to_dict() for name in self.measures["measure"]],
            "measures": self.measures.to_dicts(),
            "within_regimes": self.within.to_dicts(),
            "correlations": self.correlations.to_dicts(),
            "stakes": self.stakes.to_dicts(),
            "lacking": list(self.lacking),
            **self.tests.to_dict(),
        }

    def tables(self) -> tuple[Table, ...]:
        """Give the tables as they are printed and stand in the documentation."""
        regimes = self.within.pivot("regime", index="measure", values="auc")
        return (
            Table("measures", "Measures of security", self.measures, digits=3),
            Table("within", "Area under the curve within kinds of regime", regimes, digits=2),
            Table("correlations", "Rank correlations", self.correlations, digits=2),
            Table("stakes", "What a defeat cost, by thirds of the stake", self.stakes, digits=2),
            *tables_of_tests(self.tests.to_frame(), self.tests.draws),
        )

    def __str__(self) -> str:
        with pl.Config(
            tbl_rows=-1,
            tbl_cols=-1,
            tbl_width_chars=140,
            float_precision=3,
            tbl_hide_dataframe_shape=True,
            tbl_hide_column_data_types=True,
            tbl_formatting="NOTHING",
        ):
            shown = [f"{t.title}\n{t.frame}" for t in self.tables()[:4]]
        return "\n\n".join([*shown, str(self.tests), *self.lacking])


def tables_of_tests(tests: pl.DataFrame, draws: int) -> tuple[Table, ...]:
    """Give a table a test, one row a measure, with the standard errors of one stage and of both.

    Parameters
    ----------
    tests
        One row a measure and test: ``measure``, ``test``, ``value``, ``clustered``, and with draws
        ``both``, ``low`` and ``high``, as in `tests_by_measure`.
    draws
        How many draws of leaders and crises were made.
    """
    value = pl.col("value")
    columns = {"estimate": value, "s.e.": pl.col("clustered"), "z": value / pl.col("clustered")}
    note = "s.e. clustered by crisis."
    if draws:
        columns |= {
            "s.e. of both stages": pl.col("both"),
            "z of both": value / pl.col("both"),
            "low": pl.col("low"),
            "high": pl.col("high"),
        }
        note = f"s.e. clustered by crisis; both stages: {draws} draws of leaders, then crises."
    return tuple(
        Table(test, title, tests.filter(test=test).select("measure", **columns), note, 2)
        for test, title in TESTS.items()
    )


def study_security(
    record: Record | None = None,
    *,
    measures: Sequence[str] = tuple(MEASURES),
    leader: LeaderRule = "acted",
    pool: Pool = "all",
    years: tuple[int, int] = SAMPLE_YEARS,
    as_of: date | None = None,
    draws: int = 0,
    seed: int = 1,
    workers: int = -1,
    cache: Path | None = None,
    progress: Progress = silent,
) -> SecurityStudy:
    """Describe the measures, judge them out of sample, and test both hypotheses by each.

    Parameters
    ----------
    record
        The record with every leader; the embedded one by default. Its crises must be among those
        of the embedded record, whose leaders the package carries.
    measures
        Which; all by default. One that is missing in all `years` is left out, and said to be.
    leader, pool, years
        The sample, as in :func:`~willing.evidence.sample.select_triads`.
    as_of
        Fit measures to fates known by the end of this day only.
    draws
        Draws of leaders and crises for the standard errors of both stages; none by default.
    seed
        Seed of the crises drawn.
    workers
        Threads; all cores by default. A `joblib.parallel_config` around the call, as for Dask,
        decides otherwise.
    cache
        Folder in which redrawn leaders are kept.
    progress
        Told what is done.

    Raises
    ------
    DataError
        If there is no such measure, each is missing in all `years`, or nothing was known as of
        that day.
    EstimationError
        If draws are asked for as of a day, or no test can be made.
    """
    asked = [find_measure(name) for name in measures]
    lacking = tuple(filter(None, (each.lacks(*years) for each in asked)))
    names = tuple(each.name for each in asked if each.covers(*years))
    if not names:
        raise DataError(f"{'; '.join(lacking)}. Take other years or another measure")
    if draws and as_of is not None:
        raise EstimationError(
            "draws of leaders are of all fates; leave out the draws, or the day (as_of)"
        )
    record = record or load_record(leader="every", years="all")
    stored = load_leaders()
    sample = select_triads(record.triads, leader=leader, pool=pool, years=years)
    progress("record loaded")
    honest = fit_measures(stored.sample, tuple(MEASURES), honest=True)
    judged = out_of_sample(stored.sample, honest)
    progress("measures judged out of sample")
    drawn = None
    if draws:
        leaders = draw_leaders(
            stored.sample, names, draws=draws, workers=workers, cache=cache, progress=progress
        )
        fitted, drawn = leaders.fitted, leaders.scores(stored.dated)
    else:
        fitted = fit_measures(stored.sample, names, as_of=as_of)
    scores = stored.dated.select("ccode", "date").hstack(fitted.score(stored.dated))
    tests = measure_tests(
        sample,
        scores,
        measures=names,
        drawn=drawn,
        draws=draws,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    led = sample.select("side", ccode="leader", date="start").unique(["side", "ccode"])
    known = led.join(scores, on=["ccode", "date"], how="inner", validate="m:1").select(names)
    return SecurityStudy(
        measures=pl.DataFrame([_describe(known[name], judged.get(name)) for name in names]),
        within=_within(judged, names),
        correlations=_correlations(known),
        stakes=stakes_borne_out(stored.sample, honest),
        tests=tests,
        lacking=lacking,
    )


def _describe(values: pl.Series, judged: OutOfSample | None) -> dict[str, Any]:
    """One row of the table of measures."""
    known = values.drop_nulls()
    low, middle, high = (known.quantile(q, "linear") for q in (0.25, 0.5, 0.75))
    row: dict[str, Any] = {
        "measure": values.name,
        "leaders": len(known),
        "mean": known.mean(),
        "lower quartile": low,
        "median": middle,
        "upper quartile": high,
    }
    found = None if judged is None else judged.overall
    return row | {
        "judged": None if found is None else found.n,
        "events": None if found is None else found.exits,
        "auc": None if found is None else found.auc,
        "rate": None if found is None else found.rate,
        "score": None if found is None else found.mean,
        "slope": None if found is None else found.slope,
    }


def _within(judged: dict[str, OutOfSample], names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "measure": name,
                "regime": regime,
                "n": found.n,
                "events": found.exits,
                "auc": found.auc,
                "slope": found.slope,
            }
            for name in names
            if name in judged
            for regime, found in judged[name].by_regime.items()
        ],
        schema={
            "measure": pl.String,
            "regime": pl.String,
            "n": pl.Int64,
            "events": pl.Int64,
            "auc": pl.Float64,
            "slope": pl.Float64,
        },
    )


def _correlations(known: pl.DataFrame) -> pl.DataFrame:
    """Spearman's correlations over the leaders of whom all measures are known."""
    ranks = known.drop_nulls().select(pl.all().rank())
    found = np.corrcoef(ranks.to_numpy(), rowvar=False).reshape(known.width, known.width)
    return pl.DataFrame({"measure": known.columns}).hstack(
        pl.DataFrame(found, schema=known.columns)
    )
