"""The state system is dated to the day, and every code becomes a COW code."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from willing.sources.state_system import read_state_system
from willing.sources.states import add_membership, members, state_system, to_cow


def codes(when: int | date) -> set[int]:
    return set(members(when)["ccode"])


@pytest.mark.parametrize(
    ("gwcode", "day", "ccode"),
    [
        (260, date(1990, 10, 2), 260),
        (260, date(1990, 10, 3), 255),
        (265, date(1989, 1, 1), 265),
        (678, date(1990, 5, 21), 678),
        (678, date(1990, 5, 22), 679),
        (680, date(1980, 1, 1), 680),
        (340, date(2008, 1, 1), 345),
        (345, date(1999, 3, 24), 345),
        (816, date(1968, 1, 30), 816),
        (817, date(1968, 1, 30), 817),
        (365, date(1962, 10, 1), 365),
        (219, date(1941, 6, 8), 220),
        (671, date(1924, 1, 1), None),
        (672, date(1924, 1, 1), None),
        (971, date(2001, 1, 1), 970),
    ],
)
def test_gleditsch_ward_codes_translate_by_date(gwcode: int, day: date, ccode: int | None) -> None:
    """A GW or ICB code becomes the code COW uses for that state on that day."""
    frame = pl.DataFrame({"gwcode": [gwcode], "date": [day]})
    assert to_cow(frame)["ccode"].to_list() == [ccode]


def test_a_year_stands_for_its_last_day() -> None:
    """Germany and Yemen carry the code of the united state in 1990."""
    frame = pl.DataFrame({"gwcode": [260, 678, 260], "year": [1990, 1990, 1989]})
    assert to_cow(frame, when="year")["ccode"].to_list() == [255, 679, 260]


def test_an_undated_code_that_changed_is_missing() -> None:
    """Without a date nobody knows whether 678 is North Yemen or Yemen; France stays France."""
    frame = pl.DataFrame({"gwcode": [678, 220], "date": pl.Series([None, None], dtype=pl.Date)})
    assert to_cow(frame)["ccode"].to_list() == [None, 220]


def test_membership_is_exact_to_the_day() -> None:
    """States enter and leave on their day, and a year holds whoever was a member on any day."""
    assert 260 in codes(date(1990, 10, 2))
    assert 255 not in codes(date(1990, 10, 2))
    assert 255 in codes(date(1990, 10, 3))
    assert {255, 260} <= codes(1990)
    assert 652 not in codes(date(1960, 1, 1))  # Syria within the United Arab Republic
    assert 817 in codes(date(1975, 4, 30))
    assert 817 not in codes(date(1975, 5, 1))


def test_members_still_in_the_system_have_no_end() -> None:
    """The day the list was closed is not the day its members left."""
    assert 2 in codes(2024)
    assert 955 not in codes(1998)  # Tonga enters in September 1999


def test_membership_of_a_frame_keeps_rows_and_missingness() -> None:
    """A missing code or date gives a missing answer, not a no."""
    frame = pl.DataFrame(
        {
            "code": [817, 817, None, 817],
            "day": [date(1975, 4, 30), date(1975, 5, 1), date(1975, 1, 1), None],
        }
    )
    flagged = add_membership(frame, code="code", when="day", name="member")
    assert flagged["member"].to_list() == [True, False, None, None]
    assert_frame_equal(flagged.drop("member"), frame)


def test_the_two_published_lists_agree(raw: Path) -> None:
    """The 2016 list and its later edition hold the same spells."""
    old = pl.read_csv(raw / "states" / "cow_states2016.csv").select(
        "ccode", start=pl.date("styear", "stmonth", "stday")
    )
    new = read_state_system(raw).select("ccode", "start")
    assert_frame_equal(old.sort("ccode", "start"), new)


def test_the_embedded_table_is_what_the_files_say(raw: Path) -> None:
    """The state system in the package is rebuilt from the published list without a difference."""
    assert_frame_equal(read_state_system(raw), state_system())
