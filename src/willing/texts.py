"""Texts and other values that users give: how they are checked, quoted and shown."""

from __future__ import annotations

import reprlib
import unicodedata
from collections.abc import Collection, Iterable

from willing.errors import ScenarioError

# A message quotes so many characters of a value: enough to find it in a file.
MOST_QUOTED = 80
# The longest official name of a state has under 60 characters.
MOST_NAME_CHARACTERS = 200
# Titles are printed on a line or two.
MOST_TITLE_CHARACTERS = 1000
# Control characters move the cursor or colour the screen, surrogates cannot be written in UTF-8,
# and the two separators break lines in a browser.
_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")
_MOST_LISTED = 40


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = self.maxlong = MOST_QUOTED

    def repr_int(self, x: int, level: int) -> str:
        # Python refuses to write integers of thousands of digits.
        return repr(x) if x.bit_length() < 4 * MOST_QUOTED else "a number of many digits"


_short = _Short()


def quoted(value: object) -> str:
    """Write a value for a message: at most some 80 characters, control characters as escapes."""
    text = _short.repr(value)
    return text if len(text) <= MOST_QUOTED else f"{text[: MOST_QUOTED - 3]}..."


def listed(names: Iterable[object]) -> str:
    """List names for a message, the first forty of them."""
    texts = [str(name) for name in names]
    more = len(texts) - _MOST_LISTED
    return ", ".join(texts[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def check_name(value: object, place: str) -> None:
    """Raise a `ScenarioError` unless `value` is a name that can be printed anywhere."""
    if not isinstance(value, str) or not value.strip():
        raise ScenarioError(f"{place} is {quoted(value)}; it must be a text that is not empty")
    _check_text(value, place, MOST_NAME_CHARACTERS)


def check_title(value: object, place: str) -> None:
    """Raise a `ScenarioError` unless `value` is a text, perhaps empty, that can be printed."""
    if not isinstance(value, str):
        raise ScenarioError(f"{place} is {quoted(value)}; it must be a text")
    _check_text(value, place, MOST_TITLE_CHARACTERS)


def check_choice(value: object, place: str, choices: Collection[str]) -> None:
    """Raise a `ScenarioError` unless `value` is one of the choices named."""
    if not isinstance(value, str) or value not in choices:
        raise ScenarioError(f"{place} is {quoted(value)}; it must be one of {', '.join(choices)}")


def _check_text(text: str, place: str, most: int) -> None:
    if len(text) > most:
        raise ScenarioError(
            f"{place} is {quoted(text)} and has {len(text):,} characters; it may have {most:,}"
        )
    if any(unicodedata.category(character) in _UNPRINTABLE for character in text):
        raise ScenarioError(
            f"{place} is {quoted(text)}; it must be one line without control characters"
        )
