"""What no file has: the package's own words on single states, with reason and citation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from willing.errors import DataError
from willing.record.codings import KEY, SIDE
from willing.sources.keys import look_up

FILE = Path(__file__).with_name("corrections.toml")
_NEEDED = {
    "crisis": int,
    "target": int,
    "states": list,
    "joined": bool,
    "reason": str,
    "citation": str,
}
_FURTHER = {"leads": bool, "kind": str, "since": date}


@dataclass(frozen=True)
class Correction:
    """A word of the package on one state, against all sources.

    Attributes
    ----------
    crisis, target, state
        ICB's number of the crisis and COW codes of the target and of the state that did or did
        not act against it.
    joined
        Whether it acted against the target with the side's leader (or leads it).
    reason, citation
        Why, and on what evidence.
    leads
        Whether it led the side.
    kind, since
        What it did, and from when, if it acted.
    """

    crisis: int
    target: int
    state: int
    joined: bool
    reason: str
    citation: str
    leads: bool = False
    kind: str | None = None
    since: date | None = None


@cache
def corrections(path: Path = FILE) -> tuple[Correction, ...]:
    """Read the corrections that the package carries, or another file of the same form.

    Raises
    ------
    DataError
        If a table lacks a value, has one too many or one of the wrong kind, or if two speak of
        the same state on the same side, or of two leaders of one.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("correction", [])
    found = [word for table in tables for word in _words(path, table)]
    for what, places in (
        ("state {2}", [(word.crisis, word.target, word.state) for word in found]),
        ("a leader", [(word.crisis, word.target, 0) for word in found if word.leads]),
    ):
        for place in places:
            if places.count(place) > 1:
                raise DataError(
                    f"{path}: crisis {place[0]}, target {place[1]} has {what.format(*place)} "
                    "twice; keep one word"
                )
    return tuple(found)


def _words(path: Path, table: Mapping[str, Any]) -> list[Correction]:
    kinds = _NEEDED | _FURTHER
    where = f"{path}, a correction of crisis {table.get('crisis')}"
    for name in [*_NEEDED, *table]:
        if name not in kinds:
            raise DataError(f"{where}: '{name}' is not one of {', '.join(kinds)}")
        if name not in table:
            raise DataError(f"{where} lacks '{name}'; needed are {', '.join(_NEEDED)}")
        if type(table[name]) is not kinds[name] or table[name] in ("", []):
            raise DataError(f"{where}: {name} = {table[name]!r} should be a {kinds[name].__name__}")
    if not table["joined"] and any(name in table for name in _FURTHER):
        raise DataError(f"{where}: a state that did not act has no kind or day and leads nobody")
    rest = {name: value for name, value in table.items() if name != "states"}
    return [Correction(state=state, **rest) for state in table["states"]]


def correct_acts(acts: pl.DataFrame, words: Sequence[Correction]) -> pl.DataFrame:
    """Put the package's words in the place of what the sources say of an act.

    Parameters
    ----------
    acts
        What `willing.record.acts.code_acts` gave.
    words
        The corrections of the crises there.

    Returns
    -------
    polars.DataFrame
        `acts` with ``did``, ``basis`` (``word``), ``kind`` and ``first_day`` of the states
        concerned; those that no source names are added.
    """
    if not words:
        return acts
    said = words_frame(words).select(*KEY, said="joined", word_kind="kind", word_day="since")
    known = acts.join(said, on=KEY, how="full", coalesce=True, validate="1:1")
    spoken = pl.col("said").is_not_null()
    return (
        known.with_columns(
            did=pl.coalesce("said", "did"),
            basis=pl.when(spoken).then(pl.lit("word")).otherwise("basis"),
            kind=pl.when(spoken).then("word_kind").otherwise("kind"),
            first_day=pl.when(spoken).then("word_day").otherwise("first_day"),
        )
        .select(acts.columns)
        .sort(KEY)
    )


def correct_ties(ties: pl.DataFrame, words: Sequence[Correction]) -> pl.DataFrame:
    """Tie the states of whom the package says that they joined to the leaders of their sides.

    Parameters
    ----------
    ties
        What `willing.record.joining.ties_to_leaders` gave.
    words
        The corrections of the crises there.

    Returns
    -------
    polars.DataFrame
        `ties` in which these states have the tie ``word``: with the leader that a correction
        names, or with any that acted where none does.
    """
    if not words:
        return ties
    said = words_frame(words).filter("joined").select(*KEY, word=pl.lit(True))
    led = words_frame(words).filter("leads").select(*SIDE, named_leader="ccode")
    known = look_up(look_up(ties, said, KEY), led, SIDE)
    with_her = pl.col("named_leader").is_null() | (pl.col("named_leader") == pl.col("leader"))
    spoken = pl.col("word").fill_null(False) & with_her
    return known.with_columns(
        tie=pl.when(spoken).then(pl.lit("word")).otherwise("tie"),
        joined=pl.col("joined") | (spoken & pl.col("led")),
    ).select(ties.columns)


def words_frame(words: Sequence[Correction]) -> pl.DataFrame:
    """The words as a frame: ``KEY``, ``joined``, ``leads``, ``kind`` and ``since``."""
    rows = [
        (word.crisis, word.target, word.state, word.joined, word.leads, word.kind, word.since)
        for word in words
    ]
    schema = {
        **dict.fromkeys(KEY, pl.Int64),
        "joined": pl.Boolean,
        "leads": pl.Boolean,
        "kind": pl.String,
        "since": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
