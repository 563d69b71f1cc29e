"""Leaders after the end of Archigos are those of REIGN's list."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from willing.record.store import load_record
from willing.sources.later_leaders import LIST_ENDS, carry_on, read_reign_leaders
from willing.sources.leaders import read_leaders

ARCHIGOS_ENDS = date(2015, 12, 31)


@pytest.fixture(scope="module")
def spells(raw: Path) -> pl.DataFrame:
    return carry_on(read_leaders(raw), read_reign_leaders(raw))


def test_a_leader_in_office_stays_until_the_list_has_her_leave(spells: pl.DataFrame) -> None:
    """Obama leaves to Trump in January 2017, and the spell is still the one of Archigos."""
    obama = spells.filter(obsid="USA-2009").row(0, named=True)
    assert obama["end"] == date(2017, 1, 19)
    trump = spells.filter(gwcode=2, leader_name="Trump").row(0, named=True)
    assert (trump["start"], trump["end"]) == (date(2017, 1, 20), date(2021, 1, 19))
    assert trump["obsid"].startswith("REIGN-")


def test_nothing_before_the_end_of_archigos_changes(raw: Path, spells: pl.DataFrame) -> None:
    """Spells that Archigos closes are as they were, and nobody is lost."""
    archigos = read_leaders(raw)
    closed = archigos.filter(pl.col("exit") != "Still in Office")
    assert spells.join(closed, on=closed.columns, how="inner", nulls_equal=True).height == len(
        closed
    )
    assert spells["obsid"].is_unique().all()
    assert spells["end"].max() == LIST_ENDS
    assert spells.filter(pl.col("obsid").str.starts_with("REIGN"))["start"].min() > ARCHIGOS_ENDS


def test_crises_after_2015_have_leaders() -> None:
    """Erdogan and Putin lead in 2016 and after; most triads know both leaders."""
    late = load_record(years="all").triads.filter(pl.col("start") > ARCHIGOS_ENDS)
    assert late["Lname"].null_count() < 0.1 * late.height
    assert late["Pname"].null_count() < 0.2 * late.height
    assert "Trump" in set(late["Lname"]) | set(late["Pname"])
