"""The manner that results of the package have in common, and long computations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

# A notebook shows so many rows of a table; `to_frame` has all of them.
_SHOWN = 25
_DIGITS = 4
# Of a result's first line, so many characters stand in its short form.
_HEAD = 90


# Who is told what a long computation has just done.
Progress = Callable[[str], object]


def silent(step: str) -> None:
    """Tell nobody."""


class Result:
    """What a result can do, whatever it is of.

    It prints in full, is short where it is only named, turns into plain values (``to_dict``) and
    into a tidy frame (``to_frame``), and shows itself in a notebook. Where there is something to
    draw it has ``plot``.
    """

    def __str__(self) -> str:
        return f"{type(self).__name__}\n{self.to_frame()}"

    def __repr__(self) -> str:
        head = next((line.strip() for line in str(self).splitlines() if line.strip()), "")
        short = head if len(head) <= _HEAD else f"{head[: _HEAD - 3]}..."
        return f"<{type(self).__name__}: {short}>"

    def summary(self) -> str:
        """Give what is printed."""
        return str(self)

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        raise NotImplementedError

    def to_frame(self) -> pl.DataFrame:
        """Give one row a number or text of `to_dict`: ``quantity`` and ``value``, as texts.

        Results that are tables give their rows instead.
        """
        import polars as pl

        rows = [(name, _text(value)) for name, value in _leaves(self.to_dict())]
        schema = {"quantity": pl.String, "value": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _table(self) -> pl.DataFrame:
        """Give what is set as a table: the frame, where nothing shorter serves better."""
        return self.to_frame()

    def to_html(self) -> str:
        """Give the frame as a table in HTML."""
        return str(_great_table(self._table()).as_raw_html())

    def to_latex(self) -> str:
        """Give the frame as a table in LaTeX; it needs the package ``booktabs``."""
        return str(_great_table(self._table()).as_latex())

    def _repr_html_(self) -> str:
        frame = self._table()
        head = next((line.strip() for line in str(self).splitlines() if line.strip()), "")
        more = frame.height - _SHOWN
        note = f"<p>and {more:,} more rows: <code>to_frame()</code></p>" if more > 0 else ""
        full = f"<details><summary>in full</summary><pre>{escape(str(self))}</pre></details>"
        table = _great_table(frame.head(_SHOWN)).as_raw_html()
        return f"<div><p><b>{escape(head)}</b></p>{table}{note}{full}</div>"


def _great_table(frame: pl.DataFrame) -> Any:
    """Lay out a frame: lists as texts, numbers with a few digits, a dash where one is missing."""
    import polars as pl
    from great_tables import GT

    texts = frame.select(
        pl.Series(name, [_cell(value) for value in frame[name].to_list()], dtype=pl.String)
        for name in frame.columns
    )
    right = [name for name, dtype in frame.schema.items() if dtype.is_numeric()]
    table = GT(texts.rename({name: name.replace("_", " ") for name in texts.columns}))
    return table.cols_align("left").cols_align(
        "right", columns=[name.replace("_", " ") for name in right]
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return str(value)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The numbers and texts of nested plain values, with their places as names."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(e, Mapping | list) for e in value):
        for place, each in enumerate(value, start=1):
            yield from _leaves(each, f"{name}.{place}")
    else:
        yield name, value


def _text(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return None if value is None else str(value)
