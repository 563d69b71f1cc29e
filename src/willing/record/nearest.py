"""Name what may have been meant: the crises and states whose numbers come nearest."""

from __future__ import annotations

from datetime import date

import polars as pl

from willing.sources.states import members

NEAREST = 3


def nearest_crises(crises: pl.DataFrame, number: int) -> str:
    """List the crises whose numbers come nearest, with their names."""
    near = crises.sort((pl.col("crisno") - number).abs(), "crisno").head(NEAREST).sort("crisno")
    named = (f"{n} {name}" for n, name in near.select("crisno", "crisname").iter_rows())
    return f"nearest: {', '.join(named)}"


def nearest_states(day: date, code: int) -> str:
    """List the members of the state system of a day whose COW codes come nearest."""
    near = members(day).filter(pl.col("ccode") != code)
    near = near.sort((pl.col("ccode") - code).abs(), "ccode").head(NEAREST).sort("ccode")
    named = (f"{n} {name}" for n, name in near.select("ccode", "name").iter_rows())
    return f"nearest of the members then: {', '.join(named)}"
