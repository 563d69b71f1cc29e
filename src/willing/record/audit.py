"""How far the record can be trusted: agreement of codings, known cases, rows to check by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from willing.errors import DataError
from willing.manner import Result
from willing.record.agreement import coding_agreement
from willing.record.corrections import corrections
from willing.record.printing import plain_tables
from willing.record.raw_lines import dispute_lines, numbered_lines
from willing.record.store import Record
from willing.record.weighing import Evidence, weigh_evidence
from willing.sources.catalogue import SOURCES
from willing.sources.icb import read_actors, read_crises
from willing.sources.mid import FILES
from willing.sources.states import code_on

CASES = Path(__file__).with_name("cases.toml")
# How many joins and how many others a sample has by default: an hour of a scholar's time.
SAMPLE = 10


@dataclass(frozen=True, repr=False)
class Audit(Result):
    """What speaks for the record and against it.

    Attributes
    ----------
    agreement
        What `willing.record.agreement.coding_agreement` gave.
    cases
        One row a case: ``side``, ``what``, ``leader``, ``expected`` and ``found`` (abbreviations),
        ``holds``.
    rows
        The rows drawn, one a triad: ``row``, crisis, leader, target and partner (names), ``join``,
        ``kind``, ``basis``, ``tie``, ``speaks``.
    lines
        The lines of the published files behind each row: ``row``, ``file``, ``line`` and ``text``.
        Empty without the files.
    with_lines
        Whether the files were there.
    """

    agreement: pl.DataFrame
    cases: pl.DataFrame
    rows: pl.DataFrame
    lines: pl.DataFrame
    with_lines: bool

    def to_dict(self) -> dict[str, Any]:
        """The audit as plain values."""
        return {
            name: getattr(self, name).to_dicts() for name in ("agreement", "cases", "rows", "lines")
        }

    def __str__(self) -> str:
        held = int(self.cases["holds"].sum())
        with plain_tables(fmt_str_lengths=120, float_precision=2):
            text = [
                "How far the codings of joining agree (kappa on the triads of which both speak)",
                str(self.agreement),
                "",
                f"Known cases: {held} of {self.cases.height} hold",
                str(self.cases),
                "",
                "Rows to check by hand, with the lines of the files that speak of the pair"
                + ("" if self.with_lines else " (name the folder of files with --raw)"),
            ]
            for row in self.rows.iter_rows(named=True):
                text += ["", _sentence(row)]
                lines = self.lines.filter(row=row["row"])
                text += [f"    {f}:{n}: {t}" for f, n, t in lines.drop("row").iter_rows()]
                if lines.is_empty() and self.with_lines:
                    text.append("    no line of a file names the partner against the target")
        return "\n".join(text)


@cache
def known_cases() -> Mapping[str, Mapping[str, Any]]:
    """Give the crises that the record must get right, by side."""
    return tomllib.loads(CASES.read_text(encoding="utf-8"))


def audit_record(
    record: Record, *, raw: str | Path | None = None, sample: int = SAMPLE, seed: int = 0
) -> Audit:
    """Compare the codings, try the known cases, and draw rows to check by hand.

    Parameters
    ----------
    record
        The record by acts, with the foremost leaders.
    raw
        The folder of published files, for the lines behind the rows; without it there are none.
    sample
        How many joins and how many triads without a join to draw, of those of which somebody
        speaks.
    seed
        Seed of the draw.

    Raises
    ------
    DataError
        If `sample` is no positive number, `seed` is negative, or a file is not as published.
    """
    if sample < 1:
        raise DataError(f"sample={sample}; it is a number of rows, 1 or more")
    if seed < 0:
        raise DataError(f"seed={seed}; it must not be negative")
    rows = _draw(record, sample, np.random.default_rng(seed))
    lines = _NO_LINES if raw is None else _lines_behind(Path(raw), rows)
    return Audit(
        coding_agreement(record.triads),
        check_cases(record),
        _told(rows, record),
        lines,
        raw is not None,
    )


def check_cases(record: Record) -> pl.DataFrame:
    """Compare the record with the known cases; columns as in `Audit.cases`."""
    names = dict(
        record.states.unique("ccode", keep="last", maintain_order=True)
        .select("ccode", "abbreviation")
        .iter_rows()
    )
    found = []
    for side, case in known_cases().items():
        leaders = [names[code] for code in record.sides.filter(side=side)["leader"].drop_nulls()]
        joined = record.triads.filter(pl.col("side") == side, pl.col("join") == 1)["partner"]
        members = sorted(names[code] for code in joined)
        found.append(
            (
                side,
                case["what"],
                " ".join(leaders),
                " ".join(sorted(case.get("members", [f"{case.get('size')} states"]))),
                " ".join(members),
                leaders == [case["leader"]] and _as_expected(case, members),
            )
        )
    columns = ("side", "what", "leader", "expected", "found", "holds")
    return pl.DataFrame(found, schema=columns, orient="row")


def _as_expected(case: Mapping[str, Any], members: Sequence[str]) -> bool:
    if "members" not in case:
        return len(members) == int(case["size"])
    certain = set(members) - set(case.get("arguable", []))
    return certain == set(map(str, case["members"]))


def _draw(record: Record, sample: int, rng: np.random.Generator) -> pl.DataFrame:
    """As many joins as others, of those of which somebody speaks."""
    spoken = record.triads.filter(pl.col("join").is_not_null())
    drawn = []
    for joined in (1, 0):
        rows = spoken.filter(pl.col("join") == joined)
        chosen = rng.choice(rows.height, size=min(sample, rows.height), replace=False)
        drawn.append(rows[np.sort(chosen)])
    bases = record.members.select("side", "basis", partner="ccode")
    return (
        pl.concat(drawn)
        .join(bases, on=["side", "partner"], how="left", maintain_order="left")
        .with_row_index("row", offset=1)
    )


def _told(rows: pl.DataFrame, record: Record) -> pl.DataFrame:
    """The rows with names, and what decided."""
    names = dict(
        record.states.unique("ccode", keep="last", maintain_order=True)
        .select("ccode", "name")
        .iter_rows()
    )
    return rows.select(
        "row",
        "crisno",
        "crisname",
        "year",
        *(
            pl.col(role).replace_strict(names, return_dtype=pl.String)
            for role in ("leader", "target", "partner")
        ),
        "join",
        "kind",
        "basis",
        "tie",
        "speaks",
    )


_NO_LINES = pl.DataFrame(
    schema={"row": pl.UInt32, "file": pl.String, "line": pl.UInt32, "text": pl.String}
)


def _lines_behind(folder: Path, rows: pl.DataFrame) -> pl.DataFrame:
    """The lines of the files that have the partner face the target."""
    crises = read_crises(folder).filter(pl.col("crisno").is_in(rows["crisno"].implode()))
    numbers = set(crises["crisno"])
    words = [word for word in corrections() if word.crisis in numbers]
    evidence = weigh_evidence(folder, crises, read_actors(folder, crises), words)
    parts = [_of_named(folder, key, rows, crises) for key in ("icb_actors", "icb_dyads")]
    parts += [_of_disputes(folder, evidence, source, rows, crises) for source in FILES]
    return pl.concat([_NO_LINES, *parts]).sort("row", "file", "line")


def _of_named(folder: Path, key: str, rows: pl.DataFrame, crises: pl.DataFrame) -> pl.DataFrame:
    """Lines of ICB's or Hewitt's file in which the partner and the target stand together."""
    one, other = ("cracid", "southv") if key == "icb_actors" else ("statea", "stateb")
    raw = (folder / SOURCES[key].file).read_text(encoding="utf-8", errors="replace").splitlines()
    days = crises.select("crisno", "start")
    table = (
        numbered_lines(folder, key)
        .select("line", pl.col("crisno", one, other).cast(pl.Int64, strict=False))
        .join(days, on="crisno")
    )
    # A code of the file is the one of another system or day than the record's in a few cases.
    for code in (one, other):
        table = code_on(table, code=code, when="start", name=code)
    pairs = [
        rows.select("row", "crisno", pl.col(first).alias(one), pl.col(second).alias(other))
        for first, second in (("partner", "target"), ("target", "partner"))
    ]
    found = pl.concat(pairs).join(table, on=["crisno", one, other]).unique(["row", "line"])
    return _as_lines(found, SOURCES[key].file, raw)


def _of_disputes(
    folder: Path,
    evidence: Evidence,
    source: Any,
    rows: pl.DataFrame,
    crises: pl.DataFrame,
) -> pl.DataFrame:
    """Lines of a file of disputes for partner and target in those where they meet."""
    file = SOURCES[FILES[source]].file
    raw = (folder / file).read_text(encoding="utf-8", errors="replace").splitlines()
    met = evidence.disputes[source].select("crisno", "dispnum", partner="ccode", target="target")
    pairs = rows.select("row", "crisno", "partner", "target").join(
        met.unique(), on=["crisno", "partner", "target"]
    )
    lines = dispute_lines(folder, evidence, source).select("line", "dispnum", "ccode")
    days = crises.select("crisno", "start")
    spread = code_on(
        pairs.join(lines, on="dispnum").join(days, on="crisno"),
        code="ccode",
        when="start",
        name="ccode",
    )
    both = (pl.col("ccode") == pl.col("partner")) | (pl.col("ccode") == pl.col("target"))
    return _as_lines(spread.filter(both).unique(["row", "line"]), file, raw)


def _as_lines(found: pl.DataFrame, file: str, raw: Sequence[str]) -> pl.DataFrame:
    """Row, file, line and its text."""
    return found.select(
        pl.col("row").cast(pl.UInt32),
        file=pl.lit(file),
        line=pl.col("line").cast(pl.UInt32),
        text=pl.col("line").map_elements(
            lambda number: raw[number - 1][:100], return_dtype=pl.String
        ),
    )


def _sentence(row: Mapping[str, Any]) -> str:
    word = "joined" if row["join"] else "did not join"
    act = f" ({row['kind']}; {row['basis']}, {row['tie']})" if row["join"] else ""
    return (
        f"{row['row']:3} {row['crisno']} {row['crisname']} {row['year']}: {row['partner']} {word} "
        f"{row['leader']} against {row['target']}{act}; speaks: {row['speaks']}"
    )
