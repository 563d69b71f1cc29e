"""The record can be audited: cases, agreement, and rows with the lines behind them."""

from pathlib import Path

import polars as pl
import pytest

from willing.errors import DataError
from willing.record.audit import audit_record, check_cases
from willing.record.store import Record, load_record


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(years="all")


def test_every_known_case_holds(record: Record) -> None:
    """Leader and members of each side of the list are those of history."""
    cases = check_cases(record)
    assert cases.filter(~pl.col("holds"))["side"].to_list() == []
    assert cases.height >= 17


def test_a_case_that_fails_is_seen() -> None:
    """The coding by blocs gets some of them wrong."""
    assert not check_cases(load_record(coding="blocs", years="all"))["holds"].all()


def test_rows_are_drawn_with_the_lines_that_speak_of_the_pair(record: Record, raw: Path) -> None:
    """Each drawn joiner that a source names has a line in a file, and the line is there."""
    audit = audit_record(record, raw=raw, sample=4, seed=1)
    assert audit.rows["join"].to_list() == [1] * 4 + [0] * 4
    sourced = audit.rows.filter(pl.col("join") == 1, pl.col("basis") != "word")
    assert set(sourced["row"]) <= set(audit.lines["row"])
    for file, line, text in audit.lines.select("file", "line", "text").iter_rows():
        lines = (raw / file).read_text(encoding="utf-8", errors="replace").splitlines()
        assert lines[line - 1].startswith(text)
    assert "rows to check by hand" in str(audit).lower()


def test_the_same_seed_draws_the_same_rows(record: Record) -> None:
    """A sample can be repeated, and another drawn; without files there are no lines."""
    first, again, other = (audit_record(record, seed=seed) for seed in (0, 0, 1))
    assert first.rows.equals(again.rows)
    assert not first.rows.equals(other.rows)
    assert first.lines.is_empty()


def test_a_sample_of_none_is_refused(record: Record) -> None:
    """The message says what a sample is."""
    with pytest.raises(DataError, match="sample=0; it is a number of rows"):
        audit_record(record, sample=0)
