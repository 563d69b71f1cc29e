"""Honest scores: forecasts of crises that the forecaster was not estimated from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from willing.errors import EmptyOutcomesError, EstimationError
from willing.forecast.evaluation import Evaluation, Scheme
from willing.forecast.forecast_scores import Predictions
from willing.forecast.forecasters import forecasters, members_of
from willing.forecast.open_crises import facing_leader
from willing.forecast.rolling import (
    BEST,
    ORIGINS,
    SPAN,
    Rolled,
    foresee_stacked,
    roll,
    years_of,
)
from willing.manner import Progress, silent
from willing.record.store import Record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides
from willing.structural.specification import Specification
from willing.structural.stored import estimates_of, sample_of

CHOSEN_BEFORE = 2000
"""Terms and trees were chosen on forecasts of crises before this year, which later ones test."""

# A term that spreads among joiners over less than this share of its range is one that none has.
_LEAST_SPREAD = 0.05


def evaluate_record(
    record: Record, *, model: CoalitionModel | None = None, progress: Progress = silent
) -> Evaluation:
    """Score forecasts of the crises of a record, five years at a time from all years before.

    Parameters
    ----------
    record
        The record.
    model
        The structural model, the default one by default; its contest is estimated from the
        outcomes before each origin.
    progress
        Is told of each step done.

    Returns
    -------
    Evaluation
        Before `CHOSEN_BEFORE`, the years on which terms and trees were chosen, and from then on.

    Raises
    ------
    EmptyOutcomesError
        If the record has no crisis after the first origin.
    """
    estimates = estimates_of(sample_of(record), model)
    progress("estimates ready")
    last = int(years_of(record, estimates.sides).max())
    return score_rolled(roll(record, estimates, progress=progress), last)


def score_rolled(rolled: Sequence[Rolled], last: int) -> Evaluation:
    """Score what `willing.forecast.rolling.roll` foretold, before `CHOSEN_BEFORE` and since.

    Parameters
    ----------
    rolled
        The forecasts.
    last
        Last year of the sides.

    Raises
    ------
    EmptyOutcomesError
        If nothing was foretold by all models.
    """
    done = [each for each in rolled if BEST in each.found]
    if not done:
        raise EmptyOutcomesError(
            f"no crisis of this record can be forecast from before {ORIGINS[0]}; take more years"
        )
    schemes = []
    for late in (False, True):
        chosen = [each for each in done if (each.origin >= CHOSEN_BEFORE) == late]
        if not chosen:
            continue
        whole = Sides.together([each.sides for each in chosen])
        names = chosen[0].found
        predicted = {name: _concatenated([each.found[name] for each in chosen]) for name in names}
        until = min(chosen[-1].origin + SPAN - 1, last)
        title = f"{chosen[0].origin}-{until}, five years at a time from before"
        schemes.append(Scheme.of(title, whole, predicted))
    return Evaluation(tuple(schemes))


def evaluate_years(
    record: Record,
    train: tuple[int, int],
    test: tuple[int, int],
    *,
    model: CoalitionModel | None = None,
    progress: Progress = silent,
) -> Evaluation:
    """Score forecasts of some years of a record from others.

    Parameters
    ----------
    record
        The record.
    train, test
        First and last year of the crises to estimate from and to forecast; they must not overlap.
    model
        The structural model, the default one by default; terms that are the same for all
        candidates of the years to estimate from are left out.
    progress
        Is told of each step done.

    Raises
    ------
    EstimationError
        If the years overlap.
    DataError
        If the record has no crisis in them.
    """
    if train[0] <= test[1] and test[0] <= train[1]:
        raise EstimationError(
            f"train {train[0]}:{train[1]} and test {test[0]}:{test[1]} overlap; a crisis that a "
            "model was estimated from does not test it"
        )
    trained = sample_of(record, train)
    model = CoalitionModel() if model is None else model
    estimates = estimates_of(trained, replace(model, terms=varying_terms(trained, model)))
    progress("estimates ready")
    unseen = _unseen(record, estimates.model, train, test)
    done = roll(trained, estimates, scored=(), progress=progress)
    predicted = _forward(estimates, done, unseen)
    title = f"{test[0]}-{test[1]} from {train[0]}-{train[1]}"
    return Evaluation((Scheme.of(title, unseen, predicted),))


def varying_terms(record: Record, model: CoalitionModel) -> tuple[str, ...]:
    """Name the terms that differ between candidates, and between those who joined.

    Before 1990 no candidate is after it; and of a term that no joiner has, as in few years none
    stands on the other side, the coefficient has no end.
    """
    simple = tuple(dict.fromkeys(part for term in model.terms for part in term.split(":")))
    sides = replace(model, terms=simple).sides(record, checked=False)
    joiners = sides.design[sides.joined] if sides.joined.any() else sides.design
    differ = np.ptp(joiners, axis=0) > _LEAST_SPREAD * np.ptp(sides.design, axis=0)
    known = {name for name, differs in zip(sides.terms, differ, strict=True) if differs}
    return tuple(term for term in model.terms if known.issuperset(term.split(":")))


def _unseen(
    record: Record, model: Specification, train: tuple[int, int], test: tuple[int, int]
) -> Sides:
    """Lay out the sides of the years to forecast.

    They are laid out together with the others, because a term may be the same for all of them.
    States that face the leader in an open crisis are not asked.
    """
    both = sample_of(record, (min(train[0], test[0]), max(train[1], test[1])))
    wanted = sample_of(record, test).crises["crisno"].to_list()
    sides = model.sides(both)
    chosen = np.flatnonzero(np.isin(sides.crisis, wanted))
    if not len(chosen) or not sides.sizes[chosen].any():
        raise EmptyOutcomesError(
            f"nobody joined a coalition in {test[0]}-{test[1]} in this record; take more years"
        )
    later = sides.take(chosen)
    return later.only(~facing_leader(both, later))


def _forward(estimates: Estimates, done: Sequence[Rolled], test: Sides) -> dict[str, Predictions]:
    """Forecast later sides by every model, the stack from what its members foretold before."""
    found = {each.name: each.forward(estimates.sides, test) for each in forecasters(estimates)}
    return foresee_stacked(done, found, test, members_of(estimates))


def _concatenated(parts: Sequence[Predictions]) -> Predictions:
    return Predictions(
        join=np.concatenate([part.join for part in parts]),
        set_log=np.concatenate([part.set_log for part in parts]),
        size=tuple(size for part in parts for size in part.size),
        likeliest=np.concatenate([part.likeliest for part in parts]),
    )
