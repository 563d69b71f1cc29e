"""Who is not asked: states that face the leader in a crisis that is still open on the day.

On that day they are her opponents. None of the 111 of 1946-1999 joined, whoever of the crisis
actors leads, and none of the 16 after. Half a year after the crisis some did; from then on it is a
matter of the price (`other_side` in `willing.structural.terms`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from willing.numbers import Masks
from willing.record.store import Record
from willing.structural.leader_sides import Sides

_TRIAD = ("crisno", "leader", "target", "partner")


def facing_leader(record: Record, sides: Sides) -> Masks:
    """Tell which candidates of sides face the leader in an open crisis, shape (N,).

    Parameters
    ----------
    record
        The record that the sides were laid out from.
    sides
        The sides.
    """
    triads = record.stored("triads").filter(pl.col("LPopposed_years") == 0.0)
    facing = triads.select(pl.col(_TRIAD).cast(pl.Int64))
    columns = (sides.crisis[sides.owner], sides.leader[sides.owner], sides.target[sides.owner])
    rows = pl.DataFrame(dict(zip(_TRIAD, (*columns, sides.partner), strict=True)))
    own = rows.cast(pl.Int64).with_row_index("row").join(facing, on=_TRIAD, how="semi")
    found = np.zeros(len(sides.partner), dtype=bool)
    found[own["row"].to_numpy()] = True
    return found
