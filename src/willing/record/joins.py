"""Who faced a target, and who threatened or used force against it, source by source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from willing.record.keys import look_up
from willing.record.states import code_on

SIDE = ("crisno", "target")
KEY = (*SIDE, "ccode")
CodingName = Literal["icb", "hewitt", "gml", "mid"]
CODINGS: tuple[CodingName, ...] = ("icb", "hewitt", "gml", "mid")
# A dispute belongs to a crisis if the same opponents meet in it no further than this from the days
# of the crisis.
SLACK_DAYS = 30
# A show of force, its use, or war.
HOSTILE = 3


@dataclass(frozen=True)
class Coding:
    """What one source says of who acted against whom.

    Attributes
    ----------
    named
        One row a state that the source names on the side that faces a target: ``crisno``,
        ``target``, ``ccode`` and ``act`` (it threatened or used force against the target in the
        crisis; missing if the source does not tell). Unique on the first three.
    speaks
        The sides of which the source speaks: ``crisno``, and ``target`` where that matters.
    """

    named: pl.DataFrame
    speaks: pl.DataFrame


def icb_coding(actors: pl.DataFrame) -> Coding:
    """Code crisis actors: the target is their source of threat, the act a military response.

    Parameters
    ----------
    actors
        What `willing.record.readers.icb.read_actors` gave. A state with two spells in a crisis
        has acted if it did in either.

    Returns
    -------
    Coding
        It speaks of every side: ICB lists all crisis actors.
    """
    named = (
        actors.filter(pl.col("target") != pl.col("ccode"))
        .group_by(KEY)
        .agg(act=_any("military"))
        .sort(KEY)
    )
    return Coding(named, named.select(SIDE).unique(maintain_order=True))


def hewitt_coding(dyads: pl.DataFrame, actors: pl.DataFrame, sides: pl.DataFrame) -> Coding:
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
    Coding
        It speaks of the crises that have a dyad.
    """
    directed = pl.concat(
        [
            dyads.select("crisno", target="ccode1", ccode="ccode2", actor="actor2"),
            dyads.select("crisno", target="ccode2", ccode="ccode1", actor="actor1"),
        ]
    ).join(sides, on=SIDE, how="semi")
    responses = actors.group_by("crisno", "ccode").agg(military=_any("military"))
    named = (
        look_up(directed, responses, ["crisno", "ccode"])
        .with_columns(act=pl.when("actor").then("military").otherwise(True))
        .group_by(KEY)
        .agg(act=_any("act"))
        .sort(KEY)
    )
    return Coding(named, dyads.select("crisno").unique(maintain_order=True))


def link_disputes(
    disputes: pl.DataFrame, opponents: pl.DataFrame, crises: pl.DataFrame
) -> pl.DataFrame:
    """Link militarized disputes to sides: the same opponents, at the same time.

    The target must be in the dispute in earnest, as one of those who began it or with a show of
    force: a great power that only protests in another's long war has not met its rival there.

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
    spells = _spells_near(disputes, crises, days=SLACK_DAYS)
    earnest = pl.col("originator") | (pl.col("hostility") >= HOSTILE)
    facing = (
        spells.filter(earnest)
        .join(opponents.select(*SIDE, ccode="target").unique(), on=["crisno", "ccode"])
        .select(*SIDE, "dispnum", ~pl.col("side_a"))
    )
    linked = [*SIDE, "dispnum", "side_a"]
    return (
        spells.join(opponents.select(KEY), on=["crisno", "ccode"])
        .join(facing, on=linked, how="semi")
        .select(linked)
        .unique()
        .sort(linked)
    )


def dispute_coding(
    disputes: pl.DataFrame,
    links: pl.DataFrame,
    crises: pl.DataFrame,
    actors: pl.DataFrame,
    opponents: pl.DataFrame,
) -> Coding:
    """Code participants of linked disputes on the side that faces the target.

    A dispute may last for years and may have several fronts. So only what a state did in its own
    days within the crisis counts, and a crisis actor counts only against those that ICB or Hewitt
    name as its opponents.

    Parameters
    ----------
    disputes, opponents, crises
        As in `link_disputes`.
    links
        What `link_disputes` gave.
    actors
        What `willing.record.readers.icb.read_actors` gave.

    Returns
    -------
    Coding
        The act is a show of force at least. It speaks of the sides that a dispute is linked to.
    """
    coded = (
        _spells_near(disputes, crises, days=0)
        .join(links, on=["crisno", "dispnum", "side_a"])
        .filter(pl.col("ccode") != pl.col("target"))
        .group_by(KEY)
        .agg(act=(pl.col("hostility") >= HOSTILE).any(ignore_nulls=False))
    )
    others = coded.join(actors, on=["crisno", "ccode"], how="anti")
    known = coded.join(actors, on=["crisno", "ccode"], how="semi")
    named = pl.concat([others, known.join(opponents, on=KEY, how="semi")]).sort(KEY)
    return Coding(named, links.select(SIDE).unique(maintain_order=True))


def _spells_near(disputes: pl.DataFrame, crises: pl.DataFrame, *, days: int) -> pl.DataFrame:
    """Pair each spell in a dispute with the crises that it overlaps or misses by `days` at most."""
    slack = pl.duration(days=days)
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
