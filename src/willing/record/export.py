"""Write tables of the record for other programs, labelled, with what to cite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

import polars as pl

from willing.errors import DataError
from willing.files import replacing_all
from willing.record.cite import sources_behind
from willing.record.codebook import look_up_column
from willing.record.store import Record
from willing.record.units import tables
from willing.sources.catalogue import bibtex

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["parquet", "csv", "stata", "duckdb"]
BIBLIOGRAPHY = "references.bib"
DATABASE = "willing.duckdb"
# Stata keeps no more characters of a variable's label.
LABEL = 80


def export_record(
    record: Record,
    out: str | Path,
    *,
    format: Format = "parquet",
    names: Iterable[str] | None = None,
) -> list[Path]:
    """Write tables of the record, and the references behind them as BibTeX.

    Parameters
    ----------
    record
        The record.
    out
        The folder to write to; made if it does not exist.
    format
        ``parquet``, ``csv`` (empty cells are missing), ``stata`` (a file a table, of Stata 14 and
        later, with variable labels; yes and no are 1 and 0) or ``duckdb`` (one database with a
        table each, columns commented).
    names
        The tables, of `willing.record.units.TABLES`; all by default.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    DataError
        If there is no such format or table, or the folder cannot be written to.
    """
    if format not in get_args(Format):
        raise DataError(f"format='{format}'; it is {', '.join(get_args(Format))}")
    chosen = tables(record, names)
    folder = Path(out)
    keys = {source.key: None for name in chosen for source in sources_behind(record, name)}
    # Nothing takes its place before everything is written.
    written: list[Path] = []
    with replacing_all(folder, failures=_failures(format)) as temporary:

        def place(file: str) -> Path:
            written.append(folder / file)
            return temporary(file)

        if format == "duckdb":
            _write_duckdb(chosen, place(DATABASE))
        else:
            suffix, write = WRITERS[format]
            for name, frame in chosen.items():
                write(frame, place(f"{name}.{suffix}"), name)
        place(BIBLIOGRAPHY).write_text(bibtex(keys), encoding="utf-8")
    return written


def _failures(format: Format) -> tuple[type[Exception], ...]:
    """Say what the library that writes a format raises where it cannot write."""
    if format == "duckdb":
        import duckdb

        return (duckdb.Error,)
    if format == "stata":
        import pyreadstat

        return (pyreadstat.ReadstatError,)
    return (pl.exceptions.PolarsError,)


def label(column: str) -> str:
    """Give the meaning of a column in the `LABEL` characters that Stata has room for."""
    meaning = look_up_column(column).meaning
    if len(meaning) <= LABEL:
        return meaning
    return meaning[: LABEL - 3].rsplit(" ", 1)[0].rstrip(",;:") + "..."


def _write_parquet(frame: pl.DataFrame, path: Path, name: str) -> None:
    frame.write_parquet(path, compression="zstd", statistics=False)


def _write_csv(frame: pl.DataFrame, path: Path, name: str) -> None:
    frame.write_csv(path)


def _write_stata(frame: pl.DataFrame, path: Path, name: str) -> None:
    import pyreadstat

    dates = [column for column in frame.columns if frame.schema[column] == pl.Date]
    pyreadstat.write_dta(
        _for_stata(frame),
        str(path),
        file_label=f"willing: {name}",
        column_labels={column: label(column) for column in frame.columns},
        variable_format=dict.fromkeys(dates, "%td"),
        version=14,
    )


def _for_stata(frame: pl.DataFrame) -> pd.DataFrame:
    """A pandas frame of numbers and texts, with dates as Stata counts them: days since 1960."""
    numbers = frame.with_columns(
        pl.col(pl.Boolean).cast(pl.Int8),
        (pl.col(pl.Date) - pl.date(1960, 1, 1)).dt.total_days().cast(pl.Float64),
        # Stata has no missing texts but empty ones.
        pl.col(pl.String).fill_null(""),
    )
    return numbers.to_pandas()


def _write_duckdb(frames: Mapping[str, pl.DataFrame], path: Path) -> None:
    import duckdb

    with duckdb.connect(str(path)) as database:
        for name, frame in frames.items():
            database.register("frame", frame.to_arrow())
            database.execute(f'create table "{name}" as select * from frame')
            database.unregister("frame")
            for column in frame.columns:
                meaning = look_up_column(column).meaning.replace("'", "''")
                database.execute(f'comment on column "{name}"."{column}" is \'{meaning}\'')


WRITERS: Mapping[Format, tuple[str, Callable[[pl.DataFrame, Path, str], None]]] = MappingProxyType(
    {
        "parquet": ("parquet", _write_parquet),
        "csv": ("csv", _write_csv),
        "stata": ("dta", _write_stata),
    }
)
