"""Who faced a target, and who threatened or used force against it, source by source.

Each coding is a frame with one row a state that the source names on the side that faces the
target: ``crisno``, ``target``, ``ccode`` and ``act`` (the state threatened or used force against
the target in the crisis; missing if the source does not tell).
"""

from __future__ import annotations

import polars as pl

from willing.record.states import code_on

SIDE = ("crisno", "target")
KEY = (*SIDE, "ccode")
# A dispute belongs to a crisis if the opponents are the same and their days in it lie no further
# than this from the days of the crisis.
SLACK_DAYS = 30
# A show of force, its use, or war.
HOSTILE = 3


def icb_coding(actors: pl.DataFrame) -> pl.DataFrame:
    """Code crisis actors: the target is their source of threat, the act a military response.

    Parameters
    ----------
    actors
        What `willing.record.readers.icb.read_actors` gave. A state with two spells in a crisis
        has acted if it did in either.

    Returns
    -------
    polars.DataFrame
        `KEY` and ``act``, unique on `KEY`.
    """
    return (
        actors.filter(pl.col("target") != pl.col("ccode"))
        .group_by(KEY)
        .agg(act=_any("military"))
        .sort(KEY)
    )


def hewitt_coding(dyads: pl.DataFrame, actors: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Code opponents of the target in Hewitt's crisis dyads.

    A dyad is undirected. A state that is no crisis actor has no crisis of its own, so in its dyad
    it is the one that acted; of a crisis actor ICB's military response tells.

    Parameters
    ----------
    dyads, actors
        What `read_dyads` and `read_actors` of `willing.record.readers.icb` gave.
    sides
        The sides to code, with columns `SIDE`.

    Returns
    -------
    polars.DataFrame
        `KEY` and ``act``, unique on `KEY`.
    """
    directed = pl.concat(
        [
            dyads.select("crisno", target="ccode1", ccode="ccode2", actor="actor2"),
            dyads.select("crisno", target="ccode2", ccode="ccode1", actor="actor1"),
        ]
    ).join(sides.select(SIDE), on=SIDE, how="semi")
    responses = actors.group_by("crisno", "ccode").agg(military=_any("military"))
    return (
        directed.join(responses, on=["crisno", "ccode"], how="left", validate="m:1")
        .with_columns(act=pl.when("actor").then("military").otherwise(True))
        .group_by(KEY)
        .agg(act=_any("act"))
        .sort(KEY)
    )


def link_disputes(
    disputes: pl.DataFrame, opponents: pl.DataFrame, crises: pl.DataFrame
) -> pl.DataFrame:
    """Link militarized disputes to sides: same opponents, at the same time.

    Parameters
    ----------
    disputes
        What `willing.record.readers.mid.read_disputes` gave.
    opponents
        States known to face each target, with columns `KEY`.
    crises
        ``crisno``, ``start`` and ``end``; a crisis without an end is its first day.

    Returns
    -------
    polars.DataFrame
        One row a linked (side, dispute, side of the dispute that faces the target): `SIDE`,
        ``dispnum`` and ``side_a``.
    """
    spells = _spells_in_crises(disputes, crises)
    keys = ["crisno", "dispnum", "side_a"]
    against_target = spells.join(
        opponents.select(SIDE).unique().with_columns(ccode="target"), on=["crisno", "ccode"]
    ).select("crisno", "target", "dispnum", side_a=~pl.col("side_a"))
    return (
        spells.join(opponents, on=["crisno", "ccode"])
        .join(against_target.unique(), on=[*keys, "target"], how="semi")
        .select(*SIDE, "dispnum", "side_a")
        .unique()
        .sort(*SIDE, "dispnum", "side_a")
    )


def dispute_coding(
    disputes: pl.DataFrame, links: pl.DataFrame, crises: pl.DataFrame
) -> pl.DataFrame:
    """Code participants of linked disputes on the side that faces the target.

    Only what a state did in its own days near the crisis counts: a dispute may last for years.

    Parameters
    ----------
    disputes, crises
        As in `link_disputes`.
    links
        What `link_disputes` gave.

    Returns
    -------
    polars.DataFrame
        `KEY` and ``act`` (hostility of at least a show of force), unique on `KEY`.
    """
    return (
        _spells_in_crises(disputes, crises)
        .join(links, on=["crisno", "dispnum", "side_a"])
        .filter(pl.col("ccode") != pl.col("target"))
        .with_columns(act=pl.col("hostility") >= HOSTILE)
        .group_by(KEY)
        .agg(act=_any("act"))
        .sort(KEY)
    )


def _spells_in_crises(disputes: pl.DataFrame, crises: pl.DataFrame) -> pl.DataFrame:
    """Pair each spell in a dispute with the crises in or near whose days it lies."""
    slack = pl.duration(days=SLACK_DAYS)
    windows = crises.select(
        "crisno",
        "start",
        opens=pl.col("start") - slack,
        closes=pl.col("end").fill_null(pl.col("start")) + slack,
    )
    pairs = disputes.join_where(
        windows, pl.col("since") <= pl.col("closes"), pl.col("until") >= pl.col("opens")
    )
    return code_on(pairs, code="ccode", when="start", name="ccode")


def _any(column: str) -> pl.Expr:
    """True if any is, else missing if any is, else false."""
    return pl.col(column).any(ignore_nulls=False)
