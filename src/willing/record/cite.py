"""Whom to cite for a table of the record."""

from __future__ import annotations

from collections.abc import Iterable

from willing.record.codebook import look_up_column
from willing.record.store import Record
from willing.record.units import tables
from willing.sources.catalogue import INPUTS, SOURCES, Source


def sources_behind(record: Record, table: str | None = None) -> tuple[Source, ...]:
    """Give the sources behind a table of the record, by the codebook's entries of its columns.

    Parameters
    ----------
    record
        The record.
    table
        One of `willing.record.units.TABLES`; the whole record, with what only its scores rest on,
        by default.

    Raises
    ------
    DataError
        If there is no such table.
    """
    if table is None:
        return tuple(SOURCES[key] for key in INPUTS)
    columns = tables(record, [table])[table].columns
    named = {key for name in columns for key in look_up_column(name).sources_in(table)}
    return tuple(SOURCES[key] for key in INPUTS if key in named)


def citations(sources: Iterable[Source]) -> list[str]:
    """Give every publication to cite for the sources once, in alphabetical order."""
    return sorted({reference.citation for source in sources for reference in source.references})
