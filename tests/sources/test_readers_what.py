"""The readers of covariates handle the traps of the published files."""

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from willing.errors import DataError
from willing.sources.alliances import commitments, read_alliances
from willing.sources.capabilities import majors_by_year, read_capabilities, read_majors
from willing.sources.catalogue import SOURCES
from willing.sources.economy import read_income, read_trade
from willing.sources.geography import (
    EARTH_RADIUS_KM,
    great_circle_km,
    read_capitals,
    read_contiguity,
)
from willing.sources.regime import read_regimes
from willing.sources.unga import (
    read_ideal_points,
    read_votes,
    voting_affinity,
    voting_similarity,
)

ROUNDING = 1e-12  # a few additions of numbers near 1
# CINC averages the components that are known, so shares need not add up where some are missing.
MISSING_COMPONENTS = 0.08
KILOMETRES = 15  # capitals are points in cities of that size


@pytest.fixture(scope="module")
def ideal_points(raw):
    return read_ideal_points(raw)


@pytest.fixture(scope="module")
def votes(raw):
    return read_votes(raw)


@pytest.fixture(scope="module")
def alliances(raw):
    return commitments(read_alliances(raw))


@pytest.fixture(scope="module")
def contiguity(raw):
    return read_contiguity(raw)


@pytest.fixture(scope="module")
def regimes(raw):
    return read_regimes(raw)


def years(table, ccode):
    return set(table.filter(pl.col("ccode") == ccode)["year"])


def value(table, column, **key):
    found = table.filter(*(pl.col(name) == wanted for name, wanted in key.items()))
    assert len(found) <= 1
    return found[column][0] if len(found) else None


# Capabilities and major powers


def test_shares_of_capabilities_add_up_to_one(raw):
    """CINC is a share: over all states of a year it sums to about 1."""
    totals = read_capabilities(raw).group_by("year").agg(pl.col("cinc").sum())
    assert totals["cinc"].to_numpy() == pytest.approx(1, abs=MISSING_COMPONENTS)


def test_missing_military_expenditure_is_not_zero(raw):
    """Blank cells and -9 are missing; zeros that were published stay zeros."""
    table = read_capabilities(raw)
    assert table["milex"].null_count() == 2360
    assert table["milex"].min() == 0
    assert value(table, "milper", ccode=395, year=1990) == 0  # Iceland has no armed forces


def test_minus_nine_is_missing(tmp_path):
    """A release that still writes -9 gives missing values."""
    path = SOURCES["capabilities"].path(tmp_path)
    path.parent.mkdir()
    path.write_text("ccode,year,milex,milper,tpop,cinc\n2,1990,-9,-9,250000,.1\n")
    assert read_capabilities(tmp_path)["milex"].to_list() == [None]


def test_a_repeated_state_year_is_refused(tmp_path):
    """A file that lists a state-year twice is not read, and the message says which."""
    path = SOURCES["capabilities"].path(tmp_path)
    path.parent.mkdir()
    path.write_text("ccode,year,milex,milper,tpop,cinc\n2,1990,1,1,1,.1\n2,1990,2,2,2,.2\n")
    with pytest.raises(DataError, match=r"NMC_7.0_abridged.csv.*ccode 2, year 1990"):
        read_capabilities(tmp_path)


def test_majors_are_those_of_the_list_as_the_year_began(raw):
    """The USA from 1898, China from 1950, no France in 1940-45, Germany and Japan from 1991."""
    spells = read_majors(raw)
    majors = majors_by_year(spells)
    assert value(spells, "start", ccode=2) == date(1898, 8, 13)
    assert min(years(majors, 2)) == 1899
    assert min(years(majors, 710)) == 1950
    assert years(majors, 220).isdisjoint(range(1941, 1946))
    assert {1940, 1946} <= years(majors, 220)
    for ccode in (255, 740):
        assert min(year for year in years(majors, ccode) if year > 1945) == 1992


# Votes and ideal points


def test_states_without_a_vote_have_no_ideal_point(ideal_points):
    """South Vietnam never, the Koreas from 1991, the Germanies 1973-1990, Switzerland from 2002."""
    assert not years(ideal_points, 817)
    assert min(years(ideal_points, 731)) == min(years(ideal_points, 732)) == 1991
    assert years(ideal_points, 260) == set(range(1973, 1990))
    assert years(ideal_points, 265) == set(range(1973, 1990))
    assert min(years(ideal_points, 255)) == 1990
    assert min(years(ideal_points, 225)) == 2002
    assert min(years(ideal_points, 816)) == 1977


def test_the_chinese_seat_changes_hands_in_1971(ideal_points):
    """Taiwan holds China's seat to 1971, the People's Republic from 1971."""
    assert max(years(ideal_points, 713)) == 1971
    assert min(years(ideal_points, 710)) == 1971


@pytest.mark.parametrize("series", ["all", "final_passage", "legacy", "2020"])
def test_no_series_has_the_session_of_1964(raw, series):
    """The 19th session took no votes to scale: no series has 1964, and each has 1963 and 1965."""
    found = set(read_ideal_points(raw, series=series)["year"])
    assert 1964 not in found
    assert {1946, 1963, 1965, 2019} <= found


@pytest.mark.parametrize("series", ["all", "final_passage", "legacy", "2020"])
def test_the_west_lies_above_the_soviet_union(raw, series):
    """In every series and year the United States is to the west of the Soviet Union."""
    points = read_ideal_points(raw, series=series).filter(pl.col("year") < 1990)
    usa, ussr = (points.filter(pl.col("ccode") == code) for code in (2, 365))
    both = usa.join(ussr, on="year", suffix="_ussr")
    assert (both["ideal_point"] > both["ideal_point_ussr"]).all()


def test_the_legacy_series_is_that_of_2020(raw):
    """The legacy series continues the older release: it correlates with it at above .99."""
    both = read_ideal_points(raw, series="legacy").join(
        read_ideal_points(raw, series="2020"), on=["ccode", "year"], suffix="_2020"
    )
    assert both.select(pl.corr("ideal_point", "ideal_point_2020")).item() > 0.99


def test_an_unknown_series_is_refused(raw):
    """A wrong option is answered with those allowed."""
    with pytest.raises(DataError, match=r"series='fp'.*final_passage"):
        read_ideal_points(raw, series="fp")


def test_a_damaged_stata_file_is_named(tmp_path):
    """A Stata file cut off in the middle raises an error with its name."""
    path = SOURCES["ideal_points"].path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"<stata_dta><header>")
    with pytest.raises(DataError, match=r"IdealpointsJuly2025\.dta"):
        read_ideal_points(tmp_path)


def test_a_damaged_parquet_file_is_named(raw, tmp_path):
    """A Parquet file cut off in the middle raises an error with its name."""
    path = SOURCES["un_votes"].path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(SOURCES["un_votes"].path(raw).read_bytes()[:1000])
    with pytest.raises(DataError, match=r"UNVotesPublished\.parquet"):
        read_votes(tmp_path)


def test_missing_votes_are_named(tmp_path):
    """A Parquet file without the vote names the column."""
    path = SOURCES["un_votes"].path(tmp_path)
    path.parent.mkdir()
    pl.DataFrame({"rcid": [1], "year": [1946], "ccode": [2]}).write_parquet(path)
    with pytest.raises(DataError, match="'vote'"):
        read_votes(tmp_path)


def test_only_votes_that_were_cast_are_read(votes):
    """Absences (8) and non-members (9) of the full grid are no votes."""
    assert set(votes["vote"]) == {1, 2, 3}
    assert not years(votes, 817)
    assert min(years(votes, 731)) == 1991


BALLOTS = arrays(
    np.int64,
    st.tuples(st.integers(2, 5), st.integers(1, 6)),
    elements=st.sampled_from([0, 1, 2, 3]),
)


@given(BALLOTS)
def test_s_scores_are_those_of_the_definition(ballots):
    """S is 1 less twice the mean distance over the greatest, on the roll calls both voted on."""
    found = voting_similarity(ballots)
    for i, j in np.ndindex(found.joint.shape):
        pairs = [(a, b) for a, b in zip(ballots[i], ballots[j], strict=True) if a and b]
        assert found.joint[i, j] == len(pairs)
        if pairs:
            s = 1 - 2 * sum(abs(a - b) for a, b in pairs) / (2 * len(pairs))
            assert found.s_score[i, j] == pytest.approx(s, abs=ROUNDING)
        else:
            assert math.isnan(found.s_score[i, j])


def test_affinity_is_missing_where_there_are_too_few_common_votes(votes):
    """The single roll call of 1964 makes no affinity, nor does a state that was no member."""
    dyads = pl.DataFrame(
        {"ccode1": [2, 2, 2, 2], "ccode2": [200, 817, 200, 200], "year": [1964, 1970, 1970, None]}
    )
    found = voting_affinity(votes, dyads)
    assert found["affinity"].is_null().to_list() == [True, True, False, True]
    assert found["joint_votes"][0] == 1
    assert voting_affinity(votes, dyads, minimum_votes=1)["affinity"][0] is not None


def test_affinity_tells_friends_from_foes(votes):
    """In 1985 the United States votes with Britain and against the Soviet Union."""
    dyads = pl.DataFrame({"ccode1": [2, 2], "ccode2": [200, 365], "year": [1985, 1985]})
    friend, foe = voting_affinity(votes, dyads)["affinity"]
    assert friend > 0 > foe


# Alliances


def test_nato_and_the_warsaw_pact_are_alliances_of_defence(alliances):
    """Members of NATO and of the Warsaw Pact are allies; across the line nobody is."""
    assert value(alliances, "allies", ccode1=2, ccode2=200, year=1985) is True
    assert value(alliances, "allies", ccode1=365, ccode2=290, year=1985) is True
    assert not value(alliances, "allies", ccode1=2, ccode2=365, year=1985)


def test_pledges_have_a_direction(alliances):
    """The United States is pledged to defend Japan, and Japan not the United States."""
    assert value(alliances, "pledge", ccode1=2, ccode2=740, year=1985) is True
    assert value(alliances, "pledge", ccode1=740, ccode2=2, year=1985) is False
    assert value(alliances, "allies", ccode1=740, ccode2=2, year=1985) is True


def test_pacts_without_military_help_make_no_allies(alliances):
    """Germany and the Soviet Union of 1940 have a pact, but promise each other no help."""
    pact = {"ccode1": 255, "ccode2": 365, "year": 1940}
    assert value(alliances, "allies", **pact) is False
    assert value(alliances, "alliance_any", **pact) is True


def test_a_pledge_is_an_alliance(alliances):
    """Who has pledged help is an ally, and an ally has an alliance of some kind."""
    assert alliances.filter("pledge")["allies"].all()
    assert alliances.filter("allies")["alliance_any"].all()


# Geography


ANGLE = st.floats(-90, 90)


@given(ANGLE, ANGLE, ANGLE, ANGLE)
def test_distance_is_symmetric_and_at_most_half_way_round(lat1, lng1, lat2, lng2):
    """A great-circle distance is the same both ways, 0 to itself, and never beyond the antipode."""
    there = great_circle_km(*map(np.array, (lat1, lng1, lat2, lng2)))
    back = great_circle_km(*map(np.array, (lat2, lng2, lat1, lng1)))
    assert there == back
    assert 0 <= there <= math.pi * EARTH_RADIUS_KM
    assert great_circle_km(*map(np.array, (lat1, lng1, lat1, lng1))) == 0


def test_a_quarter_of_the_way_round():
    """From the equator to the pole it is a quarter of the circumference."""
    quarter = great_circle_km(*map(np.array, (0.0, 40.0, 90.0, -10.0)))
    assert quarter == pytest.approx(math.pi * EARTH_RADIUS_KM / 2)


def test_capitals_move_with_the_years(raw):
    """Brazil is ruled from Rio until 1960, Pakistan from Karachi until 1959, and so on."""
    capitals = read_capitals(raw)
    assert value(capitals, "capital", ccode=140, year=1960) == "Rio de Janeiro"
    assert value(capitals, "capital", ccode=140, year=1961) == "Brasilia"
    assert value(capitals, "capital", ccode=770, year=1959) == "Karachi"
    assert value(capitals, "capital", ccode=770, year=1965) == "Rawalpindi"
    assert value(capitals, "capital", ccode=475, year=1991) == "Lagos"
    assert value(capitals, "capital", ccode=260, year=1960) == "Bonn"


def test_brasilia_and_riyadh_are_put_where_they_are(raw):
    """The file puts both in the middle of the country, Brasilia some 800 km off."""
    capitals = read_capitals(raw).filter(pl.col("year") == 1990)
    places = {
        name: [value(capitals, column, capital=name) for column in ("latitude", "longitude")]
        for name in ("Brasilia", "Buenos Aires", "Riyadh", "Kuwait City")
    }
    for pair, kilometres in (
        (("Brasilia", "Buenos Aires"), 2336),
        (("Riyadh", "Kuwait City"), 536),
    ):
        found = great_circle_km(*map(np.array, (*places[pair[0]], *places[pair[1]])))
        assert found == pytest.approx(kilometres, abs=KILOMETRES)


def test_type_zero_is_no_contiguity(contiguity):
    """The file's type 0 says that two states do not touch: Germany and Italy in the 1990s."""
    assert value(contiguity, "contiguity", ccode1=255, ccode2=325, year=1995) is None
    assert value(contiguity, "contiguity", ccode1=255, ccode2=325, year=1940) == 1


def test_contiguity_is_symmetric_and_the_closer_relation_counts(contiguity):
    """A dyad has one relation a year, both ways the same, where the file has two that overlap."""
    swapped = contiguity.rename({"ccode1": "ccode2", "ccode2": "ccode1"})
    assert contiguity.sort(contiguity.columns).equals(
        swapped.select(contiguity.columns).sort(contiguity.columns)
    )
    assert value(contiguity, "contiguity", ccode1=820, ccode2=850, year=1963) == 1
    assert value(contiguity, "contiguity", ccode1=2, ccode2=20, year=1999) == 1


def test_a_contiguity_counts_in_the_year_in_which_it_begins(contiguity):
    """United Germany touches Poland from October 1990, so in 1990."""
    assert value(contiguity, "contiguity", ccode1=255, ccode2=290, year=1990) == 1
    assert value(contiguity, "contiguity", ccode1=255, ccode2=290, year=1989) is None


def test_a_date_that_is_none_is_named(tmp_path):
    """A month 13 names the file, the column and the value."""
    path = SOURCES["contiguity"].path(tmp_path)
    path.parent.mkdir()
    path.write_text("ccode1,ccode2,conttype,stdate,enddate\n2,20,1,1920-13-01,2016-12-01\n")
    with pytest.raises(DataError, match=r"contdir.*'stdate'.*1920-13-01"):
        read_contiguity(tmp_path)


# Regime and economy


@pytest.mark.parametrize(
    ("ccode", "year", "democracy"),
    [
        (365, 1980, False),  # the Soviet Union is 364 in Polity
        (770, 1956, True),  # Pakistan before 1972 is 769
        (816, 1990, False),  # united Vietnam is 818
        (345, 1999, False),  # Serbia and Montenegro is 347
        (530, 1995, False),  # Ethiopia without Eritrea is 529
        (2, 1990, True),
        (750, 1971, True),
        (710, 1971, False),
    ],
)
def test_polity_scores_states_under_their_cow_codes(regimes, ccode, year, democracy):
    """States that Polity numbers in its own way have a score under their COW code."""
    assert value(regimes, "democracy", ccode=ccode, year=year) is democracy


def test_polity_codes_for_interruptions_are_no_scores(regimes):
    """Cambodia and Afghanistan under occupation have no score, and no score is below -10."""
    assert value(regimes, "polity2", ccode=811, year=1985) is None
    assert value(regimes, "polity2", ccode=700, year=1985) is None
    assert (regimes["polity2"].min(), regimes["polity2"].max()) == (-10, 10)


def test_a_state_without_a_score_is_not_called_undemocratic(regimes):
    """Polity is silent on Grenada, so whether it is a democracy is missing, not false."""
    assert value(regimes, "democracy", ccode=55, year=1990) is None


def test_the_extended_scores_cover_the_states_that_polity_leaves_out(raw):
    """By the Unified Democracy Scores, Barbados is a democracy and Grenada of 1982 is not."""
    regimes = read_regimes(raw, democracy="uds")
    assert value(regimes, "democracy", ccode=53, year=1982) is True
    assert value(regimes, "democracy", ccode=55, year=1982) is False


def test_the_democracy_measures_agree_on_nine_state_years_in_ten(raw):
    """Polity, V-Dem and the Unified Democracy Scores sort states alike most of the time."""
    polity = read_regimes(raw)
    for other in ("polyarchy", "uds"):
        both = polity.join(read_regimes(raw, democracy=other), on=["ccode", "year"])
        same = both.filter(pl.col("year") > 1945)
        assert (same["democracy"] == same["democracy_right"]).mean() > 0.9


def test_an_unknown_measure_of_democracy_is_refused(raw):
    """A wrong option is answered with those allowed."""
    with pytest.raises(DataError, match="polity, polyarchy, uds"):
        read_regimes(raw, democracy="freedom house")


def test_growth_is_the_difference_of_logs(raw):
    """Growth is the log of GDP per capita less its log a year before, missing in a first year."""
    income = read_income(raw)
    before, after = (value(income, "gdppc", ccode=2, year=year) for year in (1981, 1982))
    growth = value(income, "growth", ccode=2, year=1982)
    assert growth == pytest.approx(math.log(after / before), abs=ROUNDING)
    assert growth < 0
    assert value(income, "growth", ccode=255, year=1990) is None
    assert value(income, "gdppc", ccode=255, year=1990) > 0


def test_trade_that_was_not_reported_is_missing(raw):
    """Blank imports and exports are missing, never zero."""
    trade = read_trade(raw)
    assert trade["imports"].null_count() == 1548
    assert trade["imports"].min() > 0
