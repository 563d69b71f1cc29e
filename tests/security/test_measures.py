"""The measures of security on the published files, beside what is known of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from willing.errors import DataError
from willing.security import (
    MEASURES,
    FittedMeasures,
    LeaderSample,
    LeaderSurvival,
    find_measure,
    fit_measures,
    fit_model,
    leaders_fates,
    leaders_to_score,
)
from willing.security.calendar_years import CheibubModel
from willing.security.cloglog import fit_cloglog
from willing.security.crisis_survival import CrisisModel, with_hazard
from willing.security.measure_table import out_of_sample, stakes_borne_out

# An exact refit differs by the tolerance of the search.
SAME = 1e-6


@pytest.fixture(scope="module")
def fates(raw: Path, survival: LeaderSurvival) -> pl.DataFrame:
    """Outcomes with what became of the leaders."""
    return leaders_fates(raw, survival.files.spells)


@pytest.mark.parametrize(
    ("source", "number", "ccode", "leader", "outcome", "forced"),
    [
        ("icb", 794, 160, "Galtieri", "defeat", 1),
        ("icb", 795, 200, "Thatcher", "victory", 0),
    ],
)
def test_the_falklands(
    fates: pl.DataFrame,
    source: str,
    number: int,
    ccode: int,
    leader: str,
    outcome: str,
    forced: int,
) -> None:
    """Galtieri lost the islands and his office, Thatcher neither."""
    row = fates.filter(
        pl.col("source") == source,
        pl.col("ccode") == ccode,
        pl.col("start").dt.year() == 1982,
        pl.col("outcome") == outcome,
    )
    assert row["leader_name"].to_list() == [leader]
    assert row["forced_out"].to_list() == [forced]


def test_defeat_costs_office(fates: pl.DataFrame) -> None:
    """In ICB's crises of 1918-1999 some 19 percent go after a victory, 45 percent after a defeat.

    An outside count on the same files has .184 and .438 of 884 actor cases; it takes each actor
    once a crisis.
    """
    known = fates.filter(
        pl.col("source") == "icb",
        pl.col("start").dt.year() <= 1999,
        pl.col("outcome").is_not_null(),
        pl.col("lost_office").is_not_null(),
    )
    shares = dict(known.group_by("outcome").agg(pl.col("lost_office").mean()).iter_rows())
    assert known.height == pytest.approx(884, rel=0.02)
    assert shares["victory"] == pytest.approx(0.184, abs=0.01)
    assert shares["defeat"] == pytest.approx(0.438, abs=0.01)


def test_both_sides_of_a_dispute_have_opposite_outcomes(fates: pl.DataFrame) -> None:
    """Where one originator of a dispute won, no originator of the other side did."""
    ended = fates.filter(
        pl.col("source") == "mid", pl.col("outcome").is_in(["victory", "defeat"]), "originator"
    )
    two = (
        ended.group_by("number")
        .agg(pl.len(), won=(pl.col("outcome") == "victory").sum())
        .filter(pl.col("len") == 2)
    )
    assert (two["won"] == 1).mean() > 0.95


def test_nobody_is_called_safe_who_died_in_office(fates: pl.DataFrame) -> None:
    """Roosevelt's death in 1945 is neither a loss of office nor its keeping."""
    died = fates.filter(pl.col("exit_kind") == "Natural Death", pl.col("days_after_end") <= 365)
    assert died["lost_office"].null_count() == died.height > 0


def test_cloglog_agrees_with_statsmodels() -> None:
    """The regression finds the coefficients that statsmodels finds."""
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(400), rng.normal(size=(400, 2))])
    y = (rng.random(400) < 1 - np.exp(-np.exp(X @ [-1.0, 0.5, -0.8]))).astype(float)
    weight = rng.uniform(0.2, 2.0, 400)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    theirs = sm.GLM(y, X, family=family, freq_weights=weight).fit(tol=1e-12)
    assert fit_cloglog(X, y, weight) == pytest.approx(theirs.params, abs=SAME)


def test_the_papers_kind_of_measure(sample: LeaderSample) -> None:
    """The model by calendar year has the rows, exits and coefficients of an outside trial."""
    fit = fit_model(sample.years, CheibubModel())
    trial = [-1.42, -0.36, -3.59, 1.70, -0.24, -0.05, 0.54]
    ours = dict(zip(fit.names, fit.coefficients, strict=True))
    theirs = dict(zip([*list(fit.names)[:5], "log income", fit.names[5]], trial, strict=True))
    assert fit.n_rows == 8107
    assert sample.years["exit_in_year"].mean() == pytest.approx(0.150, abs=0.001)
    errors = dict(zip(fit.names, fit.standard_errors, strict=True))
    assert all(abs(ours[name] - theirs[name]) < 1.2 * errors[name] for name in ours)


def test_discrimination_of_each_measure(sample: LeaderSample, fitted: FittedMeasures) -> None:
    """Out of sample the hazard tells most, and the plain one misleads among presidents."""
    found = out_of_sample(sample, fitted)
    assert found["hazard"].overall.auc == pytest.approx(0.80, abs=0.01)
    assert found["hazard_plain"].by_regime["presidential"].auc < 0.5
    assert found["cheibub"].overall.auc == pytest.approx(0.68, abs=0.01)
    assert found["survival_given_defeat"].overall.auc > 0.7
    assert all(0.75 < each.overall.slope < 1.25 for each in found.values())


def test_defeat_tells_of_loss_beyond_the_hazard(sample: LeaderSample) -> None:
    """Defeat raises the log-odds of losing office by one, five standard errors from zero."""
    survival = fit_measures(sample, ["stake"])
    fit = fit_model(with_hazard(sample.actors, survival.fits["hazard"]), CrisisModel())
    row = fit.to_frame().filter(pl.col("term") == "defeat")
    assert row["coefficient"][0] == pytest.approx(1.1, abs=0.3)
    assert row["z"][0] > 4


def test_whom_defeat_costs_office_is_hardly_known(
    sample: LeaderSample, fitted: FittedMeasures
) -> None:
    """Where the stake is estimated to be high, defeats cost no more than where it is low."""
    thirds = stakes_borne_out(sample, fitted)
    assert (thirds["cost_of_defeat"] > 0.15).all()
    assert thirds["stake"].is_sorted()
    assert thirds["cost_of_defeat"][2] - thirds["cost_of_defeat"][0] < 0.1


@pytest.fixture(scope="module")
def two_days(survival: LeaderSurvival) -> pl.DataFrame:
    """Leaders of three states on a day in 1988 and on one in 2005."""
    return leaders_to_score(
        survival.files,
        pl.DataFrame(
            {
                "ccode": [2, 200, 651] * 2,
                "date": [date(1988, 12, 22)] * 3 + [date(2005, 6, 1)] * 3,
            }
        ),
    )


def test_a_measure_is_missing_outside_its_years(
    fitted: FittedMeasures, two_days: pl.DataFrame
) -> None:
    """The measure in Cheibub's manner ends with the paper's sample; the hazard does not."""
    scores = fitted.score(two_days).with_columns(two_days["date"])
    later = scores.filter(pl.col("date").dt.year() == 2005)
    assert later["cheibub"].null_count() == 3
    assert scores["hazard"].null_count() == 0


def test_the_stake_is_what_defeat_takes(fitted: FittedMeasures, two_days: pl.DataFrame) -> None:
    """The stake is r less sigma."""
    scores = fitted.score(two_days)
    lost = scores["survival_given_victory"] - scores["survival_given_defeat"]
    assert scores["stake"].to_list() == pytest.approx(lost.to_list())


def test_an_unknown_measure_lists_those_there_are() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(DataError, match="hazard, hazard_plain, hazard_no_calendar, cheibub"):
        find_measure("young")


def test_the_future_does_not_train_the_past(sample: LeaderSample, two_days: pl.DataFrame) -> None:
    """As of 1980, turning all later fates around changes no score."""
    as_of = date(1980, 12, 31)

    def turned(table: pl.DataFrame, event: str, later: pl.Expr) -> pl.DataFrame:
        return table.with_columns(
            pl.when(later).then(1 - pl.col(event).cast(pl.Int8)).otherwise(event).alias(event)
        )

    changed = replace(
        sample,
        quarters=turned(sample.quarters, "exit_within_year", pl.col("year_end") > as_of),
        years=turned(sample.years, "exit_in_year", pl.col("date") > as_of),
        actors=turned(sample.actors, "lost", pl.col("seen_by") > as_of),
    )
    names = ["hazard", "cheibub", "stake"]
    before = fit_measures(sample, names, as_of=as_of).score(two_days)
    assert fit_measures(changed, names, as_of=as_of).score(two_days).equals(before)


def test_too_early_a_day_is_refused(sample: LeaderSample) -> None:
    """Nothing was known in 1900."""
    with pytest.raises(DataError, match="choose a day in 1951"):
        fit_measures(sample, ["cheibub"], as_of=date(1900, 1, 1))


def test_a_leader_counted_zero_times_is_not_there(
    sample: LeaderSample, two_days: pl.DataFrame
) -> None:
    """Counting leaves out whom it counts zero times, in all tables."""
    leaders = sample.leaders
    counts = np.ones(len(leaders))
    counts[::7] = 0
    gone = pl.Series(leaders)[::7].implode()
    kept = LeaderSample(
        *(
            table.filter(~pl.col("leadid").is_in(gone))
            for table in (sample.quarters, sample.years, sample.country_years, sample.actors)
        )
    )
    options = {"as_of": date(2015, 12, 31), "names": ["cheibub", "stake"]}
    without = fit_measures(kept, **options).score(two_days)
    counted = fit_measures(sample.counted(counts), **options).score(two_days)
    assert counted.to_numpy() == pytest.approx(without.to_numpy(), abs=SAME, nan_ok=True)


def test_measures_print_what_they_hold() -> None:
    """A measure says what it is, from what, when and after whom."""
    text = str(MEASURES["survival_given_defeat"])
    assert all(word in text for word in ("sigma", "defeat", "insecure  low values", "Goemans"))
