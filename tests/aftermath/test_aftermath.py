"""Disputes after a crisis: pairs, hazard, friction, and the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from willing.aftermath.aftermath import CONTROLS, Aftermath, study_aftermath
from willing.aftermath.friction import estimate_friction, risk_slope
from willing.aftermath.hazard import Cluster, add_terms, fit_hazard, life_table, pair_years
from willing.aftermath.pairs import EMBEDDED, build_pairs, load_pairs
from willing.cli import app
from willing.errors import DataError, EstimationError
from willing.estimation.results import BinaryResults
from willing.record.store import load_record

DATA = Path(__file__).parents[1] / "data" / "aftermath"
TERMS = ("divergence", "with_leader", *CONTROLS)
# R's estimates are written with 12 digits; both searches stop at steps of about 1e-8 of a
# standard error, and standard errors follow the coefficients.
SAME_ESTIMATE = 1e-6
# Central differences of a function of order 0.01 at steps of 1e-5.
DIFFERENCES = 1e-8
MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def partners() -> pl.DataFrame:
    """The pairs of partners that R was given."""
    flags = ["with_leader", "victory", "major", "allied", "contiguous"]
    pairs = pl.read_csv(DATA / "partners.csv", try_parse_dates=True)
    return pairs.with_columns(pl.col(flags) == 1, partners=True)


@pytest.fixture(scope="module")
def years(partners: pl.DataFrame) -> pl.DataFrame:
    """Ten years of them."""
    return pair_years(partners, horizon=10)


@pytest.fixture(scope="module")
def hazard(years: pl.DataFrame) -> BinaryResults:
    """The hazard among partners."""
    return fit_hazard(years, TERMS, name="partners")


@pytest.fixture(scope="module")
def found() -> Aftermath:
    """The study on the embedded pairs."""
    return study_aftermath()


def one_pair(next_dispute: date | None, until: date) -> pl.DataFrame:
    """A pair whose crisis ended with the year 1990."""
    return pl.DataFrame(
        {
            "ccode1": [2],
            "ccode2": [20],
            "size": [1],
            "disputes_before": [0],
            "end": [date(1990, 12, 31)],
            "next_dispute": [next_dispute],
            "until": [until],
        },
        schema_overrides={"next_dispute": pl.Date},
    )


def test_a_dispute_counts_in_the_year_after_the_crisis_in_which_it_began() -> None:
    """A dispute of mid-1993 ends the spell in its third year."""
    rows = pair_years(one_pair(date(1993, 6, 1), date(1999, 12, 31)), horizon=10)
    assert rows["dispute"].to_list() == [0, 0, 1]
    assert rows["year_after"].to_list() == [1, 2, 3]


def test_a_pair_is_censored_at_its_last_whole_year() -> None:
    """Neither the year seen in part nor a dispute within it counts."""
    quiet = pair_years(one_pair(None, date(1993, 6, 30)), horizon=10)
    fought = pair_years(one_pair(date(1993, 6, 1), date(1993, 6, 30)), horizon=10)
    assert quiet["dispute"].to_list() == fought["dispute"].to_list() == [0, 0]


def test_a_pair_is_followed_to_the_horizon_at_most() -> None:
    """A dispute after it is no dispute within it."""
    rows = pair_years(one_pair(date(1998, 6, 1), date(1999, 12, 31)), horizon=5)
    assert rows["dispute"].to_list() == [0] * 5


def test_a_horizon_too_short_for_a_cubic_is_refused() -> None:
    """Three years cannot tell a cubic in time."""
    with pytest.raises(DataError, match="4 to 100 years"):
        pair_years(one_pair(None, date(1999, 12, 31)), horizon=3)


@pytest.mark.parametrize(("cluster", "column"), [("pair", "by_pair"), ("crisno", "by_crisis")])
def test_the_hazard_agrees_with_r(years: pl.DataFrame, cluster: Cluster, column: str) -> None:
    """Coefficients and clustered errors are those of glm and vcovCL."""
    reference = pl.read_csv(DATA / "aftermath.csv", null_values="NA").filter(
        pl.col("model") == "logit"
    )
    fit = fit_hazard(years, TERMS, name="partners", cluster=cluster)
    names = ["(Intercept)" if term == "constant" else term for term in fit.design.terms]
    for name, estimate, error in zip(names, fit.params, fit.std_errors, strict=True):
        row = reference.row(by_predicate=pl.col("term") == name, named=True)
        assert estimate == pytest.approx(row["estimate"], rel=SAME_ESTIMATE)
        assert error == pytest.approx(row[column], rel=SAME_ESTIMATE)


def test_the_life_table_is_the_product_limit_estimate(years: pl.DataFrame) -> None:
    """Risks by alliance are those of survfit."""
    reference = pl.read_csv(DATA / "survival.csv").sort("allied", "year_after")
    risk = life_table(years, "allied")["risk"].to_numpy()
    np.testing.assert_allclose(risk, reference["risk"].to_numpy(), rtol=SAME_ESTIMATE)


def test_the_slope_of_the_risk_is_its_derivative() -> None:
    """Finite differences of the probability of a dispute give the closed form."""
    rng = np.random.default_rng(3)
    profiles, params = rng.normal(size=(7, 5, 3)), rng.normal(size=3) - 1
    along = np.zeros_like(profiles)
    along[..., 1] = 1.0

    def risk(step: float) -> float:
        hazard = 1 / (1 + np.exp(-((profiles + step * along) @ params)))
        return float(1 - (1 - hazard).prod(axis=1).mean())

    step = 1e-5
    slope = (risk(step) - risk(-step)) / (2 * step)
    assert risk_slope(params, profiles, along) == pytest.approx(slope, abs=DIFFERENCES)


def test_friction_is_proportional_to_the_cost_of_a_dispute(
    hazard: BinaryResults, partners: pl.DataFrame
) -> None:
    """At twice the cost, friction and its interval are twice as large."""
    led = add_terms(partners.filter("with_leader"))
    single, double = (
        estimate_friction(hazard, led, name="", horizon=10, dispute_cost=cost, draws=200)
        for cost in (0.5, 1.0)
    )
    assert double.friction == pytest.approx(2 * single.friction)
    assert (double.low, double.high) == pytest.approx((2 * single.low, 2 * single.high))
    assert double.risk == single.risk


def test_the_excess_needs_a_comparison_with_others(
    hazard: BinaryResults, partners: pl.DataFrame
) -> None:
    """A hazard among partners alone cannot say what they would have done as others."""
    with pytest.raises(EstimationError, match="lacks partners"):
        estimate_friction(
            hazard, add_terms(partners), name="", horizon=10, dispute_cost=1.0, excess=True
        )


def test_a_negative_cost_is_refused(hazard: BinaryResults, partners: pl.DataFrame) -> None:
    """A dispute is no gain."""
    with pytest.raises(EstimationError, match="0 or more"):
        estimate_friction(hazard, add_terms(partners), name="", horizon=10, dispute_cost=-1.0)


def test_partners_never_faced_each_other_in_their_crisis() -> None:
    """No pair holds a state and its target."""
    members = load_record(years="all").members
    facing = members.select(
        "crisno",
        ccode1=pl.min_horizontal("ccode", "target"),
        ccode2=pl.max_horizontal("ccode", "target"),
    )
    pairs = load_pairs()
    assert pairs.join(facing, on=["crisno", "ccode1", "ccode2"], how="semi").is_empty()
    assert (pairs["ccode1"] < pairs["ccode2"]).all()
    assert not pairs.select("crisno", "ccode1", "ccode2").is_duplicated().any()


def test_partners_of_leaders_are_those_that_joined_in_the_record() -> None:
    """Every leader and partner of the embedded pairs stand in the embedded record."""
    joined = (
        load_record(years="all")
        .triads.filter("foremost", pl.col("join") == 1)
        .select(
            "crisno",
            ccode1=pl.min_horizontal("leader", "partner"),
            ccode2=pl.max_horizontal("leader", "partner"),
        )
    )
    led = load_pairs().filter("partners", "with_leader").select(joined.columns)
    assert led.join(joined, on=joined.columns, how="anti").is_empty()
    others = load_pairs().filter(~pl.col("partners")).select(joined.columns)
    assert others.join(joined, on=joined.columns, how="semi").is_empty()


def test_the_next_dispute_is_after_the_crisis_and_within_what_is_observed() -> None:
    """Its date lies between the crisis and the end of coverage."""
    met = load_pairs().drop_nulls("next_dispute")
    assert met.height > 0
    assert (met["next_dispute"] > met["end"]).all()
    assert (met["next_dispute"] <= met["until"]).all()


def test_the_embedded_pairs_are_small() -> None:
    """They do not weigh on the package."""
    assert EMBEDDED.stat().st_size < MOST_BYTES


def test_the_published_files_give_the_embedded_pairs(raw: Path) -> None:
    """Nothing in the embedded pairs was made by hand."""
    assert_frame_equal(build_pairs(raw, load_record(years="all")), load_pairs())


def test_the_study_reports_what_it_estimated(found: Aftermath) -> None:
    """Print, dictionary and frame hold the same friction and the same hazards."""
    assert str(found.friction[0]) in str(found)
    content = json.loads(json.dumps(found.to_dict()))
    assert content["friction"][0]["friction"] == found.friction[0].friction
    assert set(found.to_frame()["model"]) == set(found.hazards)
    assert set(content["hazards"]) == set(found.hazards)
    for estimate in found.friction:
        assert estimate.low <= estimate.friction <= estimate.high


def test_the_command_line_prints_and_draws(tmp_path: Path) -> None:
    """`willing wider aftermath --json --plot` gives friction for the cost asked for."""
    picture = tmp_path / "aftermath.png"
    arguments = ["wider", "aftermath", "--dispute-cost", "2", "--json", "--plot", str(picture)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["friction"][0]["dispute_cost"] == 2
    assert picture.stat().st_size > 0
