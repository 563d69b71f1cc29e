"""Rolling origin: five years at a time from all before, and what that teaches the stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from willing.forecast.forecast_scores import Predictions
from willing.forecast.forecasters import Forecaster, forecasters, members_of
from willing.forecast.open_crises import facing_leader
from willing.forecast.stacking import Stack, learn
from willing.manner import Progress, silent
from willing.numbers import Ints
from willing.record.store import Record
from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides

SPAN = 5
LEARNED_FROM = 1960
"""First origin of the forecasts that the stack learns from: a decade of crises stands before it."""
ORIGINS = tuple(range(1980, 2020, SPAN))
"""Origins of the forecasts that are scored."""
BEST, SHOCKED = "best", "logit, shared shock"


@dataclass(frozen=True, eq=False)
class Rolled:
    """Forecasts of the sides from one origin to the next.

    Attributes
    ----------
    origin
        First year of the sides; the models were estimated from all before.
    sides
        The sides.
    found
        What each model foresaw, by its name.
    """

    origin: int
    sides: Sides
    found: Mapping[str, Predictions]


def roll(
    record: Record,
    estimates: Estimates,
    *,
    scored: Sequence[int] = ORIGINS,
    progress: Progress = silent,
) -> list[Rolled]:
    """Forecast the sides of estimates five years at a time from all before.

    States that face the leader in an open crisis are not asked.

    Parameters
    ----------
    record
        The record that the estimates were made from, or more of it.
    estimates
        Of the sides to forecast; they say which models there are.
    scored
        Origins from which all models forecast, and the best of them; before these only those that
        the stack is made of do.
    progress
        Is told of each origin done.
    """
    sides, done = estimates.sides, list[Rolled]()
    asked, members = sides.only(~facing_leader(record, sides)), members_of(estimates)
    years, asked_years = years_of(record, sides), years_of(record, asked)
    for origin in range(LEARNED_FROM, int(years.max()) + 1, SPAN):
        inside = np.flatnonzero((asked_years >= origin) & (asked_years < origin + SPAN))
        train = np.flatnonzero(years < origin)
        if not len(inside) or not sides.sizes[train].any():
            continue
        test, before = asked.take(inside), sides.take(train)
        models = forecasters(estimates) if origin in scored else members
        found = {each.name: each.forward(before, test) for each in models}
        if origin in scored:
            found = foresee_stacked(done, found, test, members)
        done.append(Rolled(origin, test, found))
        progress(f"{origin}-{origin + SPAN - 1}")
    return done


def foresee_stacked(
    done: Sequence[Rolled],
    found: Mapping[str, Predictions],
    test: Sides,
    members: Sequence[Forecaster],
) -> dict[str, Predictions]:
    """Put the best model before what its members foresaw, and the logit with a shock behind.

    The shock is most of what the stack gains in the probability of whole coalitions: the logit with
    one shows how much.
    """
    names = [each.name for each in members]
    best, shocked = ([found[n].join for n in chosen] for chosen in (names, names[1:2]))
    return {
        BEST: stack_of(done, names).predict(best, test),
        **found,
        SHOCKED: stack_of(done, names[1:2]).predict(shocked, test),
    }


def stack_of(done: Sequence[Rolled], names: Sequence[str]) -> Stack:
    """Learn the stack of some models from forecasts made; their mean where there are none."""
    if not any(each.sides.sizes.any() for each in done):
        return Stack.mean(len(names))
    joins = [np.concatenate([each.found[name].join for each in done]) for name in names]
    return learn(joins, Sides.together([each.sides for each in done]))


def years_of(record: Record, sides: Sides) -> Ints:
    """Give the year of each side's crisis, shape (S,)."""
    year = dict(record.crises.select("crisno", "year").iter_rows())
    return np.array([year[c] for c in sides.crisis.tolist()])
