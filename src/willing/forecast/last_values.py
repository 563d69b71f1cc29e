"""The last value that the sources have of a state or a pair of states before a year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from willing.divergence.divergence_measures import divergence_of
from willing.divergence.divergence_measures import states as completed_states
from willing.forecast.known_states import KnownStates
from willing.record.pool import region_of
from willing.sources.geography import great_circle_km

Pair = tuple[int, int]


@dataclass(frozen=True)
class Known:
    """A value and the year that it is of.

    Attributes
    ----------
    value
        A number, a fact or a name; None if no source has it.
    year
        The year; None of what does not age, or is not known.
    note
        What else there is to say.
    """

    value: Any
    year: int | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class LastValues:
    """What was known before a crisis that begins with a year.

    Attributes
    ----------
    known
        The tables to look in.
    year
        The year of the crisis. As in the record, capabilities, regimes, votes, alliances and
        rivalries are those of the year before at the latest; capitals, borders and leaders those
        of 1 January.
    """

    known: KnownStates
    year: int

    def of_state(self, name: str, code: int) -> Known:
        """Give ``cinc``, ``democracy`` or another column of the state-years.

        Of a state that entered this year, this year's.
        """
        values = self._states[name].get(code, {})
        before = [year for year in values if year < self.year] or [
            year for year in values if year == self.year
        ]
        return Known(values[max(before)], max(before)) if before else Known(None)

    def major(self, code: int) -> Known:
        """Say whether a state is a major power."""
        year = min(self.year, self.known.last_year("major"))
        return Known(year in self._states["major"].get(code, {}), year)

    def leader(self, code: int, measure: str) -> Known:
        """Give a measure of the leader's security on the last 1 January of which it is known."""
        rows = self._leaders.get(code, [])
        measured = [row for row in rows if row[measure] is not None]
        if not measured:
            return Known(None)
        found, last = measured[-1], rows[-1]
        successor = last["leader_name"]
        note = found["leader_name"]
        if successor != note:
            note = f"{note}; {successor} since"
        return Known(found[measure], found["date"].year, note)

    def distance(self, pair: Pair) -> Known:
        """Give the kilometres between the capitals of two states."""
        places = [self._capital(code) for code in pair]
        if None in places:
            return Known(None)
        (lat1, lon1), (lat2, lon2) = ((np.array([a]), np.array([b])) for a, b in places)  # type: ignore[misc]
        kilometres = float(great_circle_km(lat1, lon1, lat2, lon2)[0])
        return Known(round(kilometres), min(self.year, self.known.last_year("capitals")))

    def contiguous(self, pair: Pair) -> Known:
        """Say whether the territories of two states touch, by land or up to 400 miles of water."""
        year = min(self.year, self.known.last_year("contiguous"))
        return Known(self._in_spell("contiguous", pair, year), year)

    def allied(self, pair: Pair) -> Known:
        """Say whether one of two states has promised the other help in war."""
        year = min(self.year - 1, self.known.last_year("allies"))
        return Known(self._in_spell("allies", pair, year), year)

    def rivals(self, pair: Pair) -> Known:
        """Say whether two states are strategic rivals."""
        year = min(self.year - 1, self.known.last_year("rivals"))
        return Known(self._in_spell("rivals", pair, year), year)

    def same_region(self, pair: Pair) -> Known:
        """Say whether two states are of one region."""
        codes = pl.DataFrame({"code": pair}).select(region_of(pl.col("code")))["code"]
        return Known(codes[0] == codes[1])

    def divergences(self, pairs: Iterable[Pair]) -> dict[Pair, Known]:
        """Give the distances of ideal points of pairs in the last session in which both voted.

        A later one in which either did not vote counts where its point was completed, as in the
        record.
        """
        points, wanted = self._states["ideal_point"], list(dict.fromkeys(pairs))
        voted: dict[Pair, Known] = {}
        for one, other in wanted:
            mine, yours = points.get(one, {}), points.get(other, {})
            both = [year for year in mine.keys() & yours.keys() if year < self.year]
            if both:
                value = round(abs(mine[max(both)] - yours[max(both)]), 3)
                voted[one, other] = Known(value, max(both))
        last = min(self.year - 1, self._completed_to)
        later = [pair for pair in wanted if (voted.get(pair, Known(None)).year or 0) < last]
        if later:
            asked = pl.DataFrame(later, schema=["ccode1", "ccode2"], orient="row")
            found = divergence_of(asked.with_columns(year=last + 1), "completed")
            note = "no vote, completed"
            for pair, value in zip(later, found, strict=True):
                if value is not None:
                    voted[pair] = Known(round(value, 3), last, note)
        return {pair: voted.get(pair, Known(None)) for pair in wanted}

    @cached_property
    def _states(self) -> Mapping[str, dict[int, dict[int, Any]]]:
        """By column, state and year: the values that are known."""
        columns: dict[str, dict[int, dict[int, Any]]] = {}
        for name in ("cinc", "democracy", "ideal_point", "major"):
            columns[name] = {}
            rows = self.known.states.select("ccode", "year", name).drop_nulls()
            for code, year, value in rows.iter_rows():
                columns[name].setdefault(code, {})[year] = value
        return columns

    @cached_property
    def _leaders(self) -> dict[int, list[dict[str, Any]]]:
        """By state: its leaders up to 1 January, in order."""
        rows = self.known.leaders.filter(pl.col("date") <= date(self.year, 1, 1)).sort("date")
        by_state: dict[int, list[dict[str, Any]]] = {}
        for row in rows.iter_rows(named=True):
            by_state.setdefault(row["ccode"], []).append(row)
        return by_state

    @cached_property
    def _completed_to(self) -> int:
        return int(completed_states()["year"].max())  # type: ignore[arg-type]

    def _capital(self, code: int) -> tuple[float, float] | None:
        moves = self.known.capitals.filter(pl.col("ccode") == code, pl.col("year") <= self.year)
        if moves.is_empty():
            return None
        last = moves.sort("year").row(-1, named=True)
        return last["latitude"], last["longitude"]

    def _in_spell(self, table: str, pair: Pair, year: int) -> bool:
        key = (min(pair), max(pair))
        return any(first <= year <= last for first, last in self._spells[table].get(key, ()))

    @cached_property
    def _spells(self) -> dict[str, dict[Pair, list[Pair]]]:
        """By table and pair: first and last years."""
        found: dict[str, dict[Pair, list[Pair]]] = {}
        for table in ("contiguous", "allies", "rivals"):
            found[table] = {}
            for one, other, first, last in getattr(self.known, table).iter_rows():
                found[table].setdefault((one, other), []).append((first, last))
        return found
