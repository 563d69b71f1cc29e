"""`willing data audit`: how far the record can be trusted."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from willing.cli.data.data_options import AsJson, RawFolder, RecordFolder


def audit(
    sample: Annotated[int, typer.Option(help="How many joins, and how many others, to draw.")] = 10,
    seed: Annotated[int, typer.Option(help="Seed of the draw.")] = 0,
    changes: Annotated[
        bool, typer.Option("--changes", help="List instead the joins lost and gained by the rule.")
    ] = False,
    raw: RawFolder = None,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say how far to trust it: agreement of codings, known cases, rows to check by hand."""
    from willing.record.audit import audit_record
    from willing.record.changes import changed_joins
    from willing.record.printing import plain_tables
    from willing.record.store import load_record

    record = load_record(record_folder, years="all")
    if changes:
        found = changed_joins(record)
        with plain_tables(fmt_str_lengths=120):
            print(json.dumps(found.to_dicts()) if as_json else found)
        return
    account = audit_record(record, raw=raw, sample=sample, seed=seed)
    print(json.dumps(account.to_dict(), default=str) if as_json else account)
