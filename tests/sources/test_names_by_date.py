"""What states were called on a day."""

import itertools
from datetime import date

import pytest

from willing.sources.names_by_date import OTHER_NAMES, latest_names, name_on, names_on


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        (365, date(1962, 10, 16), "Soviet Union"),
        (365, date(1914, 8, 1), "Russia"),
        (365, date(2014, 3, 1), "Russia"),
        (816, date(1965, 2, 7), "North Vietnam"),
        (816, date(1979, 2, 17), "Vietnam"),
        (345, date(1999, 3, 24), "Yugoslavia"),
        (345, date(2008, 2, 17), "Serbia"),
    ],
)
def test_a_state_is_called_as_it_was_called_then(code, day, name):
    """The Soviet Union and North Vietnam have their names in their time only."""
    assert name_on(code, day) == name


def test_no_state_has_two_names_on_a_day():
    """The spells of names of a state do not overlap."""
    for code in {code for code, *_ in OTHER_NAMES}:
        spells = sorted((first, last) for c, _, first, last in OTHER_NAMES if c == code)
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spells))


def test_every_code_is_a_states():
    """A name that stands under no code of the state system would never be seen."""
    assert {code for code, *_ in OTHER_NAMES} <= set(latest_names())
    assert names_on(date(1950, 1, 1)).keys() == latest_names().keys()
