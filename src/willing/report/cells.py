"""The cells of a table as texts, and what an estimate among them looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

# An estimate with its standard error and stars, as tables of models have them.
_NUMBER = r"[+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?"
ESTIMATE = re.compile(rf"(?P<value>{_NUMBER}) \((?P<error>{_NUMBER}|nan)\)(?P<stars>\**)")


@dataclass(frozen=True)
class Cells:
    """A table as it is to be set.

    Attributes
    ----------
    heads : sequence of str
        Heads of the columns.
    numeric : sequence of bool
        Whether each column holds numbers, or estimates with their standard errors.
    rows : sequence of sequences of str
        The cells.
    """

    heads: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[str]]


def is_estimates(column: pl.Series) -> bool:
    """Whether a column of texts is one of estimates with standard errors."""
    return column.dtype == pl.String and any(
        ESTIMATE.fullmatch(text) for text in column.drop_nulls()
    )
