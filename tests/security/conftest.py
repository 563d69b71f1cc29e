"""The measures of the real files, fitted once for all tests."""

from pathlib import Path
from typing import Any

import pytest

from willing.security import (
    FittedMeasures,
    LeaderSample,
    LeaderSurvival,
    fit_measures,
    sample_leaders,
)


@pytest.fixture(scope="session")
def sample(raw: Path, survival: LeaderSurvival, once: Any) -> LeaderSample:
    """What all measures are estimated from."""
    return once("leader-sample", lambda: sample_leaders(raw, survival.files))


@pytest.fixture(scope="session")
def fitted(sample: LeaderSample, once: Any) -> FittedMeasures:
    """All measures, every one cross-fitted."""
    return once("fitted-measures", lambda: fit_measures(sample, honest=True))
