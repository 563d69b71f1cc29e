"""The picture and the words of the first screen."""

from __future__ import annotations

import polars as pl

from willing.evidence.measure_tests import TESTS
from willing.evidence.sample import Sample
from willing.replication import tests_by_measure as kept
from willing.replication.first_screen import both_stages, forest_figure
from willing.replication.forest import IN_UNITS, PANELS, forest_rows


def test_every_measure_has_every_test():
    """The embedded table is whole: no measure or test is missing, no interval is upside down."""
    table = kept.tests_by_measure()
    assert set(table.select("measure", "test").rows()) == {
        (m, t) for m in kept.SHOWN for t in TESTS
    }
    assert table.select((pl.col("low") < pl.col("high")).all()).item()


def test_coefficients_are_shown_for_one_standard_deviation():
    """Measures on other scales become comparable; differences of means stay in their units."""
    rows = forest_rows(kept.tests_by_measure())
    scaled = pl.when(pl.col("test").is_in(IN_UNITS)).then(1.0).otherwise(pl.col("spread"))
    assert rows.select((pl.col("estimate") - pl.col("value") * scaled).abs().max()).item() == 0
    assert set(PANELS) == set(TESTS)


def test_an_interval_is_coloured_by_the_side_of_zero_it_lies_on():
    """Above, below and across zero are told apart by both ends."""
    table = pl.DataFrame({"low": [0.1, -2.0, -1.0], "high": [1.0, -0.1, 1.0]}).with_columns(
        value=0.5, test=pl.lit("joining"), spread=1.0
    )
    assert forest_rows(table)["side"].to_list() == ["above zero", "below zero", "includes zero"]


def test_intervals_of_both_stages_are_of_the_main_sample_only():
    """Another pool of partners has no draws; the main one has an interval for each claim drawn."""
    assert both_stages("hazard", Sample(measure="hazard", pool="region")) == {}
    found = both_stages("hazard", Sample(measure="hazard"))
    assert {"formation", "joining", "noise", "preferences", "taken"} == set(found)


def test_the_picture_can_be_drawn():
    """Both the wide and the narrow picture are PNG files."""
    drawn = forest_figure().drawn()
    assert drawn.png.startswith(b"\x89PNG")
    assert drawn.narrow.startswith(b"\x89PNG")
    assert drawn.png != drawn.narrow
