"""How the rows of one crisis came to be, step by step, down to the lines of the published files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from willing.errors import DataError
from willing.manner import Result
from willing.record.codings import CODINGS, SIDE
from willing.record.corrections import Correction, corrections
from willing.record.crisis_names import find_crisis
from willing.record.printing import plain_tables
from willing.record.raw_lines import crisis_lines, dispute_lines
from willing.record.sides import possible_sides
from willing.record.store import Record
from willing.record.units import crisis_actors
from willing.record.weighing import Evidence, weigh_evidence
from willing.sources.catalogue import INPUTS, SOURCES
from willing.sources.fetch import cache_folder
from willing.sources.icb import read_actors, read_crises
from willing.sources.keys import look_up
from willing.sources.mid import FILES


@dataclass(frozen=True, repr=False)
class Explanation(Result):
    """How the rows of one crisis came to be.

    Attributes
    ----------
    title
        Number, name and dates of the crisis.
    parts
        Tables by heading: what ICB, Hewitt and the disputes say, with the line of the file that
        says it; then the steps of the rule: which disputes belong, who acted, which sides there
        are, who leads them, who joined; and what each source alone says.
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
    row = find_crisis(record.crises, crisis)
    number = row["crisno"]
    folder = cache_folder() if raw is None else Path(raw)
    absent = [key for key in INPUTS if not SOURCES[key].path(folder).is_file()]
    if raw is not None and absent:
        raise DataError(f"{SOURCES[absent[0]].path(folder)} does not exist; name another folder")
    words = [word for word in corrections() if word.crisis == number]
    if not record.manifest.choices.corrections:
        words = []
    parts: dict[str, pl.DataFrame] = {}
    if not absent:
        parts |= crisis_lines(folder, number)
        parts |= _from_files(folder, number, record, words)
    parts |= _from_record(record, number)
    if words:
        parts["corrections of the package"] = _told(words, record)
    title = f"{number} {row['crisname']}, {row['start']} to {row['end'] or 'an unknown day'}"
    note = (
        f"{len(absent)} published files are not in the cache, so their lines are not shown: "
        "name a folder with --raw, or see `willing data fetch`"
    )
    return Explanation(title, parts, note if absent else "")


def _from_files(
    folder: Path, number: int, record: Record, words: list[Correction]
) -> dict[str, pl.DataFrame]:
    """The steps that need the files: disputes of the crisis, meetings in them, possible sides."""
    crises = read_crises(folder).filter(pl.col("crisno") == number)
    evidence = weigh_evidence(folder, crises, read_actors(folder, crises), words)
    decides = "gml" if crises["year"].item() <= evidence.gml_until else "mid"
    parts = {}
    for source, judged in evidence.judged.items():
        file = SOURCES[FILES[source]].file
        said = " (decides)" if source == decides else " (does not decide)"
        heading = f"1. {file}{said}: disputes in which a named pair meets, and whether they belong"
        parts[heading] = judged.drop("crisno")
        lines = _named(dispute_lines(folder, evidence, source), record.states, "ccode")
        parts[f"{file}: their participants"] = lines
    heading = (
        "2. who met whom in the disputes that decide: level 2 threat, 3 display, 4 force, 5 war"
    )
    parts[heading] = _meetings(evidence, record)
    kept = record.sides.select(*SIDE, kept=pl.lit(True))
    sides = look_up(possible_sides(evidence.acts, evidence.named), kept, SIDE)
    judged = sides.with_columns(pl.col("kept").fill_null(False)).drop("crisno")
    heading = "3. whom anybody faces; not kept if nobody may lead it or its target merely joined"
    parts[heading] = _named(judged, record.states, "target")
    return parts


def _meetings(evidence: Evidence, record: Record) -> pl.DataFrame:
    """Each pair that met in a dispute that decides, most days first."""
    met = (
        evidence.deciding.group_by("target", "ccode", "dispnum")
        .agg(
            pl.col("since").min(),
            pl.col("until").max(),
            pl.col("days", "needed", "level", "target_level").max(),
            pl.col("earnest", "named").any(),
        )
        .sort("target", "days", "ccode", descending=[False, True, False])
    )
    return _named(met, record.states, "ccode")


def _from_record(record: Record, number: int) -> dict[str, pl.DataFrame]:
    """What the record makes of it: acts, leaders, joiners, and the codings side by side."""
    here = pl.col("crisno") == number
    members = _named(record.members.filter(here), record.states, "ccode")
    who = ("side", "ccode", "name")
    rules = (
        record.triads.filter(here)
        .select("side", "foremost", "strongest", "first", "hostile", "leader_kind", ccode="leader")
        .unique(maintain_order=True)
    )
    office = (
        crisis_actors(record).filter(here).select("side", "ccode", "Lname", "insecurity_leader")
    )
    leaders = _named(look_up(rules, office, ["side", "ccode"]), record.states, "ccode")
    spoken = record.sides.filter(here).select(
        "side",
        "side_by",
        "leader",
        "leader_kind",
        "covered",
        "coalition",
        "outcome_ell",
        "outcome_tee",
    )
    return {
        "4. who acted: basis says what decided": members.select(
            *who, "actor", "trigger", "acted", "basis", "kind", "first_day", "sources"
        ),
        "5. who may lead: foremost is the default": leaders.select(
            *who,
            "leader_kind",
            "foremost",
            "strongest",
            "first",
            "hostile",
            "Lname",
            "insecurity_leader",
        ),
        "6. who joined the foremost leader: tie says why, or why not": members.filter(
            pl.col("tie").is_not_null()
        ).select(*who, "in_system", "tie", "joined"),
        "7. sides: where the disputes do not cover one, joining is missing for whom nobody names": (
            spoken
        ),
        "codings side by side: 1 acted, 0 did not, null not named or not told": members.select(
            *who,
            *(pl.col(f"act_{coding}").alias(coding) for coding in CODINGS),
            *(pl.col(f"by_{coding}").alias(f"in {coding}") for coding in CODINGS),
            blocs="acted_blocs",
        ),
    }


def _told(words: list[Correction], record: Record) -> pl.DataFrame:
    """The corrections of the crisis, those with one reason in one row."""
    rows = [
        (word.target, word.state, word.joined, word.leads, word.reason, word.citation)
        for word in words
    ]
    names = ("target", "ccode", "joined", "leads", "reason", "citation")
    said = _named(pl.DataFrame(rows, schema=names, orient="row"), record.states, "ccode")
    shared = ("target", "joined", "leads", "reason", "citation")
    return said.group_by(shared, maintain_order=True).agg(states=pl.col("name").str.join(", "))


def _named(frame: pl.DataFrame, states: pl.DataFrame, code: str) -> pl.DataFrame:
    """Add the ``name`` of the state in the column `code`."""
    names = states.select(pl.col("ccode").alias(code), "name")
    return look_up(frame, names.unique(code, keep="last", maintain_order=True), [code])
