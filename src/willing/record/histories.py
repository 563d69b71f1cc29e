"""What leader, target and partner had been to each other by the day on which a crisis began."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.record.pool import region_of
from willing.sources.keys import look_up
from willing.sources.rivalry import read_rivalries

DAYS_A_YEAR = 365.25


def add_histories(
    triads: pl.DataFrame, members: pl.DataFrame, crises: pl.DataFrame, raw: Path
) -> pl.DataFrame:
    """Add joint action before, past joins, rivalries and regions (many to one).

    Parameters
    ----------
    triads, members, crises
        As `add_past_action` takes them.
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        What `add_past_action` gives, with

        - ``PTrival``, ``LTrival`` and ``LPrival`` (0/1: strategic rivals the year before);
        - ``PTregion`` and ``LPregion`` (0/1: of one region, by the hundreds of the COW codes).
    """
    triads = add_past_action(triads, members, crises)
    rivals = read_rivalries(raw)
    for pair, roles in (
        ("PT", ("partner", "target")),
        ("LT", ("leader", "target")),
        ("LP", ("leader", "partner")),
    ):
        triads = triads.with_columns(_rivals(triads, rivals, roles).alias(f"{pair}rival"))
    return triads.with_columns(
        (region_of(pl.col("partner")) == region_of(pl.col(role))).cast(pl.Int8).alias(name)
        for name, role in (("PTregion", "target"), ("LPregion", "leader"))
    )


def add_past_action(
    triads: pl.DataFrame, members: pl.DataFrame, crises: pl.DataFrame
) -> pl.DataFrame:
    """Add joint action before, opposition before and past joins (many to one).

    Only crises that ended before the day on which this one began count, as the record codes them
    under the foremost leaders; a crisis without an end counts never. Of opposition in a crisis that
    is still open the day tells too, if it has begun by then.

    Parameters
    ----------
    triads
        Frame with ``start``, ``leader``, ``target`` and ``partner``.
    members
        Members of the sides, with ``joined``, and the leaders of the sides in ``leads``.
    crises
        ``crisno``, ``start`` and ``end``.

    Returns
    -------
    polars.DataFrame
        `triads` with

        - ``LPjoint`` (earlier crises in which L and P acted in one coalition), ``LPjoint_tee``
          (those of them against T), ``LPjoint_years`` (years since the end of the last; missing if
          there is none), ``LPopposed`` (earlier crises in which one acted against the other) and
          ``LPopposed_years`` (years since the end of the last such crisis; 0 while one is open,
          missing if there is none);
        - ``Pjoins`` and ``Ljoined`` (earlier crises in which P joined anybody, and in which anybody
          joined L).
    """
    ended = members.filter(pl.col("acted") == 1).join(
        crises.select("crisno", "end", began="start").drop_nulls(), on="crisno", validate="m:1"
    )
    return _add_past(_add_opposed(_add_joint(triads, ended), ended), ended)


def with_leads(members: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Add to members of sides whether they are the foremost leaders of theirs, ``leads``."""
    known = look_up(members, sides.select("side", "leader"), ["side"])
    return known.with_columns(leads=(pl.col("ccode") == pl.col("leader")).fill_null(False))


def _add_joint(triads: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    """Add how often, how lately and whether against T the two acted in one coalition."""
    together = ended.filter((pl.col("joined") == 1) | pl.col("leads"))
    one = together.select("crisno", "target", "end", leader="ccode")
    other = together.select("crisno", "target", partner="ccode")
    # Many to many: every member of a coalition with every other.
    pairs = one.join(other, on=["crisno", "target"], validate="m:m").filter(
        pl.col("leader") != pl.col("partner")
    )
    before = _before(triads, pairs.rename({"target": "against"}), ["leader", "partner"])
    same = pl.col("against") == pl.col("target")
    counts = before.group_by("row").agg(
        LPjoint=pl.col("earlier").n_unique().cast(pl.Int64),
        LPjoint_tee=pl.col("earlier").filter(same).n_unique().cast(pl.Int64),
        LPjoint_years=_years_since().min().round(2),
    )
    return _counted(triads, counts, ["LPjoint", "LPjoint_tee"])


def _add_opposed(triads: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    """Add how often one of L and P acted against the other, and how lately."""
    # An act without a date of its own counts from the first day of its crisis.
    facing = ended.select(
        "crisno", "end", since=pl.max_horizontal("began", "first_day"), one="ccode", other="target"
    )
    kept = ("crisno", "end", "since", "leader", "partner")
    pairs = pl.concat(
        facing.rename({"one": one, "other": other}).select(kept)
        for one, other in (("leader", "partner"), ("partner", "leader"))
    ).unique()
    earlier = _paired(triads, pairs, ["leader", "partner"]).filter(
        pl.col("since") < pl.col("start")
    )
    over = pl.col("end") < pl.col("start")
    counts = earlier.group_by("row").agg(
        LPopposed=pl.col("earlier").filter(over).n_unique().cast(pl.Int64),
        LPopposed_years=_years_since().min().clip(0.0).round(2),
    )
    return _counted(triads, counts, ["LPopposed"])


def _add_past(triads: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    """Add how often P joined anybody, and anybody joined L."""
    joins = ended.filter(pl.col("joined") == 1)
    led = ended.filter("leads").join(joins.select("side").unique(), on="side", how="semi")
    for name, role, acts in (("Pjoins", "partner", joins), ("Ljoined", "leader", led)):
        past = acts.select("crisno", "end", pl.col("ccode").alias(role)).unique()
        days = triads.select(role, "start").unique(maintain_order=True)
        counts = (
            _before(days, past, [role])
            .group_by("row")
            .agg(pl.col("earlier").n_unique().cast(pl.Int64).alias(name))
        )
        known = _counted(days, counts, [name])
        triads = look_up(triads, known, [role, "start"])
    return triads


def _before(frame: pl.DataFrame, events: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Pair the rows of `frame`, numbered, with the events that had ended when they begin."""
    return _paired(frame, events, on).filter(pl.col("end") < pl.col("start"))


def _paired(frame: pl.DataFrame, events: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Pair the rows of `frame`, numbered, with all events of the same states."""
    rows = frame.select(
        *on, "start", *(["target"] if "target" in frame.columns else [])
    ).with_row_index("row")
    # Many to many: a pair has many triads and many crises.
    return rows.join(events.rename({"crisno": "earlier"}), on=on, validate="m:m")


def _years_since() -> pl.Expr:
    """Years from the end of a crisis to the first day of this one."""
    return (pl.col("start") - pl.col("end")).dt.total_days() / DAYS_A_YEAR


def _counted(frame: pl.DataFrame, counts: pl.DataFrame, zero: list[str]) -> pl.DataFrame:
    """`frame` with the counts of its rows, 0 where there is nothing to count."""
    numbered = look_up(frame.with_row_index("row"), counts, ["row"]).drop("row")
    return numbered.with_columns(pl.col(zero).fill_null(0))


def _rivals(triads: pl.DataFrame, rivals: pl.DataFrame, roles: tuple[str, str]) -> pl.Series:
    """Whether two roles were rivals the year before; missing beyond the last year of the list."""
    pairs = triads.select(
        ccode1=pl.min_horizontal(roles),
        ccode2=pl.max_horizontal(roles),
        year=pl.col("year") - 1,
    )
    known = look_up(
        pairs, rivals.with_columns(rival=pl.lit(1, pl.Int8)), ["ccode1", "ccode2", "year"]
    )
    covered = pl.col("year") <= rivals["year"].max()
    return known.select(pl.when(covered).then(pl.col("rival").fill_null(0))).to_series()
