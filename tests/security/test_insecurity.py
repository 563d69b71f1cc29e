"""Insecurity on the real files: who is scored, by what, and how well."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from willing.errors import DataError, EstimationError
from willing.security import (
    LeaderSurvival,
    SurvivalModel,
    cross_fit,
    evaluate,
    leader_years,
)
from willing.security.features import add_features
from willing.security.leader_files import LeaderFiles
from willing.security.leader_units import FIRST_DAY, leader_quarters
from willing.security.performance import measure_performance, performance

# Scores of fits that differ in nothing but rounding.
SAME = 1e-7
COVARIATES = (
    "tenure", "age", "military_service", "rebel", "support_changed", "military_support",
    "non_party", "coalition_partners", "regime", "democracy", "gdppc", "growth", "election_due",
    "elected", "vote_held", "incumbent_lost", "successor_elected", "election_announced",
    "turnover_at_elections", "recent_exits", "recent_forced_exits", "predecessors_left",
    "first_leader", "civil_war", "interstate_force",
)  # fmt: skip


@pytest.fixture(scope="module")
def years(survival: LeaderSurvival) -> pl.DataFrame:
    """The leader-years with their scores."""
    return survival.leaders_table()


@pytest.mark.parametrize(
    ("ccode", "day", "name"),
    [
        (200, date(1982, 4, 1), "Thatcher"),
        (651, date(1956, 7, 25), "Nasser"),
        (2, date(1990, 8, 1), "G.H.W. Bush"),
        (255, date(1995, 1, 1), "Kohl"),
        (260, date(1989, 11, 9), "Kohl"),
        (679, date(2000, 1, 1), "Saleh al-Hashidi"),
        (345, date(2010, 1, 1), "Cvetkovic"),
    ],
)
def test_leader_of_the_day(survival: LeaderSurvival, ccode: int, day: date, name: str) -> None:
    """COW codes on a day find the leader whom Archigos lists under its own code."""
    scored = survival.on(pl.DataFrame({"ccode": [ccode], "date": [day]}))
    assert scored["leader_name"].to_list() == [name]
    assert 0 < scored["hazard"][0] < 1


def test_nobody_in_office_has_no_score(survival: LeaderSurvival) -> None:
    """A code out of use, a day before 1946 and a day after the lists give missing values."""
    keys = pl.DataFrame(
        {"ccode": [260, 2, 2], "date": [date(1995, 1, 1), date(1940, 1, 1), date(2022, 1, 1)]}
    )
    scored = survival.on(keys)
    assert scored.select("ccode", "date").equals(keys)
    assert scored["obsid"].null_count() == scored["hazard"].null_count() == 3


def test_leaders_of_early_1946_are_scored(survival: LeaderSurvival) -> None:
    """De Gaulle left in January 1946, before the first quarter that the model looks at."""
    day = date(1946, 1, 15)
    scored = survival.on(pl.DataFrame({"ccode": [220], "date": [day]}))
    assert scored["obsid"].to_list() == ["FRN-1944"]
    assert scored["obsid"][0] not in survival.quarters["obsid"]
    assert 0 < scored["hazard"][0] < 1


def test_the_successor_is_scored_from_the_day_after_the_handover(survival: LeaderSurvival) -> None:
    """On the day of the handover the leader of the day before is still the one who leaves."""
    handover = date(1981, 1, 20)
    keys = pl.DataFrame({"ccode": [2, 2], "date": [handover, handover + timedelta(days=1)]})
    assert survival.on(keys)["leader_name"].to_list() == ["Carter", "Reagan"]


@pytest.mark.parametrize(
    "keys",
    [
        pl.DataFrame({"state": [2], "date": [date(1990, 1, 1)]}),
        pl.DataFrame({"ccode": [2], "date": ["1990-01-01"]}),
        pl.DataFrame({"ccode": [2, 2], "date": [date(1990, 1, 1)] * 2}),
    ],
)
def test_keys_that_cannot_be_looked_up(survival: LeaderSurvival, keys: pl.DataFrame) -> None:
    """Keys without ccode, without dates or given twice are refused."""
    with pytest.raises(DataError):
        survival.on(keys)


def test_insecurity_peaks_when_a_term_runs_out(survival: LeaderSurvival) -> None:
    """A president is safer in midterm than before the vote, and least safe once beaten."""
    days = [date(1991, 3, 1), date(1992, 8, 1), date(1992, 12, 1)]
    bush = survival.on(pl.DataFrame({"ccode": [2] * 3, "date": days}))["hazard"]
    assert bush[0] < 0.15 < 0.3 < bush[1] < 0.7 < bush[2]


def test_leader_years_tile_the_time_in_office(
    survival: LeaderSurvival, years: pl.DataFrame
) -> None:
    """From the first anniversary in 1946 on, leader-years follow one another without a gap."""
    by_spell = years.sort("obsid", "start").with_columns(
        next=pl.col("start").shift(-1).over("obsid"), spell_end=pl.col("end").max().over("obsid")
    )
    assert by_spell.filter(pl.col("next") != pl.col("end")).is_empty()
    ends = dict(survival.files.spells.select("obsid", "end").iter_rows())
    assert all(ends[obsid] == end for obsid, end in by_spell.select("obsid", "spell_end").rows())
    assert years["start"].min() >= FIRST_DAY


def test_every_loss_of_office_is_one_exit(survival: LeaderSurvival, years: pl.DataFrame) -> None:
    """The exits of the leader-years are the losses of office of the spells they cover."""
    covered = survival.files.spells.filter(
        pl.col("obsid").is_in(years["obsid"].unique().implode()), pl.col("lost_office")
    )
    assert years["exit"].sum() == covered.height
    assert years.filter(pl.col("exit") == 1)["obsid"].n_unique() == covered.height


def test_natural_deaths_are_censored(years: pl.DataFrame) -> None:
    """Stalin's last year ends without an exit and counts with the part that was observed."""
    last = years.filter(pl.col("obsid") == "RUS-1923").tail(1)
    assert last["end"].to_list() == [date(1953, 3, 5)]
    assert last["exit"].to_list() == [0]
    assert 0 < last["exposure"][0] < 1


def test_a_leaders_exit_does_not_train_her_own_score(survival: LeaderSurvival) -> None:
    """Turning one leader's outcomes over changes the scores of others and not her own."""
    quarters = survival.quarters
    her = quarters.filter(pl.col("obsid") == "UKG-1979")
    turned = quarters.with_columns(
        exit_within_year=pl.col("exit_within_year") ^ (pl.col("leadid") == her["leadid"][0])
    )
    refitted = cross_fit(turned, SurvivalModel())
    np.testing.assert_allclose(refitted.score(her), survival.full.score(her), atol=SAME)
    others = quarters.filter(pl.col("obsid") == "UKG-1976")
    assert np.abs(refitted.score(others) - survival.full.score(others)).max() > SAME


def test_persons_stay_in_one_fold(years: pl.DataFrame) -> None:
    """All spells of a person are held out together."""
    assert years.group_by("leadid").agg(pl.col("fold").n_unique())["fold"].max() == 1
    assert years["fold"].n_unique() == 10


@pytest.mark.parametrize("today", [date(1967, 6, 4), date(1980, 9, 21)])
def test_covariates_do_not_look_ahead(survival: LeaderSurvival, today: date) -> None:
    """Files that stop today give everything known by today the same covariates."""
    files = survival.files
    rows = leader_quarters(files.spells).filter(pl.col("known") <= today)
    # CHISOLS may date an entry a few days after Archigos does.
    rows = rows.filter(pl.col("start") <= today - timedelta(days=10))
    ours = add_features(rows, _as_of(files, today)).select("obsid", "date", *COVARIATES)
    theirs = survival.quarters.join(rows.select("obsid", "date"), on=["obsid", "date"])
    assert_frame_equal(ours, theirs.select("obsid", "date", *COVARIATES), check_exact=True)


def test_files_cut_earlier_still_score(survival: LeaderSurvival) -> None:
    """Without disputes after 1989 use of force is missing later, and scores are still given."""
    files = survival.files
    cut = replace(files, disputes=files.disputes.filter(pl.col("since") < date(1990, 1, 1)))
    rows = survival.quarters.filter(pl.col("date").is_between(date(1995, 1, 1), date(1996, 1, 1)))
    again = add_features(leader_quarters(files.spells), cut).join(
        rows.select("obsid", "date"), on=["obsid", "date"]
    )
    assert again["interstate_force"].null_count() == again.height
    assert rows["interstate_force"].null_count() == 0
    assert np.isfinite(survival.full.score(again)).all()


def test_discrimination_out_of_sample(years: pl.DataFrame) -> None:
    """The readable model reaches an area of .78 under the curve, over all years and 1951-1999."""
    assert evaluate(years).auc >= 0.78
    assert evaluate(years, first=1951, last=1999).auc >= 0.78


def test_the_plain_model_is_much_weaker(years: pl.DataFrame) -> None:
    """Tenure, democracy, age, entry, growth and income alone stay below .72."""
    assert evaluate(years, score="hazard_plain").auc < 0.72


def test_scores_are_near_the_observed_rates(years: pl.DataFrame) -> None:
    """The mean score is within a point of the rate, and each tenth near its own rate."""
    result = evaluate(years)
    assert result.mean == pytest.approx(result.rate, abs=0.01)
    assert result.brier < 0.82 * result.brier_base
    gaps = result.calibration["mean"] - result.calibration["rate"]
    assert gaps.abs().max() < 0.05


def test_the_table_is_the_same_when_made_again(
    survival: LeaderSurvival, years: pl.DataFrame
) -> None:
    """Cross-fitting again with the same seed gives the same table."""
    quarters, plain = survival.quarters, SurvivalModel(design="plain")
    one, two = (cross_fit(quarters, plain) for _ in range(2))
    assert one.fold_of == two.fold_of == survival.full.fold_of
    np.testing.assert_array_equal(one.coefficients, two.coefficients)
    assert_frame_equal(survival.leaders_table(), years, check_exact=True)


def test_the_model_learned_in_the_past_predicts_the_future(survival: LeaderSurvival) -> None:
    """The performance that the package carries is what these files give; time does not undo it."""
    stored = performance()
    measured = measure_performance(survival)
    for name, evaluation in measured.items():
        assert stored[name].auc == pytest.approx(evaluation.auc, abs=2e-3), name
        assert stored[name].brier == pytest.approx(evaluation.brier, abs=2e-3), name
    assert measured["forward"].auc > 0.77


def test_results_print_and_travel(survival: LeaderSurvival, years: pl.DataFrame) -> None:
    """Estimates and evaluations print their terms and turn into plain numbers."""
    estimates = SurvivalModel(design="plain").fit(survival.quarters)
    assert "log tenure x democracy" in str(estimates)
    assert estimates.to_frame().height == len(estimates.names)
    assert estimates.to_dict()["n_leaders"] == survival.quarters["leadid"].n_unique()
    result = evaluate(years)
    assert f"AUC {result.auc:.3f}" in str(result)
    assert result.to_dict()["calibration"][9]["group"] == 10


def test_leader_years_carry_what_was_known(raw: Path, years: pl.DataFrame) -> None:
    """Leader-years with covariates are the rows of the table of scores."""
    known = leader_years(raw)
    keys = ["obsid", "start", "end", "exit", "exposure"]
    assert_frame_equal(known.select(keys).sort(keys), years.select(keys).sort(keys))
    assert set(COVARIATES) <= set(known.columns)


def test_calibration_can_be_drawn(years: pl.DataFrame, tmp_path: Path) -> None:
    """The calibration plot renders."""
    evaluate(years).plot().save(tmp_path / "calibration.png", verbose=False)
    assert (tmp_path / "calibration.png").stat().st_size > 0


def test_years_without_exits_cannot_be_evaluated(years: pl.DataFrame) -> None:
    """Asking for years outside the table names them."""
    with pytest.raises(EstimationError, match="2050"):
        evaluate(years, first=2050, last=2060)


def _as_of(files: LeaderFiles, today: date) -> LeaderFiles:
    """The files as they would have stood on a day: nothing later, and ends to come unknown."""
    known = pl.col("since") <= today
    hidden = pl.when(pl.col("until") <= today).then("until")
    elections = files.elections
    called = elections.filter(pl.col("earliest") <= today)["election"].unique()
    return replace(
        files,
        spells=files.spells.filter(pl.col("start") <= today).with_columns(
            end=pl.when(pl.col("end") <= today).then("end").otherwise(date(2015, 12, 31)),
            lost_office=pl.col("lost_office") & (pl.col("end") <= today),
            forced_out=pl.col("forced_out") & (pl.col("end") <= today),
        ),
        support=files.support.filter(pl.col("entered") <= today),
        # A regime's last day is the only thing in its row that lies ahead.
        regimes=files.regimes.filter(known).with_columns(until=hidden.fill_null(date.max)),
        # A vote called by today is on the calendar; its result is not used before it is held.
        elections=elections.filter(pl.col("election").is_in(called.implode())),
        democracy=files.democracy.filter(pl.col("year") < today.year),
        income=files.income.filter(pl.col("year") < today.year),
        civil_wars=files.civil_wars.filter(known).with_columns(until=hidden),
        disputes=files.disputes.filter(known).with_columns(until=hidden.fill_null(today)),
    )
