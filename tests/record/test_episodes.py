"""Coalitions against those who are no state: who was there, as the file has it."""

import polars as pl
import pytest

from willing.errors import DataError
from willing.record.episodes import find_episodes
from willing.record.store import load_record
from willing.sources.armed_conflict import read_foreign_support
from willing.sources.catalogue import SOURCES
from willing.sources.states import members, state_system

ISLAMIC_STATE = {2, 20, 200, 210, 211, 220, 390, 663, 670, 692, 696, 900}


@pytest.fixture(scope="module")
def record():
    return load_record(years="all")


def joined(record, episode, leader="host_leads"):
    """Who had troops there in the first year."""
    rows = record.episode_partners.filter(
        pl.col("episode") == episode, pl.col(leader), pl.col("join") == 1
    )
    return set(rows["partner"])


def test_numbers_of_episodes(record):
    """88 episodes, 36 with two foreign states at first, 55 after 1999, 420 joins."""
    episodes = record.episodes
    assert episodes.height == 88
    assert (episodes["n_partners"] >= 2).sum() == 36
    assert (episodes["year"] > 1999).sum() == 55
    assert episodes["n_partners"].sum() == 420
    host = record.episode_partners.filter("host_leads")
    assert host["join"].sum() == 420


def test_the_islamic_state_in_iraq(record):
    """The twelve states of the file, under Iraq or under the United States."""
    assert joined(record, "259-2014") == ISLAMIC_STATE
    assert joined(record, "259-2014", "strongest_leads") == ISLAMIC_STATE - {2}


@pytest.mark.parametrize(("year", "count"), [(2014, 12), (2015, 12), (2016, 12), (2017, 7)])
def test_the_islamic_state_year_by_year(raw, year, count):
    """The same twelve until 2016, seven of them in 2017."""
    rows = read_foreign_support(raw).filter(pl.col("conflict") == 259, pl.col("year") == year)
    assert len(rows["supporters"].item()) == count
    assert set(rows["supporters"].item()) <= ISLAMIC_STATE


def test_al_qaida(record, raw):
    """Eight states beside America in 2001, Germany among them as 255, and twenty in 2002."""
    assert joined(record, "418-2001") == {20, 200, 220, 255, 290, 325, 640, 900}
    rows = read_foreign_support(raw).filter(pl.col("conflict") == 418, pl.col("year") == 2002)
    assert len(rows["supporters"].item()) == 20


def test_the_coalition_in_syria_is_absent(record):
    """The file needs a party to support: of Syria it has Russia and Iran, not the Americans."""
    syria = record.episodes.filter(pl.col("host") == 652)
    assert {frozenset(joined(record, one)) for one in syria["episode"]} == {frozenset({365, 630})}


def test_codes_are_those_of_the_state_system(record):
    """Translated codes are members on the day, but for hosts that COW admitted later."""
    later = {
        row["host"]
        for row in record.episodes.iter_rows(named=True)
        if not {row["host"], row["place"]} <= set(members(row["start"])["ccode"])
    }
    assert later == {698}  # Oman, a member since 1971, was helped in 1957 and 1969
    yemen = record.episodes.filter(pl.col("conflict") == 230, pl.col("year") == 2009)
    assert yemen["host"].item() == 679


def test_contributors_to_the_united_nations_are_flagged(record):
    """Mali from 2013 and the Central African Republic from 2014, not the French in 2006."""
    flagged = record.episodes.filter("un_mission")
    assert {"11347-2013", "372-2015", "416-2017"} <= set(flagged["episode"])
    assert "416-2006" not in flagged["episode"]
    assert "259-2014" not in flagged["episode"]


def test_leader_and_host_are_no_partners(record):
    """Nobody joins itself, and the host is no foreigner."""
    rows = record.episode_partners.join(record.episodes.select("episode", "host"), on="episode")
    assert rows.filter(pl.col("partner") == pl.col("host")).is_empty()
    assert rows.filter(pl.col("partner") == pl.col("leader")).is_empty()
    assert rows.group_by("episode").agg(pl.col("host_leads").any())["host_leads"].all()
    assert rows.group_by("episode").agg(pl.col("strongest_leads").any())["strongest_leads"].all()


def test_a_gap_of_three_years_ends_an_episode(raw):
    """Foreign troops left Iraq in 2011 and were back in 2014: two episodes."""
    episodes, partners = find_episodes(raw, state_system())
    iraq = episodes.filter(pl.col("conflict") == 259)
    assert iraq.select("year", "last_year").rows() == [(2004, 2011), (2014, 2021)]
    assert partners.height == 420


def test_a_broken_list_of_supporters_is_an_error(raw, tmp_path):
    """A code that is no number is not dropped."""
    source = SOURCES["ucdp_conflicts"]
    copy = source.path(tmp_path)
    copy.parent.mkdir()
    text = source.path(raw).read_text(encoding="utf-8")
    copy.write_text(text.replace('"2, 20, 200, 210, 211, 220, 390,', '"USA, 20, 200, 210, 211,'))
    with pytest.raises(DataError, match=r"conflict 259 of 2014.*fetch the published file"):
        read_foreign_support(tmp_path)
