"""The measures of the real files, fitted once for all tests."""

from pathlib import Path

import pytest

from willing.security import (
    FittedMeasures,
    LeaderSample,
    LeaderSurvival,
    fit_measures,
    sample_leaders,
)


@pytest.fixture(scope="session")
def sample(raw: Path, survival: LeaderSurvival) -> LeaderSample:
    """What all measures are estimated from."""
    return sample_leaders(raw, survival.files)


@pytest.fixture(scope="session")
def fitted(sample: LeaderSample) -> FittedMeasures:
    """All measures, every one cross-fitted."""
    return fit_measures(sample, honest=True)
