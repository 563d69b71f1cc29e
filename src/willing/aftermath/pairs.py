"""Pairs of states after a crisis: partners and others, and their next dispute with each other."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from willing.files import replacing
from willing.record.covariates import dyad_year_covariates
from willing.record.store import Record
from willing.sources.catalogue import SOURCES
from willing.sources.keys import look_up
from willing.sources.mid import read_disputes
from willing.sources.reading import read_table
from willing.sources.states import to_cow

EMBEDDED = Path(__file__).parent / "embedded" / "aftermath.parquet"
PAIR = ("ccode1", "ccode2")
# Years before a crisis in which disputes of the pair are counted.
MEMORY = 10
# ICB's code of an outcome that the actor sees as its victory.
VICTORY = 1


@cache
def load_pairs() -> pl.DataFrame:
    """Give the embedded pairs, those of the embedded record; see `build_pairs`."""
    return pl.read_parquet(EMBEDDED)


def write_pairs(pairs: pl.DataFrame, path: str | Path = EMBEDDED) -> None:
    """Write pairs as a Parquet file; the same pairs give the same bytes."""
    with replacing(path) as temporary:
        pairs.write_parquet(temporary, compression="zstd", compression_level=19, statistics=False)


def build_pairs(raw: Path, record: Record) -> pl.DataFrame:
    """Derive the pairs from the record and the published files.

    Partners are the foremost leader of a side and the states that joined her by the record's
    outcome, each with each. The comparison is that leader with every other state of the system
    that is on neither side. A pair that faced each other in the crisis is left out.

    Parameters
    ----------
    raw
        The folder of published files.
    record
        The record.

    Returns
    -------
    polars.DataFrame
        One row a (crisis, pair of states), ordered: ``crisno``, ``ccode1`` < ``ccode2`` (COW);
        ``partners`` and ``with_leader`` (Boolean: on a coalition; one of them led it); ``size``
        (states that joined the leader; of several coalitions the largest); ``victory`` (ICB:
        the leader saw a victory; missing if not coded); ``major`` (a major power led);
        ``divergence`` (distance of ideal points), ``allied`` and ``contiguous`` as
        `dyad_year_covariates` gives them for the year of the crisis; ``disputes_before`` (with each
        other, begun in the `MEMORY` years before it); ``end`` (last day of the crisis),
        ``next_dispute`` (first day of the first that began after it, missing if there is none) and
        ``until`` (last day observed: the end of coverage, or the last on which both states were
        in the system).

    Raises
    ------
    DataError
        If a file is missing or not as published.
    """
    disputes, covered = _opponents(raw)
    pairs = _pairs_of_crises(record, read_victories(raw, record.crises))
    dates = record.crises.select(
        "crisno", "year", "start", end=pl.col("end").fill_null(pl.col("start"))
    )
    pairs = look_up(pairs, dates, ["crisno"])
    pairs = pairs.with_columns(until=_observed(pairs, record.states, covered)).drop_nulls("until")
    known = dyad_year_covariates(raw, pairs.select(*PAIR, "year").unique())
    pairs = look_up(
        pairs,
        known.select(*PAIR, "year", "allies", "contiguous", divergence="ideal_distance"),
        [*PAIR, "year"],
    )
    met = pairs.select("crisno", *PAIR, "start", "end", "until").join(disputes, on=PAIR)
    before = pl.col("since").is_between(
        pl.col("start").dt.offset_by(f"-{MEMORY}y"), "start", closed="left"
    )
    after = (pl.col("since") > pl.col("end")) & (pl.col("since") <= pl.col("until"))
    history = met.group_by("crisno", *PAIR).agg(
        disputes_before=before.sum().cast(pl.Int64),
        next_dispute=pl.col("since").filter(after).min(),
    )
    return (
        look_up(pairs, history, ["crisno", *PAIR])
        .sort("crisno", *PAIR)
        .select(
            "crisno",
            *PAIR,
            "partners",
            "with_leader",
            "size",
            "victory",
            "major",
            "divergence",
            pl.col("allies").alias("allied"),
            "contiguous",
            pl.col("disputes_before").fill_null(0),
            "end",
            "next_dispute",
            "until",
        )
    )


def read_victories(raw: Path, crises: pl.DataFrame) -> pl.DataFrame:
    """Say of ICB's crisis actors whether their crisis ended in what they saw as a victory.

    Parameters
    ----------
    raw
        The folder of published files.
    crises
        ``crisno`` and ``start``, the day whose COW codes are given.

    Returns
    -------
    polars.DataFrame
        One row a (crisis, actor), of several spells the last: ``crisno``, ``ccode`` and
        ``victory`` (Boolean; missing where ICB codes no outcome).
    """
    names = ["crisno", "cracno", "cracid", "outcom"]
    table = read_table(SOURCES["icb_actors"].path(raw), dict.fromkeys(names, pl.Int64))
    dated = table.join(crises.select("crisno", "start"), on="crisno", how="inner")
    return (
        to_cow(dated, code="cracid", when="start")
        .sort("cracno")
        .group_by("crisno", "ccode", maintain_order=True)
        .agg(victory=(pl.col("outcom") == VICTORY).last())
    )


def _pairs_of_crises(record: Record, victories: pl.DataFrame) -> pl.DataFrame:
    """Every pair of partners, and of a leader of partners with a state on neither side."""
    triads = record.triads.filter("foremost")
    joined = triads.filter(pl.col("join") == 1).select("crisno", "side", "leader", "partner")
    neither = triads.filter(~pl.col("on_side"), pl.col("join") == 0)
    each = joined.join(joined.select("side", second="partner"), on="side")
    rows = pl.concat(
        [
            _unordered(joined, "leader", "partner", partners=True, with_leader=True),
            _unordered(each, "partner", "second", partners=True, with_leader=False),
            _unordered(neither, "leader", "partner", partners=False, with_leader=True),
        ]
    )
    sides = (
        triads.filter(pl.col("join") == 1)
        .group_by("side", "leader")
        .agg(size=pl.len().cast(pl.Int64), major=pl.col("Lmaj").first() == 1)
    )
    rows = rows.join(sides, on="side", how="inner")
    rows = look_up(rows, victories.rename({"ccode": "leader"}), ["crisno", "leader"])
    facing = _unordered(record.members, "ccode", "target")
    # A coalition may face two targets in one crisis; its pairs count once.
    return (
        rows.filter(pl.col("ccode1") != pl.col("ccode2"))
        .join(facing, on=["crisno", *PAIR], how="anti")
        .group_by("crisno", *PAIR)
        .agg(
            pl.col("partners", "with_leader").any(),
            pl.col("size").max(),
            pl.col("victory", "major").any(ignore_nulls=False),
        )
    )


def _unordered(frame: pl.DataFrame, first: str, second: str, **marks: bool) -> pl.DataFrame:
    """The pairs of two columns, the lower code first."""
    return frame.select(
        "crisno",
        "side",
        ccode1=pl.min_horizontal(first, second),
        ccode2=pl.max_horizontal(first, second),
        **{name: pl.lit(value) for name, value in marks.items()},
    )


def _observed(pairs: pl.DataFrame, system: pl.DataFrame, covered: date) -> pl.Series:
    """The last day on which a dispute of a pair would be seen; missing if not after ``end``."""
    days = pairs.select(*PAIR, "end").with_row_index("row")
    for code in PAIR:
        spells = system.select(pl.col("ccode").alias(code), "start", last="end")
        inside = (
            days.join(spells, on=code)
            .with_columns(pl.col("last").fill_null(covered))
            .filter(pl.col("end").is_between("start", "last"))
        )
        days = look_up(days, inside.select("row", pl.col("last").alias(f"last_{code}")), ["row"])
    lasts = [f"last_{code}" for code in PAIR]
    until = pl.min_horizontal(*lasts, pl.lit(covered))
    seen = pl.all_horizontal(pl.col(lasts).is_not_null()) & (until > pl.col("end"))
    return days.select(pl.when(seen).then(until)).to_series()


def _opponents(raw: Path) -> tuple[pl.DataFrame, date]:
    """Pairs on opposite sides of a dispute at the same time, and the last day covered.

    GML's disputes as far as they go, because they correct COW's, and COW's own after that.
    """
    gml, cow = read_disputes(raw, "gml"), read_disputes(raw, "mid")
    began = pl.col("since").min().over("dispnum").dt.year()
    gml_until = int(gml.select(began.max()).item())
    later = cow.filter(began > gml_until)
    covered = date(max(gml_until, int(cow.select(began.max()).item())), 12, 31)
    return pl.concat([_facing(gml), _facing(later)]), covered


def _facing(disputes: pl.DataFrame) -> pl.DataFrame:
    """Each pair of opponents in each dispute, with the day from which both took part."""
    spells = disputes.select("dispnum", "ccode", "side_a", "since", "until")
    return (
        spells.filter("side_a")
        .join(spells.filter(~pl.col("side_a")), on="dispnum", suffix="_b")
        .with_columns(
            ccode1=pl.min_horizontal("ccode", "ccode_b"),
            ccode2=pl.max_horizontal("ccode", "ccode_b"),
            since=pl.max_horizontal("since", "since_b"),
        )
        .filter(pl.col("since") <= pl.min_horizontal("until", "until_b"))
        .group_by("dispnum", *PAIR)
        .agg(pl.col("since").min())
        .select(*PAIR, "since")
    )
