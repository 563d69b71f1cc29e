"""What is known of a state, and of a pair of states, before a crisis of a given year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.sources.alliances import commitments, read_alliances
from willing.sources.capabilities import majors_by_year, read_capabilities, read_majors
from willing.sources.economy import read_income, read_trade
from willing.sources.geography import great_circle_km, read_capitals, read_contiguity
from willing.sources.keys import look_up, require_unique
from willing.sources.regime import Democracy, read_regimes
from willing.sources.states import state_system
from willing.sources.unga import (
    IdealPoints,
    read_ideal_points,
    read_votes,
    voting_affinity,
)

STATE = ("ccode", "year")
DYAD = ("ccode1", "ccode2", "year")


def state_year_covariates(
    raw: Path,
    keys: pl.DataFrame,
    *,
    lag: int = 1,
    carry: int = 0,
    ideal_points: IdealPoints = "all",
    democracy: Democracy = "polity",
) -> pl.DataFrame:
    """Give what is known of each state before a crisis of the year given.

    Parameters
    ----------
    raw
        The folder of published files.
    keys
        Columns ``ccode`` (COW) and ``year``, each pair once; other columns are ignored.
    lag
        Values are those of `lag` years earlier, known before the crisis, or of the state's first
        year in the system if that is later: a state that entered this year gets this year's. Votes
        in the United Nations are always those of `lag` years earlier, or missing. With 0, all are
        of the same year.
    carry
        Where there is no ideal point for that year (there is none for 1964), take the latest of
        up to `carry` years before it. By default it stays missing.
    ideal_points
        Series of ideal points; see `willing.sources.unga.read_ideal_points`.
    democracy
        Which score decides; see `willing.sources.regime.read_regimes`.

    Returns
    -------
    polars.DataFrame
        One row a key, in the order of `keys`: ``ccode``, ``year`` and

        - lagged: ``cinc``, ``milex``, ``milper``, ``tpop``, ``ideal_point``, ``polity2``,
          ``v2x_polyarchy``, ``euds``, ``democracy``, ``gdppc``, ``growth``, ``gdp``,
          ``imports``, ``exports``;
        - as the year itself began: ``major`` (Boolean).

        The readers in `willing.sources` state the unit and the source of each. All are
        missing outside the coverage of the source and for a state not in the system that year.

    Raises
    ------
    DataError
        If `keys` lacks a column, repeats a key or holds a missing value, if an option is out of
        range, or if a file cannot be read.
    """
    frame = _checked(keys, STATE, lag=lag, carry=carry)
    frame = _add_basis(frame, ["ccode"], lag=lag)
    for table in (
        read_capabilities(raw),
        read_regimes(raw, democracy=democracy),
        read_income(raw),
        read_trade(raw),
    ):
        frame = _look_up_basis(frame, table, ["ccode"])
    points = read_ideal_points(raw, series=ideal_points)
    codes = frame["ccode"]
    before = _before(frame, lag)
    latest = _latest(lambda year: _ideal_point(points, codes, year), before, carry=carry)
    frame = frame.with_columns(latest.alias("ideal_point"))
    majors = majors_by_year(read_majors(raw))
    frame = look_up(frame, majors.with_columns(major=True), STATE)
    inside = pl.col("basis").is_not_null() & _covered(majors, "year")
    return frame.with_columns(_absent_is_false("major", inside)).drop("basis")


def dyad_year_covariates(
    raw: Path,
    keys: pl.DataFrame,
    *,
    lag: int = 1,
    carry: int = 0,
    ideal_points: IdealPoints = "all",
    minimum_votes: int = 5,
) -> pl.DataFrame:
    """Give what is known of each pair of states before a crisis of the year given.

    Parameters
    ----------
    raw
        The folder of published files.
    keys
        Columns ``ccode1``, ``ccode2`` (COW) and ``year``, each triple once; other columns are
        ignored.
    lag, carry
        As in `state_year_covariates`; a pair's first year is the later of the two. `carry` holds
        for both measures of preferences, and both states are always compared in the same session.
    ideal_points
        Series of ideal points; see `willing.sources.unga.read_ideal_points`.
    minimum_votes
        Least number of joint votes for an affinity; see
        `willing.sources.unga.voting_affinity`.

    Returns
    -------
    polars.DataFrame
        One row a key, in the order of `keys`: ``ccode1``, ``ccode2``, ``year`` and

        - lagged: ``ideal_distance`` (absolute difference of ideal points), ``affinity`` (S score
          of UN votes, -1 to 1), ``allies``, ``alliance_any``, ``pledge`` (Boolean; see
          `willing.sources.alliances.commitments`);
        - of the year itself: ``distance_km`` (between the capitals of 1 January),
          ``contiguity`` (1 by land to 5, the closest in the year; missing where ``contiguous`` is
          false) and ``contiguous`` (Boolean: any of the five).

        All but ``pledge`` are symmetric. All are missing outside the coverage of the source and
        where either state was not in the system that year.

    Raises
    ------
    DataError
        If `keys` lacks a column, repeats a key, holds a missing value or pairs a state with
        itself, if an option is out of range, or if a file cannot be read.
    """
    frame = _checked(keys, DYAD, lag=lag, carry=carry)
    if not (same := frame.filter(pl.col("ccode1") == pl.col("ccode2"))).is_empty():
        raise DataError(f"a dyad is two states: {same.row(0)} pairs a state with itself")
    frame = _add_basis(frame, ["ccode1", "ccode2"], lag=lag)
    points, votes = read_ideal_points(raw, series=ideal_points), read_votes(raw)
    pairs = frame.select("ccode1", "ccode2")
    before = _before(frame, lag)

    def ideal_distance(year: pl.Series) -> pl.Series:
        first, second = (_ideal_point(points, code, year) for code in pairs)
        return (first - second).abs()

    def affinity(year: pl.Series) -> pl.Series:
        dyads = pairs.with_columns(year.alias("year"))
        return voting_affinity(votes, dyads, minimum_votes=minimum_votes)["affinity"]

    frame = frame.with_columns(
        _latest(measure, before, carry=carry).alias(name)
        for name, measure in (("ideal_distance", ideal_distance), ("affinity", affinity))
    )
    alliances = commitments(read_alliances(raw))
    frame = _look_up_basis(frame, alliances, ["ccode1", "ccode2"])
    contiguity = read_contiguity(raw).with_columns(contiguous=True)
    frame = _add_distance(look_up(frame, contiguity, DYAD), read_capitals(raw))
    both = pl.col("basis").is_not_null()
    allied = _covered(alliances, "basis")
    return frame.with_columns(
        *(_absent_is_false(name, allied) for name in ("pledge", "allies", "alliance_any")),
        *(pl.when(both).then(name) for name in ("distance_km", "contiguity")),
        _absent_is_false("contiguous", both & _covered(contiguity, "year")),
    ).drop("basis")


def _checked(keys: pl.DataFrame, columns: Sequence[str], *, lag: int, carry: int) -> pl.DataFrame:
    """The key columns as whole numbers, after checks of everything that the caller chose."""
    for name, value in (("lag", lag), ("carry", carry)):
        if value < 0:
            raise DataError(f"{name}={value}; it is a number of years, 0 or more")
    if absent := [name for name in columns if name not in keys.columns]:
        raise DataError(f"the keys lack the column {', '.join(absent)}; got {keys.columns}")
    frame = keys.select(pl.col(columns).cast(pl.Int64))
    if sum(frame.null_count().row(0)):
        raise DataError(f"the keys {', '.join(columns)} must not be missing; drop those rows")
    require_unique(frame, columns, what="the keys")
    return frame


def _add_basis(frame: pl.DataFrame, codes: Sequence[str], *, lag: int) -> pl.DataFrame:
    """Add ``basis``: the year whose values describe the states before a crisis of ``year``.

    It is `lag` years earlier, or the first year in which all were members if that is later;
    missing if one of them is no member in ``year``.
    """
    latest = pl.lit(frame["year"].max(), pl.Int64)
    spells = state_system().select(
        "ccode", since=pl.col("start").dt.year().cast(pl.Int64), until=pl.col("end").dt.year()
    )
    members = (
        spells.with_columns(
            year=pl.int_ranges("since", pl.col("until").fill_null(latest) + 1, dtype=pl.Int64)
        )
        .explode("year")
        .drop_nulls("year")
        .group_by("ccode", "year")
        .agg(pl.col("since").min())
    )
    for code in codes:
        since = members.select(
            pl.col("ccode").alias(code), "year", pl.col("since").alias(f"_{code}")
        )
        frame = look_up(frame, since, [code, "year"])
    added = [f"_{code}" for code in codes]
    member = pl.all_horizontal(pl.col(added).is_not_null())
    basis = pl.max_horizontal(pl.col("year") - lag, *added)
    return frame.with_columns(basis=pl.when(member).then(basis)).drop(added)


def _look_up_basis(frame: pl.DataFrame, table: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    """Add the values that `table` has for the basis year."""
    return look_up(frame, table.rename({"year": "basis"}), [*codes, "basis"])


def _latest(
    measure: Callable[[pl.Series], pl.Series], basis: pl.Series, *, carry: int
) -> pl.Series:
    """Measure in the basis year or, where missing, in the latest of `carry` years before it."""
    value = measure(basis)
    for years in range(1, carry + 1):
        value = value.zip_with(value.is_not_null(), measure(basis - years))
    return value


def _before(frame: pl.DataFrame, lag: int) -> pl.Series:
    """The year of the session that was over before the crisis; missing where a state is no member.

    A session opens in September, so that of the crisis's own year is mostly one after it. A state
    that entered that year has voted in none before.
    """
    year = pl.when(pl.col("basis").is_not_null()).then(pl.col("year") - lag)
    return frame.select(year.alias("before")).to_series()


def _ideal_point(points: pl.DataFrame, code: pl.Series, year: pl.Series) -> pl.Series:
    keys = pl.DataFrame({"ccode": code, "year": year})
    return look_up(keys, points, STATE)["ideal_point"]


def _add_distance(frame: pl.DataFrame, capitals: pl.DataFrame) -> pl.DataFrame:
    """Add ``distance_km`` between the capitals of the two states."""
    places = []
    for code in ("ccode1", "ccode2"):
        where = capitals.select(pl.col("ccode").alias(code), "year", "latitude", "longitude")
        found = look_up(frame.select(code, "year"), where, [code, "year"])
        places += [found["latitude"].to_numpy(), found["longitude"].to_numpy()]
    distance = pl.Series("distance_km", great_circle_km(*places), nan_to_null=True)
    return frame.with_columns(distance)


def _covered(table: pl.DataFrame, year: str) -> pl.Expr:
    """Whether the column `year` lies between the first and the last year of `table`."""
    first, last = table["year"].min(), table["year"].max()
    return pl.col(year).is_between(pl.lit(first), pl.lit(last))


def _absent_is_false(name: str, inside: pl.Expr) -> pl.Expr:
    """A fact that a source lists only where true: false elsewhere inside it, missing outside."""
    return pl.when(inside).then(pl.col(name).fill_null(False)).alias(name)
