"""What states were called on a day.

The state system gives each state one name, its latest; readers know the Soviet Union and North
Vietnam. Days are those of proclamation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from willing.sources.states import state_system

_BEGINNING, _END = date(1816, 1, 1), date(9999, 12, 31)
# (COW code, name, first day, last day), where the name differs from that of the state system.
OTHER_NAMES: tuple[tuple[int, str, date, date], ...] = (
    (260, "West Germany", date(1949, 5, 23), date(1990, 10, 2)),
    (265, "East Germany", date(1949, 10, 7), date(1990, 10, 2)),
    (345, "Serbia", _BEGINNING, date(1918, 11, 30)),
    (345, "Serbia and Montenegro", date(2003, 2, 4), date(2006, 6, 4)),
    (345, "Serbia", date(2006, 6, 5), _END),
    (365, "Soviet Union", date(1922, 12, 30), date(1991, 12, 25)),
    (434, "Dahomey", _BEGINNING, date(1975, 11, 29)),
    (439, "Upper Volta", _BEGINNING, date(1984, 8, 3)),
    (490, "Zaire", date(1971, 10, 27), date(1997, 5, 16)),
    (510, "Tanganyika", _BEGINNING, date(1964, 4, 25)),
    (572, "Eswatini", date(2018, 4, 19), _END),
    (630, "Persia", _BEGINNING, date(1935, 3, 20)),
    (640, "Ottoman Empire", _BEGINNING, date(1923, 10, 28)),
    (651, "United Arab Republic", date(1958, 2, 22), date(1971, 9, 10)),
    (678, "North Yemen", _BEGINNING, date(1990, 5, 21)),
    (680, "South Yemen", _BEGINNING, date(1990, 5, 21)),
    (775, "Burma", _BEGINNING, date(1989, 6, 17)),
    (780, "Ceylon", _BEGINNING, date(1972, 5, 21)),
    (800, "Siam", _BEGINNING, date(1939, 6, 23)),
    (816, "North Vietnam", _BEGINNING, date(1976, 7, 1)),
    (817, "South Vietnam", _BEGINNING, date(1975, 4, 30)),
    (343, "North Macedonia", date(2019, 2, 12), _END),
)


def name_on(code: int, day: date) -> str:
    """Give the name that a state had on a day; of a code that is no state's, the code.

    Parameters
    ----------
    code
        COW code.
    day
        The day.
    """
    for name, first, last in _others().get(code, ()):
        if first <= day <= last:
            return name
    return latest_names().get(code, str(code))


def names_on(day: date) -> dict[int, str]:
    """Name every state that ever was by its COW code, as it was called on a day."""
    return {code: name_on(code, day) for code in latest_names()}


def names_over_years() -> dict[int, str]:
    """Name every state by its COW code for tables over many years: as it was called in 1975.

    That is the middle of the paper's years, 1951-1999.
    """
    return names_on(date(1975, 7, 1))


@cache
def latest_names() -> Mapping[int, str]:
    """Give the names of the state system by COW code."""
    return MappingProxyType(dict(state_system().select("ccode", "name").iter_rows()))


@cache
def _others() -> Mapping[int, list[tuple[str, date, date]]]:
    found: dict[int, list[tuple[str, date, date]]] = {}
    for code, name, first, last in OTHER_NAMES:
        found.setdefault(code, []).append((name, first, last))
    return found
