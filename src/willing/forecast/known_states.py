"""What the published files say of states and pairs of them, year by year, kept in small tables.

They let a scenario be filled in without the published files: each value with its year, up to the
last that its source covers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from willing.files import replacing
from willing.record.measured import compact, spread_out
from willing.security.leader_scores import survival_of_leaders
from willing.security.measures import MEASURES
from willing.sources.alliances import commitments, read_alliances
from willing.sources.capabilities import majors_by_year, read_capabilities, read_majors
from willing.sources.geography import read_capitals, read_contiguity
from willing.sources.later_leaders import LIST_ENDS
from willing.sources.regime import read_regimes
from willing.sources.rivalry import read_rivalries
from willing.sources.states import members
from willing.sources.unga import read_ideal_points

EMBEDDED = Path(__file__).parent / "embedded"
FIRST_YEAR = 1945
# Ideal points are published with six digits, of which three can be told apart; the index of
# capabilities has seven.
_DIGITS = {"cinc": 7, "ideal_point": 3, "latitude": 3, "longitude": 3}


@dataclass(frozen=True, eq=False)
class KnownStates:
    """What the sources say, year by year from 1945 on.

    Attributes
    ----------
    states
        One row a state-year: ``ccode``, ``year``, ``cinc`` (share of the world's capabilities),
        ``democracy`` (Polity of 6 or more), ``ideal_point`` (of the session opened that year) and
        ``major`` (a major power as the year began); missing where nobody says.
    capitals
        One row a state and capital: ``ccode``, ``year`` (since when), ``latitude``, ``longitude``.
    contiguous, allies, rivals
        One row a spell: ``ccode1`` (the lower code), ``ccode2``, ``first`` and ``last`` year in
        which two states were contiguous (by land or up to 400 miles of water), had promised help
        in war, or were strategic rivals.
    leaders
        One row a state and 1 January, and the last day of the lists of leaders: ``ccode``,
        ``date``, ``leader_name`` of whoever led on the day before, and a column a measure of
        security, missing on the last day.
    years
        One row a source: ``source`` and the ``last`` year that it covers.
    """

    states: pl.DataFrame
    capitals: pl.DataFrame
    contiguous: pl.DataFrame
    allies: pl.DataFrame
    rivals: pl.DataFrame
    leaders: pl.DataFrame
    years: pl.DataFrame

    def last_year(self, source: str) -> int:
        """Give the last year that a source covers."""
        return int(self.years.row(by_predicate=pl.col("source") == source, named=True)["last"])


@cache
def load_known_states() -> KnownStates:
    """Give the tables that the package carries."""
    tables = {each.name: pl.read_parquet(_path(each.name)) for each in fields(KnownStates)}
    tables["leaders"] = spread_out(tables["leaders"])
    return KnownStates(**tables)


def write_known_states(raw: Path) -> None:
    """Make the tables from the published files and write them into the package."""
    found = build_known_states(raw)
    EMBEDDED.mkdir(exist_ok=True)
    for each in fields(KnownStates):
        with replacing(_path(each.name)) as path:
            getattr(found, each.name).write_parquet(
                path, compression="zstd", compression_level=19, statistics=False
            )


def build_known_states(raw: Path) -> KnownStates:
    """Make the tables from the published files.

    Parameters
    ----------
    raw
        The folder of published files.

    Raises
    ------
    DataError
        If a file is missing or not as published.
    """
    key, recent = ["ccode", "year"], pl.col("year") >= FIRST_YEAR
    capabilities, points = read_capabilities(raw).select(*key, "cinc"), read_ideal_points(raw)
    regimes = read_regimes(raw).select(*key, "democracy")
    majors = majors_by_year(read_majors(raw)).with_columns(major=True)
    states = capabilities
    for table in (regimes, points, majors):
        states = states.join(table, on=key, how="full", coalesce=True, validate="1:1")
    states = states.filter(recent, pl.any_horizontal(pl.exclude(key).is_not_null())).sort(key)
    capitals, contiguous, rivals = read_capitals(raw), read_contiguity(raw), read_rivalries(raw)
    allies = commitments(read_alliances(raw)).filter("allies")
    dated = {
        "cinc": capabilities.drop_nulls(),
        "democracy": regimes.drop_nulls(),
        "ideal_point": points.drop_nulls(),
        "major": majors,
        "capitals": capitals,
        "contiguous": contiguous,
        "allies": allies,
        "rivals": rivals,
    }
    years = pl.DataFrame(
        {"source": list(dated), "last": [table["year"].max() for table in dated.values()]}
    )
    return KnownStates(
        states=_rounded(states),
        capitals=_rounded(_moves(capitals)),
        contiguous=_spells(contiguous.filter(recent)),
        allies=_spells(allies.filter(recent)),
        rivals=_spells(rivals.filter(recent)),
        leaders=_leaders(raw),
        years=years,
    )


def _leaders(raw: Path) -> pl.DataFrame:
    """Score who led each state as each year began, and name who did when the lists ended.

    The lists of leaders go on for some months after the last 1 January, but not the files of
    regimes, without which the measures are of little worth.
    """
    days = [*(date(year, 1, 1) for year in range(FIRST_YEAR + 1, LIST_ENDS.year + 1)), LIST_ENDS]
    asked = pl.concat(
        members(day).select(pl.col("ccode").cast(pl.Int64), date=pl.lit(day)) for day in days
    )
    found = survival_of_leaders(raw).on(asked.sort("ccode", "date")).drop_nulls("leader_name")
    measured = pl.col("date") < LIST_ENDS
    return compact(
        found.select(
            "ccode", "date", "leader_name", *(pl.when(measured).then(name) for name in MEASURES)
        )
    )


def _moves(capitals: pl.DataFrame) -> pl.DataFrame:
    """Keep the first year of each capital."""
    moved = (pl.col("capital") != pl.col("capital").shift().over("ccode")).fill_null(True)
    return capitals.sort("ccode", "year").filter(moved).drop("capital")


def _spells(pairs: pl.DataFrame) -> pl.DataFrame:
    """Join the years of symmetric pairs into spells without a gap."""
    pair = ["ccode1", "ccode2"]
    years = pairs.filter(pl.col("ccode1") < pl.col("ccode2")).select(*pair, "year").unique()
    spell = (pl.col("year").diff().over(pair).fill_null(1) > 1).cast(pl.Int64).cum_sum().over(pair)
    return (
        years.sort(*pair, "year")
        .group_by(*pair, spell.alias("spell"), maintain_order=True)
        .agg(first=pl.col("year").min(), last=pl.col("year").max())
        .drop("spell")
    )


def _rounded(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(
        pl.col(name).round(digits) for name, digits in _DIGITS.items() if name in table.columns
    )


def _path(name: str) -> Path:
    return EMBEDDED / f"known_{name}.parquet"
