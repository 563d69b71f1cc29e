"""Fixtures shared by all tests."""

from pathlib import Path

import pytest

RAW = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of published files beside the checkout, laid out as its SOURCES.md says."""
    if not RAW.is_dir():
        pytest.skip(f"the raw data are not here: {RAW}")
    return RAW
