"""Fixtures shared by all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, so that a failure is a change of the code. To look for new ones:
# `pytest --hypothesis-profile=explore`.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False, max_examples=1000)
settings.load_profile("same")

RAW = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of published files beside the checkout, laid out as its SOURCES.md says."""
    if not RAW.is_dir():
        pytest.skip(f"the raw data are not here: {RAW}")
    return RAW
