"""Read the International Crisis Behavior files: crises, crisis actors and Hewitt's dyads."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.sources.catalogue import SOURCES
from willing.sources.dates import first_day, last_day, precision, require_dates
from willing.sources.reading import read_table
from willing.sources.states import to_cow

WHOLE = pl.Int64
# Codes of ICB's major response and crisis management technique from which a response is military
# (non-violent military acts, threats to use violence among them, and violence). A major response of
# 7, several acts without violence, is one: actors coded so showed or used force in a dispute nearly
# as often as those coded 6 (docs/decisions/who-joined.md).
MILITARY = 6
# The same from which it is violent: violent acts alone or among others, and in crisis management
# violence among several techniques or alone.
VIOLENT_RESPONSE = 8
VIOLENT_TECHNIQUE = 7
# ICB's global-organisation activity: none at all, or the organisation did not exist.
IDLE = (1, 2)
# ICB's view of an actor on what the organisation did: favourable, neutral, unfavourable.
VIEWS = {2: "favourable", 3: "neutral", 4: "unfavourable"}
# What the crisis brought an actor.
OUTCOMES = {1: "victory", 2: "compromise", 3: "stalemate", 4: "defeat", 5: "other"}
# ICB's codes of what is no state: something within the state, a non-state actor, several states.
NO_STATE = (995, 996, 997)
# Hewitt's mark for a state that is not an ICB crisis actor.
NOT_AN_ACTOR = 9999


def read_crises(raw: Path) -> pl.DataFrame:
    """Read ICB's crises, one row a crisis, ordered by ``crisno``.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        ``crisno``, ``crisname``, ``year`` (of the trigger), ``start`` and ``end`` (dates; a date
        known in part is read as the first and the last day it can mean), ``start_precision`` and
        ``end_precision``, ``duration`` (days from start to end, both included), ``n_actors``, and
        ICB's ``gravity``, ``violence``, ``severity``, ``period``, ``geography``, ``protracted``
        and ``termination``, unchanged. ``end`` may be missing.

    Raises
    ------
    DataError
        If the file is not as published, or holds a crisis twice.
    """
    path = SOURCES["icb_crises"].path(raw)
    keep = {
        "noactr": "n_actors",
        "gravcr": "gravity",
        "viol": "violence",
        "sevviosy": "severity",
        "period": "period",
        "geog": "geography",
        "protrac": "protracted",
        "forout": "termination",
    }
    start, end = ("yrtrig", "motrig", "datrig"), ("yrterm", "moterm", "daterm")
    table = read_table(
        path,
        {
            "crisno": WHOLE,
            "crisname": pl.String,
            **dict.fromkeys([*start, *end, *keep], WHOLE),
        },
        key=("crisno",),
    )
    for date in (start, end):
        require_dates(table, *date[1:], what=path)
    began, ended = first_day(*start), last_day(*end)
    return table.select(
        "crisno",
        "crisname",
        year=pl.col("yrtrig"),
        start=began,
        end=ended,
        duration=(ended - began).dt.total_days() + 1,
        start_precision=precision(*start),
        end_precision=precision(*end),
        **{name: pl.col(column) for column, name in keep.items()},
    ).sort("crisno")


def read_actors(raw: Path, crises: pl.DataFrame) -> pl.DataFrame:
    """Read ICB's crisis actors, one row an actor case, ordered by ``cracno``.

    A state may have two spells in one crisis, so that (``crisno``, ``ccode``) is not unique.
    Codes are those that COW used on the day the crisis began.

    Parameters
    ----------
    raw
        The folder of published files.
    crises
        What `read_crises` gave.

    Returns
    -------
    polars.DataFrame
        ``crisno``, ``cracno``, ``ccode``, ``trigger`` (date the state's own crisis began),
        ``target`` (the state that is its external source of threat, if one is), ``military`` (it
        answered with a military act; missing if ICB codes neither its major response nor its
        crisis management), ``violent`` (that act was violent), ``un_active`` (the global
        organisation did something in this crisis), ``un_view`` (the state's view of that:
        favourable, neutral, unfavourable or missing) and ``outcome`` (what the crisis brought the
        state: victory, compromise, stalemate, defeat or other).

    Raises
    ------
    DataError
        If the file is not as published, holds an actor case twice, or holds none for a crisis of
        `crises`.
    """
    path = SOURCES["icb_actors"].path(raw)
    trigger = ("yrtrig", "motrig", "datrig")
    names = ["crisno", "cracno", "cracid", *trigger, "southv", "majres", "crismg", "outcom"]
    table = read_table(path, dict.fromkeys([*names, "globact", "globfavr"], WHOLE), key=("cracno",))
    require_dates(table, *trigger[1:], what=path)
    bare = crises.join(table, on="crisno", how="anti")
    if len(bare):
        raise DataError(
            f"{path}, column 'crisno': no actor of crisis {bare['crisno'][0]}, which is in "
            "icb1v15.csv; the file is cut short or of another release"
        )
    return (
        _on_the_day(table, crises, {"cracid": "ccode", "southv": "target"})
        .select(
            "crisno",
            "cracno",
            "ccode",
            trigger=first_day(*trigger),
            target="target",
            military=pl.any_horizontal(pl.col("majres", "crismg") >= MILITARY),
            violent=(pl.col("majres") >= VIOLENT_RESPONSE)
            | (pl.col("crismg") >= VIOLENT_TECHNIQUE),
            un_active=~pl.col("globact").is_in(IDLE),
            un_view=pl.col("globfavr").replace_strict(VIEWS, default=None, return_dtype=pl.String),
            outcome=pl.col("outcom").replace_strict(OUTCOMES, default=None, return_dtype=pl.String),
        )
        .sort("cracno")
    )


def read_dyads(raw: Path, crises: pl.DataFrame) -> pl.DataFrame:
    """Read Hewitt's crisis dyads, one row a pair of opponents in a crisis.

    A dyad says that at least one of the two took a hostile act against the other, not which.
    The rows of single years are put together, the published duplicates among them.

    Parameters
    ----------
    raw
        The folder of published files.
    crises
        What `read_crises` gave.

    Returns
    -------
    polars.DataFrame
        ``crisno``, ``ccode1``, ``ccode2`` (COW codes on the day the crisis began), ``since`` (the
        day on which the dyad's crisis began) and ``actor1``, ``actor2`` (it was an ICB crisis
        actor; the later release leaves out the column ONESIDE, which said the same). Each pair
        stands once, in the order of the file.

    Raises
    ------
    DataError
        If the file is not as published.
    """
    path = SOURCES["icb_dyads"].path(raw)
    began = ("trgyrdy", "trgmody", "trgdady")
    names = ["crisno", "year", "statea", "actnuma", "stateb", "actnumb", *began]
    table = read_table(path, dict.fromkeys(names, WHOLE))
    require_dates(table, *began[1:], what=path)
    return (
        _on_the_day(table, crises, {"statea": "ccode1", "stateb": "ccode2"})
        .group_by("crisno", "ccode1", "ccode2", maintain_order=True)
        .agg(
            since=first_day(*began).min(),
            actor1=(pl.col("actnuma") != NOT_AN_ACTOR).any(),
            actor2=(pl.col("actnumb") != NOT_AN_ACTOR).any(),
        )
    )


def _on_the_day(table: pl.DataFrame, crises: pl.DataFrame, codes: dict[str, str]) -> pl.DataFrame:
    """Turn ICB's state codes into the COW codes of the day the crisis began (many to one).

    They are missing where ICB names no state. Rows of crises not in `crises` are left out.
    """
    dated = table.join(crises.select("crisno", "start"), on="crisno", how="inner", validate="m:1")
    for code, name in codes.items():
        state = pl.when(~pl.col(code).is_in(NO_STATE)).then(code)
        dated = to_cow(dated.with_columns(state.alias(code)), code=code, when="start", name=name)
    return dated
