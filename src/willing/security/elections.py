"""The election clock: when a vote is next due, and what the last one said, without looking ahead.

REIGN lists the elections that were held, so the date of the next one is itself news of the future:
an election that a coup prevented is not in the list. The date that is due is therefore worked out
from elections already held and the usual term, and an election out of turn counts from the day
on which it was announced.
"""

from __future__ import annotations

import polars as pl

from willing.security.leader_units import YEAR

# Votes nearer to the one before than this are further rounds of the same election.
ROUND_DAYS = 200
# A term is the longest of the last few intervals between elections; longer gaps are interruptions.
TERMS = 3
LONGEST_TERM = 7
USUAL_TERM = {"presidential": 4}
OTHERWISE = 5
# How long the winner of a vote may wait for the handover, and an announced vote be held.
HANDOVER_DAYS = 270
ANNOUNCED_DAYS = 365
# Nobody calls a vote at shorter notice.
CAMPAIGN_DAYS = 21


def add_elections(rows: pl.DataFrame, elections: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of elections on the day ``known``.

    Parameters
    ----------
    rows
        Units with ``ccode``, ``start``, ``date``, ``known`` and ``regime``.
    elections
        What `willing.sources.reign.read_elections` gave.

    Returns
    -------
    polars.DataFrame
        `rows` with ``election_due`` (years until the term since the last election runs out,
        negative if it has; missing if none was held), ``elected`` (an election was held in her
        time or in the `HANDOVER_DAYS` before it), ``vote_held`` (in her time and those last
        days), ``incumbent_lost`` and ``successor_elected`` (its result: the incumbent's side
        lost; in other than parliamentary regimes, somebody else will take over),
        ``election_announced`` (out of turn, vote still to come) and ``turnover_at_elections``
        (shrunk share of the state's earlier elections after which the leader changed).
    """
    votes = elections.filter("vote")
    results = votes.filter(pl.col("leader_changes").is_not_null())
    rows = latest(rows, _first_rounds(votes))
    rows = latest(
        rows, results.select("ccode", "incumbent_won", "leader_changes", result="date"), on="result"
    )
    rows = latest(rows, _announcements(elections), on="announced")
    rows = latest(rows, _turnover(results), on="settled")
    usual = pl.col("regime").replace_strict(USUAL_TERM, default=OTHERWISE)
    handover = pl.duration(days=HANDOVER_DAYS)
    fresh = (pl.col("result") >= pl.col("start")) & (pl.col("known") - pl.col("result") < handover)
    fresh = fresh.fill_null(False)
    to_come = pl.col("held").is_null() | (pl.col("held") > pl.col("known"))
    recent = pl.col("known") - pl.col("announced") < pl.duration(days=ANNOUNCED_DAYS)
    return rows.with_columns(
        election_due=pl.coalesce("term", usual)
        - (pl.col("known") - pl.col("last")).dt.total_days() / YEAR,
        elected=(pl.col("last") >= pl.col("start") - handover).fill_null(False),
        vote_held=fresh,
        incumbent_lost=fresh & ~pl.col("incumbent_won"),
        successor_elected=fresh
        & pl.col("leader_changes")
        & pl.col("regime").ne_missing("parliamentary"),
        election_announced=(to_come & recent).fill_null(False),
        turnover_at_elections=(pl.col("changes").fill_null(0) + 1)
        / (pl.col("votes").fill_null(0) + 2),
    ).drop(
        "last",
        "term",
        "result",
        "incumbent_won",
        "leader_changes",
        "announced",
        "held",
        "settled",
        "votes",
        "changes",
    )


def latest(rows: pl.DataFrame, table: pl.DataFrame, *, on: str = "last") -> pl.DataFrame:
    """Add the state's latest row of `table` dated `on` that is not after the day ``known``."""
    return (
        rows.with_row_index("_row")
        .sort("known")
        .join_asof(
            table.sort(on),
            left_on="known",
            right_on=on,
            by="ccode",
            coalesce=False,
            check_sortedness=False,
        )
        .sort("_row")
        .drop("_row")
    )


def _first_rounds(votes: pl.DataFrame) -> pl.DataFrame:
    """One row an election, with the longest of the last intervals between elections as its term."""
    by_date = votes.select("ccode", last="date").unique().sort("ccode", "last")
    gap = pl.col("last").diff().over("ccode").dt.total_days()
    interval = pl.when(gap <= (LONGEST_TERM + 0.5) * YEAR).then((gap / YEAR).round())
    return (
        by_date.filter(gap.is_null() | (gap > ROUND_DAYS))
        .with_columns(interval=interval.clip(lower_bound=1))
        .with_columns(
            term=pl.max_horizontal(pl.col("interval").shift(i).over("ccode") for i in range(TERMS))
        )
        .drop("interval")
    )


def _announcements(elections: pl.DataFrame) -> pl.DataFrame:
    """One row an announced election, with the day of the vote if it was held.

    Where only the month of the announcement is known, it is taken to have been made as late in it
    as a campaign allows.
    """
    held = elections.filter("vote").group_by("election").agg(held=pl.col("date").max())
    campaign = pl.col("held") - pl.duration(days=CAMPAIGN_DAYS)
    return (
        elections.filter(~pl.col("vote"))
        .join(held, on="election", how="left", validate="m:1")
        .select(
            "ccode",
            "held",
            announced=pl.max_horizontal("earliest", pl.min_horizontal("date", campaign)),
        )
        .sort("announced", "ccode", "held")
    )


def _turnover(results: pl.DataFrame) -> pl.DataFrame:
    """Running counts of votes and of changes of leader after them, once they are settled."""
    return (
        results.sort("ccode", "date", "election")
        .select(
            "ccode",
            settled=pl.col("date") + pl.duration(days=HANDOVER_DAYS),
            votes=pl.col("date").cum_count().over("ccode"),
            changes=pl.col("leader_changes").cast(pl.Int64).cum_sum().over("ccode"),
        )
        .sort("settled")
    )
