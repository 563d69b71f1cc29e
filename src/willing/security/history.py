"""What is known of a leader's office before her: how often, how soon and how it was lost."""

from __future__ import annotations

import polars as pl

from willing.security.leader_units import YEAR

# How far back turnover counts, in years.
RECENT = 10.0
# A predecessor says something about the customary term if she is one of the last few, not too long
# ago. The share who left is shrunk to the average as if by two more predecessors.
PREDECESSORS = 5
MEMORY = 25.0
AVERAGE = 0.16
SHRINKAGE = 2.0
# A predecessor who left a few weeks earlier in her term than today counts as having got this far.
SLACK = 0.1


def add_history(rows: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Add what the state's earlier leaders tell about the next year.

    Parameters
    ----------
    rows
        Units with ``gwcode``, ``obsid``, ``start``, ``date`` and ``known``.
    spells
        What `willing.sources.leaders.read_leaders` gave.

    Returns
    -------
    polars.DataFrame
        `rows` with ``recent_exits`` and ``recent_forced_exits`` (other leaders' losses of office
        in the last `RECENT` years), ``predecessors_left`` (of those of the last `PREDECESSORS` who
        got as far into their time in office as she is, the shrunk share who lost it within a year
        from there) and ``first_leader`` (the list has nobody before her).
    """
    keyed = rows.with_row_index("_row")
    earlier = spells.select(
        "gwcode", "lost_office", "forced_out", other="obsid", began="start", left="end"
    )
    pairs = (
        keyed.select("_row", "gwcode", "obsid", "start", "date", "known")
        .join(earlier, on="gwcode")
        .filter(pl.col("left") <= pl.col("known"), pl.col("other") != pl.col("obsid"))
        .sort("_row", "left", "other", descending=[False, True, False])
        .with_columns(
            ago=(pl.col("date") - pl.col("left")).dt.total_days() / YEAR,
            tenure=(pl.col("left") - pl.col("began")).dt.total_days() / YEAR,
            so_far=(pl.col("date") - pl.col("start")).dt.total_days() / YEAR,
            rank=pl.int_range(pl.len()).over("_row"),
        )
    )
    recent = pl.col("ago") < RECENT
    counts = (pl.col("rank") < PREDECESSORS) & (pl.col("ago") < MEMORY)
    reached = counts & (pl.col("tenure") > pl.col("so_far") - SLACK)
    left = reached & pl.col("lost_office") & (pl.col("tenure") <= pl.col("so_far") + 1)
    summary = pairs.group_by("_row").agg(
        recent_exits=(recent & pl.col("lost_office")).sum(),
        recent_forced_exits=(recent & pl.col("forced_out")).sum(),
        predecessors_left=(left.sum() + AVERAGE * SHRINKAGE) / (reached.sum() + SHRINKAGE),
    )
    return (
        keyed.join(summary, on="_row", how="left", maintain_order="left")
        .with_columns(
            pl.col("recent_exits", "recent_forced_exits").fill_null(0),
            pl.col("predecessors_left").fill_null(AVERAGE),
            first_leader=pl.col("recent_exits").is_null(),
        )
        .drop("_row")
    )
