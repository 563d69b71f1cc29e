"""`willing data export`, `cite`, `verify` and `agree`: the record to use and to check."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from willing.cli.data.data_options import (
    SAMPLE,
    AsJson,
    OverridesFile,
    RawFolder,
    RecordFolder,
    Years,
    parse_record_years,
)

if TYPE_CHECKING:
    import polars as pl


def export(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    tables: Annotated[list[str] | None, typer.Argument(help="Tables; all by default.")] = None,
    format: Annotated[
        str, typer.Option("--format", help="parquet, csv, stata or duckdb.")
    ] = "parquet",
    leader: Annotated[
        str | None, typer.Option(help="Who is L: acted, strongest, first, hostile or every.")
    ] = None,
    coding: Annotated[str | None, typer.Option(help="Who faced whom: by acts or by blocs.")] = None,
    years: Years = SAMPLE,
    overrides: OverridesFile = None,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write tables of the record for another program, with the references behind them."""
    from willing.record.export import export_record
    from willing.record.store import load_record

    record = load_record(
        record_folder,
        leader=leader,  # type: ignore[arg-type]  # checked by load_record
        coding=coding,  # type: ignore[arg-type]
        years=parse_record_years(years),
        overrides=() if overrides is None else overrides,
    )
    written = export_record(record, out, format=format, names=tables or None)  # type: ignore[arg-type]
    print(json.dumps([str(path) for path in written]) if as_json else "\n".join(map(str, written)))


def cite(
    table: Annotated[str | None, typer.Argument(help="A table; the record by default.")] = None,
    as_bibtex: Annotated[bool, typer.Option("--bibtex", help="BibTeX entries.")] = False,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say what to cite for a table: the publications behind its columns."""
    from willing.record.cite import citations, sources_behind
    from willing.record.store import load_record
    from willing.sources.catalogue import bibtex

    sources = sources_behind(load_record(record_folder, years="all"), table)
    if as_json:
        print(json.dumps({source.key: source.citation for source in sources}))
    elif as_bibtex:
        print(bibtex(source.key for source in sources), end="")
    else:
        print("\n".join(citations(sources)))


def verify(
    raw: RawFolder = None,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Compare a record with a rebuild from published files; exit with 1 if anything moved."""
    from willing.record.store import load_record
    from willing.record.verify import verify_record

    if sys.stderr.isatty():
        print("rebuilding the record ...", file=sys.stderr)
    found = verify_record(load_record(record_folder, leader="every", years="all"), raw)
    print(json.dumps(found.to_dict()) if as_json else found)
    if not found.same:
        raise typer.Exit(1)


def agree(
    by_crisis: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Two codings, as icb gml: count agreement in each crisis."),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the partners on whom the sources disagree.")
    ] = False,
    years: Years = SAMPLE,
    overrides: OverridesFile = None,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say how far the codings of joining agree, and where they do not."""
    from willing.record.store import load_record

    record = load_record(
        record_folder,
        overrides=() if overrides is None else overrides,
        years=parse_record_years(years),
    )
    if by_crisis is not None:
        table = record.confusion(*by_crisis)  # type: ignore[arg-type]  # checked there
    else:
        table = record.disagreements() if listed else record.agreement()
    print(json.dumps(table.to_dicts()) if as_json else _text(table))


def _text(table: pl.DataFrame) -> str:
    from willing.record.printing import plain_tables

    with plain_tables(float_precision=2):
        return str(table)
