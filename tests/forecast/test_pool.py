"""Forecasts with a pool of candidates."""

import pytest

from willing.errors import DataError
from willing.forecast.asking import forecast

# The Middle East and North Africa, by the hundreds of the COW codes.
REGION = range(600, 700)


def test_candidates_of_the_targets_region_alone() -> None:
    """Iraq's neighbours are candidates for the Gulf's coalition, and the forecast says so."""
    found = forecast("gulf war", pool="region", train=(1985, 1999), draws=2)
    assert set(found.code.tolist()) <= set(REGION)
    assert "Turkey" in found.partner
    assert "the target's region" in str(found)
    assert found.to_dict()["pool"] == "region"


def test_a_pool_that_does_not_exist_is_refused_with_what_there_is() -> None:
    """The message names the pools."""
    with pytest.raises(DataError, match="all, relevant or region"):
        forecast("gulf war", pool="neighbours")  # type: ignore[arg-type]
