"""The map of probabilities: who is on it, and under which name."""

from __future__ import annotations

import re

from willing.record.store import load_record
from willing.web.crises import choices
from willing.web.world_map import code_of, map_chart, outlines


def test_outlines_are_states_of_today_within_the_world():
    """Every code is one of the state system, every point a place."""
    codes = set(load_record(years="all").states["ccode"].to_list())
    shapes = outlines()
    assert set(shapes) - {0} <= codes
    assert len(shapes) > 165
    points = [number for rings in shapes.values() for ring in rings for number in ring]
    assert max(points) <= 180.0
    assert min(points) >= -180.0


def test_no_outline_crosses_the_whole_map():
    """States on both sides of the date line are drawn in two pieces, not across the world."""
    for rings in outlines().values():
        for ring in rings:
            steps = [abs(a - b) for a, b in zip(ring[::2], ring[2::2], strict=False)]
            assert max(steps) < 90.0


def test_only_small_states_of_1990_are_missing():
    """Former states are shown on today's land; those without a place are small islands."""
    names = [row.name for row in choices()["393-645"].draft().rows]
    missing = [name for name in names if code_of(name) not in outlines()]
    assert code_of("Soviet Union") == code_of("Russia") == 365
    assert code_of("West Germany") == code_of("Germany") == 255
    assert len(missing) < 20
    assert "Zaire" not in missing


def test_a_state_has_its_probability_and_the_sides_their_marks():
    """The map names each state with its number, and shades by it."""
    picture = map_chart({"France": 0.3, "Turkey": 0.001}, "USA", "Iraq", 400.0)
    assert re.search(r'class="p3"[^>]*><title>France: 30.0%', picture)
    assert re.search(r'class="p0"[^>]*><title>Turkey: 0.1%', picture)
    assert re.search(r'class="leads"[^>]*><title>USA', picture)
    assert re.search(r'class="out"[^>]*><title>Iraq', picture)
