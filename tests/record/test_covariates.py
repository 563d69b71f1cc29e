"""Covariates have one row a key, are known before the crisis, and are missing outside coverage."""

import math

import polars as pl
import pytest

from willing.errors import DataError
from willing.record.covariates import DYAD, dyad_year_covariates, state_year_covariates
from willing.sources.capabilities import read_capabilities
from willing.sources.states import members
from willing.sources.unga import read_ideal_points

ROUNDING = 1e-12  # a difference of two numbers near 1
KILOMETRES = 15  # capitals are points in cities of that size
# Wolford and Ritter's example profile has a mean of 1.01 over their triads; ours is over all dyads.
PROFILE = 0.15


@pytest.fixture(scope="module")
def dyads():
    """Both directions of every pair of members in five years."""
    years = []
    for year in (1950, 1964, 1973, 1990, 1999):
        states = members(year).select("ccode")
        pairs = states.rename({"ccode": "ccode1"}).join(
            states.rename({"ccode": "ccode2"}), how="cross"
        )
        years.append(pairs.with_columns(year=pl.lit(year, pl.Int64)))
    return pl.concat(years).filter(pl.col("ccode1") != pl.col("ccode2"))


@pytest.fixture(scope="module")
def dyad_covariates(raw, dyads):
    return dyad_year_covariates(raw, dyads)


# Pairs and states that the tests below look up, asked for together: each call reads the files anew.
PAIRS = [
    *((2, 710, year) for year in (2016, 2017, 2019, 2020)),
    *((260, 2, 1995), (2, 817, 1980), (200, 220, 1990), (2, 365, 1990), (2, 200, 1990)),
    (2, 645, 1990),
]
MAJOR = {
    (2, 1898): False,
    (2, 1899): True,
    (710, 1949): False,
    (710, 1950): True,
    (220, 1942): False,
    (740, 1991): False,
    (740, 1992): True,
    (2, 2017): None,
}
ENTERED = [(255, 1990), (679, 1990), (704, 1991)]
STATES = [
    *((2, year) for year in (1965, 1982, 1983, 1990)),
    *((260, 1995), (817, 1980), *MAJOR, *ENTERED),
    *((ccode, year + 1) for ccode, year in ENTERED),
]


@pytest.fixture(scope="module")
def of_pair(raw):
    """Look up the covariates of a pair in a year."""
    found = dyad_year_covariates(raw, pairs(*PAIRS)).to_dicts()
    return dict(zip(PAIRS, found, strict=True)).__getitem__


@pytest.fixture(scope="module")
def of_state(raw):
    """Look up the covariates of a state in a year."""
    found = state_year_covariates(raw, states(*STATES)).to_dicts()
    return dict(zip(STATES, found, strict=True)).__getitem__


def states(*keys):
    return pl.DataFrame(keys, schema={"ccode": pl.Int64, "year": pl.Int64}, orient="row")


def pairs(*keys):
    schema = {"ccode1": pl.Int64, "ccode2": pl.Int64, "year": pl.Int64}
    return pl.DataFrame(keys, schema=schema, orient="row")


# The contract: one row a key


def test_one_row_a_key_in_the_order_given(dyads, dyad_covariates):
    """Every dyad-year comes back once, in its place."""
    assert dyad_covariates.select(dyads.columns).equals(dyads)


def test_the_answer_does_not_depend_on_the_order_of_keys(raw, dyads, dyad_covariates):
    """Shuffled keys get the same values."""
    shuffled = dyads.sample(5000, seed=1, shuffle=True)
    found = dyad_year_covariates(raw, shuffled)
    assert found.equals(shuffled.join(dyad_covariates, on=dyads.columns, maintain_order="left"))


def test_no_keys_give_no_rows(raw):
    """An empty frame of keys is answered with an empty frame."""
    assert state_year_covariates(raw, states()).is_empty()
    assert dyad_year_covariates(raw, pairs()).is_empty()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (states((2, 1990), (2, 1990)), "ccode 2, year 1990 occurs more than once"),
        (states((2, None)), "must not be missing"),
        (pl.DataFrame({"state": [2], "year": [1990]}), "lack the column ccode"),
    ],
)
def test_keys_that_identify_no_row_are_refused(raw, keys, message):
    """Repeated, missing and absent keys are errors that say which."""
    with pytest.raises(DataError, match=message):
        state_year_covariates(raw, keys)


def test_a_state_is_no_dyad(raw):
    """A pair of a state with itself is refused."""
    with pytest.raises(DataError, match="two states"):
        dyad_year_covariates(raw, pairs((2, 2, 1990)))


@pytest.mark.parametrize("option", ["lag", "carry"])
def test_years_back_are_not_negative(raw, option):
    """Values from after the crisis cannot be asked for."""
    with pytest.raises(DataError, match=f"{option}=-1"):
        state_year_covariates(raw, states((2, 1990)), **{option: -1})


# Symmetry


def test_all_but_the_pledge_is_the_same_both_ways(dyad_covariates):
    """Distance, divergence, affinity, alliance and contiguity have no direction."""
    swapped = dyad_covariates.rename({"ccode1": "ccode2", "ccode2": "ccode1"})
    both = dyad_covariates.join(swapped, on=DYAD, suffix="_swapped")
    assert len(both) == len(dyad_covariates)
    for name in dyad_covariates.drop(DYAD).columns:
        same = both[name].eq_missing(both[f"{name}_swapped"])
        assert same.all() == (name != "pledge"), name


# Known before the crisis


def test_values_are_those_of_the_year_before(raw):
    """The default lag is a year; 0 asks for the year itself."""
    cinc = read_capabilities(raw).filter(pl.col("ccode") == 2)
    for lag in (0, 1, 3):
        found = state_year_covariates(raw, states((2, 1990)), lag=lag)["cinc"][0]
        assert found == cinc.filter(pl.col("year") == 1990 - lag)["cinc"][0]


def test_a_state_that_entered_this_year_gets_this_years_values(of_state):
    """United Germany and Yemen (1990) and Uzbekistan (1991) have no year before."""
    for ccode, year in ENTERED:
        first = of_state((ccode, year))["cinc"]
        assert first == of_state((ccode, year + 1))["cinc"] is not None


def test_a_state_outside_the_system_has_no_values(of_state, of_pair):
    """West Germany of 1995 and South Vietnam of 1980 are missing throughout, not zero or false."""
    for key in ((260, 1995), (817, 1980)):
        assert {v for name, v in of_state(key).items() if name not in ("ccode", "year")} == {None}
    for key in ((260, 2, 1995), (2, 817, 1980)):
        assert {v for name, v in of_pair(key).items() if name not in DYAD} == {None}


def test_the_session_that_was_not_held_is_missing_unless_carried(raw, of_state):
    """A crisis of 1965 has no ideal point of 1964; that of 1963 is taken only if asked for."""
    key = states((2, 1965))
    assert of_state((2, 1965))["ideal_point"] is None
    carried = state_year_covariates(raw, key, carry=1)["ideal_point"][0]
    assert carried == state_year_covariates(raw, key, lag=2)["ideal_point"][0] is not None


def test_dyads_are_compared_in_the_same_session(raw):
    """Carried, a distance is between two ideal points of one session, and never made up.

    China has no ideal point before it took its seat: its distances of 1971 are missing.
    """
    points = read_ideal_points(raw)
    keys = pairs((2, 365, 1965), (2, 710, 1972), (2, 713, 1973), (2, 710, 1971))
    found = dyad_year_covariates(raw, keys, carry=5).select("ideal_distance", "affinity")
    sessions = zip(found["ideal_distance"], (365, 710, 713), (1963, 1971, 1971), strict=False)
    for distance, other, session in sessions:
        theta = points.filter(pl.col("year") == session)
        ours, theirs = (
            theta.filter(pl.col("ccode") == code)["ideal_point"][0] for code in (2, other)
        )
        assert distance == pytest.approx(abs(ours - theirs), abs=ROUNDING)
    assert found.row(3) == (None, None)


# Coverage


def test_no_alliance_and_no_contiguity_are_known_only_inside_coverage(of_pair):
    """ATOP ends in 2018, so speaks on crises of 2019; contiguity ends in 2016."""
    found = [of_pair((2, 710, year)) for year in (2016, 2017, 2019, 2020)]
    assert [row["allies"] for row in found] == [False, False, False, None]
    assert [row["contiguous"] for row in found] == [False, None, None, None]


def test_major_powers_are_those_of_the_first_of_january(of_state):
    """A state is a major power if it was one on 1 January; after the list ends nobody knows."""
    assert {key: of_state(key)["major"] for key in MAJOR} == MAJOR


def test_members_are_covered_as_the_sources_say(raw, dyads, dyad_covariates):
    """Every pair of members has a distance, a contiguity and an alliance status, true or false."""
    for name in ("distance_km", "contiguous", "allies", "alliance_any", "pledge"):
        assert dyad_covariates[name].null_count() == 0, name
    farther = ~dyad_covariates["contiguous"]
    assert (dyad_covariates["contiguity"].is_null() == farther).all()


# Face validity


def test_distances_between_capitals(of_pair):
    """London is 344 km from Paris, Washington 7,820 km from Moscow."""
    for key, distance in {(200, 220, 1990): 344, (2, 365, 1990): 7820}.items():
        assert of_pair(key)["distance_km"] == pytest.approx(distance, abs=KILOMETRES)


def test_the_gulf_war_coalition_in_its_covariates(of_pair, of_state):
    """In 1990 Britain is the ally and likeness of the United States, Iraq neither."""
    britain, iraq = of_pair((2, 200, 1990)), of_pair((2, 645, 1990))
    assert (britain["allies"], iraq["allies"]) == (True, False)
    assert britain["ideal_distance"] < 1 < 2 < iraq["ideal_distance"]
    assert britain["affinity"] > 0 > iraq["affinity"]
    us = of_state((2, 1990))
    assert 0.13 < us["cinc"] < 0.16
    assert us["major"]
    assert us["democracy"]


@pytest.mark.parametrize("series", ["all", "final_passage", "legacy", "2020"])
def test_divergence_is_of_the_size_the_paper_reports(raw, series):
    """Ideal points diverge by about 1.01 on average in the paper, quartiles .29 and 1.7."""
    points = read_ideal_points(raw, series=series).filter(pl.col("year").is_between(1951, 1999))
    both = points.join(points, on="year", suffix="2").filter(pl.col("ccode") < pl.col("ccode2"))
    distance = (both["ideal_point"] - both["ideal_point2"]).abs()
    assert distance.mean() == pytest.approx(1.01, abs=PROFILE)
    assert distance.quantile(0.25) == pytest.approx(0.29, abs=PROFILE)
    assert distance.quantile(0.75) == pytest.approx(1.7, abs=PROFILE)


def test_growth_before_the_crisis_is_over_before_it(of_state):
    """Growth known before a crisis of 1983 is that of 1982, from 1981."""
    before, after = of_state((2, 1982)), of_state((2, 1983))
    growth = math.log(after["gdppc"] / before["gdppc"])
    assert after["growth"] == pytest.approx(growth, abs=ROUNDING)
