"""The readers of leaders, regimes, elections and civil wars against the published files."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from willing.errors import DataError
from willing.sources.intrastate import read_civil_wars
from willing.sources.leaders import read_careers, read_leaders, read_support
from willing.sources.reign import FAMILIES, read_elections, read_regime_spells


@pytest.fixture(scope="module")
def spells(raw: Path) -> pl.DataFrame:
    """Archigos."""
    return read_leaders(raw)


def test_every_spell_is_read_once(spells: pl.DataFrame) -> None:
    """Archigos 4.1 has 3,409 spells, each with its own obsid."""
    assert spells.height == spells["obsid"].n_unique() == 3409


def test_a_person_may_have_several_spells(spells: pl.DataFrame) -> None:
    """Churchill led Britain twice under one leadid."""
    churchill = spells.filter(pl.col("obsid").is_in(["UKG-1940", "UKG-1951"]))
    assert churchill["leadid"].n_unique() == 1
    assert churchill["earlier_terms"].to_list() == [0, 1]


def test_no_code_for_missing_is_taken_for_a_year(spells: pl.DataFrame) -> None:
    """The codes -666 to -999 of Archigos are not years of birth."""
    assert spells["born"].null_count() > 0
    assert spells["born"].min() > 1700


def test_natural_ends_are_no_losses_of_office(spells: pl.DataFrame) -> None:
    """Death, ill health, suicide and being still in office do not count as losing it."""
    kept = set(spells.filter(~pl.col("lost_office"))["exit"])
    assert kept == {
        "Natural Death",
        "Retired Due to Ill Health",
        "Suicide",
        "Still in Office",
    }


def test_leaders_still_in_office_are_censored_on_the_last_day(spells: pl.DataFrame) -> None:
    """Spells that had not ended stop with 2015, but for three that were not updated after 2014."""
    still = spells.filter(pl.col("exit") == "Still in Office")
    ends = dict(still["end"].value_counts().iter_rows())
    assert ends == {date(2015, 12, 31): still.height - 3, date(2014, 12, 31): 3}


def test_archigos_calls_a_gleditsch_ward_code_ccode(spells: pl.DataFrame) -> None:
    """Merkel's Germany is 260 and Vucic's Serbia 340, as in Gleditsch and Ward."""
    codes = dict(spells.select("obsid", "gwcode").iter_rows())
    assert codes["GFR-2005"] == 260
    assert codes["SER-2014"] == 340


def test_support_is_split_among_the_leaders_of_a_year(raw: Path) -> None:
    """Chile 1973: Pinochet, not Allende, came with the military, which changed the support."""
    support = read_support(raw)
    coup = support.filter(pl.col("ccode") == 155, pl.col("entered").dt.year() == 1973)
    assert coup["affiliation"].to_list() == ["Mil"]
    assert coup["support_changed"].to_list() == [True]
    assert not support.select("ccode", "entered").is_duplicated().any()


def test_unknown_careers_stay_unknown(raw: Path) -> None:
    """LEAD leaves some careers blank: they are missing, not civilian."""
    careers = read_careers(raw)
    assert careers["obsid"].n_unique() == careers.height
    assert careers["military_service"].null_count() > 0


def test_every_regime_has_a_family(raw: Path) -> None:
    """All 18 spellings of REIGN's regimes fall in the eight families."""
    regimes = read_regime_spells(raw)
    assert set(regimes["regime"]) == set(FAMILIES)
    assert (regimes["since"] <= regimes["until"]).all()


def test_elections_are_votes_and_announcements(raw: Path) -> None:
    """Britain's vote of February 1974 was announced in the same month, on a day not known."""
    elections = read_elections(raw)
    february = elections.filter(
        pl.col("ccode") == 200, pl.col("date").is_between(date(1974, 2, 1), date(1974, 2, 28))
    ).sort("vote")
    assert february["vote"].to_list() == [False, True]
    assert february["earliest"].to_list() == [date(1974, 2, 1), date(1974, 2, 28)]
    assert february["date"].to_list() == [date(1974, 2, 28)] * 2
    assert february["incumbent_won"].to_list() == [False, False]


def test_helpers_from_outside_have_no_civil_war(raw: Path) -> None:
    """The war in Vietnam is South Vietnam's, not that of the United States which helped it."""
    wars = read_civil_wars(raw)
    since_1900 = wars.filter(pl.col("since") >= date(1900, 1, 1))
    assert 2 not in since_1900["ccode"]
    assert 817 in since_1900["ccode"]


def test_wars_still_going_on_have_no_end(raw: Path) -> None:
    """Colombia's war had not ended when the list was closed."""
    colombia = read_civil_wars(raw).filter(pl.col("ccode") == 100, pl.col("until").is_null())
    assert colombia["since"].dt.year().to_list() == [1989]


def test_an_impossible_date_is_reported(tmp_path: Path) -> None:
    """A date that is none is shown with its file and column."""
    folder = tmp_path / "leaders"
    folder.mkdir()
    (folder / "regime_list.csv").write_text(
        "cowcode,gwf_startdate,gwf_enddate,gwf_regimetype\n2,13/45/1990,12/31/2020,presidential\n"
    )
    with pytest.raises(DataError, match=r"gwf_startdate.*13/45/1990"):
        read_regime_spells(tmp_path)


def test_a_repeated_spell_is_reported(raw: Path, tmp_path: Path) -> None:
    """Archigos with one line twice is refused: obsid must be unique."""
    lines = (raw / "archigos" / "archigos_4.1.csv").read_text().splitlines()
    (tmp_path / "archigos").mkdir()
    (tmp_path / "archigos" / "archigos_4.1.csv").write_text("\n".join([*lines, lines[1]]) + "\n")
    with pytest.raises(DataError, match=r"obsid.*USA-1869"):
        read_leaders(tmp_path)
