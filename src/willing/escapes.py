"""Control characters, shown instead of sent to a terminal."""

from __future__ import annotations

import re

# Control characters move the cursor or colour the screen, surrogates cannot be written in UTF-8,
# and the two separators break lines in a browser. The end of a line may stay.
_TO_ESCAPE = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")


def printable(text: str) -> str:
    """Give a text with its control characters shown as escapes, except ends of lines."""
    return _TO_ESCAPE.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
