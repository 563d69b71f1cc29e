"""What leader, target and partner had been to each other by the first day of the crisis."""

from pathlib import Path

import polars as pl
import pytest

from willing.record.store import Record, load_record
from willing.sources.geography import read_contiguity, read_contiguity_spells

GULF = "393-645"
USA, UKG, FRN, EGY, SYR, IRAN, IRAQ, KUW = 2, 200, 220, 651, 652, 630, 645, 690
PRK = 731


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(leader="every", years="all")


def row(record: Record, side: str, leader: int, partner: int) -> dict[str, object]:
    return record.triads.row(
        by_predicate=(pl.col("side") == side)
        & (pl.col("leader") == leader)
        & (pl.col("partner") == partner),
        named=True,
    )


def test_britain_had_fought_beside_the_united_states(record: Record) -> None:
    """Before the Gulf they had acted in one coalition, never against Iraq."""
    britain = row(record, GULF, USA, UKG)
    assert britain["LPjoint"] > 3  # type: ignore[operator]
    assert britain["LPjoint_tee"] == 0
    assert britain["LPjoint_years"] > 0  # type: ignore[operator]


def test_after_the_gulf_they_had_done_so_against_iraq(record: Record) -> None:
    """In 1998 Britain has acted with the United States against Iraq."""
    assert row(record, "429-645", USA, UKG)["LPjoint_tee"] >= 1  # type: ignore[operator]


def test_histories_are_those_of_ended_crises(record: Record) -> None:
    """Counts are what the members of earlier sides say, by a count of its own for one leader."""
    day = record.crises.filter(crisno=393)["start"][0]
    ended = record.crises.filter(pl.col("end") < day)["crisno"]
    earlier = record.members.filter(pl.col("crisno").is_in(ended.implode()))
    joined = earlier.filter(joined=1, ccode=UKG)
    assert row(record, GULF, USA, UKG)["Pjoins"] == joined["crisno"].n_unique()
    led = record.sides.filter(pl.col("leader") == USA)["side"]
    with_usa = joined.filter(pl.col("side").is_in(led.implode()))["crisno"].n_unique()
    assert row(record, GULF, USA, UKG)["LPjoint"] >= with_usa  # type: ignore[operator]


def test_the_first_crises_have_no_history(record: Record) -> None:
    """Nothing had been recorded before the first crisis of the record."""
    first = record.triads.filter(pl.col("start") == record.triads["start"].min())
    assert first.select(pl.col("LPjoint", "LPopposed", "Pjoins", "Ljoined").max()).row(0) == (
        0,
        0,
        0,
        0,
    )
    assert first["LPjoint_years"].count() == first["LPopposed_years"].count() == 0


def test_who_is_fighting_the_leader_opposes_her_today(record: Record) -> None:
    """When China entered, the United States were at war with North Korea since June."""
    korea = row(record, "133-710", USA, PRK)
    assert korea["LPopposed_years"] == 0.0
    assert korea["LPopposed"] == 0, "no crisis between them had ended before"
    assert row(record, "133-710", USA, UKG)["LPopposed_years"] is None


def test_opposition_fades_from_the_end_of_the_last_crisis(record: Record) -> None:
    """Nothing is opposed before it begins; what has ended is counted and dated alike."""
    rows = record.triads.filter(pl.col("LPopposed") > 0)
    assert rows["LPopposed_years"].null_count() == 0
    only_open = record.triads.filter(pl.col("LPopposed") == 0)["LPopposed_years"].drop_nulls()
    assert only_open.len() > 0
    assert only_open.max() == 0.0


def test_major_powers_among_the_targets(record: Record) -> None:
    """China was one in 1958 and Iraq none in 1990."""
    assert row(record, "166-710", USA, UKG)["Tmaj"] == 1
    assert row(record, GULF, USA, UKG)["Tmaj"] == 0


def test_rivals_and_neighbours_of_iraq(record: Record) -> None:
    """Iran, Kuwait and Syria are rivals of Iraq; Britain is of another region than all of them."""
    assert [row(record, GULF, USA, state)["PTrival"] for state in (IRAN, KUW, SYR, UKG)] == [
        1,
        1,
        1,
        0,
    ]
    assert row(record, GULF, USA, KUW)["PTregion"] == 1
    assert row(record, GULF, USA, UKG)["PTregion"] == 0
    assert row(record, GULF, USA, UKG)["LTrival"] == 0


def test_contiguity_is_that_of_the_month(record: Record, raw: Path) -> None:
    """A border counts if it was there in the month of the crisis, not in another of that year."""
    yearly = read_contiguity(raw).select(
        "year", partner="ccode1", target="ccode2", of_year=pl.lit(1, pl.Int8)
    )
    triads = record.triads.join(yearly, on=["year", "partner", "target"], how="left")
    changed = triads.filter(pl.col("PTcontig") == 0, pl.col("of_year") == 1)
    assert changed.height > 0
    spells = read_contiguity_spells(raw).rename({"ccode1": "partner", "ccode2": "target"})
    inside = changed.join(spells, on=["partner", "target"]).filter(
        pl.col("start").is_between("since", "until")
    )
    assert inside.is_empty()


def test_ideal_points_are_of_a_session_before_the_crisis(record: Record) -> None:
    """A state that entered the United Nations in the crisis's year has none: Bosnia in 1992."""
    bosnia = record.triads.filter(pl.col("year") == 1992, partner=346)
    assert bosnia["difLPv"].count() == bosnia["difTPv"].count() == 0


def test_how_a_crisis_ended(record: Record) -> None:
    """The United States won and Iraq lost the Gulf War, which lasted 254 days."""
    gulf = record.sides.row(by_predicate=pl.col("side") == GULF, named=True)
    assert (gulf["outcome_ell"], gulf["outcome_tee"]) == ("victory", "defeat")
    assert gulf["duration"] == 254
