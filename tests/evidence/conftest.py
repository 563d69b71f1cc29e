"""Simulated triads for the tests of the models on them."""

import polars as pl
import pytest
from simulated import simulated_triads


@pytest.fixture(scope="session")
def triads() -> pl.DataFrame:
    """Triads in which insecure leaders build more and are less selective."""
    return simulated_triads(taste=1.0)
