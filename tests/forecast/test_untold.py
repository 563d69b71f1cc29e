"""A crisis of which nobody tells who joined can be forecast all the same."""

import polars as pl

from willing.forecast.subject import subject_of_record
from willing.record.store import load_record
from willing.structural.coalition_model import CoalitionModel


def test_candidates_are_there_although_nobody_tells_whether_they_joined() -> None:
    """After 2014 no dispute speaks: all members are candidates, and no outcome is claimed."""
    record = load_record(years=(2010, 2019))
    untold = record.sides.filter(
        pl.col("coalition").is_null(), pl.col("leader").is_not_null(), pl.col("year") == 2016
    )
    model = CoalitionModel(terms=("distance",))
    subject = subject_of_record(record, model, untold["side"][0])
    assert not subject.observed
    assert len(subject.sides.partner) > 150
    told = subject_of_record(record, model, "Cheonan")
    assert told.observed
