"""A scenario filled in from the sources' last years, each value with its year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import polars as pl

from willing.manner import Result
from willing.texts import listed
from willing.theory.scenario import toml_value

# Column of the file at which remarks begin, so that they stand below each other.
_WIDTH = 40
# Characters of a line of remarks.
_LINE = 80
# How a note says that somebody else has led since (`willing.forecast.last_values`).
_LEFT = " since$"


@dataclass(frozen=True, eq=False, repr=False)
class FilledScenario(Result):
    """A crisis of a year, in the terms of the record.

    Attributes
    ----------
    title
        What to call it.
    year
        The year that it begins with.
    values
        One row a value, in the order of the file: ``table`` (``leader``, ``target``, ``crisis``,
        ``partners`` or ``game``), ``code`` (COW; missing of what is no state's), ``state``,
        ``key``, ``value`` (as text, as TOML writes it), ``of`` (the year it is of; missing if it
        does not age) and ``note``.
    left_out
        Candidates left out because a value is not known, with the keys that they lack.
    lacking
        The same of partners asked for by name, who are kept.
    max_age
        Years after which a value counts as old.
    """

    title: str
    year: int
    values: pl.DataFrame
    left_out: Mapping[str, Sequence[str]]
    lacking: Mapping[str, Sequence[str]]
    max_age: int

    @property
    def partners(self) -> tuple[str, ...]:
        """Names of the partners."""
        inside = self.values.filter(pl.col("table") == "partners")
        return tuple(inside["state"].unique(maintain_order=True))

    @property
    def old(self) -> pl.DataFrame:
        """The values that are more than `max_age` years old."""
        return self.values.filter(self.year - pl.col("of") > self.max_age)

    def to_frame(self) -> pl.DataFrame:
        """Give one row a value with its year, see `values`."""
        return self.values

    def to_dict(self) -> dict[str, Any]:
        """Give the content of the scenario file, as `tomllib` reads it."""
        from willing.toml_files import parse_toml

        return parse_toml(self.to_toml(), self.title)

    def to_toml(self) -> str:
        """Write the scenario file, with the year of every value beside it."""
        lines = [
            line
            for remark in self.remarks()
            for line in wrap(
                remark,
                _LINE,
                initial_indent="# ",
                subsequent_indent="#   ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        ]
        lines += [f"title = {toml_value(self.title)}"]
        block: tuple[str, int | None] | None = None
        for row in self.values.iter_rows(named=True):
            if (row["table"], row["code"]) != block:
                block = (row["table"], row["code"])
                head = row["table"]
                lines += ["", f"[[{head}]]" if head == "partners" else f"[{head}]"]
            entry = f"{row['key']} = {row['value']}"
            said = self._said(row)
            lines.append(f"{entry:{_WIDTH}}# {said}" if said else entry)
        return "\n".join([*lines, ""])

    def remarks(self) -> list[str]:
        """Say what is old, what is missing and what is ours."""
        found = [
            f"Filled in for a crisis of {self.year} from the last years of the sources; "
            "the year of each value stands beside it."
        ]
        old = self.old
        for of, rows in old.group_by("of", maintain_order=True):
            keys = listed(rows["key"].unique(maintain_order=True))
            states = rows["state"].unique().len()
            found.append(
                f"older than {self.max_age} years: {keys} of {of[0]} "
                f"({states} state{'s' if states > 1 else ''})"
            )
        gone = self.values.filter(pl.col("note").str.contains(_LEFT))
        for note, rows in gone.filter(table="leader").group_by("note", maintain_order=True):
            keys, state = ", ".join(rows["key"]), rows["state"][0]
            found.append(f"{keys} of {state}: that of {note[0]}; --security gives another")
        if states := gone.filter(table="partners")["state"].n_unique():
            found.append(f"insecurity of {states} partners is of a leader who has left since")
        found += _by_keys(self.lacking, "kept, though forecasts need their {}: {}")
        found += _by_keys(self.left_out, "left out, as no source has their {}: {}")
        found.append(
            "cost and benefit of taking part are in no source: `willing solve` takes 0 unless they "
            "are added"
        )
        return found

    def __str__(self) -> str:
        lines = [f"{self.title}: {len(self.partners)} partners", *self.remarks()]
        shown = self.values.filter(pl.col("table") != "partners")
        lines += [
            f"  {row['state'] or row['table']:28}{row['key']:24}{row['value']:>12}"
            f"  {self._said(row)}"
            for row in shown.iter_rows(named=True)
            if row["key"] != "name"
        ]
        return "\n".join(lines)

    def _said(self, row: Mapping[str, Any]) -> str:
        """What stands beside a value: its year, how old that is if old, and the note."""
        of = row["of"]
        parts = [] if of is None else [str(of)]
        if of is not None and self.year - of > self.max_age:
            parts = [f"{of}, {self.year - of} years old"]
        return "; ".join([*parts, *([row["note"]] if row["note"] else [])])


def _by_keys(lacking: Mapping[str, Sequence[str]], said: str) -> list[str]:
    """Name states that lack the same keys together."""
    alike: dict[str, list[str]] = {}
    for state, keys in lacking.items():
        alike.setdefault(", ".join(keys), []).append(state)
    return [said.format(keys, ", ".join(states)) for keys, states in alike.items()]
