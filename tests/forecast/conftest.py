"""The record and the estimates that the package carries."""

import pytest

from willing.record.store import Record, load_record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.estimates import Estimates
from willing.structural.stored import estimates_of, sample_of

SMALL = (1993, 1999)


@pytest.fixture(scope="session")
def record() -> Record:
    """The embedded record, the strongest leader of each side."""
    return load_record(years="all")


@pytest.fixture(scope="session")
def estimates(record: Record) -> Estimates:
    """The stored estimates."""
    return estimates_of(sample_of(record))


@pytest.fixture(scope="session")
def small(record: Record) -> Estimates:
    """Estimates of three terms on the last years, quick to make again."""
    terms = ("divergence", "distance", "alliance")
    return CoalitionModel(terms=terms, decisiveness=0.5).fit(sample_of(record, SMALL))
