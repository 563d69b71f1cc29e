"""Honest scores: forecasts of crises that the forecaster was not estimated from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.errors import EmptyOutcomesError, EstimationError
from willing.figures import BLUE, INK, house_theme
from willing.forecast.forecast_scores import Predictions, calibration, difference, score
from willing.forecast.forecasters import forecasters, members_of
from willing.forecast.rolling import (
    BEST,
    ORIGINS,
    SPAN,
    Rolled,
    foresee_stacked,
    roll,
    years_of,
)
from willing.manner import Progress, Result, silent
from willing.numbers import Ints
from willing.record.store import Record
from willing.sources.keys import look_up
from willing.structural.coalition_model import CoalitionModel
from willing.structural.leader_sides import Sides
from willing.structural.specification import Specification
from willing.structural.stored import estimates_of, sample_of
from willing.structural.terms import term_columns

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.structural.estimates import Estimates

CHOSEN_BEFORE = 2000
"""Terms and trees were chosen on forecasts of crises before this year, which later ones test."""

# A term that spreads among joiners over less than this share of its range is one that none has.
_LEAST_SPREAD = 0.05
_HEADS = ("Brier", "log", "coalition", "size", "forms", "precision", "exact", "exp/obs", "slope")


@dataclass(frozen=True, eq=False)
class Scheme:
    """Scores of all models on the same crises.

    Attributes
    ----------
    title
        What was forecast from what.
    counts
        Numbers of ``sides``, ``crises``, ``candidates``, ``joins`` and ``coalitions`` forecast.
    table
        One row a model: ``model``, the fields of `willing.forecast.forecast_scores.Scores`, and
        ``gain`` with ``gain_error``, how much more log probability the first model gave a
        coalition on average, and its standard error clustered by crisis.
    calibration
        Of the first model, as `willing.forecast.forecast_scores.calibration` gives it.
    predictions
        One row a model and candidate: ``model``, ``side``, ``partner`` (COW code), ``join`` (its
        probability) and ``joined``.
    """

    title: str
    counts: Mapping[str, int]
    table: pl.DataFrame
    calibration: pl.DataFrame
    predictions: pl.DataFrame = field(repr=False)

    def __str__(self) -> str:
        many, reference = self.counts, self.table["model"][0]
        lines = [
            f"{self.title}: {many['sides']} leader sides of {many['crises']} crises, "
            f"{many['candidates']:,} candidates, {many['joins']} joins in "
            f"{many['coalitions']} coalitions",
            f"  {'':24}"
            + "".join(f"{head:>10}" for head in _HEADS)
            + f"{reference + ' better by':>24}",
        ]
        for row in self.table.iter_rows(named=True):
            numbers = [row[name] for name in self.table.columns[1 : 1 + len(_HEADS)]]
            cells = "".join(f"{x:10.3f}" for x in numbers)
            own = row["model"] == reference
            gain = "" if own else f"{row['gain']:+.3f} (s.e. {row['gain_error']:.3f})"
            lines.append(f"  {row['model']:24}{cells}{gain:>24}")
        lines.append(f"  calibration of {reference}, tenths of the expected joins")
        lines.append(f"  {'candidates':>12}{'expected':>12}{'observed':>12}{'95 % band':>20}")
        lines += [
            f"  {r['candidates']:12,d}{r['expected']:12.4f}{r['observed']:12.4f}"
            f"{r['low']:12.4f}{r['high']:8.4f}"
            for r in self.calibration.iter_rows(named=True)
        ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation(Result):
    """Scores under one or several schemes.

    Attributes
    ----------
    schemes
        The schemes.
    """

    schemes: tuple[Scheme, ...]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a scheme and model."""
        return pl.concat(
            each.table.select(pl.lit(each.title).alias("scheme"), pl.all()) for each in self.schemes
        )

    def predictions(self) -> pl.DataFrame:
        """Give one row a scheme, model and candidate; see `Scheme.predictions`."""
        return pl.concat(
            each.predictions.select(pl.lit(each.title).alias("scheme"), pl.all())
            for each in self.schemes
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the predictions as plain values."""
        return {
            "schemes": [
                {
                    "title": each.title,
                    "counts": dict(each.counts),
                    "scores": each.table.to_dicts(),
                    "calibration": each.calibration.to_dicts(),
                }
                for each in self.schemes
            ]
        }

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.schemes), NOTE])

    def plot(self) -> ggplot:
        """Draw the calibration of the first model."""
        from plotnine import aes, facet_wrap, geom_abline, geom_pointrange, ggplot, labs

        shown = pl.concat(
            each.calibration.with_columns(scheme=pl.lit(each.title)) for each in self.schemes
        )
        return (
            ggplot(shown, aes("expected", "observed"))
            + geom_abline(slope=1, intercept=0, color=INK, linetype="dashed")
            + geom_pointrange(aes(ymin="low", ymax="high"), color=BLUE)
            + facet_wrap("scheme")
            + labs(x="Expected rate of joining", y="Observed rate", title="Calibration")
            + house_theme()
        )


NOTE = """\
Lower is better for: Brier (of joining, x 1,000), log (minus the log probability of what a candidate
did, x 1,000), coalition (minus the log probability of the whole coalition, a side), size (ranked
probability score of the number of partners), forms (Brier score of any coalition forming).
Higher is better for: precision (average precision of joiners), exact (share of the coalitions built
that were held the likeliest of all). Best near 1: exp/obs (joins expected for each observed), slope
(of a logit of joining on the log odds foretold). The best model is stacked: the log odds of the
structural one, the logit and boosting, weighed by what they foretold before, and a shock that the
candidates of a side share. A logit with such a shock alone shows what that does. Long-run factors
are alliance, power and regime. All know the severity of the crisis, unless it is left out of the
terms, and who leads."""


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
    years = years_of(record, estimates.sides)
    return score_rolled(estimates, years, roll(estimates, years, progress=progress))


def score_rolled(estimates: Estimates, years: Ints, rolled: Sequence[Rolled]) -> Evaluation:
    """Score what `willing.forecast.rolling.roll` foretold, before `CHOSEN_BEFORE` and since.

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
        whole = estimates.sides.take(np.concatenate([each.places for each in chosen]))
        names = chosen[0].found
        predicted = {name: _concatenated([each.found[name] for each in chosen]) for name in names}
        last = min(chosen[-1].origin + SPAN - 1, int(years.max()))
        title = f"{chosen[0].origin}-{last}, five years at a time from before"
        schemes.append(_scheme(title, whole, predicted))
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
    estimates = estimates_of(trained, replace(model, terms=varying_terms(trained, model.terms)))
    progress("estimates ready")
    unseen = _unseen(record, estimates.model, train, test)
    years = years_of(trained, estimates.sides)
    predicted = _forward(estimates, roll(estimates, years, scored=(), progress=progress), unseen)
    title = f"{test[0]}-{test[1]} from {train[0]}-{train[1]}"
    return Evaluation((_scheme(title, unseen, predicted),))


def varying_terms(record: Record, terms: Sequence[str]) -> tuple[str, ...]:
    """Name the terms that differ between candidates, and between those who joined.

    Before 1990 no candidate is after it; and of a term that no joiner has, as in few years none
    stands on the other side, the coefficient has no end.
    """
    triads = look_up(record.triads, record.crises.select("crisno", "severity"), ["crisno"])
    columns = term_columns(triads, terms)
    joined = triads["join"].fill_null(0) == 1
    joiners = columns.filter(joined) if joined.any() else columns

    def spread(values: pl.Series) -> float:
        known = values.drop_nulls()
        return float(known.max() - known.min()) if known.len() else 0.0  # type: ignore[operator, arg-type]

    differ = {
        name
        for name in columns.columns
        if spread(joiners[name]) > _LEAST_SPREAD * spread(columns[name])
    }
    return tuple(term for term in terms if differ.issuperset(term.split(":")))


def _unseen(
    record: Record, model: Specification, train: tuple[int, int], test: tuple[int, int]
) -> Sides:
    """Lay out the sides of the years to forecast.

    They are laid out together with the others, because a term may be the same for all of them.
    """
    both = sample_of(record, (min(train[0], test[0]), max(train[1], test[1])))
    wanted = sample_of(record, test).crises["crisno"].to_list()
    sides = model.sides(both)
    chosen = np.flatnonzero(np.isin(sides.crisis, wanted))
    if not len(chosen) or not sides.sizes[chosen].any():
        raise EmptyOutcomesError(
            f"nobody joined a coalition in {test[0]}-{test[1]} in this record; take more years"
        )
    return sides.take(chosen)


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


def _scheme(title: str, sides: Sides, predicted: Mapping[str, Predictions]) -> Scheme:
    reference = next(iter(predicted.values()))
    rows = []
    for name, each in predicted.items():
        gain, error = difference(reference, each, sides)
        rows.append(
            {"model": name, **asdict(score(each, sides)), "gain": gain, "gain_error": error}
        )
    counts = {
        "sides": sides.count,
        "crises": len(np.unique(sides.crisis)),
        "candidates": len(sides.partner),
        "joins": int(sides.joined.sum()),
        "coalitions": int((sides.sizes > 0).sum()),
    }
    names = np.array(sides.names)[sides.owner]
    told = pl.concat(
        pl.DataFrame(
            {
                "model": name,
                "side": names,
                "partner": sides.partner,
                "join": each.join,
                "joined": sides.joined,
            }
        )
        for name, each in predicted.items()
    )
    return Scheme(title, counts, pl.DataFrame(rows), calibration(reference, sides), told)
