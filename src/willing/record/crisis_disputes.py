"""Which militarized disputes belong to a crisis."""

from __future__ import annotations

import polars as pl

from willing.record.codings import KEY
from willing.record.meetings import FORCE

# A dispute that began no longer before the crisis is about the same matter. 60 days lose the
# deployment to Kuwait in 1994; 120 and more bring the disputes over Vietnam and the Taiwan Strait
# into other crises.
RECENT_DAYS = 90
# A recent dispute takes the place of an older one of the same states if it began by this day.
PROMPT_DAYS = 7
# So many crisis actors must use force in an older dispute for it to be the matter of the crisis.
FIGHTING_ACTORS = 2

DISPUTE = ("crisno", "dispnum")


def belonging(meetings: pl.DataFrame, named: pl.DataFrame, actors: pl.DataFrame) -> pl.DataFrame:
    """Keep the meetings in disputes that belong to their crisis.

    A dispute belongs to a crisis if a pair that ICB or Hewitt names meets in it within
    `RECENT_DAYS` days of the crisis, and it began at most that long before the crisis, or in it. An
    older one belongs only if

    - a named pair faces each other in it with force during the crisis,
    - at least `FIGHTING_ACTORS` crisis actors use force in it during the crisis, and
    - no dispute that belongs as recent and began by day `PROMPT_DAYS` pairs the same two states.

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
        Rows of `meetings` with ``named`` (ICB or Hewitt names the pair), ``actor`` (the state is a
        crisis actor) and ``old`` (the dispute began longer before).
    """
    pairs = named.select(*KEY, named=pl.lit(True))
    states = actors.select("crisno", "ccode", actor=pl.lit(True)).unique()
    known = (
        meetings.join(pairs, on=KEY, how="left", validate="m:1", maintain_order="left")
        .join(states, on=["crisno", "ccode"], how="left", validate="m:1", maintain_order="left")
        .with_columns(pl.col("named", "actor").fill_null(False))
        .with_columns(old=pl.col("began") < pl.col("start") - pl.duration(days=RECENT_DAYS))
    )
    near = known.filter("named", pl.col("gap") <= RECENT_DAYS)
    recent = near.filter(~pl.col("old"), pl.col("began") <= pl.col("end")).select(DISPUTE).unique()
    prompt = (
        known.filter("named", pl.col("began") <= pl.col("start") + pl.duration(days=PROMPT_DAYS))
        .join(recent, on=DISPUTE, how="semi")
        .select(KEY)
    )
    fought = known.filter("old", pl.col("days") >= 1, pl.col("level") >= FORCE)
    faced = fought.filter("named", pl.col("target_level") >= FORCE).join(prompt, on=KEY, how="anti")
    busy = (
        fought.filter("actor")
        .group_by(DISPUTE)
        .agg(fighting=pl.col("ccode").n_unique())
        .filter(pl.col("fighting") >= FIGHTING_ACTORS)
    )
    older = faced.join(busy, on=DISPUTE, how="semi").select(DISPUTE).unique()
    return known.join(pl.concat([recent, older]), on=DISPUTE, how="semi", maintain_order="left")
