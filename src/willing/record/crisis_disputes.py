"""Which militarized disputes belong to a crisis."""

from __future__ import annotations

import polars as pl

from willing.record.codings import KEY
from willing.record.meetings import FORCE
from willing.sources.keys import look_up

# A dispute that began no longer before the crisis is about the same matter. 60 days lose the
# deployment to Kuwait in 1994; 120 and more bring the disputes over Vietnam and the Taiwan Strait
# into other crises.
RECENT_DAYS = 90
# A recent dispute takes the place of an older one of the same states if it began by this day.
PROMPT_DAYS = 7
# So many crisis actors must use force in an older dispute for it to be the matter of the crisis.
FIGHTING_ACTORS = 2

DISPUTE = ("crisno", "dispnum")
# The verdicts by which a dispute belongs to the crisis.
BELONGS = ("recent", "older")


def belonging(meetings: pl.DataFrame, named: pl.DataFrame, actors: pl.DataFrame) -> pl.DataFrame:
    """Keep the meetings in disputes that belong to their crisis.

    Parameters
    ----------
    meetings
        What `willing.record.meetings.meetings` gave.
    named
        What `willing.record.codings.named_pairs` gave.
    actors
        ``crisno`` and ``ccode`` of crisis actors.

    Returns
    -------
    polars.DataFrame
        Rows of `meetings` in disputes whose verdict by `judge_disputes` is one of `BELONGS`, with
        ``named`` (ICB or Hewitt names the pair) and ``actor`` (the state is a crisis actor).
    """
    known = _known(meetings, named, actors)
    judged = _judge(known).filter(pl.col("verdict").is_in(BELONGS))
    return known.drop("old").join(judged, on=DISPUTE, how="semi", maintain_order="left")


def judge_disputes(
    meetings: pl.DataFrame, named: pl.DataFrame, actors: pl.DataFrame
) -> pl.DataFrame:
    """Say of each dispute in which a named pair meets whether it belongs to the crisis, and why.

    A dispute belongs to a crisis if a pair that ICB or Hewitt names meets in it within
    `RECENT_DAYS` days of the crisis, and it began at most that long before the crisis, or in it
    (``recent``). An older one belongs (``older``) only if

    - a named pair faces each other in it with force during the crisis,
    - no dispute that belongs as recent and began by day `PROMPT_DAYS` pairs the same two states,
    - and at least `FIGHTING_ACTORS` crisis actors use force in it during the crisis.

    Parameters
    ----------
    meetings, named, actors
        As in `belonging`.

    Returns
    -------
    polars.DataFrame
        One row a (crisis, dispute), ordered by both: ``crisno``, ``dispnum``, ``began``,
        ``days`` (of the crisis on which a named pair meets in it, at most), ``gap`` (days from the
        nearest such meeting to the crisis) and ``verdict``.
    """
    return _judge(_known(meetings, named, actors))


def _known(meetings: pl.DataFrame, named: pl.DataFrame, actors: pl.DataFrame) -> pl.DataFrame:
    """Meetings with ``named``, ``actor`` and ``old`` (the dispute began long before the crisis)."""
    pairs = named.select(*KEY, named=pl.lit(True))
    states = actors.select("crisno", "ccode", actor=pl.lit(True)).unique()
    return look_up(look_up(meetings, pairs, KEY), states, ["crisno", "ccode"]).with_columns(
        pl.col("named", "actor").fill_null(False),
        old=pl.col("began") < pl.col("start") - pl.duration(days=RECENT_DAYS),
    )


def _judge(known: pl.DataFrame) -> pl.DataFrame:
    pairs = known.filter("named")
    disputes = pairs.group_by(DISPUTE).agg(
        pl.col("began", "old", "start", "end").first(), pl.col("days").max(), pl.col("gap").min()
    )
    near, in_time = pl.col("gap") <= RECENT_DAYS, pl.col("began") <= pl.col("end")
    recent = disputes.filter(near & in_time & ~pl.col("old")).select(DISPUTE)
    prompt = (
        pairs.filter(pl.col("began") <= pl.col("start") + pl.duration(days=PROMPT_DAYS))
        .join(recent, on=DISPUTE, how="semi")
        .select(KEY)
    )
    fought = known.filter("old", pl.col("days") >= 1, pl.col("level") >= FORCE)
    facing = fought.filter("named", pl.col("target_level") >= FORCE)
    unreplaced = facing.join(prompt, on=KEY, how="anti")
    fighting = fought.filter("actor").group_by(DISPUTE).agg(fighting=pl.col("ccode").n_unique())
    for table in (
        facing.select(DISPUTE).unique().with_columns(faced=pl.lit(True)),
        unreplaced.select(DISPUTE).unique().with_columns(unreplaced=pl.lit(True)),
        fighting,
    ):
        disputes = look_up(disputes, table, DISPUTE)
    verdict = (
        pl.when(near & in_time & ~pl.col("old"))
        .then(pl.lit("recent"))
        .when(~pl.col("old") | ~near)
        .then(pl.lit("no: the pair meets in it at another time"))
        .when(pl.col("faced").is_null())
        .then(pl.lit("no: older, and no named pair fights in it during the crisis"))
        .when(pl.col("unreplaced").is_null())
        .then(pl.lit("no: older, and a dispute of the same states began with the crisis"))
        .when(pl.col("fighting").fill_null(0) < FIGHTING_ACTORS)
        .then(pl.lit("no: older, and fewer than two crisis actors fight in it"))
        .otherwise(pl.lit("older"))
    )
    return disputes.select(*DISPUTE, "began", "days", "gap", verdict=verdict).sort(DISPUTE)
