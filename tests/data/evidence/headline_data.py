"""Write sides.csv and triads.csv, the complete rows of the main models, into a folder for R."""

import sys
from pathlib import Path

import polars as pl

from willing.evidence.claims import COVARIATES, SIDE_CONTROLS
from willing.evidence.sample import Sample, leader_sides
from willing.record.measured import INSECURITY
from willing.record.store import load_record

triads = Sample().take(load_record(leader="every").triads)
for name, frame, outcome, terms in (
    ("sides", leader_sides(triads), "built", SIDE_CONTROLS),
    ("triads", triads, "join", COVARIATES),
):
    columns = [outcome, "crisno", "leader", INSECURITY, *terms]
    floats = frame.select(pl.col(column).cast(pl.Float64).fill_nan(None) for column in columns)
    floats.drop_nulls().write_csv(Path(sys.argv[1]) / f"{name}.csv")
