"""Read a published table and say clearly what is wrong with it if something is."""

from __future__ import annotations

import csv
import difflib
import gzip
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from willing.errors import DataError
from willing.files import require_regular
from willing.sources.keys import require_unique

Dtype = DataType | DataTypeClass


def read_table(
    path: str | Path,
    columns: Mapping[str, Dtype],
    *,
    key: Sequence[str] = (),
    missing: Collection[str] = ("", "NA"),
    encoding: str = "utf-8-sig",
    separator: str = ",",
) -> pl.DataFrame:
    """Read the named columns of a delimited text file, plain or gzipped.

    Parameters
    ----------
    path
        The file; a name that ends in ``.gz`` is decompressed.
    columns
        The columns needed and the type each is read as. Other columns are left out.
    key
        Those of the columns that identify a row; without any, rows may repeat.
    missing
        Texts that stand for a missing value in every column.
    encoding, separator
        How the file is written.

    Returns
    -------
    polars.DataFrame
        One row a line of the file, the columns in the order asked for.

    Raises
    ------
    DataError
        If the file is missing, unreadable or truncated, lacks a column (the nearest names are
        given), holds a value that is not of the column's type (the first one is given), or has a
        key twice.
    """
    path = Path(path)
    text = _read_text(path, encoding)
    _check_last_line(path, text, separator)
    try:
        table = pl.read_csv(
            io.BytesIO(text.encode()),
            separator=separator,
            infer_schema=False,
            null_values=list(missing),
        )
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{path} is not a readable table: {error}") from error
    require_columns(path, table.columns, columns)
    typed = table.select(_cast(path, table[name], dtype) for name, dtype in columns.items())
    if key:
        require_unique(typed, key, what=path)
    return typed


def require_columns(path: Path, present: Collection[str], needed: Collection[str]) -> None:
    """Raise a `DataError` that names the columns a file lacks and the nearest ones it has."""
    absent = [name for name in needed if name not in present]
    if not absent:
        return
    hints = []
    for name in absent:
        near = difflib.get_close_matches(name.lower(), [p.lower() for p in present], n=3)
        named = [p for p in present if p.lower() in near]
        hints.append(f"'{name}'" + (f" (nearest: {', '.join(named)})" if named else ""))
    raise DataError(
        f"{path} lacks the column {'; '.join(hints)}. "
        "Check that it is the right file and release, or rename the column"
    )


def _read_text(path: Path, encoding: str) -> str:
    require_regular(path)
    try:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
    except FileNotFoundError as error:
        raise DataError(f"{path} does not exist; put the published file there") from error
    except (OSError, EOFError) as error:
        raise DataError(f"{path} cannot be read ({error}); fetch the file again") from error
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not {encoding} text; fetch the published file again") from error
    if not text.strip():
        raise DataError(f"{path} is empty; fetch the file again")
    return text


def _check_last_line(path: Path, text: str, separator: str) -> None:
    """A file cut off in the middle ends in a line with too few fields."""
    lines = text.rstrip("\r\n").split("\n")
    header, last = (next(csv.reader([line], delimiter=separator)) for line in (lines[0], lines[-1]))
    if len(lines) > 1 and len(last) < len(header):
        raise DataError(
            f"{path} looks truncated: its last line has {len(last)} fields and its header "
            f"{len(header)}; fetch the file again"
        )


def _cast(path: Path, column: pl.Series, dtype: Dtype) -> pl.Series:
    text = column.str.strip_chars()
    if dtype == pl.String:
        return text
    # Whole numbers are sometimes stored as "3.0".
    numeric = text.cast(pl.Float64, strict=False)
    whole = dtype.is_integer() and bool((numeric != numeric.round()).any())
    bad = text.filter(text.is_not_null() & numeric.is_null())
    if whole:
        bad = text.filter(numeric != numeric.round())
    if len(bad):
        raise DataError(
            f"{path}, column '{column.name}': {bad[0]!r} is not "
            f"{'a whole number' if dtype.is_integer() else 'a number'}"
        )
    return numeric.cast(dtype)
