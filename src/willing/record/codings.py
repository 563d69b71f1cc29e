"""What one source alone says of who acted against whom, and the pairs that two sources name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from willing.later import polars as pl
from willing.sources.keys import look_up

SIDE = ("crisno", "target")
KEY = (*SIDE, "ccode")
CodingName = Literal["icb", "hewitt", "gml", "mid"]
CODINGS: tuple[CodingName, ...] = ("icb", "hewitt", "gml", "mid")


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
        What `willing.sources.icb.read_actors` gave. A state with two spells in a crisis
        has acted if it did in either.

    Returns
    -------
    Coding
        It speaks of every crisis: ICB lists all crisis actors.
    """
    named = (
        actors.filter(pl.col("target") != pl.col("ccode"))
        .group_by(KEY)
        .agg(act=_any("military"))
        .sort(KEY)
    )
    return Coding(named, actors.select("crisno").unique(maintain_order=True))


def hewitt_coding(dyads: pl.DataFrame, actors: pl.DataFrame) -> Coding:
    """Code opponents in Hewitt's crisis dyads.

    A dyad is undirected. A state that is no crisis actor has no crisis of its own, so in its dyad
    it is the one that acted; of a crisis actor ICB's military response tells.

    Parameters
    ----------
    dyads, actors
        What `read_dyads` and `read_actors` of `willing.sources.icb` gave.

    Returns
    -------
    Coding
        It speaks of the crises that have a dyad.
    """
    responses = responses_of(actors).select("crisno", "ccode", "military")
    named = (
        look_up(directed_dyads(dyads), responses, ["crisno", "ccode"])
        .with_columns(act=pl.when("actor").then("military").otherwise(True))
        .select(*KEY, "act")
        .sort(KEY)
    )
    return Coding(named, dyads.select("crisno").unique(maintain_order=True))


def directed_dyads(dyads: pl.DataFrame) -> pl.DataFrame:
    """Turn Hewitt's dyads both ways: ``KEY``, ``since``, ``actor`` and ``target_actor``.

    ``actor`` and ``target_actor`` say whether the one and the other is a crisis actor.
    """
    one, other = ("ccode1", "actor1"), ("ccode2", "actor2")
    return pl.concat(
        dyads.select(
            "crisno",
            "since",
            target=target[0],
            ccode=state[0],
            actor=state[1],
            target_actor=target[1],
        )
        for state, target in ((one, other), (other, one))
    ).select(*KEY, "since", "actor", "target_actor")


def responses_of(actors: pl.DataFrame) -> pl.DataFrame:
    """Say of each crisis actor how it answered, whoever threatened it.

    Returns
    -------
    polars.DataFrame
        One row a (crisis, crisis actor): ``crisno``, ``ccode``, ``military`` and ``violent`` (in
        any of its spells; missing if ICB does not tell), ``trigger`` (the first) and ``outcome``
        (of the last; missing likewise).
    """
    return (
        actors.group_by("crisno", "ccode")
        .agg(
            military=_any("military"),
            violent=_any("violent"),
            trigger=pl.col("trigger").min(),
            outcome=pl.col("outcome").sort_by("cracno").last(),
        )
        .sort("crisno", "ccode")
    )


def named_pairs(icb: Coding, hewitt: Coding) -> pl.DataFrame:
    """List the pairs that ICB or Hewitt has facing each other, both ways (columns ``KEY``)."""
    facing = icb.named.select(KEY)
    reversed_ = facing.select("crisno", target="ccode", ccode="target")
    pairs = pl.concat([facing, reversed_, hewitt.named.select(KEY)])
    return pairs.unique().sort(KEY)


def _any(column: str) -> pl.Expr:
    """True if any is, else missing if any is, else false."""
    return pl.col(column).any(ignore_nulls=False)
