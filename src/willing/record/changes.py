"""Which joins the coding by acts has lost and gained against the coding by blocs, and why."""

from __future__ import annotations

import polars as pl

from willing.record.store import Record
from willing.sources.keys import look_up

# Why a state that the coding by blocs counted does not join now, by the basis of its act.
_BASES = {
    "elsewhere": "its disputes of the crisis are against others",
    "void": "a dispute shows that the two met before or after the crisis",
    "bloc": "stood in a bloc, but no dispute that belongs to the crisis has it meet the target",
    "none": "no dispute of the crisis has it act, nor does ICB's response",
    "word": "a correction of the package",
}
_TIES = {
    "another time": "faced the target with the leader before or after the crisis only",
    "own quarrel": "had an older dispute of its own with the target",
    "nothing": "acted, but in no dispute with the leader, and neither ICB nor Hewitt names it",
    "word": "a correction of the package",
}
# Why a state joins now that did not.
_SIDES = {
    "opponent": "a side that was not there: an opponent of a state that acted",
    "attacked": "a side that was not there: a state attacked by one without a crisis of its own",
}


def changed_joins(record: Record) -> pl.DataFrame:
    """List the joins that the coding by acts has lost or gained against the coding by blocs.

    Parameters
    ----------
    record
        The record by acts, with the foremost leaders.

    Returns
    -------
    polars.DataFrame
        One row a (side, state), ordered by crisis: ``crisno``, ``crisname``, ``year``, ``target``,
        ``state``, ``old_leader`` and ``leader`` (abbreviations; missing where nobody leads or the
        side was not there), ``change`` (``lost`` or ``gained``) and ``reason``.
    """
    sides = record.sides.select(
        "side",
        "crisname",
        "side_by",
        "leader",
        "leader_kind",
        old_leader="leader_blocs",
    )
    members = look_up(record.members, sides, ["side"])
    old = pl.col("acted_blocs").eq(1) & (pl.col("ccode") != pl.col("old_leader"))
    known = members.filter("in_system").with_columns(
        was=old.fill_null(False), joins=pl.col("joined").eq(1).fill_null(False)
    )
    changed = known.filter(pl.col("was") != pl.col("joins")).with_columns(
        change=pl.when("was").then(pl.lit("lost")).otherwise(pl.lit("gained")),
        reason=pl.when("was").then(_why_lost()).otherwise(_why_gained()),
    )
    names = dict(
        record.states.unique("ccode", keep="last", maintain_order=True)
        .select("ccode", "abbreviation")
        .iter_rows()
    )
    return changed.sort("crisno", "target", "change", "ccode").select(
        "crisno",
        "crisname",
        "year",
        *(
            pl.col(code).replace_strict(names, default=None, return_dtype=pl.String).alias(name)
            for name, code in (
                ("target", "target"),
                ("state", "ccode"),
                ("old_leader", "old_leader"),
                ("leader", "leader"),
            )
        ),
        "change",
        "reason",
    )


def _why_lost() -> pl.Expr:
    by_basis = pl.col("basis").replace_strict(_BASES, default=None, return_dtype=pl.String)
    by_tie = pl.col("tie").replace_strict(_TIES, default=None, return_dtype=pl.String)
    return (
        pl.when(pl.col("ccode") == pl.col("leader"))
        .then(pl.lit("leads the side itself, since the old leader did not act"))
        .when(pl.col("basis") == "word")
        .then(pl.lit(_BASES["word"]))
        .when(pl.col("leader_kind") == "idle")
        .then(pl.lit("nobody on the side acted, so there was nobody to join"))
        .when(pl.col("acted") == 0)
        .then(by_basis)
        .otherwise(by_tie)
    )


def _why_gained() -> pl.Expr:
    by_side = pl.col("side_by").replace_strict(_SIDES, default=None, return_dtype=pl.String)
    return (
        pl.when(pl.col("tie") == "word")
        .then(pl.lit(_TIES["word"]))
        .when(by_side.is_not_null())
        .then(by_side)
        .when(pl.col("ccode") == pl.col("old_leader"))
        .then(pl.lit("led the side, and now joins the state that acted"))
        .otherwise(pl.lit("met the target in a dispute of the crisis, or acted by the dispute"))
    )
