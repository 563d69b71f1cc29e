"""The survival model of the real files, fitted once for all tests."""

from pathlib import Path

import pytest

from willing.security import LeaderSurvival, survival_of_leaders


@pytest.fixture(scope="session")
def survival(raw: Path) -> LeaderSurvival:
    """Leaders of the published files, with the fitted models."""
    return survival_of_leaders(raw)
