"""The terms of the survival model, by name: which covariates enter, how, and in which units.

Every term is a fixed function of the covariates (nothing is estimated here), centred so that a
missing score sits at a typical value and is marked as unknown by an indicator of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np
import polars as pl

from willing.numbers import Floats

Design = Literal["full", "plain", "no_calendar"]
Term = tuple[str, Floats]

# Typical values at which scores are centred: electoral democracy, dollars a head, growth, age.
DEMOCRACY, INCOME, GROWTH, AGE = 0.45, 5000.0, 0.02, 55.0
# Knots of the restricted cubic splines: years in office (in logs of a quarter year more), age.
TENURE_KNOTS = (0.0, 1.0, 3.0, 6.0, 12.0)
AGE_KNOTS = (40.0, 50.0, 60.0, 75.0)
# Growth beyond this is a war, a collapse or an error of measurement; it counts as this much.
GROWTH_LIMIT = 0.15
# Bounds in years of when an election is due; the term has run out for good before the first.
DUE = (-0.5, 0.0, 0.5, 1.0, 1.5)


def restricted_cubic_spline(x: Floats, knots: tuple[float, ...]) -> Floats:
    """Give the basis of a cubic spline that is linear beyond its outer knots.

    Parameters
    ----------
    x
        Shape (n,).
    knots
        At least three, increasing.

    Returns
    -------
    ndarray
        Shape (n, number of knots - 1): x itself, then Harrell's (2001, section 2.4.5) terms.
    """
    first, before, last = knots[0], knots[-2], knots[-1]
    cube = [np.maximum(x - knot, 0.0) ** 3 for knot in knots]
    terms = [
        cube[j]
        - cube[-2] * (last - knot) / (last - before)
        + cube[-1] * (before - knot) / (last - before)
        for j, knot in enumerate(knots[:-2])
    ]
    return np.column_stack([x, *(term / (last - first) ** 2 for term in terms)])


def design_matrix(frame: pl.DataFrame, design: Design) -> tuple[tuple[str, ...], Floats]:
    """Turn covariates into the columns of the model.

    Parameters
    ----------
    frame
        What `willing.security.features.add_features` gave.
    design
        ``"full"``; ``"no_calendar"``, the same without anything that elections tell; or
        ``"plain"``: tenure x democracy, age, entry, growth and income only.

    Returns
    -------
    names, X
        Names of the k terms, the constant first, and the matrix, shape (n, k).
    """
    terms = _plain(frame) if design == "plain" else _full(frame, calendar=design == "full")
    names, columns = zip(("constant", np.ones(frame.height)), *terms, strict=True)
    return names, np.column_stack(columns)


def _plain(frame: pl.DataFrame) -> Iterator[Term]:
    tenure = np.log(_get(frame, "tenure") + 0.25)
    democracy = _get(frame, "democracy", centre=DEMOCRACY)
    yield "log tenure", tenure
    yield "democracy", democracy
    yield "log tenure x democracy", tenure * democracy
    yield "age, decades", _get(frame, "age", centre=AGE) / 10
    yield from _entry(frame)
    yield from _economy(frame)
    yield from _unknown(frame)


def _full(frame: pl.DataFrame, *, calendar: bool) -> Iterator[Term]:
    regimes = _regimes(frame)
    for name, indicator in regimes.items():
        if name != "parliamentary":
            yield name, indicator
    yield "democracy", _get(frame, "democracy", centre=DEMOCRACY)
    kinds = _kinds(regimes)
    yield from _tenure(frame, kinds)
    yield from _person(frame)
    yield from _support(frame, kinds)
    if calendar:
        yield from _elections(frame, kinds)
    yield from _turnover(frame, kinds)
    yield from _economy(frame)
    yield "civil war", _get(frame, "civil_war")
    yield "force between states", _get(frame, "interstate_force")
    yield from _unknown(frame)


def _regimes(frame: pl.DataFrame) -> dict[str, Floats]:
    names = (
        "parliamentary",
        "presidential",
        "party",
        "personal",
        "military",
        "monarchy",
        "provisional",
    )
    regime = frame["regime"]
    known = {name: (regime == name).fill_null(False).to_numpy().astype(float) for name in names}
    return known | {"no or unknown regime": 1 - np.sum(list(known.values()), axis=0)}


def _kinds(regimes: dict[str, Floats]) -> dict[str, Floats]:
    """The three kinds of regime whose clocks run differently."""
    parliamentary, presidential = regimes["parliamentary"], regimes["presidential"]
    return {
        "parliamentary": parliamentary,
        "presidential": presidential,
        "other regimes": 1 - parliamentary - presidential,
    }


def _tenure(frame: pl.DataFrame, kinds: dict[str, Floats]) -> Iterator[Term]:
    tenure = np.log(_get(frame, "tenure") + 0.25)
    basis = restricted_cubic_spline(tenure, tuple(np.log(np.array(TENURE_KNOTS) + 0.25)))
    for number, column in enumerate(basis.T):
        label = "log tenure" if number == 0 else f"log tenure, spline {number}"
        yield from _by_kind(label, column, kinds)
    yield "log tenure x democracy", tenure * _get(frame, "democracy", centre=DEMOCRACY)
    yield "log tenure x irregular entry", tenure * _is(frame, "Irregular")


def _person(frame: pl.DataFrame) -> Iterator[Term]:
    age = restricted_cubic_spline(
        _get(frame, "age", centre=AGE) / 10, tuple((np.array(AGE_KNOTS) - AGE) / 10)
    )
    for number, column in enumerate(age.T):
        yield "age, decades" if number == 0 else f"age, spline {number}", column
    yield from _entry(frame)
    yield "earlier terms", _get(frame, "earlier_terms")
    yield "military service", _get(frame, "military_service")
    yield "rebel", _get(frame, "rebel")
    yield "career unknown", _missing(frame, "military_service")


def _entry(frame: pl.DataFrame) -> Iterator[Term]:
    yield "irregular entry", _is(frame, "Irregular")
    yield "imposed from abroad", _is(frame, "Foreign Imposition")


def _support(frame: pl.DataFrame, kinds: dict[str, Floats]) -> Iterator[Term]:
    yield "military support", _get(frame, "military_support")
    yield "non-party", _get(frame, "non_party")
    yield (
        "coalition partners x parliamentary",
        (_get(frame, "coalition_partners") * kinds["parliamentary"]),
    )
    yield "support changed on entry", _get(frame, "support_changed")


def _elections(frame: pl.DataFrame, kinds: dict[str, Floats]) -> Iterator[Term]:
    due = frame["election_due"].fill_null(np.inf).to_numpy()
    labels = ["overdue", *(f"due in {low:g} to {high:g} years" for low, high in pairwise(DUE))]
    for label, low, high in zip(labels, (-np.inf, *DUE), DUE, strict=False):
        inside = ((due >= low) & (due < high)).astype(float)
        yield from _by_kind(f"election {label}", inside, kinds)
    yield "no election on record", np.isinf(due).astype(float)
    turnover = _get(frame, "turnover_at_elections", centre=0.5)
    near = ((due >= DUE[0]) & (due < 1)).astype(float)
    announced = _get(frame, "election_announced")
    yield "turnover at elections", turnover
    yield from _by_kind("turnover at elections, one due", near * turnover, kinds)
    yield "turnover at elections, one announced", announced * turnover
    yield from _by_kind("election announced", announced, kinds)
    yield from _by_kind("elected", _get(frame, "elected"), kinds)
    yield "vote just held", _get(frame, "vote_held")
    yield "incumbent's side lost it", _get(frame, "incumbent_lost")
    yield "successor elected", _get(frame, "successor_elected")


def _turnover(frame: pl.DataFrame, kinds: dict[str, Floats]) -> Iterator[Term]:
    share = _get(frame, "predecessors_left")
    left = np.log(share / (1 - share)) - np.log(0.16 / 0.84)
    exits = np.log1p(_get(frame, "recent_exits"))
    yield from _by_kind("predecessors left here, log-odds", left, kinds)
    yield from _by_kind("exits in 10 years, log", exits, kinds)
    yield "forced exits in 10 years, log", np.log1p(_get(frame, "recent_forced_exits"))
    yield "first leader", _get(frame, "first_leader")


def _economy(frame: pl.DataFrame) -> Iterator[Term]:
    growth = _get(frame, "growth", centre=GROWTH)
    yield "growth, 10 points", np.clip(growth, -GROWTH_LIMIT, GROWTH_LIMIT) * 10
    yield "income, log", _log(frame, "gdppc", centre=INCOME)


def _unknown(frame: pl.DataFrame) -> Iterator[Term]:
    yield "democracy unknown", _missing(frame, "democracy")
    yield "income unknown", _missing(frame, "gdppc")


def _by_kind(name: str, values: Floats, kinds: dict[str, Floats]) -> Iterator[Term]:
    for kind, indicator in kinds.items():
        yield f"{name} x {kind}", values * indicator


def _get(frame: pl.DataFrame, column: str, *, centre: float = 0.0) -> Floats:
    """A covariate less a typical value; missing ones are at that value."""
    return (frame[column].cast(pl.Float64) - centre).fill_null(0.0).to_numpy()


def _log(frame: pl.DataFrame, column: str, *, centre: float) -> Floats:
    return np.log(frame[column].fill_null(centre).to_numpy() / centre)


def _is(frame: pl.DataFrame, entry: str) -> Floats:
    return (frame["entry"] == entry).cast(pl.Float64).to_numpy()


def _missing(frame: pl.DataFrame, column: str) -> Floats:
    return frame[column].is_null().cast(pl.Float64).to_numpy()
