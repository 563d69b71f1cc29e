"""The leader sides that are kept with the package are those of its record, or are not used."""

from dataclasses import fields, replace

import numpy as np

from willing.record.store import load_record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.stored import sample_of
from willing.structural.stored_sides import stored_sides


def test_the_sides_that_are_kept_are_those_of_the_record() -> None:
    """To the last bit: a forecast does not depend on whether they were laid out or read."""
    sample = sample_of(load_record(years="all"))
    laid_out, kept = CoalitionModel().sides(sample), stored_sides(sample.manifest)
    for field in fields(laid_out):
        own, theirs = getattr(laid_out, field.name), getattr(kept, field.name)
        assert np.array_equal(own, theirs) if isinstance(own, np.ndarray) else own == theirs


def test_sides_of_another_record_are_not_used() -> None:
    """A record one of whose files is another has no sides that are kept."""
    manifest = load_record(years="all").manifest
    other = replace(manifest.outputs["triads"], sha256="0" * 64)
    assert stored_sides(replace(manifest, outputs={**manifest.outputs, "triads": other})) is None
