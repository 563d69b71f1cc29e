"""The record says what history says, and no more than its sources do."""

import polars as pl
import pytest

from willing.evidence.sample import Sample
from willing.record.choices import SAMPLE_YEARS
from willing.record.leading import PICKED
from willing.record.store import Record, load_record
from willing.sources.states import members

USA, CAN, UKG, FRN, GMY, TUR = 2, 20, 200, 220, 255, 640
JAMAICA, BARBADOS, DOMINICA, ST_LUCIA, ST_VINCENT, ANTIGUA = 51, 53, 54, 56, 57, 58
# "Roughly a quarter" of the sides of which the sources tell have a coalition.
SHARE_WITH_COALITION = (0.2, 0.3)

# The last year in which a dispute of GML's file began.
GML_UNTIL = 2010


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(leader="every", years="all")


def joined(record: Record, side: str) -> set[int]:
    """Who joined the foremost leader of a side."""
    triads = record.triads.filter("foremost", pl.col("side") == side, pl.col("join") == 1)
    return set(triads["partner"])


def leader(record: Record, side: str) -> int:
    return int(record.sides.row(by_predicate=pl.col("side") == side, named=True)["leader"])


def test_korea_1950(record: Record) -> None:
    """The USA leads against North Korea; the South, the UK and others fight beside it."""
    assert leader(record, "132-731") == USA
    assert {732, UKG, CAN, 900, 920, 840} <= joined(record, "132-731")
    assert 710 not in joined(record, "132-731")


def test_suez_1956(record: Record) -> None:
    """Britain leads France and Israel against Egypt; the USA is not among them."""
    assert leader(record, "152-651") == UKG
    assert joined(record, "152-651") == {FRN, 666}


def test_six_day_war_1967(record: Record) -> None:
    """Egypt leads Jordan, Syria and Iraq against Israel."""
    assert leader(record, "222-666") == 651
    assert {663, 652, 645} <= joined(record, "222-666")


def test_tet_1968(record: Record) -> None:
    """South Vietnam, South Korea, Australia, New Zealand, Thailand and the Philippines join."""
    assert leader(record, "225-816") == USA
    assert {817, 732, 900, 920, 800, 840} <= joined(record, "225-816")


def test_grenada_1983(record: Record) -> None:
    """Six Caribbean states join the USA, and nobody else."""
    assert leader(record, "343-55") == USA
    assert joined(record, "343-55") == {
        JAMAICA, BARBADOS, DOMINICA, ST_LUCIA, ST_VINCENT, ANTIGUA,
    }  # fmt: skip


def test_gulf_1990(record: Record) -> None:
    """About thirty states join the USA against Iraq; Jordan does not."""
    partners = joined(record, "393-645")
    assert leader(record, "393-645") == USA
    assert 27 <= len(partners) <= 34
    assert {UKG, FRN, 651, 652, 670, 690, CAN, TUR, 436} <= partners
    assert 663 not in partners


def test_kosovo_1999(record: Record) -> None:
    """NATO's members join the USA against Yugoslavia; Russia does not."""
    partners = joined(record, "430-345")
    assert leader(record, "430-345") == USA
    assert {UKG, FRN, GMY, 325, CAN, 210, 211, 230, 235, TUR, 385, 390} <= partners
    assert 365 not in partners


def test_an_attack_on_one_state_is_no_coalition(record: Record) -> None:
    """Nobody joins Argentina or Britain over the Falklands."""
    falklands = record.sides.filter(pl.col("crisname") == "FALKLANDS/MALVINAS")
    assert falklands["coalition"].to_list() == [0, 0]


def test_the_united_states_leads_most(record: Record) -> None:
    """No other state leads as many sides, or as many coalitions."""
    led = record.sides.group_by("leader").agg(pl.len(), built=(pl.col("coalition") > 0).sum())
    assert led.sort("len")["leader"][-1] == USA
    assert led.sort("built")["leader"][-1] == USA


def test_about_a_quarter_of_sides_have_a_coalition(record: Record) -> None:
    """Coalitions are the exception in crises."""
    low, high = SHARE_WITH_COALITION
    assert low <= (record.sides["coalition"] > 0).mean() <= high  # type: ignore[operator]


def test_partners_are_the_other_members_of_the_state_system(record: Record) -> None:
    """Every member on the first day is a potential partner once, leader and target excepted."""
    for side in ("132-731", "393-645", "430-345"):
        triads = record.triads.filter("foremost", pl.col("side") == side)
        row = triads.row(0, named=True)
        others = set(members(row["start"])["ccode"]) - {row["leader"], row["target"]}
        assert sorted(triads["partner"]) == sorted(others)


def test_each_rule_picks_one_leader_a_side(record: Record) -> None:
    """The strongest, the first and the most hostile are each one of the crisis actors there."""
    leaders = record.triads.select("side", "leader", *PICKED.values()).unique()
    picked = leaders.group_by("side").agg(pl.col(PICKED.values()).sum())
    assert picked["foremost"].unique().to_list() == [1]
    for rule in ("strongest", "first", "hostile"):
        with_actor = record.sides.filter(pl.col(f"leader_{rule}").is_not_null())["side"]
        found = picked.select("side", rule).filter(pl.col(rule) == 1)["side"]
        assert set(found) == set(with_actor)
        assert picked[rule].max() == 1


def test_the_first_leader_need_not_be_the_strongest(record: Record) -> None:
    """Kuwait is in the crisis on 2 August 1990, three months before the USA."""
    gulf = record.sides.row(by_predicate=pl.col("side") == "393-645", named=True)
    assert (gulf["leader"], gulf["leader_first"]) == (USA, 690)


def test_silence_of_a_source_is_missing(record: Record) -> None:
    """A coding is missing on every triad of a side of which its source does not speak."""
    for source in ("hewitt", "gml", "mid"):
        silent = record.sides.filter(~pl.col(f"speaks_{source}"))["side"]
        triads = record.triads.filter(pl.col("side").is_in(silent.implode()))
        assert len(triads) > 0
        assert triads[f"join_{source}"].count() == 0


def test_whoever_joined_acted_by_some_source(record: Record) -> None:
    """No join is made up: ICB, Hewitt or a dispute has the partner act against the target."""
    said = pl.max_horizontal("join_icb", "join_hewitt", "join_gml", "join_mid")
    joined = record.triads.filter(pl.col("join") == 1, pl.col("tie") != "word")
    assert joined.height > 0
    assert joined.select((said == 1).all()).item()


def test_sides_of_mere_victims_are_flagged(record: Record) -> None:
    """On such a side nobody joined; the Gulf coalition is not one."""
    victims = record.triads.filter("victims_only")
    assert len(victims) > 0
    assert victims["join"].sum() == 0
    assert not record.sides.filter(pl.col("side") == "393-645")["victims_only"].item()


def test_the_united_nations_took_one_side_over_korea_and_kuwait(record: Record) -> None:
    """The UN supports the USA against Iraq and North Korea, and not Britain over Suez."""
    support = dict(
        record.triads.filter("foremost").select("side", "unsupport").unique().iter_rows()
    )
    assert support["132-731"] == support["393-645"] == 1
    assert support["152-651"] == support["393-2"] == 0


def test_insecurity_is_of_the_leader_in_office_the_day_before(record: Record) -> None:
    """Bush leads the USA into the Gulf, Truman into Korea."""
    spells = {
        row["side"]: row["Lobsid"]
        for row in record.triads.filter("foremost").iter_rows(named=True)
        if row["side"] in ("393-645", "132-731")
    }
    assert spells == {"393-645": "USA-1989", "132-731": "USA-1945"}


def test_states_outside_the_united_nations_have_no_ideal_point(record: Record) -> None:
    """South Korea has none before 1991, so its distance from the leader is missing, not zero."""
    korea = record.triads.filter(pl.col("partner") == 732, pl.col("year") < 1991)
    assert len(korea) > 0
    assert korea["difLPv"].count() == 0


def test_the_first_years_of_the_sample_of_wolford_and_ritter(record: Record) -> None:
    """The record covers 1946 to 2019; by default the years of every test are loaded, and said."""
    assert record.manifest.years == (1946, 2019)
    cut = load_record()
    assert cut.crises.height == 300
    assert cut.triads["year"].min() == Sample().years[0] == 1951
    assert cut.triads["year"].max() == Sample().years[1] == 1999
    assert cut == load_record(years=SAMPLE_YEARS)
    assert "Record of 300 crises, 1951-1999 (of 1946-2019" in str(cut)
