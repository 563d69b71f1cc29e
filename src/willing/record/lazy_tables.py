"""Tables that are read, or made from others, when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from threading import RLock
from typing import Any, TypeVar

import polars as pl

Change = Callable[[pl.DataFrame], pl.DataFrame]
_Kind = TypeVar("_Kind", bound=type)


class Table:
    """A table, or how to get it, which is done once.

    Parameters
    ----------
    make
        Reads or makes the table.
    added
        The table without some of its columns, and what adds them to each row from that row alone.
    """

    def __init__(
        self,
        make: Callable[[], pl.DataFrame],
        added: tuple[Table, Change] | None = None,
    ) -> None:
        self._make, self._added = make, added
        self._lock = RLock()

    def get(self) -> pl.DataFrame:
        """Give the table."""
        with self._lock:
            frame = self._make()
            # What it was made from need not be kept.
            self._make, self._added = lambda: frame, None
            return frame

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Table:
        """Wrap a table that is there."""
        return cls(lambda: frame)

    def then(self, change: Change) -> Table:
        """Give the table after a change, which is made when that table is asked for."""
        return Table(lambda: change(self.get()))

    def row_by_row(self, change: Change) -> Table:
        """Do the same by a change that adds columns to each row from that row alone."""
        return Table(lambda: change(self.get()), (self, change))

    def chosen(self, rows: pl.Expr | str) -> Table:
        """Give the rows for which an expression of columns that are stored holds."""
        if (added := self._added) is None:
            return self.then(lambda frame: frame.filter(rows))
        return added[0].chosen(rows).row_by_row(added[1])

    def stored(self) -> pl.DataFrame:
        """Give the table without the columns that `row_by_row` adds, unless it has them already."""
        return self.get() if (added := self._added) is None else added[0].stored()

    def __reduce__(self) -> tuple[Any, ...]:
        return Table.of, (self.get(),)


class _Field:
    """A field of a dataclass that gives a table; a `Table` that it was set to is asked first."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            return self
        held = owner.__dict__[self._name]
        return held.get() if isinstance(held, Table) else held

    def __set__(self, owner: Any, value: Any) -> None:
        owner.__dict__[self._name] = value


def lazy_tables(kind: _Kind) -> _Kind:
    """Let a dataclass be given a `Table` for each of its tables."""
    for field in fields(kind):
        if field.type == "pl.DataFrame":
            setattr(kind, field.name, _Field(field.name))
    return kind
