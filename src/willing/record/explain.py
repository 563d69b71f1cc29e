"""How the rows of one crisis came to be, down to the lines of the published files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from willing.errors import DataError
from willing.record.codings import CODINGS
from willing.record.layout import weigh_evidence
from willing.record.printing import plain_tables
from willing.record.store import Record
from willing.record.units import crisis_actors
from willing.sources.catalogue import INPUTS, SOURCES
from willing.sources.fetch import cache_folder
from willing.sources.icb import read_actors, read_crises
from willing.sources.keys import look_up
from willing.sources.mid import FILES

# What is shown of the published rows.
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "icb_crises": ("crisname", "yrtrig", "motrig", "datrig", "yrterm", "moterm", "daterm"),
    "icb_actors": (
        "cracno",
        "cracid",
        "actor",
        "southv",
        "majres",
        "crismg",
        "globact",
        "globfavr",
    ),
    "icb_dyads": ("year", "statea", "namea", "actnuma", "stateb", "nameb", "actnumb"),
}


@dataclass(frozen=True)
class Explanation:
    """How the rows of one crisis came to be.

    Attributes
    ----------
    title
        Number, name and dates of the crisis.
    parts
        Tables by heading: what ICB, Hewitt and the disputes say, with the line of the file that
        says it; the codings of each state on each side, side by side; the leaders.
    note
        What could not be shown, and why.
    """

    title: str
    parts: Mapping[str, pl.DataFrame]
    note: str

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain values, dates as they are."""
        parts = {heading: table.to_dicts() for heading, table in self.parts.items()}
        return {"title": self.title, "parts": parts, "note": self.note}

    def __str__(self) -> str:
        lines = [self.title]
        with plain_tables(fmt_str_lengths=80, float_precision=3):
            for heading, table in self.parts.items():
                lines += ["", heading, str(table) if table.height else "  none"]
        return "\n".join([*lines, *(["", self.note] if self.note else [])])


def explain_crisis(
    record: Record, crisis: str | int, *, raw: str | Path | None = None
) -> Explanation:
    """Say how the rows of one crisis came to be.

    Parameters
    ----------
    record
        The record, loaded with ``leader="every"``.
    crisis
        ICB's number of the crisis, or part of its name.
    raw
        The folder of published files; what was fetched by default. Without the files the lines of
        them cannot be shown, and the note of the explanation says so.

    Raises
    ------
    DataError
        If there is no such crisis, or several, or a file is not as published.
    """
    row = _find(record, crisis)
    number = row["crisno"]
    folder = cache_folder() if raw is None else Path(raw)
    absent = [key for key in INPUTS if not SOURCES[key].path(folder).is_file()]
    if raw is not None and absent:
        raise DataError(f"{SOURCES[absent[0]].path(folder)} does not exist; name another folder")
    parts: dict[str, pl.DataFrame] = {}
    if not absent:
        for key, what in (
            ("icb_crises", "the crisis"),
            (
                "icb_actors",
                "its crisis actors: southv is the target, 6 or more a military response",
            ),
            ("icb_dyads", "Hewitt's dyads: 9999 is no crisis actor"),
        ):
            lines = _lines(folder, key).filter(pl.col("crisno").cast(pl.Int64) == number)
            parts[f"{SOURCES[key].file}: {what}"] = lines.select("line", *_SHOWN[key])
        parts |= _disputes(folder, number, record.states)
    parts |= _judgement(record, number)
    title = f"{number} {row['crisname']}, {row['start']} to {row['end'] or 'an unknown day'}"
    note = (
        f"{len(absent)} published files are not in {folder}, so their lines are not shown: "
        "name a folder with --raw, or see `willing data fetch`"
    )
    return Explanation(title, parts, note if absent else "")


def _find(record: Record, crisis: str | int) -> dict[str, Any]:
    """The crisis meant."""
    text = str(crisis).strip()
    if text.isdecimal():
        found = record.crises.filter(pl.col("crisno") == int(text))
    else:
        found = record.crises.filter(pl.col("crisname").str.contains(text.upper(), literal=True))
        if text.upper() in found["crisname"]:
            found = found.filter(pl.col("crisname") == text.upper())
    if found.height == 1:
        return found.row(0, named=True)
    if found.is_empty():
        raise DataError(
            f"the record has no crisis '{crisis}'; give ICB's number or part of its name, as "
            "393 or 'gulf war'"
        )
    named = ", ".join(f"{n} {name}" for n, name in found.select("crisno", "crisname").iter_rows())
    raise DataError(f"'{crisis}' may be several crises: {named}; give the number of one")


def _lines(folder: Path, key: str) -> pl.DataFrame:
    """The rows of a published file as they stand there, with the number of their line."""
    table = pl.read_csv(SOURCES[key].path(folder), infer_schema=False, encoding="utf8-lossy")
    return table.with_row_index("line", offset=2)


def _disputes(folder: Path, number: int, states: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The participants of the disputes that belong to the crisis."""
    crises = read_crises(folder).filter(pl.col("crisno") == number)
    evidence = weigh_evidence(folder, crises, read_actors(folder, crises))
    parts = {}
    for source, disputes in evidence.disputes.items():
        key = FILES[source]
        names = ("ccode", "styear", "stmon", "stday", "endyear", "endmon", "endday", "sidea")
        rows = _lines(folder, key).with_columns(pl.col("dispnum", "ccode").cast(pl.Int64))
        shown = rows.join(disputes, on="dispnum", how="semi")
        table = _named(shown, states, "ccode").select(
            "line", "dispnum", *names, "name", "hiact", "orig"
        )
        parts[f"{SOURCES[key].file}: disputes of the crisis"] = table
    return parts


def _judgement(record: Record, number: int) -> dict[str, pl.DataFrame]:
    """What the record makes of it: codings side by side, and the leaders in office."""
    here = pl.col("crisno") == number
    members = _named(record.members.filter(here), record.states, "ccode").select(
        "side",
        "ccode",
        "name",
        "in_system",
        "actor",
        "trigger",
        "cinc",
        *(pl.col(f"act_{coding}").alias(coding) for coding in CODINGS),
        *(pl.col(f"by_{coding}").alias(f"in {coding}") for coding in CODINGS),
        "acted",
    )
    rules = (
        record.triads.filter(here)
        .select("side", "foremost", "strongest", "first", "hostile", ccode="leader")
        .unique(maintain_order=True)
    )
    names = record.leaders.select("leader_name", Lobsid="obsid").unique("Lobsid")
    actors = look_up(crisis_actors(record).filter(here), rules, ["side", "ccode"])
    leaders = look_up(_named(actors, record.states, "ccode"), names, ["Lobsid"]).select(
        "side",
        "ccode",
        "name",
        "foremost",
        "strongest",
        "first",
        "hostile",
        "leader_name",
        "Lobsid",
        "LinsecYoung",
    )
    spoken = record.sides.filter(here).select(
        "side", "target", "leader", "leader_first", "n_members", "victims_only", "coalition"
    )
    return {
        "leader sides": spoken,
        "codings side by side: 1 acted, 0 did not, null not named or not told": members,
        "crisis actors, who may lead, and the leader in office the day before": leaders,
    }


def _named(frame: pl.DataFrame, states: pl.DataFrame, code: str) -> pl.DataFrame:
    """Add the ``name`` of the state in the column `code`."""
    names = states.select(pl.col("ccode").alias(code), "name")
    return look_up(frame, names.unique(code, keep="last", maintain_order=True), [code])
