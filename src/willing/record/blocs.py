"""The coding by blocs: whoever stands beside the leader in a dispute of the same opponents.

It was the recommended coding until November 2026, and remains as a choice because results depend on
the coding. It links a dispute to a side if the same opponents meet in it within a month of the
crisis, and counts everybody on the leader's side of it; `willing.record.acts` asks who met whom.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from willing.record.acts import Named
from willing.record.codings import KEY, SIDE, Coding
from willing.record.meetings import HOSTILE
from willing.sources.keys import look_up
from willing.sources.mid import MidSource
from willing.sources.states import code_on

# A dispute belongs to a crisis if the same opponents meet in it no further than this from the days
# of the crisis.
SLACK_DAYS = 30


def blocs_coding(
    disputes: Mapping[MidSource, pl.DataFrame],
    named: Named,
    actors: pl.DataFrame,
    crises: pl.DataFrame,
    *,
    gml_until: int,
) -> pl.DataFrame:
    """Say who acted against each source of threat, by ICB, Hewitt or the blocs of disputes.

    Parameters
    ----------
    disputes
        What `willing.sources.mid.read_disputes` gave, by source.
    named
        What ICB and Hewitt say.
    actors
        What `willing.sources.icb.read_actors` gave.
    crises
        ``crisno``, ``year``, ``start`` and ``end``.
    gml_until
        The last year of GML's disputes; COW's decide after it.

    Returns
    -------
    polars.DataFrame
        One row a (`KEY`) that any source names: ``acted_blocs``, 1 if ICB, Hewitt or the disputes
        say so, 0 if none does.
    """
    sides = named.icb.named.select(SIDE).unique()
    icb = named.icb.named
    hewitt = named.hewitt.named.join(sides, on=SIDE, how="semi")
    opponents = pl.concat([icb, hewitt]).select(KEY).unique()
    said = [icb, hewitt]
    early = pl.col("year") <= gml_until
    periods: dict[MidSource, pl.DataFrame] = {
        "gml": crises.filter(early),
        "mid": crises.filter(~early),
    }
    for source, covered in periods.items():
        links = link_disputes(disputes[source], opponents, covered)
        coding = dispute_coding(disputes[source], links, covered, actors, opponents)
        said.append(coding.named)
    return (
        pl.concat(said).group_by(KEY).agg(acted_blocs=pl.col("act").any().cast(pl.Int8)).sort(KEY)
    )


def bloc_leaders(members: pl.DataFrame) -> pl.DataFrame:
    """Say who leads each side by this coding: the strongest or the first crisis actor.

    Parameters
    ----------
    members
        What `willing.record.sides.side_members` gave.

    Returns
    -------
    polars.DataFrame
        One row a side of this coding: ``side``, ``leader_blocs`` and ``leader_first_blocs``
        (missing if no crisis actor was a member of the state system) and ``coalition_blocs``
        (members of the state system, the strongest excepted, that acted; missing likewise).
    """
    sides = members.filter(pl.col("acted_blocs").is_not_null()).select("side").unique()
    present = members.filter("in_system", pl.col("acted_blocs").is_not_null())
    counts = present.group_by("side").agg(acted=pl.col("acted_blocs").sum().cast(pl.Int64))
    found = look_up(sides, counts, ["side"])
    for name, keys, down in (
        ("leader_blocs", ("cinc", "ccode"), [True, False]),
        ("leader_first_blocs", ("trigger", "by_icb", "cinc", "ccode"), [False, True, True, False]),
    ):
        chosen = (
            present.filter("actor")
            .sort(*keys, descending=down, nulls_last=True)
            .unique("side", keep="first", maintain_order=True)
        )
        found = look_up(found, chosen.select("side", pl.col("ccode").alias(name)), ["side"])
    own = present.select("side", leader_blocs="ccode", led="acted_blocs")
    found = look_up(found, own, ["side", "leader_blocs"])
    return found.with_columns(coalition_blocs=pl.col("acted") - pl.col("led")).drop("acted", "led")


def link_disputes(
    disputes: pl.DataFrame, opponents: pl.DataFrame, crises: pl.DataFrame
) -> pl.DataFrame:
    """Link militarized disputes to sides: the same opponents, at the same time.

    The target must be in the dispute in earnest, as one of those who began it or with a show of
    force: a great power that only protests in another's long war has not met its rival there.

    Parameters
    ----------
    disputes
        What `willing.sources.mid.read_disputes` gave.
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
        What `willing.sources.icb.read_actors` gave.

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
