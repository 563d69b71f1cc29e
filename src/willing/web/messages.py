"""What a browser may send: the messages of the page's own script, and no others."""

from __future__ import annotations

import json
from typing import Any

# Kinds of input that Shiny's script marks, as in `name:kind`; the page's own fields have none.
_KINDS = ("shiny.action", "shiny.number", "shiny.date", "shiny.datetime", "shiny.symbol")


def understood(text: object, *, first: bool) -> bool:
    """Say whether a message is one that the page's script sends.

    Parameters
    ----------
    text
        The message.
    first
        Whether it is a session's first, which opens it.
    """
    if not isinstance(text, str):
        return False
    try:
        message: Any = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(message, dict) or not isinstance(message.get("data"), dict):
        return False
    if message.get("method") != ("init" if first else "update"):
        return False
    return all(_is_input(name, value) for name, value in message["data"].items())


def _is_input(name: str, value: Any) -> bool:
    bare, _, kind = name.partition(":")
    if kind and kind not in _KINDS:
        return False
    # What the browser tells of itself is taken at its word further on.
    if bare.startswith(".clientdata_output_"):
        return isinstance(value, bool | int | float | str | list | dict | None)
    return bare.replace("-", "").replace("_", "").replace(".", "").isalnum() and bare.isascii()
