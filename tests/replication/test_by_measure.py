"""The measures beside each other, the ladder from the paper's design to ours, and the command."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path

import joblib
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import DataError, EmptyOutcomesError, EstimationError
from willing.estimation.sent_once import SentOnce
from willing.evidence.formation import MODELS, fit_formation
from willing.evidence.measure_tests import measure_tests
from willing.evidence.sample import Sample, select_triads
from willing.record.measured import INSECURITY
from willing.record.retention import survival_of
from willing.record.store import Record, load_record
from willing.replication.by_measure import SecurityStudy, study_security
from willing.replication.ladder import Ladder, Rung, climb, ladder_of
from willing.structural.coalition_model import CoalitionModel

# Scores of the record keep four digits; the study's own have all.
ROUNDED = 2e-3
MEASURES = ["hazard", "stake"]
YEARS = (1975, 1999)
KUWAIT, USA = "393-645", 2


@pytest.fixture(scope="module")
def record() -> Record:
    """The record with every leader in turn."""
    return load_record(leader="every", years="all")


@pytest.fixture(scope="module")
def study(record: Record) -> SecurityStudy:
    """Two measures, with two draws of leaders and crises."""
    return study_security(record, measures=MEASURES, years=YEARS, draws=2, workers=2)


def test_the_study_agrees_with_the_record(study: SecurityStudy, record: Record) -> None:
    """A test by a measure is the model on the record loaded with it."""
    sample = select_triads(record.triads, measure="stake", years=YEARS)
    own = fit_formation(sample, MODELS[0]).estimate(INSECURITY)
    found = study.tests.found["stake", "joining"]
    assert found.value == pytest.approx(own.value, abs=ROUNDED * 10)
    assert found.clustered == pytest.approx(own.std_error, rel=ROUNDED * 10)


def test_both_standard_errors_are_given(study: SecurityStudy) -> None:
    """each of the six tests of each measure has one of one stage and one of both."""
    frame = study.to_frame()
    assert frame.height == 12
    assert np.isfinite(frame.select("clustered", "both").to_numpy()).all()
    assert "both s.e." in str(study)


def test_the_table_of_measures_says_how_good_they_are(study: SecurityStudy) -> None:
    """The hazard is judged out of sample, the stake by what defeats cost."""
    rows = {row["measure"]: row for row in study.measures.to_dicts()}
    assert rows["hazard"]["auc"] == pytest.approx(0.80, abs=0.01)
    assert rows["stake"]["auc"] is None
    assert study.stakes.height == 3


def test_a_cluster_tests_as_threads_do(record: Record) -> None:
    """A worker of Dask gets the models once and makes the very draws that threads make."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    triads = select_triads(record.triads, years=(1985, 1999))
    scores = record.security.select("ccode", "date", "hazard")
    # Any redrawn leaders do: what is compared is who works.
    redrawn = [scores.with_columns(pl.col("hazard") * k) for k in (0.9, 1.1, 0.8)]

    def tests() -> pl.DataFrame:
        return measure_tests(
            triads, scores, measures=["hazard"], drawn=iter(redrawn), draws=len(redrawn), workers=2
        ).to_frame()

    class Counted:
        """Knows how often it was sent."""

        sent = 0

        def __reduce__(self) -> tuple[type, tuple[()]]:
            Counted.sent += 1
            return str, ()

    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        there = tests()
        shared = SentOnce(Counted())
        joblib.Parallel()(joblib.delayed(repr)(shared) for _ in range(8))
    assert Counted.sent == 1
    assert_frame_equal(there, tests(), rel_tol=1e-6)


def test_a_measure_outside_its_years_is_missing_and_said_so(record: Record) -> None:
    """The paper's measure ends with 1999: a later leader has none, and every place says why."""
    later = load_record(measure="cheibub", years=(1990, 2016))
    known = later.triads.filter(pl.col("insecurity_leader").is_not_null())["year"]
    assert known.max() == 1999
    assert later.triads["year"].max() > 1999  # type: ignore[operator]
    said = "cheibub is given for 1950-1999 only: missing in part of 1990-2016"
    assert said in str(later)
    assert "is given for" not in str(load_record())
    assert said in str(Sample(measure="cheibub", years=(1990, 2016)))
    late = (2000, 2016)
    with pytest.raises(DataError, match=r"2000-2016 has the measure cheibub .* 1950-1999 only"):
        select_triads(record.triads, measure="cheibub", years=late)
    with pytest.raises(DataError, match="missing in all of 2000-2016"):
        study_security(record, measures=["cheibub"], years=late)
    with pytest.raises(EmptyOutcomesError, match="cheibub is given for 1950-1999 only"):
        CoalitionModel(insecurity="cheibub").fit(load_record(leader="every", years=late))


def test_draws_and_a_day_exclude_each_other() -> None:
    """Redrawn leaders are of all fates, not of those known on a day."""
    with pytest.raises(EstimationError, match="as_of"):
        study_security(draws=2, as_of=date(1990, 12, 31))


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    """The first rung and the one with our pool."""
    first, second = Rung(), Rung(pool="all")
    return climb((first, second))


def test_the_first_rung_looks_like_the_published_data(ladder: Ladder) -> None:
    """With partners of the target's region divergence averages 1.1, published is 1.01."""
    near, every, published = ladder.means.to_dicts()
    assert near["difLPv"] == pytest.approx(published["difLPv"], abs=0.15)
    assert every["difLPv"] > near["difLPv"]
    assert every["triads"] > 3 * near["triads"]


def test_each_rung_says_what_it_changes(ladder: Ladder) -> None:
    """Only one thing differs from rung to rung, and the leader rule that belongs to a coding."""
    assert ladder.table().frame["change"][1] == "pool all"
    rungs = ladder_of()
    steps = [a.differs(b) for a, b in itertools.pairwise(rungs)]
    assert len(steps) == 6
    assert sum("," in step for step in steps) == 1
    assert ladder.to_frame().height == 12


def test_the_ladder_draws_itself(ladder: Ladder, tmp_path: Path) -> None:
    """Every test's z at every rung is a point, the first rung on top, and the picture is drawn."""
    figure = ladder.plot()
    drawn = figure.data
    assert sorted(drawn["z"]) == pytest.approx(sorted(ladder.to_frame()["z"]))
    assert set(drawn["step"]) == {"0: the paper's design", "1: pool all"}
    file = tmp_path / "ladder.png"
    figure.save(file, dpi=40, verbose=False)
    assert file.stat().st_size > 0


def test_sigma_and_r_come_with_intervals(record: Record) -> None:
    """Bush in 1990: a defeat may cost him office, a victory hardly; h says neither."""
    day = record.triads.filter(side=KUWAIT)["start"][0]
    found = survival_of(record, USA, day)
    assert found is not None
    assert found.security_range is not None
    assert found.security_range[0] < found.security < found.security_range[1]
    assert found.security < found.retention <= 1
    convention = survival_of(record, USA, day, by="hazard")
    assert convention is not None
    assert convention.retention == 1
    assert convention.security == pytest.approx(
        1 - record.security.filter(ccode=USA, date=day)["hazard"][0]
    )


def test_an_unknown_convention_or_leader() -> None:
    """A wrong word is refused; a state without a known leader has no survival."""
    record = load_record(years="all")
    with pytest.raises(DataError, match="outcomes or hazard"):
        survival_of(record, USA, date(1990, 8, 2), by="guess")  # type: ignore[arg-type]
    assert survival_of(record, 1, date(1990, 8, 2)) is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--measure", "young"], "the measures are hazard"),
        (["--as-of", "soon"], "give a day"),
        (["--pool", "near"], "pool='near'"),
    ],
)
def test_bad_input_is_said(options: list[str], said: str) -> None:
    """Unknown measures, days and pools are answered with what there is."""
    done = CliRunner().invoke(app, ["security", *options])
    assert isinstance(done.exception, DataError)
    assert said in str(done.exception)


@pytest.mark.parametrize(
    "command", [["replicate"], ["estimate"], ["data", "build", "--out", "nowhere"]]
)
def test_every_command_that_uses_a_measure_refuses_an_unknown_one(command: list[str]) -> None:
    """The measures that there are stand in the answer."""
    done = CliRunner().invoke(app, [*command, "--measure", "young"])
    assert isinstance(done.exception, DataError)
    assert "the measures are hazard" in str(done.exception)


def test_definitions_are_printed() -> None:
    """Every measure has a definition, as text and as JSON."""
    done = CliRunner().invoke(app, ["security", "--define", "--json"])
    defined = {each["name"]: each for each in json.loads(done.output)}
    assert "sigma" in defined["survival_given_defeat"]["definition"]
    assert "insecure" in CliRunner().invoke(app, ["security", "--define"]).output


def test_a_measure_and_a_pool_are_options_of_loading(record: Record) -> None:
    """Loading by sigma turns it round; loading by region leaves partners near the target."""
    by_sigma = load_record(measure="survival_given_defeat", pool="region", years="all")
    rows = by_sigma.triads
    turned = 1 - rows["survival_given_defeat_leader"]
    assert rows["insecurity_leader"].to_list() == pytest.approx(turned.to_list(), nan_ok=True)
    assert rows.height < record.triads.filter("foremost").height / 3
    assert by_sigma.manifest.choices.measure == "survival_given_defeat"
    with pytest.raises(DataError, match="the measures are"):
        load_record(measure="young", years="all")


def test_the_outcomes_table_joins_outcomes_to_fates(record: Record) -> None:
    """One row a state in a crisis, dispute or war; the lost office is missing where not known."""
    outcomes = record.outcomes
    assert outcomes.group_by("source", "number", "ccode", "start").len()["len"].max() == 1
    assert set(outcomes["source"].unique()) == {"icb", "mid", "war"}
    beaten = outcomes.filter(pl.col("outcome") == "defeat", source="icb")["lost_office"].mean()
    won = outcomes.filter(pl.col("outcome") == "victory", source="icb")["lost_office"].mean()
    assert beaten > won + 0.2  # type: ignore[operator]
