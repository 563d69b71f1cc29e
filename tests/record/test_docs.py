"""The numbers on the page about the record are those of the record."""

from pathlib import Path

import pytest

from willing.record.store import Record, load_record
from willing.record.units import tables
from willing.sources.catalogue import SOURCES

PAGE = Path(__file__).parents[2] / "docs" / "record.md"
USING = PAGE.with_name("data.md")


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record()


def attrition_table(record: Record) -> list[str]:
    return [
        "| "
        + " | ".join(
            [
                row["unit"],
                row["kept"],
                *(
                    "" if row[name] is None else f"{row[name]:,}"
                    for name in ("rows", "lost", "joins")
                ),
                row["reason"] or "",
            ]
        )
        + " |"
        for row in record.attrition.iter_rows(named=True)
    ]


def agreement_table(record: Record) -> list[str]:
    return [
        f"| `{row['first']}` | `{row['second']}` | {row['triads']:,} | {row['first_joins']} | "
        f"{row['second_joins']} | {row['both_join']} | {row['kappa']:.2f} |"
        for row in record.agreement().iter_rows(named=True)
    ]


def test_the_attrition_table_is_true(record: Record) -> None:
    """Every step of the count stands on the page as it is in the record."""
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in attrition_table(record) if line not in page] == []


def test_the_agreement_table_is_true(record: Record) -> None:
    """Every pair of codings stands on the page as it is in the record."""
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in agreement_table(record) if line not in page] == []


def test_the_example_output_is_true() -> None:
    """The summary of the sample of 1951 to 1999 stands on the page."""
    assert str(load_record(years=(1951, 1999))) in PAGE.read_text(encoding="utf-8")


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
    assert f"the {listed.height} partners (of the strongest leader, in" in page
    assert f"in {listed['crisno'].n_unique()} crises) of whom one source" in page


def test_the_number_of_addresses_is_true() -> None:
    """Five of 47 files can be fetched from a public address."""
    known = sum(bool(source.address) for source in SOURCES.values())
    page = USING.read_text(encoding="utf-8")
    assert (known, len(SOURCES)) == (5, 47)
    assert "Only five of the 47 files have a public address" in page
