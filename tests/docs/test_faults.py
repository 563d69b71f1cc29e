"""The table of faults names the tests that hold it."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parents[1]


def test_every_group_of_faults_is_held_by_tests_that_exist():
    """Each bold head of the table has files of tests beside it, and they are there."""
    page = (HERE.parent / "docs" / "faults.md").read_text(encoding="utf-8")
    heads = [line for line in page.splitlines() if line.startswith("| **")]
    named = [re.findall(r"`([\w/]+\.py)`", line) for line in heads]
    assert all(named)
    assert [file for each in named for file in each if not (HERE / file).exists()] == []
