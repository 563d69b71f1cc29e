"""Who faced whom, under whom, and who joined: the crises that the record must get right."""

from pathlib import Path

import polars as pl
import pytest

from willing.record.layout import lay_out
from willing.record.store import Record, load_record
from willing.sources.icb import read_crises
from willing.sources.states import state_system

# Side: the leader, and who joined her.
CASES = {
    "131-345": ("RUS", {"HUN", "ROM", "BUL"}),
    "132-731": ("USA", {"ROK", "UKG", "CAN", "AUL", "NEW", "PHI"}),
    "132-710": ("USA", {"TAW"}),
    "145-816": ("FRN", set()),
    "152-651": ("UKG", {"FRN", "ISR"}),
    "155-310": ("RUS", set()),
    "165-651": ("USA", {"UKG", "JOR", "LEB"}),
    "193-816": ("USA", {"THI", "LAO", "UKG", "AUL", "NEW"}),
    "222-666": ("EGY", {"SYR", "JOR", "IRQ", "KUW"}),
    "225-816": ("USA", {"RVN", "ROK", "THI", "AUL", "NEW", "PHI"}),
    "255-666": ("EGY", {"SYR", "IRQ", "JOR", "SAU", "YPR"}),
    "255-651": ("ISR", set()),
    "277-540": ("DRC", {"MOR", "EGY", "UGA"}),
    "284-811": ("DRV", set()),
    "311-620": ("TUN", {"FRN"}),
}
# Sides that ICB's sources of threat alone do not give.
NEW_SIDES = ("131-345", "140-710", "406-645")
# The counts of the rule by itself, without the package's corrections: sides, with a leader, idle,
# led by another state, coalitions and joins. A change of the files or of the rule changes them, and
# then their account in docs/decisions/who-joined.md.
COUNTS = {
    (1946, 1999): (679, 672, 78, 86, 136, 364),
    (1951, 1999): (628, 625, 67, 81, 127, 315),
    (1946, 2019): (820, 812, 101, 96, 148, 415),
}


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(years="all")


def named(codes: pl.Series) -> set[str]:
    """The abbreviations of states."""
    names = dict(state_system().select("ccode", "abbreviation").iter_rows())
    return {names[code] for code in codes}


@pytest.mark.parametrize("side", CASES)
def test_leader_and_members_of_the_cases(record: Record, side: str) -> None:
    """The leader and the joiners are those that history has."""
    leader, members = CASES[side]
    row = record.sides.filter(side=side)
    joined = record.triads.filter(side=side, join=1)["partner"]
    assert named(row["leader"]) == {leader}
    assert named(joined) == members
    assert row["coalition"].fill_null(0).to_list() == [len(members)]


def test_kosovo_has_twenty_partners(record: Record) -> None:
    """The coalition against Yugoslavia in 1999."""
    assert record.sides.filter(side="430-345")["coalition"].to_list() == [20]


def test_the_gulf_coalition_is_that_of_history(record: Record) -> None:
    """Twenty-nine states by the sources; by correction Norway and Portugal, and not Israel."""
    joined = record.triads.filter(pl.col("side") == "393-645", join=1)
    by_sources = joined.filter(pl.col("tie") != "word")
    assert by_sources.height == 29
    assert named(joined.filter(tie="word")["partner"]) == {"NOR", "POR"}
    assert "ISR" not in named(joined["partner"])


def test_nato_leads_against_yugoslavia_over_bosnia_by_correction(record: Record) -> None:
    """The United States leads nine allies, whom no file links, and Croatia, whom ICB names."""
    assert named(record.sides.filter(side="403-345")["leader"]) == {"USA"}
    joined = record.triads.filter(side="403-345", join=1)
    assert joined.filter(tie="word").height == 9
    assert named(joined.filter(tie="named")["partner"]) == {"CRO"}


@pytest.mark.parametrize("side", NEW_SIDES)
def test_sides_beyond_sources_of_threat(record: Record, side: str) -> None:
    """Yugoslavia in 1949, China in Korea and the no-fly zones of Iraq have a side."""
    row = record.sides.filter(side=side).row(0, named=True)
    assert row["side_by"] in ("opponent", "attacked")
    assert row["coalition"] > 0


def test_the_counts_of_the_rule(raw: Path) -> None:
    """Sides, leaders and joins are those that the decision page accounts for."""
    crises = read_crises(raw).filter(pl.col("year") >= 1946)
    every = lay_out(raw, crises).sides
    for years, counts in COUNTS.items():
        sides = every.filter(pl.col("year").is_between(*years))
        assert (
            sides.height,
            sides["leader"].count(),
            sides.filter(leader_kind="idle").height,
            sides.filter(leader_kind="other").height,
            sides.filter(pl.col("coalition") > 0).height,
            sides["coalition"].sum(),
        ) == counts


def test_nobody_joins_an_idle_leader() -> None:
    """A leader that did nothing against the target cannot be joined in it."""
    idle = load_record(leader="every", years="all").triads.filter(leader_kind="idle")
    assert idle.height > 0
    assert idle["join"].sum() == 0


def test_a_zero_is_something_that_a_source_says(record: Record) -> None:
    """Where nobody speaks joining is missing, and never a zero; after 2014 no dispute speaks."""
    silent = record.triads.filter(pl.col("speaks").is_null())
    assert silent.height > 0
    assert silent.filter(pl.col("join") == 0).is_empty()
    late = record.triads.filter(pl.col("year") > 2014, pl.col("join").is_not_null())
    assert late.filter(pl.col("speaks").str.contains("gml|mid")).is_empty()
    assert not late.is_empty()


def test_a_coalition_is_missing_where_none_is_known_and_nobody_speaks(record: Record) -> None:
    """A size of zero is a statement about all states of the system."""
    unknown = record.sides.filter(~pl.col("covered"), pl.col("leader").is_not_null())
    assert unknown["coalition"].null_count() > 0
    assert unknown.filter(pl.col("coalition") == 0).is_empty()


def test_joiners_of_the_target_act_against_the_leader(record: Record) -> None:
    """North Korea stands with China against the United States in 1953."""
    joined = record.triads.filter(pl.col("side") == "140-710", join_tee=1)
    assert named(joined["partner"]) == {"PRK"}


def test_kind_and_first_day_are_those_of_the_act(record: Record) -> None:
    """Britain fights Iraq from its arrival; Germany only shows force."""
    gulf = record.triads.filter(side="393-645")
    acts = {row["partner"]: row for row in gulf.iter_rows(named=True)}
    assert acts[200]["kind"] == "war"
    assert acts[260]["kind"] == "display"
    assert str(acts[200]["first_day"]) == "1990-08-09"
    assert acts[200]["sources"] == "icb hewitt gml mid"
    assert set(gulf["kind_ell"]) == {"war"}


def test_acts_have_a_kind_and_nobody_else_has(record: Record) -> None:
    """Kind and first day are there exactly for those who acted."""
    members = record.members.filter(pl.col("basis") != "word")
    acted = members.filter(pl.col("acted") == 1)
    assert acted.select("kind", "first_day").null_count().row(0) == (0, 0)
    assert members.filter(pl.col("acted") == 0)["kind"].count() == 0


def test_the_coding_by_blocs_is_still_there() -> None:
    """Its sides, coalitions and joins of 1946-1999 are those of the record of November 2026."""
    blocs = load_record(coding="blocs", years=(1946, 1999))
    assert blocs.sides.height == 541
    assert blocs.sides["leader"].count() == 533
    assert blocs.sides.filter(pl.col("coalition") > 0).height == 160
    assert blocs.triads["join"].sum() == blocs.sides["coalition"].sum() == 416
    assert blocs.triads["join"].null_count() == 0
