"""The numbers on the page about the record are those of the record."""

from pathlib import Path

import pytest

from willing.record.changes import changed_joins
from willing.record.pages import record_table
from willing.record.store import Record, load_record
from willing.record.units import tables
from willing.sources.catalogue import SOURCES

PAGE = Path(__file__).parents[2] / "docs" / "record.md"
USING = PAGE.with_name("data.md")
JOINS = PAGE.with_name("joins.md")


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(years="all")


@pytest.mark.parametrize(
    ("name", "page"), [("attrition", PAGE), ("agreement", PAGE), ("changes", JOINS)]
)
def test_the_tables_are_true(record: Record, name: str, page: Path) -> None:
    """Attrition, agreement and changed joins stand on their pages as they are in the record."""
    assert record_table(name, record) in page.read_text(encoding="utf-8")


def test_every_changed_join_has_a_reason(record: Record) -> None:
    """No join is lost or gained without a reason, and the counts add up to those of the codings."""
    changed = changed_joins(record)
    assert changed["reason"].null_count() == 0
    lost, gained = (changed.filter(change=way).height for way in ("lost", "gained"))
    blocs = load_record(coding="blocs", years="all")
    assert record.sides["coalition"].sum() == blocs.sides["coalition"].sum() - lost + gained


def test_the_example_output_is_true() -> None:
    """The summary of the sample of 1951 to 1999 stands on the page."""
    assert str(load_record()) in PAGE.read_text(encoding="utf-8")


def test_the_numbers_of_other_units_are_true(record: Record) -> None:
    """Each unit stands on the page about using the record with its number of rows."""
    page = USING.read_text(encoding="utf-8").splitlines()
    for name in ("actors", "leader_sides", "leaders", "kads"):
        line = next(line for line in page if line.startswith(f"| `{name}` |"))
        assert f": {tables(record, [name])[name].height:,} |" in line


def test_the_number_of_disagreements_is_true(record: Record) -> None:
    """As many partners in as many crises as the page says."""
    listed = record.disagreements()
    page = " ".join(USING.read_text(encoding="utf-8").split())
    assert f"the partners (with `--years all` {listed.height} of the foremost leader, in" in page
    assert f"in {listed['crisno'].n_unique()} crises) of whom one source" in page


def test_the_number_of_addresses_is_true() -> None:
    """Five of 47 files can be fetched from a public address."""
    known = sum(bool(source.address) for source in SOURCES.values())
    page = USING.read_text(encoding="utf-8")
    assert (known, len(SOURCES)) == (5, 47)
    assert "Only five of the 47 files have a public address" in page
