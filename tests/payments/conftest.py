"""The panels of the embedded record, built once."""

import polars as pl
import pytest

from willing.payments.panel import build_panel
from willing.payments.samples import YEARS
from willing.record.store import load_record


@pytest.fixture(scope="session")
def record():
    return load_record(years="all")


@pytest.fixture(scope="session")
def aid(record):
    return build_panel(record, "aid", years=YEARS)


@pytest.fixture(scope="session")
def small(aid):
    """Five crises with joiners and non-joiners, small enough for dummies."""
    crises = aid.rows.group_by("crisno").agg(pl.col("join").sum()).filter(pl.col("join") > 2)
    chosen = crises.sort("crisno")["crisno"].head(5).implode()
    return aid.filter(pl.col("crisno").is_in(chosen) & (pl.col("partner") % 3 == 0))
