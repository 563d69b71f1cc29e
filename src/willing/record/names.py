"""Names of states beside their codes, and the names that come nearest to a wrong number."""

from __future__ import annotations

from datetime import date

import polars as pl

from willing.sources.keys import look_up
from willing.sources.states import members

# The column of a name beside the column of a code.
STATES = {
    "leader": "leader_state",
    "target": "target_state",
    "partner": "partner_state",
    "ccode": "state",
    "host": "host_state",
    "place": "place_state",
    "strongest_state": "strongest_name",
    "supplier": "supplier_state",
    "recipient": "recipient_state",
}


def with_names(frame: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Put the names of states beside their codes (many to one).

    Parameters
    ----------
    frame
        Any table of the record. One that has names of states, as the state system itself, is left
        as it is.
    states
        The state system, a frame of the record.

    Returns
    -------
    polars.DataFrame
        `frame` with the columns of `STATES` whose codes it has.
    """
    if "name" in frame.columns:
        return frame
    of_states = states.unique("ccode", keep="last", maintain_order=True)
    for code, name in STATES.items():
        if code in frame.columns:
            table = of_states.select(pl.col("ccode").alias(code), pl.col("name").alias(name))
            frame = look_up(frame, table, [code])
    return frame


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
