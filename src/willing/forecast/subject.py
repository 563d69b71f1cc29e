"""What is forecast: one leader side, of the record or of a scenario file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from willing.errors import DataError, EmptyOutcomesError, ScenarioError
from willing.forecast.open_crises import facing_leader
from willing.record.choices import Pool
from willing.record.crisis_names import find_crisis
from willing.record.retention import Survival, survival_of
from willing.record.store import Record
from willing.security.measures import STAKE
from willing.sources.names_by_date import latest_names, names_on
from willing.sources.state_names import codes_called, names_of, plain
from willing.structural.leader_sides import Sides
from willing.structural.specification import Specification

# What a forecast takes beside a crisis.
_ALSO = "a leader side as crisno-target, or a scenario file ending in .toml"


@dataclass(frozen=True, eq=False)
class Subject:
    """A leader, her target and the candidates for her coalition.

    Attributes
    ----------
    title
        What to call it in print.
    sides
        The single leader side as arrays.
    states
        Names of the states by the codes that `sides` uses.
    observed
        Whether it is known who joined.
    others
        Other leader sides of the same crisis that can be forecast.
    survival
        How likely the leader was to keep office after defeat and victory, with intervals, if the
        record tells.
    year
        In which the crisis began, if it is one of the record.
    pool
        Who counts as a potential partner, here and in the estimates.
    facing
        Codes of states that are not asked, because they face the leader in a crisis that is open
        on the day.
    """

    title: str
    sides: Sides
    states: Mapping[int, str]
    observed: bool = True
    others: tuple[str, ...] = ()
    survival: Survival | None = None
    year: int | None = None
    pool: Pool = "all"
    facing: tuple[int, ...] = ()

    @property
    def leader(self) -> str:
        """Name of the leader's state."""
        return self.states[int(self.sides.leader[0])]

    @property
    def target(self) -> str:
        """Name of the target."""
        return self.states[int(self.sides.target[0])]

    def codes(self, names: Sequence[str]) -> list[int]:
        """Give the codes of candidates by name, its beginning, COW code or abbreviation, ISO code.

        Raises
        ------
        ScenarioError
            If there is no such candidate, or more than one.
        """
        return [self._code(name) for name in names]

    def _code(self, name: str) -> int:
        candidates = {int(code): self.states[int(code)] for code in self.sides.partner}
        wanted = plain(name)
        exact = [c for c, known in candidates.items() if wanted in (plain(known), str(c))]
        found = exact or [c for c, known in candidates.items() if plain(known).startswith(wanted)]
        # Abbreviations and other names; a scenario's states have codes of their own, but names.
        called = codes_called(name)
        names = {plain(known) for code in called for known in names_of(code)}
        found = found or [c for c, known in candidates.items() if plain(known) in names]
        if len(found) == 1:
            return found[0]
        if found:
            alike = ", ".join(candidates[code] for code in found)
            raise ScenarioError(f"'{name}' may be {alike}; give the whole name or the COW code")
        for code in self.facing:
            if wanted in (plain(self.states[code]), str(code)) or code in called:
                raise ScenarioError(
                    f"{self.states[code]} is not asked: in a crisis that is open on the day it "
                    f"faces {self.leader}"
                )
        near = difflib.get_close_matches(wanted, map(plain, candidates.values()), n=3)
        meant = [known for known in candidates.values() if plain(known) in near]
        hint = f"did you mean {' or '.join(meant)}? " if meant else ""
        raise ScenarioError(
            f"no candidate '{name}' in {self.title}; {hint}candidates are the states with known "
            f"covariates, such as {', '.join(list(candidates.values())[:8])}"
        )


def subject_of_record(record: Record, model: Specification, crisis: str) -> Subject:
    """Find a leader side of the record.

    Parameters
    ----------
    record
        The record.
    model
        The model that will forecast; it decides which candidates have the covariates needed.
    crisis
        ICB's number of the crisis, a leader side as ``crisno-target``, or a part of the crisis's
        name, perhaps with the year. Of the sides of a crisis it is the one with most members; the
        rest is named in `others`. States that face the leader in an open crisis are not asked.

    Raises
    ------
    DataError
        If no crisis or several answer to it, or no side of it can be forecast.
    """
    wanted = crisis.strip()
    head, _, rest = wanted.partition("-")
    named = head if head.isdecimal() and rest else wanted
    row = find_crisis(record.crises, named, also=_ALSO)
    sides = _sides_of_crisis(record, model, row["crisno"])
    usable = [] if sides is None else list(sides.names)
    members_of = dict(record.sides.select("side", "n_members").iter_rows())
    usable.sort(key=lambda name: -members_of.get("-".join(name.split("-")[:2]), 0))
    chosen = wanted if wanted in usable else next(iter(usable), None)
    if (
        sides is None
        or chosen is None
        or ("-" in wanted and wanted[0].isdigit() and wanted not in usable)
    ):
        raise DataError(
            f"'{wanted}' cannot be forecast: {row['crisname']} has "
            f"{', '.join(usable) or 'no leader side with the covariates that the model needs'}"
        )
    one = sides.take([sides.names.index(chosen)])
    facing = facing_leader(record, one)
    if facing.all():
        raise DataError(f"all candidates of {chosen} face the leader in an open crisis")
    states = state_names(row["start"])
    title = f"{row['crisname'].title()}, {row['year']}"
    known = record.sides.filter(pl.col("covered") | (pl.col("coalition") > 0))["side"]
    observed = "-".join(chosen.split("-")[:2]) in known
    others = tuple(name for name in usable if name != chosen)
    survival = None
    if model.insecurity == STAKE:
        survival = survival_of(record, int(one.leader[0]), row["start"])
    return Subject(
        title,
        one.only(~facing),
        states,
        observed=observed,
        others=others,
        survival=survival,
        year=row["year"],
        facing=tuple(one.partner[facing].tolist()),
    )


def subject_of_side(sides: Sides, name: str) -> Subject:
    """Take a leader side of a sample, without the record that it came from.

    All candidates are asked, as nothing tells which crises are open.
    """
    if name not in sides.names:
        raise DataError(
            f"no leader side '{name}' in the sample; there are {sides.names[0]} to "
            f"{sides.names[-1]}"
        )
    return Subject(f"Side {name}", sides.take([sides.names.index(name)]), state_names())


def state_names(day: date | None = None) -> dict[int, str]:
    """Name the states by COW code; with a day, as they were called on it."""
    return dict(latest_names()) if day is None else names_on(day)


def _sides_of_crisis(record: Record, model: Specification, crisis: int) -> Sides | None:
    """Lay out the sides of one crisis; None if none has what the model needs."""
    # Where a missing value is replaced by the mean, the mean is that of the record.
    whole = model.missing == "indicate"
    own = record if whole else record.chosen(pl.col("crisno") == crisis, "triads")
    # Of whom nobody tells whether they joined can be forecast all the same.
    own = own.changed(triads=lambda triads: triads.with_columns(pl.col("join").fill_null(0)))
    try:
        sides = model.sides(own, checked=False)
    except EmptyOutcomesError:
        return None
    inside = np.flatnonzero(sides.crisis == crisis)
    return sides.take(inside) if len(inside) else None
