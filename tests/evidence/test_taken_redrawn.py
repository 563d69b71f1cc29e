"""The divergence of partners taken, as it is compared again under redrawn measures."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from willing.evidence.sample import select_triads
from willing.evidence.selectivity import partner_divergence
from willing.evidence.taken_redrawn import taken_by_third
from willing.record.store import load_record


def test_it_agrees_with_the_direct_test_on_the_record():
    """Raw and net difference are those of the direct test by thirds of leaders."""
    triads = select_triads(load_record(leader="every", years="all").triads)
    direct = partner_divergence(triads, draws=2, rng=np.random.default_rng(0))
    keys = triads.select("side", "leader", "insecurity_leader").unique(
        ["side", "leader"], maintain_order=True
    )
    at = triads.join(
        keys.with_row_index("at").select("side", "leader", "at"),
        on=["side", "leader"],
        how="left",
        maintain_order="left",
    )["at"]
    values = keys["insecurity_leader"].cast(pl.Float64).to_numpy()
    raw, net = taken_by_third(triads, at.cast(pl.Int64).to_numpy()).differences(values)
    assert raw == pytest.approx(direct.per_partner.value)
    assert net == pytest.approx(direct.net.value)
