"""Triads: a leader, her target, and every other state that might have joined her."""

from __future__ import annotations

import polars as pl

from willing.record.codings import CODINGS, SIDE, CodingName
from willing.record.coverage import speakers
from willing.record.leading import PICKED
from willing.sources.keys import look_up, require_unique

TRIAD = ("side", "leader", "partner")
# What is told of an act; of L and T the same under names that end in _ell and _tee.
ACT = ("kind", "first_day", "sources")


def build_triads(
    sides: pl.DataFrame,
    leaders: pl.DataFrame,
    members: pl.DataFrame,
    ties: pl.DataFrame,
    *,
    actors: pl.DataFrame,
    covered: pl.DataFrame,
    system: pl.DataFrame,
) -> pl.DataFrame:
    """Pair every possible leader of every side with every potential partner.

    Parameters
    ----------
    sides
        What `willing.record.coverage.speaking` gave, with ``crisname``, ``year``, ``start`` and
        ``victims_only``.
    leaders
        What `willing.record.leading.leaders_of_sides` gave.
    members
        What `willing.record.sides.side_members` gave for all opponents, sides or not.
    ties
        What `willing.record.joining.ties_to_leaders` gave for all leaders and, with leader and
        target exchanged, for all targets.
    actors
        ``crisno`` and ``ccode`` of the crisis actors, each once.
    covered
        ``crisno`` and ``ccode`` of the states that meet somebody in a dispute that decides.
    system
        The state system, as `willing.sources.states.state_system` gives it.

    Returns
    -------
    polars.DataFrame
        One row a `TRIAD`; partners are the members of the state system on the day the crisis
        began, leader and target excepted. Columns: ``side``, ``crisno``, ``crisname``, ``year``,
        ``start``, ``leader``, ``target``, ``partner``, a mark of the leader whom each rule picks,
        ``leader_kind``, ``victims_only``, ``covered``, ``on_side`` (the partner is on the leader's
        side by any source), ``join`` (0/1; missing where nobody tells), ``tie`` (what ties a state
        that acted to the leader), ``join_tee`` (it joined the target against the leader),
        ``speaks`` (the sources that speak of the partner), ``join_<coding>`` (what that source
        alone says of the partner's act; missing where it does not speak of the side, or names the
        partner without telling), ``join_blocs`` (by the coding by blocs), and kind, first day and
        sources of the acts of the partner, the leader and the target.
    """
    led = leaders.join(
        sides.select("side", "crisname", "year", "start", "victims_only", "covered", "^speaks_.*$"),
        on="side",
        validate="m:1",
        maintain_order="left",
    )
    days = sides.select("start").unique()
    present = days.join_where(
        system.select(partner="ccode", since="start", until="end"),
        pl.col("since") <= pl.col("start"),
        pl.col("until").is_null() | (pl.col("until") >= pl.col("start")),
    ).select("start", "partner")
    # Many to many: every leader of a crisis with every state of its first day.
    triads = led.join(present, on="start", validate="m:m").filter(
        pl.col("partner") != pl.col("leader"), pl.col("partner") != pl.col("target")
    )
    triads = _add_evidence(triads, members, ties, actors=actors, covered=covered)
    require_unique(triads, TRIAD, what="the triads")
    bloc = pl.col("leader_acted_blocs").is_not_null()
    return triads.sort("crisno", "target", "leader", "partner").select(
        "side",
        "crisno",
        "crisname",
        "year",
        "start",
        "leader",
        "target",
        "partner",
        *PICKED.values(),
        "leader_kind",
        "victims_only",
        "covered",
        pl.col("on_side").fill_null(False),
        join=_told_or_missing("target"),
        tie="tie",
        join_tee=_told_or_missing("leader"),
        speaks=speakers(),
        **{f"join_{name}": _joined(name) for name in CODINGS},
        join_blocs=pl.when(bloc).then(pl.col("acted_blocs").fill_null(0)),
        **{name: pl.col(name) for name in ACT},
        **{f"{name}_{role}": pl.col(f"{name}_{role}") for role in ("ell", "tee") for name in ACT},
    )


def _add_evidence(
    triads: pl.DataFrame,
    members: pl.DataFrame,
    ties: pl.DataFrame,
    *,
    actors: pl.DataFrame,
    covered: pl.DataFrame,
) -> pl.DataFrame:
    """Add what is known of the acts of partner, leader and target."""
    acted = members.filter(pl.col("acted") == 1)
    of_leader, of_partner = (*SIDE, "leader"), (*SIDE, "partner")
    for table, on in (
        (
            members.select(
                *SIDE,
                "acted_blocs",
                "^(by|act)_.*$",
                partner="ccode",
                on_side=~pl.col("basis").is_in(["void", "bloc"]),
            ),
            of_partner,
        ),
        (acted.select(*SIDE, *ACT, partner="ccode"), of_partner),
        (_acts_as(acted, "ell", leader="ccode", target="target"), of_leader),
        (_acts_as(acted, "tee", leader="target", target="ccode"), of_leader),
        (members.select(*SIDE, leader="ccode", leader_acted_blocs="acted_blocs"), of_leader),
        (
            ties.select(*SIDE, "leader", "tie", partner="ccode", joined_target="joined"),
            (*of_leader, "partner"),
        ),
        (
            # Whoever acts against the leader with the target.
            ties.select(
                "crisno",
                leader="target",
                target="leader",
                partner="ccode",
                joined_leader="joined",
            ),
            (*of_leader, "partner"),
        ),
        (
            members.select("crisno", leader="target", partner="ccode", hewitt_leader="by_hewitt"),
            ("crisno", "leader", "partner"),
        ),
        (covered.select("crisno", target="ccode", covers_target=pl.lit(True)), SIDE),
        (
            covered.select("crisno", leader="ccode", covers_leader=pl.lit(True)),
            ("crisno", "leader"),
        ),
        (
            actors.select("crisno", partner="ccode", partner_actor=pl.lit(True)),
            ("crisno", "partner"),
        ),
    ):
        triads = look_up(triads, table, on)
    flags = pl.col("^(joined|covers|hewitt)_.*$", "partner_actor", "by_hewitt")
    return triads.with_columns(flags.fill_null(False), hewitt_target=pl.col("by_hewitt"))


def _told_or_missing(opponent: str) -> pl.Expr:
    """Whether the partner joined against the opponent of a role; missing where nobody tells."""
    hewitt = pl.col(f"hewitt_{opponent}").fill_null(False)
    told = pl.any_horizontal(f"covers_{opponent}", "partner_actor", hewitt)
    no = pl.when(told).then(pl.lit(0, pl.Int8))
    return pl.when(f"joined_{opponent}").then(pl.lit(1, pl.Int8)).otherwise(no)


def _acts_as(acted: pl.DataFrame, role: str, *, leader: str, target: str) -> pl.DataFrame:
    """The acts of leaders against targets, or of targets against leaders."""
    return acted.select(
        "crisno",
        pl.col(leader).alias("leader"),
        pl.col(target).alias("target"),
        *(pl.col(name).alias(f"{name}_{role}") for name in ACT),
    )


def _joined(coding: CodingName) -> pl.Expr:
    """What a coding says: nothing outside its sides, 0 of a state that it does not name."""
    named = pl.col(f"by_{coding}").fill_null(False)
    says = pl.when(named).then(f"act_{coding}").otherwise(pl.lit(0, pl.Int8))
    return pl.when(f"speaks_{coding}").then(says)
