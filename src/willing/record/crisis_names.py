"""Find a crisis by its number, or by what it is called."""

from __future__ import annotations

import difflib
import re
from typing import Any

import polars as pl

from willing.errors import DataError

# So many crises are listed where several answer to a name.
MOST_LISTED = 12
_LITTLE = {"IN", "OF", "THE", "ON", "AND", "TO", "FOR", "OVER", "FROM", "INTO"}
# Roman numerals, and what ICB's names abbreviate to capitals.
_CAPITALS = re.compile(r"[IVX]+|DRC|UAE|UAR|UDI|US|PLO|EC|MIG")


def find_crisis(crises: pl.DataFrame, wanted: str | int, *, also: str = "") -> dict[str, Any]:
    """Find the crisis that is meant by its number or a part of its name.

    Parameters
    ----------
    crises
        Crises with ``crisno``, ``crisname`` and ``year``.
    wanted
        ICB's number, or a part of the name in any case, perhaps with the year: ``393``, ``gulf``,
        ``berlin 1961``. A whole name comes before one without the words that say what it was (the
        Gulf War is ``gulf``), and that before every name with that part.
    also
        What else the caller takes, for the message.

    Returns
    -------
    dict
        The row of the crisis.

    Raises
    ------
    DataError
        If there is none, with the names that come nearest, or more than one.
    """
    text = str(wanted).strip()
    if not text:
        raise DataError(f"no crisis is named; give {_ways(also)}")
    if text.isdecimal():
        found = crises.filter(pl.col("crisno").cast(pl.String) == (text.lstrip("0") or "0"))
    else:
        found = _called(crises, text)
    if found.height == 1:
        return found.row(0, named=True)
    if found.height:
        first = found.head(MOST_LISTED).select("crisno", "crisname", "year").iter_rows()
        listed = "; ".join(f"{number} {capitalised(name)} ({year})" for number, name, year in first)
        more = found.height - MOST_LISTED
        rest = f"; and {more} more" if more > 0 else ""
        raise DataError(f"'{text}' may be {listed}{rest}; give the number of one")
    near = difflib.get_close_matches(text.upper(), crises["crisname"].to_list(), n=3)
    hint = f"did you mean {' or '.join(map(capitalised, near))}? Give" if near else "give"
    years = crises["year"].to_list()
    raise DataError(
        f"no crisis '{text}' in the record of {min(years)}-{max(years)}; {hint} {_ways(also)}"
    )


def _ways(also: str) -> str:
    ways = "ICB's number or a part of the name, perhaps with the year, as 393 or 'gulf war'"
    return f"{ways}, or {also}" if also else ways


def _called(crises: pl.DataFrame, text: str) -> pl.DataFrame:
    """The crises that answer to a part of a name, by the closest rule that any answers to."""
    words = text.lower().split()
    year = int(words.pop()) if len(words) > 1 and re.fullmatch(r"[0-9]{4}", words[-1]) else None
    part = " ".join(words)
    rows = crises if year is None else crises.filter(year=year)
    name = pl.col("crisname").str.to_lowercase()
    bare = name.str.replace_all(r"\b(war|crisis)\b", "").str.strip_chars()
    for rule in (name == part, bare == part, name.str.contains(part, literal=True)):
        if (found := rows.filter(rule)).height:
            return found
    return rows.clear()


def capitalised(title: str) -> str:
    """Write a name in capitals, as ICB has them, as a title: ``Invasion of Laos II``."""
    words = [word.lower() if word in _LITTLE else _title(word) for word in title.split()]
    return " ".join(words)


def _title(word: str) -> str:
    parts = re.split(r"([^A-Z']+)", word)
    return "".join(p if _CAPITALS.fullmatch(p) else p.capitalize() for p in parts)
