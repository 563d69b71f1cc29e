"""Let another coding, one source, or the user's own word, decide who joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from willing.errors import DataError
from willing.record.choices import Choices, Override
from willing.record.codings import CODINGS, SIDE, CodingName
from willing.record.names import nearest_crises, nearest_states
from willing.record.side_summary import known_size
from willing.record.sides import side_name
from willing.sources.keys import look_up

Frames = Mapping[str, pl.DataFrame]


def follow(frames: Frames, choices: Choices) -> dict[str, pl.DataFrame]:
    """Let the coding and the source chosen decide who joined.

    Parameters
    ----------
    frames
        The frames of `willing.record.store.Record` by name, by the coding by acts.
    choices
        What was chosen.

    Returns
    -------
    dict of str to polars.DataFrame
        `frames` by that coding or source.
    """
    if choices.coding == "blocs":
        return follow_blocs(frames)
    return dict(frames) if choices.source is None else follow_source(frames, choices.source)


def follow_source(frames: Frames, source: CodingName) -> dict[str, pl.DataFrame]:
    """Let one source alone decide who acted, and so who joined.

    Parameters
    ----------
    frames
        The frames of `willing.record.store.Record` by name; ``sides``, ``members`` and
        ``triads`` are looked at. Sides and leaders stay as they are.
    source
        The source.

    Returns
    -------
    dict of str to polars.DataFrame
        `frames` in which ``acted``, ``joined``, ``join`` and ``coalition`` follow that source. They
        are missing where it does not speak of the side, or names a state without telling whether
        it acted.
    """
    act = pl.col(f"act_{source}")
    members = _with_leaders(frames).with_columns(
        acted=act, joined=pl.when(pl.col("ccode") != pl.col("leader")).then(act)
    )
    members = members.drop("leader")
    speaks = frames["sides"].with_columns(covered=pl.col(f"speaks_{source}"))
    counted = _count_coalitions(speaks, members)
    sides = counted.with_columns(coalition=pl.when("covered").then("coalition"))
    triads = look_up(frames["triads"].drop("covered"), sides.select("side", "covered"), ["side"])
    triads = triads.with_columns(join=pl.col(f"join_{source}")).select(frames["triads"].columns)
    return {**frames, "sides": sides, "members": members, "triads": triads}


def follow_blocs(frames: Frames) -> dict[str, pl.DataFrame]:
    """Let the coding by blocs decide: its sides, its leaders, its joiners.

    Parameters
    ----------
    frames
        The frames of `willing.record.store.Record` by name.

    Returns
    -------
    dict of str to polars.DataFrame
        `frames` with the sides of sources of threat alone, the states that this coding puts on
        them and the crisis actors among these as leaders. It takes silence for a zero, so every
        side is ``covered``; ``foremost`` and ``hostile`` mark the same leader as ``strongest``.
    """
    kept = frames["sides"].filter(side_by="threat")
    members = frames["members"].filter(
        pl.col("acted_blocs").is_not_null(), pl.col("side").is_in(kept["side"].implode())
    )
    counts = members.group_by("side").agg(
        n_members=pl.len().cast(pl.Int64), side_actors=pl.col("actor").sum().cast(pl.Int64)
    )
    sides = look_up(kept.drop("n_members", "side_actors"), counts, ["side"]).with_columns(
        leader="leader_blocs",
        leader_kind=pl.when(pl.col("leader_blocs").is_not_null()).then(pl.lit("actor")),
        leader_strongest="leader_blocs",
        leader_first="leader_first_blocs",
        leader_hostile="leader_blocs",
        covered=True,
        coalition="coalition_blocs",
    )
    sides = sides.select(frames["sides"].columns)
    led = look_up(members, sides.select("side", "leader"), ["side"])
    other = (pl.col("ccode") != pl.col("leader")) & pl.col("in_system")
    members = led.with_columns(
        acted="acted_blocs", joined=pl.when(other).then("acted_blocs"), tie=None
    ).select(frames["members"].columns)
    picked = sides.select("side", "leader_blocs", "leader_first_blocs")
    known = look_up(frames["triads"], picked, ["side"])
    candidates = members.filter("actor", "in_system").select("side", leader="ccode")
    partners = members.select("side", partner="ccode", named=pl.lit(True))
    triads = look_up(
        known.join(candidates, on=["side", "leader"], how="semi", maintain_order="left"),
        partners,
        ["side", "partner"],
    ).with_columns(
        *(
            (pl.col("leader") == pl.col("leader_blocs")).alias(mark)
            for mark in ("foremost", "strongest", "hostile")
        ),
        first=pl.col("leader") == pl.col("leader_first_blocs"),
        leader_kind=pl.lit("actor"),
        covered=True,
        on_side=pl.col("named").fill_null(False),
        join="join_blocs",
        tie=None,
    )
    return {
        **frames,
        "sides": sides,
        "members": members,
        "triads": triads.select(frames["triads"].columns),
    }


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
        `frames` with ``acted``, ``joined``, ``join``, ``on_side`` and ``coalition`` of the sides
        concerned.

    Raises
    ------
    DataError
        If there is no such crisis, side or state, or two overrides speak of one state on one side.
    """
    if not overrides:
        return dict(frames)
    said = pl.DataFrame(
        [(*_side(frames, entry), entry.state, int(entry.joined)) for entry in overrides],
        schema={"crisno": pl.Int64, "target": pl.Int64, "ccode": pl.Int64, "word": pl.Int8},
        orient="row",
    ).with_columns(side_name())
    twice = said.filter(said.select("side", "ccode").is_duplicated())
    if not twice.is_empty():
        raise DataError(
            f"two overrides speak of state {twice['ccode'][0]} on side {twice['side'][0]}; keep one"
        )
    members = _override_members(frames["members"], frames["sides"], said)
    own = pl.col("ccode") == pl.col("leader")
    members = (
        _with_leaders({**frames, "members": members})
        .with_columns(joined=pl.when(~own.fill_null(False)).then("joined"))
        .drop("leader")
    )
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
        raise DataError(
            f"override of crisis {entry.crisis}: the record has no such crisis; "
            f"{nearest_crises(frames['crises'], entry.crisis)}"
        )
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
            + f"; {nearest_states(begun, entry.state)}"
        )
    return entry.crisis, target


def _override_members(
    members: pl.DataFrame, sides: pl.DataFrame, said: pl.DataFrame
) -> pl.DataFrame:
    """Members with the user's word in ``acted``, and those added whom no source names."""
    on = ["side", "ccode"]
    known = (
        look_up(members, said.select(*on, "word"), on)
        .with_columns(
            pl.coalesce("word", "acted").alias("acted"),
            pl.coalesce("word", "joined").alias("joined"),
        )
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
        joined="word",
        basis=pl.lit("word"),
    )
    both = pl.concat([known, added], how="diagonal_relaxed").select(members.columns)
    order = [*SIDE, "cinc", "ccode"]
    return both.sort(order, descending=[False, False, True, False], nulls_last=True)


def _with_leaders(frames: Frames) -> pl.DataFrame:
    """Members with the ``leader`` of their side."""
    return look_up(frames["members"], frames["sides"].select("side", "leader"), ["side"])


def _count_coalitions(sides: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Sides with ``coalition``: members of the state system that joined the foremost leader."""
    joiners = members.filter("in_system").group_by("side").agg(joiners=pl.col("joined").sum())
    counted = look_up(sides, joiners, ["side"])
    number = pl.col("joiners").fill_null(0).cast(pl.Int64)
    return counted.with_columns(coalition=known_size(number)).select(sides.columns)
