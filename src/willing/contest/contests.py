"""Contests: who faced whom with what strength, and how it ended, one row a side."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import polars as pl

from willing.errors import DataError, EmptyOutcomesError, EstimationError
from willing.files import replacing
from willing.record.store import Record
from willing.record.strength import HALF_DISTANCE, StrengthMeasure, add_strength
from willing.sources.keys import look_up
from willing.sources.opposing_sides import read_opposing_sides

Source = Literal["icb", "wars", "mids"]
SOURCES: tuple[Source, ...] = get_args(Source)
EMBEDDED = Path(__file__).parent / "embedded" / "opposing_sides.parquet"

# ICB, MID and the war list tell four outcomes; who wins is a question of three.
CATEGORIES = ("defeat", "draw", "victory")
_CATEGORY = {
    "defeat": "defeat",
    "stalemate": "draw",
    "compromise": "draw",
    "victory": "victory",
}
_FILE = {"wars": "war", "mids": "mid"}
_STRENGTHS = ("m_leader", "m_joiners", "m_target", "m_allies")
# What may be held constant beside strength, of crises alone.
CONTROLS = {
    "leader_democracy": "demL",
    "leader_major": "Lmaj",
    "distance": "LTdist",
    "post_cold_war": "pcw",
    "un_support": "unsupport",
}


def contests_of(
    record: Record,
    source: Source,
    *,
    strength: StrengthMeasure = "cinc",
    half_distance: float = HALF_DISTANCE,
    years: tuple[int, int] | None = None,
) -> pl.DataFrame:
    """Lay out contests whose outcome and strengths are known.

    Parameters
    ----------
    record
        The record; of wars and disputes, which it does not hold, it says nothing.
    source
        ``"icb"``: leader sides of the record, the outcome that ICB gives the leader. ``"wars"``
        and ``"mids"``: the sides of COW's wars and disputes since 1816.
    strength
        The measure of strength; of wars and disputes ``"cinc"`` alone.
    half_distance
        Of the discounted measure, in kilometres.
    years
        First and last year in which a contest began; all by default.

    Returns
    -------
    polars.DataFrame
        ``contest`` (the number of crisis, dispute or war), ``year``, ``leader`` and ``target``
        (COW codes), ``m_leader``, ``m_joiners``, ``m_target`` and ``m_allies`` (strengths of the
        leader, of those who joined her, of the target and of those who joined the target; a state
        whose strength is not known counts as without), ``partners`` (how many joined the leader),
        ``outcome`` (one of `CATEGORIES`) and the columns of `CONTROLS` that there are.

    Raises
    ------
    EstimationError
        If an option is not known or does not go with the source.
    DataError
        If the record was built without outcomes.
    EmptyOutcomesError
        If no contest is left.
    """
    if source not in SOURCES:
        raise EstimationError(f"source='{source}'; it is {', '.join(SOURCES)}")
    if source != "icb" and strength != "cinc":
        raise EstimationError(
            f"strength='{strength}' of {source}; of wars and disputes there is cinc alone"
        )
    rows = (
        _of_crises(record, strength, half_distance)
        if source == "icb"
        else _of_file(load_opposing_sides(), _FILE[source])
    )
    if years is not None:
        rows = rows.filter(pl.col("year").is_between(*years))
    rows = rows.filter(
        pl.col("outcome").is_not_null(), pl.col("m_leader") > 0.0, pl.col("m_target") > 0.0
    )
    if rows.is_empty():
        span = "" if years is None else f" of {years[0]}-{years[1]}"
        raise EmptyOutcomesError(
            f"no contest{span} in {source} has an outcome and strengths on both sides; take more "
            "years or another source"
        )
    return rows


def load_opposing_sides(path: Path = EMBEDDED) -> pl.DataFrame:
    """Load the sides of wars and disputes that come with the package.

    Raises
    ------
    DataError
        If the file is not there or is damaged.
    """
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"the sides of wars and disputes cannot be read from {path} ({error}); install the "
            "package again"
        ) from error


def renew_opposing_sides(raw: Path, path: Path = EMBEDDED) -> None:
    """Read the sides of wars and disputes from the published files, and keep them."""
    with replacing(path) as temporary:
        read_opposing_sides(raw).write_parquet(
            temporary, compression="zstd", compression_level=19, statistics=False
        )


def _of_crises(record: Record, strength: StrengthMeasure, half_distance: float) -> pl.DataFrame:
    if "outcome_ell" not in record.sides.columns:
        raise DataError(
            "the sides of this record have no column outcome_ell; build it again with "
            "`willing data build`"
        )
    foremost = record.stored("triads").filter("foremost")
    triads = add_strength(foremost, strength, half_distance=half_distance)
    mine, theirs = pl.col("join") == 1, pl.col("join_tee") == 1
    helped = pl.col("m_pee").fill_null(0.0)
    sums = triads.group_by("side", maintain_order=True).agg(
        pl.col("leader").first(),
        m_leader=pl.col("m_ell").first(),
        m_joiners=helped.filter(mine).sum(),
        m_target=pl.col("m_tee").first(),
        m_allies=helped.filter(theirs).sum(),
        partners=mine.sum().cast(pl.Int64),
        **{name: pl.col(column).first().cast(pl.Float64) for name, column in CONTROLS.items()},
    )
    ended = record.sides.select("side", "year", "target", contest="crisno", outcome="outcome_ell")
    return look_up(sums, ended, ["side"]).select(
        "contest", "year", "leader", "target", *_STRENGTHS, "partners", _outcome(), *CONTROLS
    )


def _of_file(sides: pl.DataFrame, source: str) -> pl.DataFrame:
    own = sides.filter(pl.col("source") == source)
    other = own.select(
        "number",
        ~pl.col("first"),
        target="leader",
        m_target="strength",
        m_allies="joined_strength",
    )
    # A side whose leader's capabilities are not known has no strength.
    return (
        look_up(own, other, ["number", "first"])
        .select(
            pl.col("year").cast(pl.Int64),
            "leader",
            "target",
            "m_target",
            "m_allies",
            _outcome(),
            contest="number",
            m_leader="strength",
            m_joiners="joined_strength",
            partners=pl.col("states") - 1,
        )
        .select("contest", "year", "leader", "target", *_STRENGTHS, "partners", "outcome")
    )


def _outcome() -> pl.Expr:
    return pl.col("outcome").replace_strict(_CATEGORY, default=None, return_dtype=pl.String)
