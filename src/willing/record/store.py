"""The record: load it, look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.errors import DataError
from willing.manner import Result
from willing.record.agreement import coding_agreement, confusion_by_crisis, disagreements
from willing.record.choices import (
    SAMPLE_YEARS,
    CodingRule,
    Outcome,
    Override,
    Pool,
    Years,
    read_overrides,
)
from willing.record.codebook import check_columns, look_up_column
from willing.record.codings import CODINGS, CodingName
from willing.record.contents import Contents, Headline
from willing.record.lazy_tables import Table, lazy_tables
from willing.record.leading import PICKED, LeaderRule
from willing.record.manifest import EMBEDDED, Manifest, read_manifest
from willing.record.measured import add_measures, spread_out
from willing.record.outcome import follow, override
from willing.record.pool import in_pool

if TYPE_CHECKING:
    import pandas as pd


@lazy_tables
@dataclass(frozen=True, eq=False, repr=False)
class Record(Result):
    """The record of crises: who might have joined whom against whom, and who did.

    The tables of the record in the package are read when they are first asked for.

    Attributes
    ----------
    crises
        One row a crisis.
    sides
        One row a (crisis, target): the states that face one target, their leader and coalition.
    members
        One row a (side, state), with the evidence that put it there.
    triads
        One row a (side, leader, potential partner).
    leaders
        One row a leader-year, with the hazard of losing office in it and what came of it.
    security
        One row a state and first day of a crisis or episode: its leader the day before, by every
        measure of security.
    outcomes
        One row a state in a crisis, dispute or war: how it ended for it, and what became of its
        leader.
    states
        One row a spell of membership in the state system.
    payments
        One row a state-year, with US aid, arms and troops.
    arms
        One row a (supplier, recipient, year) with a delivery of arms.
    episodes
        One row an episode of foreign troops beside a government against rebels.
    episode_partners
        One row an (episode, leader, potential partner).
    wars
        One row a (war between states, side, state).
    attrition
        What was lost from crises to complete cases, and why.
    manifest
        What the record was made from.

    """

    crises: pl.DataFrame
    sides: pl.DataFrame
    members: pl.DataFrame
    triads: pl.DataFrame
    leaders: pl.DataFrame
    security: pl.DataFrame
    outcomes: pl.DataFrame
    states: pl.DataFrame
    payments: pl.DataFrame
    arms: pl.DataFrame
    episodes: pl.DataFrame
    episode_partners: pl.DataFrame
    wars: pl.DataFrame
    attrition: pl.DataFrame
    manifest: Manifest

    def __eq__(self, other: object) -> bool:
        """Whether another record holds the same rows and was made from the same."""
        if not isinstance(other, Record):
            return NotImplemented
        theirs = other.frames()
        return self.manifest == other.manifest and all(
            frame.equals(theirs[name]) for name, frame in self.frames().items()
        )

    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name."""
        return {name: getattr(self, name) for name in FRAMES}

    def changed(self, **changes: Callable[[pl.DataFrame], pl.DataFrame]) -> Record:
        """Give the record with some frames changed, each when it is first asked for."""
        return self._with({name: self._table_of(name).then(to) for name, to in changes.items()})

    def chosen(self, rows: pl.Expr, *names: str) -> Record:
        """Give the record with the rows of some frames for which an expression of them holds."""
        return self._with({name: self._table_of(name).chosen(rows) for name in names})

    def stored(self, name: str) -> pl.DataFrame:
        """Give a frame for which no measure of security is needed: it may lack their columns."""
        return self._table_of(name).stored()

    def _table_of(self, name: str) -> Table:
        held = self.__dict__[name]
        return held if isinstance(held, Table) else Table.of(held)

    def _with(self, tables: Mapping[str, Table]) -> Record:
        given: dict[str, Any] = {name: self.__dict__[name] for name in FRAMES} | dict(tables)
        return Record(manifest=self.manifest, **given)

    def within(self, years: tuple[int, int]) -> Record:
        """Give the record of the crises of some years, the first and the last included."""
        inside = pl.col("year").is_between(*years)
        return self.chosen(inside, "crises", "sides", "members", "triads")

    def describe(self, column: str | None = None) -> str:
        """Say what a column means or, without one, what every column of every frame does.

        Raises
        ------
        DataError
            If there is no such column.
        """
        if column is not None:
            return str(look_up_column(column))
        return Contents.of(self.frames()).columns()

    def agreement(self) -> pl.DataFrame:
        """How far the codings of joining agree on the triads, with Cohen's kappa."""
        return coding_agreement(self.triads)

    def confusion(self, first: CodingName, second: CodingName) -> pl.DataFrame:
        """Where two codings agree and where they do not, crisis by crisis.

        Raises
        ------
        DataError
            If there is no such coding.
        """
        for coding in (first, second):
            if coding not in CODINGS:
                raise DataError(f"no coding '{coding}'; the codings are {', '.join(CODINGS)}")
        return confusion_by_crisis(self.triads, f"join_{first}", f"join_{second}")

    def disagreements(self) -> pl.DataFrame:
        """The partners of whom one source says that they joined and another that they did not."""
        return disagreements(self.triads, self.states)

    def to_dict(self) -> dict[str, Any]:
        """Numbers of rows by frame, attrition and manifest, as plain values."""
        return {
            "rows": {name: frame.height for name, frame in self.frames().items()},
            "attrition": self.attrition.to_dicts(),
            "manifest": self.manifest.to_dict(),
        }

    def to_frame(self) -> pl.DataFrame:
        """The triads."""
        return self.triads

    def _table(self) -> pl.DataFrame:
        """The frames, a row each; the triads are too many for a table."""
        return pl.DataFrame(
            [
                {"frame": name, "rows": frame.height, "columns": frame.width}
                for name, frame in self.frames().items()
            ]
        )

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """The frames by name, as pandas has them."""
        return {name: frame.to_pandas() for name, frame in self.frames().items()}

    def __str__(self) -> str:
        return Headline.of(self.crises, self.sides, self.triads).of_record(self.manifest)


FRAMES = tuple(field.name for field in fields(Record) if field.name != "manifest")


def load_record(
    path: str | Path | None = None,
    *,
    leader: LeaderRule | None = None,
    years: Years | None = None,
    coding: CodingRule | None = None,
    outcome: Outcome | None = None,
    measure: str | None = None,
    pool: Pool | None = None,
    overrides: str | Path | Sequence[Override] = (),
) -> Record:
    """Load a record.

    Parameters
    ----------
    path
        A folder that `willing data build` wrote; the embedded record by default.
    leader
        Who is L in the triads: the strongest crisis actor of each side that acted (``acted``), the
        strongest whether it acted or not, the first in time, the most hostile, or every one that
        the record has. By default the one that acted, by the coding by blocs the strongest, or
        whom the record was built with.
    years
        First and last year of the crises wanted, or ``"all"``: in the embedded record 1946-2019.
        By default of the embedded record `SAMPLE_YEARS`, as in every test and report; of a folder
        all that it was built with.
    coding
        Who faced whom: by ``acts`` or by ``blocs``, as in `willing.record.choices.Choices`; by
        default that which the record was built with.
    outcome
        Which source decides who joined; by default the one the record was built with.
    measure
        The measure of leaders' security that ``insecurity_leader`` and ``insecurity_partner`` hold,
        one of `willing.security.measures.MEASURES`; by default the yearly hazard, or that which
        the record was built with.
    pool
        Who is P in the triads, as in `willing.record.choices.Choices`; by default whoever the
        record was built with.
    overrides
        The user's own word on who joined, or a TOML file of it; applied last.

    Returns
    -------
    Record
        The record; what is no table of crises, and the inputs and outputs of the manifest, are
        those of the record as it was built. Its manifest has the coding and the overrides chosen
        here.

    Raises
    ------
    DataError
        If the folder holds no record or a damaged one, or what is asked for is not in it.

    Examples
    --------
    >>> print(load_record(years="all"))  # doctest: +SKIP
    """
    folder = EMBEDDED if path is None else Path(path)
    manifest = read_manifest(folder)
    tables = {name: Table(partial(_read_frame, folder, name, manifest)) for name in FRAMES}
    if path is not None:  # a folder may be written to again while the record is in use
        tables = {name: Table.of(table.get()) for name, table in tables.items()}
    built = manifest.choices
    if isinstance(overrides, str | Path):
        overrides = read_overrides(overrides)
    chosen = replace(
        built,
        coding=built.coding if coding is None else coding,
        outcome=outcome or built.outcome,
        measure=measure or built.measure,
        pool=pool or built.pool,
        overrides=(*built.overrides, *overrides),
    )
    default: LeaderRule = "acted" if chosen.coding == "acts" else "strongest"
    rule = (default if built.leader == "every" else built.leader) if leader is None else leader
    replace(chosen, leader=rule)  # Refuses what does not exist.
    if rule != "every" and built.leader not in ("every", rule):
        raise DataError(
            f"leader='{leader}', but {folder} was built with the {built.leader} leader only"
        )
    if chosen.pool != built.pool and built.pool != "all":
        raise DataError(f"pool='{pool}', but {folder} was built with {built.pool}")
    if (chosen.coding, chosen.outcome) != (built.coding, built.outcome):
        if (built.coding, built.outcome) != ("acts", "recommended"):
            raise DataError(
                f"coding='{chosen.coding}', outcome='{chosen.outcome}', but {folder} was built "
                f"with {built.coding} and {built.outcome}"
            )
        tables = _with(tables, lambda frames: follow(frames, chosen))
        tables = _with(tables, lambda frames: override(frames, built.overrides))
    if overrides:
        tables = _with(tables, lambda frames: override(frames, tuple(overrides)))
    if rule != "every":
        tables["triads"] = tables["triads"].chosen(PICKED[rule])
    if chosen.pool != built.pool:
        tables["triads"] = tables["triads"].then(partial(in_pool, pool=chosen.pool))
    record = measured_record(tables, replace(manifest, choices=chosen))
    if years is None:
        years = SAMPLE_YEARS if path is None else "all"
    return record if years == "all" else _within(record, years)


def measured_record(tables: Mapping[str, Table], manifest: Manifest) -> Record:
    """Give a record with the measures of security as columns, and leaders and partners with them.

    Parameters
    ----------
    tables
        The frames as they are stored, by name, without what follows from other measures.
    manifest
        The manifest; its choices have the measure that ``insecurity_leader`` and
        ``insecurity_partner`` hold.
    """
    security, measure = tables["security"].then(spread_out), manifest.choices.measure

    def measured(rows: pl.DataFrame, *, every: bool = True) -> pl.DataFrame:
        return add_measures(rows, security.get(), measure=measure, every=every)

    given: dict[str, Any] = {
        **tables,
        "security": security,
        "triads": tables["triads"].row_by_row(measured),
        "episode_partners": tables["episode_partners"].row_by_row(partial(measured, every=False)),
    }
    return Record(manifest=manifest, **given)


def _with(
    tables: Mapping[str, Table],
    change: Callable[[Mapping[str, pl.DataFrame]], Mapping[str, pl.DataFrame]],
) -> dict[str, Table]:
    """Change tables that have to be looked at together."""
    changed = change({name: table.get() for name, table in tables.items()})
    return {name: Table.of(frame) for name, frame in changed.items()}


def _read_frame(folder: Path, name: str, manifest: Manifest) -> pl.DataFrame:
    path = manifest.file(folder, name)
    frame = pl.read_parquet(path)
    if folder != EMBEDDED:  # what the package keeps was checked when it was written
        check_columns(frame, str(path))
    return frame


def _within(record: Record, years: tuple[int, int]) -> Record:
    first, last = record.manifest.years
    if not first <= years[0] <= years[1] <= last:
        raise DataError(
            f"years={years[0]}:{years[1]}, but the record has crises of {first}-{last}; "
            "build one of newer files with `willing data build`"
        )
    return record.within(years)
