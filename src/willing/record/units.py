"""Units beyond triads: crisis actors, leaders on their sides, and k-ads, seen and not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import polars as pl

from willing.errors import DataError
from willing.record.kads import describe_kads, sample_kads
from willing.record.leading import PICKED
from willing.record.names import with_names
from willing.record.store import FRAMES, Record
from willing.security.measures import MEASURES
from willing.sources.keys import look_up

# What is known of L, her target and the world, the same in all triads of a leader on a side.
_OF_LEADER = (
    "cinc_ell",
    "cinc_tee",
    "milex_ell",
    "gdppc_ell",
    "demL",
    "Lmaj",
    "LTdist",
    "unsupport",
    "pcw",
    "Lobsid",
    "Lname",
    "insecurity_leader",
    *(f"{name}_leader" for name in MEASURES),
)


def crisis_actors(record: Record) -> pl.DataFrame:
    """Give the crisis actors, one row a (side, crisis actor).

    Returns
    -------
    polars.DataFrame
        Columns of `Record.members`, with the leader in office the day before the crisis and her
        insecurity (``Lobsid``, ``Lname``, ``insecurity_leader``), missing for an actor that was no
        member of the state system.
    """
    known = _in_office(record)
    return look_up(record.members.filter("actor"), known, ["side", "ccode"]).drop("actor")


def leader_sides(record: Record) -> pl.DataFrame:
    """Give the leaders on their sides, one row a (side, leader) of the triads.

    Returns
    -------
    polars.DataFrame
        Crisis, side, leader, target, ``candidates`` (partners in the pool), ``joiners`` (those
        that joined; missing where none is known to and the disputes do not speak), ``built`` (0/1:
        anybody did) and what is known of L and T.
    """
    joined = pl.col("join").sum().cast(pl.Int64)
    spoken = pl.col("covered").first() | (pl.col("join").sum() > 0)
    return (
        record.triads.group_by("side", "leader", maintain_order=True)
        .agg(
            pl.col(
                *("crisno", "crisname", "year", "start", "target", "leader_kind"),
                *PICKED.values(),
                *_OF_LEADER,
            ).first(),
            pl.col("victims_only").first(),
            pl.col("covered").first(),
            candidates=pl.len().cast(pl.Int64),
            joiners=pl.when(spoken).then(joined),
            built=pl.when(spoken).then((joined > 0).cast(pl.Int8)),
        )
        .select(
            "side",
            "crisno",
            "crisname",
            "year",
            "start",
            "leader",
            "target",
            "leader_kind",
            *PICKED.values(),
            "victims_only",
            "covered",
            "candidates",
            "joiners",
            "built",
            *_OF_LEADER,
        )
    )


def kads(record: Record) -> pl.DataFrame:
    """Give the coalitions and a sample of what might have been ones, one row a k-ad.

    The sample and the columns are those of `willing.record.kads`; leaders are the foremost if
    the record has every leader in turn.
    """
    triads = _one_leader(record)
    return describe_kads(sample_kads(triads), triads)


def kad_members(record: Record) -> pl.DataFrame:
    """Give the partners in the k-ads of `kads`, one row a (k-ad, partner)."""
    return sample_kads(_one_leader(record))


UNITS: Mapping[str, Callable[[Record], pl.DataFrame]] = MappingProxyType(
    {
        "actors": crisis_actors,
        "leader_sides": leader_sides,
        "kads": kads,
        "kad_members": kad_members,
    }
)
TABLES = (*FRAMES, *UNITS)


def tables(record: Record, names: Iterable[str] | None = None) -> dict[str, pl.DataFrame]:
    """Give the frames and the units of a record by name, names of states and leaders with them.

    Who was in office stands beside every state of a side or of an episode: beside the leader as
    ``Lname``, beside a partner as ``Pname``, beside a member as ``leader_name``.

    Parameters
    ----------
    record
        The record.
    names
        The tables wanted, of `TABLES`; all by default.

    Raises
    ------
    DataError
        If there is no such table.
    """
    chosen = TABLES if names is None else tuple(names)
    for name in chosen:
        if name not in TABLES:
            raise DataError(f"the record has no table '{name}'; it has {', '.join(TABLES)}")
    frames = record.frames()
    found = {name: UNITS[name](record) if name in UNITS else frames[name] for name in chosen}
    return {
        name: with_names(_with_leaders(frame, record), record.states)
        for name, frame in found.items()
    }


def _with_leaders(frame: pl.DataFrame, record: Record) -> pl.DataFrame:
    """A table with the leaders in office beside the states of its sides, where it lacks them."""
    if {"episode", "start", "partner"} <= set(frame.columns):
        on_the_day = record.security.select("ccode", "leader_name", start="date")
        for code, name in (("leader", "Lname"), ("partner", "Pname")):
            named = on_the_day.rename({"ccode": code, "leader_name": name})
            frame = look_up(frame, named, [code, "start"])
        return frame
    if "side" not in frame.columns:
        return frame
    lacking = [
        (code, name)
        for code, name in (("leader", "Lname"), ("partner", "Pname"), ("ccode", "leader_name"))
        if code in frame.columns and not {name, "Lname"} & set(frame.columns)
    ]
    for code, name in lacking:
        named = _in_office(record).select("side", pl.col("ccode").alias(code), name=pl.col("Lname"))
        frame = look_up(frame, named.rename({"name": name}), ["side", code])
    return frame


def _in_office(record: Record) -> pl.DataFrame:
    """Who was in office in leaders and potential partners, one row a (side, ``ccode``)."""
    led = ("Lobsid", "Lname", "insecurity_leader")
    partner = {"Pobsid": "Lobsid", "Pname": "Lname", "insecurity_partner": "insecurity_leader"}
    return pl.concat(
        [
            record.triads.select("side", pl.col("leader").alias("ccode"), *led),
            record.triads.select("side", "partner", *partner).rename(
                {"partner": "ccode", **partner}
            ),
        ]
    ).unique(["side", "ccode"], maintain_order=True)


def _one_leader(record: Record) -> pl.DataFrame:
    """The triads of one leader a side."""
    leaders = record.triads.select("side", "leader").unique()
    return record.triads if leaders["side"].is_unique().all() else record.triads.filter("foremost")
