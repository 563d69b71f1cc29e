"""Aid, arms, troops and council seats: the traps of the files, and figures known beforehand."""

import polars as pl
import pytest

from willing.errors import DataError
from willing.record.state_payments import state_payments
from willing.record.store import load_record
from willing.sources.aid import aid_codes, read_aid
from willing.sources.arms import read_arms
from willing.sources.catalogue import SOURCES
from willing.sources.council import read_council_seats
from willing.sources.states import state_system
from willing.sources.troops import read_troops

TENTH = 0.05  # targets are given to a tenth of a million
FACTOR = 1e-5  # amounts are whole dollars; of those above a million this much is rounding

TARGETS = {
    (640, 1991): 1517.3,
    (651, 1991): 3939.0,
    (770, 1991): 173.4,
    (770, 2002): 1152.7,
    (290, 2003): 5215.0,
    (663, 2003): 2329.8,
    (732, 1969): 4454.3,
    (817, 1973): 17515.3,
    (800, 1968): 810.6,
    (840, 1967): 463.9,
    (666, 1974): 10894.2,
    (713, 1950): -444.1,
    (220, 1951): 14248.1,
    (345, 1952): 2684.6,
    (678, 1985): 96.8,
}


def value(frame, ccode, fy, column="aid"):
    """One cell of a state-year table."""
    return frame.filter(pl.col("ccode") == ccode, pl.col("fy") == fy)[column].item()


@pytest.fixture(scope="module")
def aid(raw):
    return read_aid(raw)


@pytest.fixture(scope="module")
def table():
    return load_record(years="all").payments


@pytest.mark.parametrize(("state", "fy"), TARGETS)
def test_aid_known_beforehand(table, state, fy):
    """State-years whose aid was worked out by hand are in the record."""
    assert value(table, state, fy) == pytest.approx(TARGETS[state, fy], abs=TENTH)


def test_the_embedded_table_is_that_of_the_files(raw, table):
    """Reading the published files again gives the table that the package carries."""
    assert state_payments(raw, state_system()).equals(table)


def test_every_obligation_is_read_once(aid):
    """10,871 lines of obligations, 63 of them cancellations; 52 state-years below zero."""
    assert aid["rows"].sum() == 10_871
    assert aid["negative_rows"].sum() == 63
    assert aid.drop_nulls("ccode").filter(pl.col("aid") < 0).height == 52
    # 9,439 without the two dated rules: occupied Germany is no state, Kosovo was Serbia's to 2007.
    assert aid.drop_nulls("ccode").height == 9_419


def test_one_deflator_a_year(aid):
    """Constant and current dollars are in one ratio within a year, 1 in 2019."""
    large = aid.filter(pl.col("aid_current").abs() > 1, pl.col("fy") != 1976)
    ratio = large.group_by("fy").agg(
        low=(pl.col("aid") / pl.col("aid_current")).min(),
        high=(pl.col("aid") / pl.col("aid_current")).max(),
    )
    assert (ratio["high"] / ratio["low"] - 1).max() < FACTOR
    known = dict(ratio.select("fy", "low").iter_rows())
    assert [round(known[fy], 3) for fy in (2019, 1991, 1951)] == [1.000, 1.713, 8.251]


def test_the_transition_quarter_counts_with_1976(aid):
    """Its 98 lines are in fiscal year 1976, of 89 states and of nobody, flagged."""
    assert aid.filter("tq")["fy"].unique().to_list() == [1976]
    assert aid.filter("tq")["ccode"].drop_nulls().n_unique() == 89


def test_regions_are_no_states(aid):
    """53 codes of regions and territories are nobody's; their aid is reported as such."""
    codes = aid_codes()
    nobody = codes.filter(pl.col("ccode").is_null(), pl.col("code") != "DEU")
    assert nobody.filter(pl.col("code") != "NULL")["code"].n_unique() == 53
    elsewhere = aid.filter(pl.col("ccode").is_null())["aid"].sum()
    occupied_and_berlin = 41_000
    assert elsewhere == pytest.approx(563_000 + occupied_and_berlin, abs=1_000)
    assert aid["aid"].sum() == pytest.approx(2_846_000, abs=1_000)


@pytest.mark.parametrize(
    ("state", "years"),
    [
        (817, (1954, 1978)),  # South Vietnam, under the code NULL
        (260, (1955, 1967)),
        (255, (1993, 2019)),
        (678, (1959, 1990)),
        (679, (1991, 2021)),
        (347, (2008, 2021)),
        (315, (1946, 2002)),
    ],
)
def test_codes_are_dated(aid, state, years):
    """States that share a code have the aid of their own years."""
    own = aid.filter(pl.col("ccode") == state)["fy"]
    assert (own.min(), own.max()) == years


def test_a_country_nobody_knows_is_an_error(raw, tmp_path):
    """A new code of the file is named, not dropped."""
    source = SOURCES["us_aid"]
    copy = source.path(tmp_path)
    copy.parent.mkdir()
    text = source.path(raw).read_text(encoding="utf-8")
    copy.write_text(text.replace("TUR,Turkey", "TRK,Turkey"), encoding="utf-8")
    with pytest.raises(DataError, match="cannot place 'TRK'"):
        read_aid(tmp_path)


def test_zero_is_not_missing(table):
    """A member without a line got nothing; outside a file's years nothing is known."""
    assert value(table, 652, 1946) == 0  # Syria has no line before 1952
    assert value(table, 640, 2022) is None
    assert value(table, 640, 1949, "tiv") is None
    assert value(table, 775, 1990, "tiv") == 0
    covered = table.select(pl.col("covered_aid") == pl.col("aid").is_not_null())
    assert covered.to_series().all()


def test_the_federal_republic_is_missing_from_arms(raw, table):
    """The file has no line of West Germany: missing, not zero."""
    arms = read_arms(raw)
    assert not arms.filter(pl.any_horizontal(pl.col("supplier", "recipient") == 260)).height
    assert table.filter(pl.col("ccode") == 260)["tiv"].is_null().all()
    assert value(table, 255, 1992, "tiv") > 0


def test_rebels_are_no_states(raw):
    """Arms for the Viet Cong did not go to South Vietnam, nor those for the Houthis to Yemen."""
    arms = read_arms(raw)
    assert not arms.filter(pl.col("recipient") == 817, pl.col("supplier") == 710).height
    assert not arms.filter(
        pl.col("recipient") == 679, pl.col("supplier") == 630, pl.col("year") == 2017
    ).height
    assert arms.filter(pl.col("recipient") == 345)["year"].max() > 1992  # Serbia has no code


def test_troops_in_vietnam_were_in_the_south(raw):
    """The file has one Vietnam; half a million men of 1968 were not in the North."""
    troops = read_troops(raw)
    at = {(c, y): t for c, y, t in troops.iter_rows()}
    assert at[817, 1968] > 500_000
    assert (816, 1968) not in at
    assert at[260, 1985] > 200_000
    assert (255, 1985) not in at


def test_a_state_under_two_spellings_is_one(raw):
    """Czechia and the Czech Republic of 2013 are one state with the troops of one."""
    troops = read_troops(raw)
    assert not troops.select("ccode", "year").is_duplicated().any()
    czech = troops.filter(pl.col("ccode") == 316, pl.col("year") == 2013)
    assert czech["troops"].item() == 17


def test_council_seats(raw):
    """Yemen sat in 1990, Egypt for the United Arab Republic, each Germany under its own code."""
    seats = set(read_council_seats(raw, state_system()).iter_rows())
    assert {(679, 1990), (651, 1961), (260, 1977), (265, 1980), (255, 2003), (40, 1990)} <= seats
    assert (640, 1990) not in seats
