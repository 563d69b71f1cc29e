"""Look values up by key, so that no row is lost or doubled on the way."""

from __future__ import annotations

from collections.abc import Sequence

from willing.errors import DataError
from willing.later import polars as pl


def require_unique(frame: pl.DataFrame, on: Sequence[str], *, what: object) -> None:
    """Raise if two rows of `frame` have the same key.

    Parameters
    ----------
    frame
        The table to check.
    on
        The columns that make the key.
    what
        What the table is, for the message: a file, or a description.

    Raises
    ------
    DataError
        If a key occurs twice, with the first such key.
    """
    repeated = frame.filter(frame.select(on).is_duplicated())
    if not repeated.is_empty():
        first = ", ".join(f"{name} {repeated[name][0]}" for name in on)
        raise DataError(
            f"{what}: {', '.join(on)} should identify a row, but {first} occurs more than once; "
            "remove the repeated rows"
        )


def look_up(frame: pl.DataFrame, table: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Add the columns of `table` to `frame`, many rows to one.

    Parameters
    ----------
    frame
        The table to add to; its rows and their order stay as they are.
    table
        One row a key. Keys that it lacks give missing values.
    on
        The columns that make the key, present in both.

    Returns
    -------
    polars.DataFrame
        `frame` with the columns of `table`.

    Raises
    ------
    DataError
        If a key occurs twice in `table`.
    """
    require_unique(table, on, what="the table to look up in")
    return frame.join(table, on=on, how="left", maintain_order="left")
