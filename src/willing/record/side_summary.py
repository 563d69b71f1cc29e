"""Each side in a row: who leads it by which rule, who is on it, who speaks, how it ended."""

from __future__ import annotations

import polars as pl

from willing.record.codings import CODINGS, SIDE
from willing.record.leading import PICKED
from willing.sources.keys import look_up

_OF_CRISIS = ("crisno", "crisname", "year", "start", "duration", "termination")


def describe_sides(
    sides: pl.DataFrame,
    members: pl.DataFrame,
    leaders: pl.DataFrame,
    crises: pl.DataFrame,
    blocs: pl.DataFrame,
    responses: pl.DataFrame,
) -> pl.DataFrame:
    """Describe each side in a row.

    Parameters
    ----------
    sides
        What `willing.record.coverage.speaking` gave.
    members, leaders
        What `willing.record.sides.side_members` (of the sides, with ``joined``) and
        `willing.record.leading.leaders_of_sides` gave.
    crises
        ``crisno``, ``crisname``, ``year``, ``start``, ``duration`` and ``termination``.
    blocs
        What `willing.record.blocs.bloc_leaders` gave.
    responses
        What `willing.record.codings.responses_of` gave.

    Returns
    -------
    polars.DataFrame
        One row a side, ordered by crisis and target: ``side``, `SIDE`, ``crisname``, ``year``,
        ``start``, ``side_by``, ``leader`` (the foremost) and ``leader_kind``, ``leader_strongest``,
        ``leader_first``, ``leader_hostile``, ``n_members``, ``side_actors``, ``victims_only`` (no
        member threatened or used force in any coding), ``speaks_<coding>``, ``covered``,
        ``coalition`` (members of the state system that joined the foremost leader; missing if
        nobody may lead, or if no joiner is known where the disputes do not speak), and
        ``leader_blocs``, ``leader_first_blocs`` and ``coalition_blocs``. How it ended:
        ``outcome_ell`` and ``outcome_tee`` (what ICB says the crisis brought the foremost leader
        and the target; missing of a state that is no crisis actor), ``duration`` and
        ``termination`` (of the crisis).
    """
    here = members.filter(~pl.col("basis").is_in(["bloc", "void"]))
    acts = pl.any_horizontal(pl.col(f"act_{name}") == 1 for name in CODINGS).fill_null(False)
    counts = here.group_by("side").agg(
        n_members=pl.len().cast(pl.Int64),
        side_actors=pl.col("actor").sum().cast(pl.Int64),
        victims_only=~(acts | (pl.col("acted") == 1)).any(),
        coalition=(pl.col("joined") == 1).sum().cast(pl.Int64),
    )
    described = look_up(sides, crises.select(*_OF_CRISIS), ["crisno"])
    described = look_up(look_up(described, counts, ["side"]), blocs, ["side"])
    for rule, column in PICKED.items():
        name = "leader" if rule == "acted" else f"leader_{rule}"
        kind = ["leader_kind"] if rule == "acted" else []
        chosen = leaders.filter(column).select("side", pl.col("leader").alias(name), *kind)
        described = look_up(described, chosen, ["side"])
    for role, name in (("leader", "outcome_ell"), ("target", "outcome_tee")):
        ended = responses.select(
            "crisno", pl.col("ccode").alias(role), pl.col("outcome").alias(name)
        )
        described = look_up(described, ended, ["crisno", role])
    return described.sort(SIDE).select(
        "side",
        *SIDE,
        "crisname",
        "year",
        "start",
        "side_by",
        "leader",
        "leader_kind",
        "leader_strongest",
        "leader_first",
        "leader_hostile",
        pl.col("n_members", "side_actors").fill_null(0),
        pl.col("victims_only").fill_null(True),
        *(f"speaks_{coding}" for coding in CODINGS),
        "covered",
        coalition=known_size(pl.col("coalition").fill_null(0)),
        leader_blocs="leader_blocs",
        leader_first_blocs="leader_first_blocs",
        coalition_blocs="coalition_blocs",
        outcome_ell="outcome_ell",
        outcome_tee="outcome_tee",
        duration="duration",
        termination="termination",
    )


def known_size(joiners: pl.Expr) -> pl.Expr:
    """Give the number of joiners, missing where none is known but nobody speaks of all states."""
    return pl.when(pl.col("leader").is_not_null() & (pl.col("covered") | (joiners > 0))).then(
        joiners
    )
