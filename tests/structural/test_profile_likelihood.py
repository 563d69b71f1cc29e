"""A profile's maximum and interval are those of the curve."""

import numpy as np
import pytest

from willing.structural.profile_likelihood import DROP, profile, profile_around

GRID = (-2.0, -1.0, 0.0, 1.0, 2.0)
# The search ends within a twentieth of two steps of the grid.
CLOSE = 0.1
# The root of what a parabola loses is linear, so that its interval is interpolated exactly, but
# for the distance of the maximum found from the maximum.
ENDS = 0.01


def test_a_parabola_has_its_vertex_and_its_interval() -> None:
    """The maximum between points of the grid is found, and where the curve is lower by 1.92."""
    found = profile(lambda x: -5.0 - 8.0 * (x - 0.3) ** 2, GRID, parameter="x")
    half = np.sqrt(DROP / 8.0)
    assert found.best == pytest.approx(0.3, abs=CLOSE)
    assert found.low == pytest.approx(0.3 - half, abs=ENDS)
    assert found.high == pytest.approx(0.3 + half, abs=ENDS)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_curve_that_only_falls_has_its_maximum_at_the_end_of_the_grid(sign: float) -> None:
    """The end is the best value, and the interval is open there."""
    found = profile(lambda x: -sign * x, GRID, parameter="x")
    assert found.best == -2.0 * sign
    assert (found.low, found.high)[int(sign < 0)] == -np.inf * sign


def test_a_maximum_just_inside_the_end_is_found() -> None:
    """A curve that rises from the end of the grid is followed."""
    found = profile(lambda x: -((x + 1.7) ** 2), GRID, parameter="x")
    assert found.best == pytest.approx(-1.7, abs=CLOSE)


def test_a_search_on_logarithms_keeps_the_values_of_the_grid() -> None:
    """The best value of a falling curve is the first of the grid, to the last bit."""
    grid = (0.05, 0.2, 0.5)
    found = profile(lambda x: -np.log(x), grid, parameter="x", logarithmic=True)
    assert found.best == 0.05
    assert set(grid) <= set(found.values)


def test_an_interval_around_a_known_maximum_widens_its_step_or_stays_open() -> None:
    """A parabola's ends are found from a step too short; a curve that flattens has an open end."""
    found = profile_around(lambda x: -0.5 * ((x - 3) / 2) ** 2, 3.0, 1.0, parameter="x")
    assert (found.low, found.high) == pytest.approx((3 - 1.96 * 2, 3 + 1.96 * 2), abs=0.01)
    flat = profile_around(lambda x: -(max(0.0, x) ** 2) - 0.1 * (x < 0), 0.0, 1.0, parameter="x")
    assert flat.low == -float("inf")
    assert flat.high == pytest.approx(DROP**0.5, abs=0.02)
