"""Which triads a test is made on: leader rule, coding of joining, years, measures."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from willing.divergence.divergence_measures import Divergence, put_divergence
from willing.errors import DataError
from willing.evidence.covariate_gaps import fill_regimes, fill_un_support
from willing.manner import Result
from willing.record.choices import SAMPLE_YEARS, Pool
from willing.record.leading import PICKED, LeaderRule
from willing.record.measured import INSECURITY, turned
from willing.record.pool import in_pool
from willing.report.labels import ALTERNATIVES, MEASURES
from willing.security.measures import find_measure

LEADERS = {
    "acted": "the strongest crisis actor that acted",
    "strongest": "the strongest crisis actor",
    "first": "the first crisis actor in time",
    "hostile": "the most hostile crisis actor",
    "every": "every crisis actor in turn",
}
POOLS = {
    "all": "every other state",
    "region": "the states of T's region",
    "relevant": "the states that are politically relevant to T",
}


@dataclass(frozen=True, repr=False)
class Sample(Result):
    """Which triads a test is made on, and how they are measured: one for a whole report.

    Attributes
    ----------
    leader : str
        Who is L: the strongest crisis actor of the side that acted, the strongest whether it acted
        or not, the first in time, the most hostile, or every one in turn.
    coding : str
        The column that says who joined; it becomes `join`.
    measure : str or None
        The measure of security that `insecurity_leader` and `insecurity_partner` hold; by default
        the one that the record was loaded with.
    pool : str
        Who is P, as in `willing.record.choices.Choices`.
    years : tuple of int
        First and last year of the crises taken.
    victims : bool
        Whether sides whose members are only victims of one aggressor are taken.
    without : tuple of int
        COW codes of leading states to leave out.
    divergence : str
        The measure of divergence, of `willing.divergence.divergence_measures.MEASURES`; of the
        imputations of ``"completed"`` the mean.
    """

    leader: LeaderRule = "acted"
    coding: str = "join"
    measure: str | None = None
    pool: Pool = "all"
    years: tuple[int, int] = SAMPLE_YEARS
    victims: bool = True
    without: tuple[int, ...] = ()
    divergence: Divergence = "completed"

    def take(self, triads: pl.DataFrame) -> pl.DataFrame:
        """Take the sample's rows and put the chosen measures under the models' names.

        Parameters
        ----------
        triads
            The record's triads, best of every leader: gaps in `unsupport` are filled from the
            other leaders of a side (:mod:`willing.evidence.covariate_gaps`).

        Returns
        -------
        polars.DataFrame

        Raises
        ------
        DataError
            If a column is absent, there is no such measure, or no row is left.
        """
        conditions = [pl.col("year").is_between(*self.years)]
        if self.leader != "every":
            conditions.append(pl.col(PICKED[self.leader]))
        if not self.victims:
            conditions.append(~pl.col("victims_only"))
        if self.without:
            conditions.append(~pl.col("leader").is_in(list(self.without)))
        insecurity = {} if self.measure is None else turned(self.measure)
        needed = [self.coding, *_roots([*conditions, *insecurity.values()])]
        absent = [name for name in dict.fromkeys(needed) if name not in triads.columns]
        if absent:
            raise DataError(
                f"the triads lack the column {', '.join(absent)}; they have "
                f"{', '.join(triads.columns)}"
            )
        chosen = in_pool(fill_un_support(triads).filter(*conditions), self.pool).with_columns(
            pl.col(self.coding).alias("join"), **insecurity
        )
        if not chosen.height:
            covered = triads["year"].drop_nulls().unique().sort().to_list()
            raise DataError(
                f"no triad of {self.years[0]}-{self.years[1]} is left; the record has "
                + (f"{covered[0]}-{covered[-1]}" if covered else "none at all")
            )
        if self.measure is not None and chosen[INSECURITY].null_count() == chosen.height:
            raise DataError(
                f"no leader of {self.years[0]}-{self.years[1]} has the measure {self.measure}"
                f"{self._lacking()}; take other years or another measure"
            )
        return put_divergence(fill_regimes(chosen), self.divergence)

    def imputations(self, triads: pl.DataFrame, count: int) -> Iterator[pl.DataFrame]:
        """Take the sample with one imputation of divergence after the other.

        Parameters
        ----------
        triads
            As in :meth:`take`.
        count
            How many, up to twenty.

        Yields
        ------
        polars.DataFrame
            `count` samples of the same rows; only one where the divergence is not imputed.
        """
        rows = replace(self, divergence="ideal points").take(triads)
        if self.divergence != "completed":
            yield put_divergence(rows, self.divergence)
            return
        for draw in range(1, count + 1):
            yield put_divergence(rows, "completed", draw=draw)

    def _lacking(self) -> str:
        """In brackets, which years the measure of security lacks."""
        lacks = "" if self.measure is None else find_measure(self.measure).lacks(*self.years)
        return lacks and f" ({lacks})"

    def to_dict(self) -> dict[str, Any]:
        """Give the choices as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        first, last = self.years
        measure = MEASURES.get(self.measure or "", self.measure)
        by = "" if measure is None else f"; security: {measure}{self._lacking()}"
        less = "" if not self.without else f"; without {', '.join(map(str, self.without))}"
        return (
            f"crises of {first}-{last}; L {LEADERS[self.leader]}; P {POOLS[self.pool]}; joining: "
            f"{ALTERNATIVES.get(self.coding, self.coding)}; divergence: {self.divergence}{by}{less}"
        )


def select_triads(triads: pl.DataFrame, **choices: Any) -> pl.DataFrame:
    """Take the triads of a `Sample` with the choices named.

    Raises
    ------
    DataError
        As :meth:`Sample.take`.
    """
    return Sample(**choices).take(triads)


def leader_sides(triads: pl.DataFrame, *, keep: Collection[str] = ()) -> pl.DataFrame:
    """Give one row a leader side and L: whether a coalition was built, and what is L's own.

    Columns that are the same in all triads of a side and leader are kept; `built` says whether
    any partner joined and `partners` how many (null where none is known to have joined and the
    sources do not speak of all). The columns of `keep`, the same in all triads of a side and leader
    too, are kept as well.
    """
    own = [
        name
        for name in (
            "crisno",
            "year",
            "target",
            INSECURITY,
            "cinc_ell",
            "cinc_tee",
            "unsupport",
            "LTdist",
            "demL",
            "pcw",
            "Lmaj",
            *keep,
        )
        if name in triads.columns
    ]
    joiners = pl.col("join").cast(pl.Int64).sum()
    spoken = pl.col("covered").first() if "covered" in triads.columns else pl.lit(True)
    coded = (pl.col("join").count() > 0) & (spoken | (joiners > 0))
    return (
        triads.group_by(side_keys(triads), maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in own),
            pl.when(coded).then(joiners).alias("partners"),
        )
        .with_columns((pl.col("partners") > 0).cast(pl.Int8).alias("built"))
    )


def side_keys(triads: pl.DataFrame) -> list[str]:
    """Give the columns that tell leader sides apart: side and, where it is named, leader."""
    return [name for name in ("side", "leader") if name in triads.columns]


def third_of(values: pl.Series) -> pl.Series:
    """Say which third of the distribution each value is in: 0, 1 or 2 (null stays null)."""
    low, high = values.quantile(1 / 3, "linear"), values.quantile(2 / 3, "linear")
    return (values > low).cast(pl.Int8) + (values > high).cast(pl.Int8)


def _roots(conditions: list[pl.Expr]) -> Iterator[str]:
    for condition in conditions:
        yield from condition.meta.root_names()
