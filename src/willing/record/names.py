"""Names of states beside their codes."""

from __future__ import annotations

import polars as pl

from willing.sources.keys import look_up

# The column of a name beside the column of a code.
STATES = {
    "leader": "leader_state",
    "target": "target_state",
    "partner": "partner_state",
    "ccode": "state",
    "host": "host_state",
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
