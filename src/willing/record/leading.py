"""Who leads a side: the strongest crisis actor that acted, unless another rule is chosen."""

from __future__ import annotations

from typing import Literal

from willing.later import polars as pl
from willing.record.codings import SIDE
from willing.sources.keys import look_up

LeaderRule = Literal["acted", "strongest", "first", "hostile", "every"]
# The column of the triads that marks the leader whom each rule picks.
PICKED: dict[str, str] = {
    "acted": "foremost",
    "strongest": "strongest",
    "first": "first",
    "hostile": "hostile",
}
# How hostile an act is that no dispute gives a level of.
_UNLEVELLED = {"threat": 2, "display": 3, "military": 3, "hostile": 3, "force": 4, "war": 5}


def leaders_of_sides(members: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Say who may lead each side, and whom each rule picks.

    Parameters
    ----------
    members
        States on their sides: ``side``, `SIDE`, ``ccode``, ``in_system``, ``actor``, ``trigger``,
        ``cinc``, ``acted`` (0/1), ``kind`` and ``by_icb``, as `willing.record.sides.side_members`
        gives them.
    named
        ``side`` and ``ccode`` of leaders that a correction names.

    Returns
    -------
    polars.DataFrame
        One row a (side, possible leader): ``side``, `SIDE`, ``leader``, ``leader_kind`` and a mark
        of whom each rule picks. All leaders were members of the state system when the crisis
        began. By default (``foremost``) the strongest crisis actor that acted leads; where none
        did, the strongest other state that acted; where nobody did, the strongest crisis actor,
        who then is ``idle``. A leader whom a correction names comes before all of these. Every
        crisis actor may lead: ``strongest`` marks the one with the highest capabilities the year
        before, whether it acted or not, ``first`` the one whose own crisis was triggered first (of
        several on one day, one whom ICB itself has facing the target, then the strongest),
        ``hostile`` the one whose act was the most hostile (of several, the strongest). A side
        without a crisis actor has none of these three but the foremost.
    """
    present = look_up(
        members.filter("in_system").with_columns(acted=pl.col("acted") == 1),
        named.select("side", "ccode", named=pl.lit(True)),
        ["side", "ccode"],
    )
    rank = (
        pl.when("named").then(0).when("actor", "acted").then(1).when("acted").then(2).when("actor")
    ).then(3)
    order = (*SIDE, "cinc", "ccode")
    descending = [False, False, True, False]
    ranked = (
        present.with_columns(rank=rank, hostility=_hostility())
        .drop_nulls("rank")
        .sort("rank", "cinc", "ccode", descending=[False, True, False], nulls_last=True)
        .with_columns(foremost=pl.int_range(pl.len()).over("side") == 0)
        .filter(pl.col("actor") | pl.col("foremost"))
    )
    candidate = pl.col("actor")
    for name, keys, down in (
        ("strongest", ("cinc", "ccode"), [True, False]),
        ("first", ("trigger", "by_icb", "cinc", "ccode"), [False, True, True, False]),
        ("hostile", ("hostility", "cinc", "ccode"), [True, True, False]),
    ):
        ranked = ranked.sort("actor", *keys, descending=[True, *down], nulls_last=True)
        place = pl.int_range(pl.len()).over("side")
        ranked = ranked.with_columns(((place == 0) & candidate).alias(name))
    return ranked.sort(order, descending=descending, nulls_last=True).select(
        "side",
        *SIDE,
        *PICKED.values(),
        leader="ccode",
        leader_kind=pl.when("acted")
        .then(pl.when("actor").then(pl.lit("actor")).otherwise(pl.lit("other")))
        .otherwise(pl.lit("idle")),
    )


def _hostility() -> pl.Expr:
    """How hostile the act was, 2 (a threat) to 5 (war); 0 of a state that did not act."""
    level = pl.col("kind").replace_strict(_UNLEVELLED, default=None, return_dtype=pl.Int64)
    return level.fill_null(0)
