"""Let another coding, or the user's own word, decide who joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from willing.errors import DataError
from willing.record.choices import Override
from willing.record.joins import CODINGS, SIDE, CodingName
from willing.record.keys import look_up
from willing.record.sides import side_name

Frames = Mapping[str, pl.DataFrame]


def follow_coding(frames: Frames, coding: CodingName) -> dict[str, pl.DataFrame]:
    """Let one source alone decide who joined.

    Parameters
    ----------
    frames
        The frames of `willing.record.store.Record` by name; ``sides``, ``members`` and
        ``triads`` are looked at.
    coding
        The source.

    Returns
    -------
    dict of str to polars.DataFrame
        `frames` in which ``acted``, ``join`` and ``coalition`` follow that source. They are
        missing where it does not speak of the side, or names a state without telling whether it
        acted.
    """
    members = frames["members"].with_columns(acted=pl.col(f"act_{coding}"))
    triads = frames["triads"].with_columns(join=pl.col(f"join_{coding}"))
    counted = _count_coalitions(frames["sides"], members)
    sides = counted.with_columns(coalition=pl.when(f"speaks_{coding}").then("coalition"))
    return {**frames, "sides": sides, "members": members, "triads": triads}


def override(frames: Frames, overrides: Sequence[Override]) -> dict[str, pl.DataFrame]:
    """Let the user's own word decide, against all sources.

    A state that no source names is added to the members of the side. The columns of evidence
    (``by_<coding>``, ``act_<coding>``, ``join_<coding>``) stay what the sources say.

    Parameters
    ----------
    frames
        The frames of `willing.record.store.Record` by name.
    overrides
        The user's word.

    Returns
    -------
    dict of str to polars.DataFrame
        `frames` with ``acted``, ``join``, ``on_side`` and ``coalition`` of the sides concerned.

    Raises
    ------
    DataError
        If there is no such crisis, side or state.
    """
    if not overrides:
        return dict(frames)
    said = pl.DataFrame(
        [(*_side(frames, entry), entry.state, int(entry.joined)) for entry in overrides],
        schema={"crisno": pl.Int64, "target": pl.Int64, "ccode": pl.Int64, "word": pl.Int8},
        orient="row",
    ).with_columns(side_name())
    members = _override_members(frames["members"], frames["sides"], said)
    word = said.select("side", "word", partner="ccode")
    triads = (
        look_up(frames["triads"], word, ["side", "partner"])
        .with_columns(
            pl.coalesce("word", "join").alias("join"),
            pl.col("on_side") | pl.col("word").eq(1).fill_null(False),
        )
        .drop("word")
    )
    counted = _count_coalitions(frames["sides"], members)
    concerned = pl.col("side").is_in(said["side"].unique().implode())
    coalition = pl.when(concerned).then(counted["coalition"]).otherwise("coalition")
    sides = frames["sides"].with_columns(coalition.alias("coalition"))
    return {**frames, "sides": sides, "members": members, "triads": triads}


def _side(frames: Frames, entry: Override) -> tuple[int, int]:
    """The crisis and target that an override speaks of, after checks that all of it exists."""
    sides = frames["sides"].filter(pl.col("crisno") == entry.crisis)
    targets = sides["target"].to_list()
    if not targets:
        raise DataError(f"override of crisis {entry.crisis}: the record has no such crisis")
    if entry.target is None and len(targets) > 1:
        raise DataError(
            f"override of crisis {entry.crisis}, state {entry.state}: the crisis has several "
            f"targets, say which is meant: target = {' or '.join(map(str, targets))}"
        )
    target = targets[0] if entry.target is None else entry.target
    if target not in targets:
        raise DataError(
            f"override of crisis {entry.crisis}: nobody faces {target} in it; "
            f"the targets are {', '.join(map(str, targets))}"
        )
    begun = sides["start"][0]
    present = frames["states"].filter(
        pl.col("ccode") == entry.state,
        pl.col("start") <= begun,
        pl.col("end").is_null() | (pl.col("end") >= begun),
    )
    if present.is_empty() or entry.state == target:
        raise DataError(
            f"override of crisis {entry.crisis}: state {entry.state} "
            + ("is the target" if entry.state == target else f"was no member on {begun}")
            + "; give the COW code of a member of the state system other than the target"
        )
    return entry.crisis, target


def _override_members(
    members: pl.DataFrame, sides: pl.DataFrame, said: pl.DataFrame
) -> pl.DataFrame:
    """Members with the user's word in ``acted``, and those added whom no source names."""
    on = ["side", "ccode"]
    known = (
        look_up(members, said.select(*on, "word"), on)
        .with_columns(pl.coalesce("word", "acted").alias("acted"))
        .drop("word")
    )
    strangers = look_up(
        said.join(members, on=on, how="anti"), sides.select("side", "year"), ["side"]
    )
    added = strangers.select(
        "side",
        *SIDE,
        "ccode",
        "year",
        *(pl.lit(False).alias(f"by_{coding}") for coding in CODINGS),
        in_system=True,
        actor=False,
        acted="word",
    )
    both = pl.concat([known, added], how="diagonal_relaxed").select(members.columns)
    order = [*SIDE, "cinc", "ccode"]
    return both.sort(order, descending=[False, False, True, False], nulls_last=True)


def _count_coalitions(sides: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Sides with ``coalition``: members of the state system that joined the strongest leader."""
    acted = members.filter("in_system").group_by("side").agg(acted=pl.col("acted").sum())
    own = members.select("side", pl.col("ccode").alias("leader"), led="acted")
    counted = look_up(look_up(sides, acted, ["side"]), own, ["side", "leader"])
    joined = pl.col("acted").fill_null(0).cast(pl.Int64) - pl.col("led").fill_null(0)
    return counted.with_columns(
        coalition=pl.when(pl.col("leader").is_not_null()).then(joined)
    ).select(sides.columns)
