"""Names beside the codes: of states, and of the leaders in office."""

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
LEADERS = {"Lobsid": "Lname", "Pobsid": "Pname"}


def with_names(frame: pl.DataFrame, states: pl.DataFrame, leaders: pl.DataFrame) -> pl.DataFrame:
    """Put the names of states and of leaders in office beside their codes (many to one).

    Parameters
    ----------
    frame
        Any table of the record. One that has names of states, as the state system itself, is left
        as it is.
    states, leaders
        Frames of the record.

    Returns
    -------
    polars.DataFrame
        `frame` with the columns of `STATES` and `LEADERS` whose codes it has.
    """
    if "name" in frame.columns:
        return frame
    of_states = states.unique("ccode", keep="last", maintain_order=True)
    for code, name in STATES.items():
        if code in frame.columns:
            table = of_states.select(pl.col("ccode").alias(code), pl.col("name").alias(name))
            frame = look_up(frame, table, [code])
    of_leaders = leaders.unique("obsid", keep="last", maintain_order=True)
    for code, name in LEADERS.items():
        if code in frame.columns:
            table = of_leaders.select(
                pl.col("obsid").alias(code), pl.col("leader_name").alias(name)
            )
            frame = look_up(frame, table, [code])
    return frame
