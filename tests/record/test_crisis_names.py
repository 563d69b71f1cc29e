"""A crisis is found by its number or by what it is called, and else the nearest are named."""

import pytest

from willing.errors import DataError
from willing.record.crisis_names import MOST_LISTED, find_crisis
from willing.record.store import load_record


@pytest.fixture(scope="module")
def crises():
    return load_record(years="all").crises


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (393, 393),
        (" 0393 ", 393),
        ("gulf", 393),
        ("Gulf War", 393),
        ("berlin 1961", 185),
        ("kosovo", 430),
        ("six day", 222),
    ],
)
def test_a_crisis_is_found(crises, wanted, number) -> None:
    """By number, whole name, name without its kind, part, and part with the year."""
    assert find_crisis(crises, wanted)["crisno"] == number


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("", "no crisis is named"),
        ("kosova", "did you mean Kosovo"),
        ("1" * 30, "no crisis '1"),
        ("²", "no crisis '²'"),
        ("berlin", r"123 Berlin Blockade \(1948\); 168 Berlin Deadline"),
        ("9", "no crisis '9' in the record of 1946-2019"),
    ],
)
def test_a_name_that_is_none_or_several_is_refused(crises, wanted, message) -> None:
    """The message gives the crises that may be meant."""
    with pytest.raises(DataError, match=message):
        find_crisis(crises, wanted)


def test_a_long_list_is_cut(crises) -> None:
    """A letter is in most names: some are listed, and the rest counted."""
    several = crises.filter(crises["crisname"].str.contains("A")).height
    with pytest.raises(DataError, match=f"and {several - MOST_LISTED} more; give the number"):
        find_crisis(crises, "a")
