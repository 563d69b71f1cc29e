"""The numbers on the page about the record are those of the record."""

from pathlib import Path

import pytest

from willing.record.store import Record, load_record

PAGE = Path(__file__).parents[2] / "docs" / "record.md"


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
