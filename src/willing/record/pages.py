"""The pages of the documentation that are written from the catalogue and the codebook."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from willing.record.changes import changed_joins
from willing.record.codebook import Entry, look_up_column
from willing.record.store import Record, load_record
from willing.record.units import UNITS, tables
from willing.sources.catalogue import SOURCES, Source


def sources_page() -> str:
    """Give the catalogue of sources as a page: one section a folder of raw files."""
    lines = [
        "# Sources",
        "",
        "The record is made of the published files below. Cite every one you use:",
        "`willing data cite` prints what to cite for a table. Where no licence was found",
        "with a file, the terms say so: such a file is an input to research, not ours to pass on.",
        "",
        "Newer releases and whole published files are read as well; the manifest of a record says",
        "which files were versions listed here and which were not. `willing data fetch` fetches",
        "the files that have an address and says where to get the others ([how](data.md)).",
    ]
    folder = ""
    for source in SOURCES.values():
        if (here := source.file.split("/")[0]) != folder:
            folder = here
            lines += ["", f"## {folder}"]
        lines += ["", *_source_section(source)]
    return "\n".join(lines) + "\n"


def codebook_page() -> str:
    """Give the codebook as a page: one section a table, one paragraph a column."""
    lines = [
        "# Codebook",
        "",
        "Every column of every table of the record. Each build and each load checks type, range,",
        "list of values and missing values against this. `willing data describe COLUMN` prints an",
        "entry.",
        "",
        "A state in its first year in the system has no year before. Its capabilities, regime,",
        "income and alliances are then those of the year itself (a pair's first year is the later",
        "of the two); ideal points and votes in the UN are never later than the year before.",
    ]
    for name, table in tables(load_record(leader="every", years="all")).items():
        kind = "frame" if name not in UNITS else "made by `willing.record.units`"
        lines += ["", f"## {name}", "", f"{table.height:,} rows; {kind}.", ""]
        lines += [_column_line(column, name) for column in table]
    return "\n".join(lines) + "\n"


def record_table(name: str, record: Record) -> str:
    """Write a table of the page about the record, as Markdown.

    Parameters
    ----------
    name
        ``attrition``, ``agreement`` or ``changes`` (joins lost and gained by the rule).
    record
        The record by acts, with the foremost leaders.
    """
    head: tuple[str, ...]
    if name == "attrition":
        head = ("unit", "kept", "rows", "lost", "joins", "why")
        frame = record.attrition.select(*head[:-1], "reason")
    elif name == "agreement":
        head = ("first", "second", "triads", "first joins", "second joins", "both", "kappa")
        quoted = (pl.format("`{}`", side).alias(side) for side in ("first", "second"))
        frame = record.agreement().with_columns(quoted)
    else:
        head = (
            "crisis",
            "name",
            "year",
            "target",
            "state",
            "old leader",
            "leader",
            "change",
            "why",
        )
        frame = changed_joins(record).with_columns(pl.col("crisno", "year").cast(pl.String))
    numeric = [dtype.is_numeric() for dtype in frame.dtypes]
    lines = [head, ["---:" if number else "---" for number in numeric]]
    lines += [[_cell(value) for value in row] for row in frame.iter_rows()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _source_section(source: Source) -> Iterator[str]:
    first, last = source.coverage
    yield f"### {source.dataset}"
    yield ""
    yield f"- File: `{source.file}` (key `{source.key}`)"
    yield f"- Version: {source.version}"
    yield f"- Coverage: {first}-{last}"
    yield f"- Cite: {source.citation}"
    yield f"- Terms: {source.licence}"
    if source.home:
        yield f"- Published at: <{source.home}>"
    if source.address:
        address, _, member = source.address.partition("#")
        yield f"- Fetched from: <{address}>" + (f" (`{member}` in it)" if member else "")
    for release, size in source.sizes.items():
        yield f"- Size ({release}): {size:,} bytes"
    for release, digest in source.known.items():
        yield f"- SHA-256 ({release}): `{digest}`"


def _column_line(column: pl.Series, table: str) -> str:
    entry: Entry = look_up_column(column.name)
    kind = entry.type + (f", {entry.unit}" if entry.unit else "")
    if entry.range:
        kind += f", {entry.range[0]:g} to {entry.range[1]:g}"
    if entry.values:
        kind += f", one of {', '.join(entry.values)}"
    keys = entry.sources_in(table)
    sources = f" Sources: {', '.join(f'`{key}`' for key in keys)}." if keys else ""
    missing = f"Missing if: {entry.missing}." if entry.missing else "Never missing."
    return f"- **`{entry.name}`** ({kind}): {entry.meaning}. {missing}{sources}"
