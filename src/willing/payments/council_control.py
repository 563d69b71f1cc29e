"""A positive control: does a seat in the Security Council move aid, as others have found?"""

from __future__ import annotations

import numpy as np
import polars as pl

from willing.payments.twoway import Effect, absorbed_effects


def council_effect(payments: pl.DataFrame) -> Effect:
    """Estimate what an elected seat adds to ``log(1 + aid)`` of a state.

    Kuziemko and Werker (2006, Journal of Political Economy 114(5): 905-930) found that a seat
    raises US aid by 59 per cent. If a test on country totals cannot see that, it may be too blunt
    to see what joining brings.

    Parameters
    ----------
    payments
        The frame `payments` of the record.

    Returns
    -------
    Effect
        With effects of states and of fiscal years, clustered by both.
    """
    rows = payments.filter("member", "covered_aid").drop_nulls("seat")
    y = np.log1p(rows["aid"].clip(lower_bound=0.0).to_numpy())
    state, year = rows["ccode"].to_numpy(), rows["fy"].to_numpy()
    seat = rows["seat"].cast(pl.Float64).to_numpy()
    clusters = np.column_stack([state, year])
    return absorbed_effects(y, seat[:, None], absorb=[state, year], clusters=clusters)[0]
