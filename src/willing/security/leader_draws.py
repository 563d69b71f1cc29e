"""The first stage's uncertainty: measures fitted again to leaders drawn with replacement."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.estimation.logit import refit_redrawn
from willing.estimation.sent_once import SentOnce
from willing.files import replacing
from willing.numbers import Floats, Ints
from willing.security.crisis_survival import with_hazard
from willing.security.fitted_measures import MODELS, FittedMeasures, PreparedRows, fit_measures
from willing.security.folds import CrossFit, arrays, fit_folds, folds_of
from willing.security.leader_sample import LeaderSample
from willing.security.measures import DIGITS, MEASURES

DRAWS = 200
SEED = 20160901
# Some hundred times what a paper needs; a day of work.
MOST_DRAWS = 100_000
# Draws that are fitted before progress is told.
_AT_ONCE = 4


@dataclass(frozen=True, eq=False)
class LeaderDraws:
    """Measures fitted to the sample and to redrawn leaders.

    Attributes
    ----------
    fitted
        The measures, fitted to the leaders as they are.
    coefficients
        By model, shape (draws, folds, k): those of each draw, cross-fitted in the same folds.
    """

    fitted: FittedMeasures
    coefficients: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(next(iter(self.coefficients.values())))

    def scores(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Score leaders by the measures of every draw in turn.

        Parameters
        ----------
        rows
            Leaders on a day, as `willing.security.leader_sample.leaders_to_score` gives them.

        Yields
        ------
        polars.DataFrame
            As `willing.security.fitted_measures.FittedMeasures.score` gives it.
        """
        prepared = PreparedRows(rows, self.fitted)
        for draw in range(len(self)):
            yield self.score(prepared, draw)

    def score(self, prepared: PreparedRows, draw: int) -> pl.DataFrame:
        """Score leaders who were prepared with `fitted` by the measures of one draw."""
        return prepared.score(
            {
                key: replace(fit, coefficients=self.coefficients[key][draw])
                for key, fit in self.fitted.fits.items()
            }
        )


@dataclass(frozen=True, eq=False)
class _Problem:
    """The arrays of one model: fitted again, only the weights change."""

    fit: CrossFit
    rows: pl.DataFrame
    X: Floats
    y: Floats
    weight: Floats
    leader: Ints
    fold: Ints
    start: Floats


def draw_leaders(
    sample: LeaderSample,
    names: Sequence[str] = tuple(MEASURES),
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    workers: int = -1,
    cache: Path | None = None,
    progress: Callable[[str], object] = lambda _: None,
) -> LeaderDraws:
    """Fit measures to leaders drawn with replacement, many times.

    A leader drawn twice counts twice, in all models alike. She stays in her fold, so that nobody's
    own fate trains her score, however often she is drawn.

    Parameters
    ----------
    sample
        What the measures are estimated from.
    names
        The measures wanted; all by default.
    draws
        How many, at least 2.
    seed
        Each draw has a seed of its own spawned from it, so that the numbers do not depend on how
        many work, nor on which measures are asked for.
    workers
        Threads; all cores by default. A `joblib.parallel_config` around the call, as for Dask,
        decides otherwise.
    cache
        A folder to keep the coefficients in. They are used again if the sample, the models and the
        draws are the same to the last bit.
    progress
        Told how many draws are done.

    Raises
    ------
    EstimationError
        If there are too few or too many draws, no workers, or the seed is negative.
    DataError
        If there is no such measure.
    """
    if not 2 <= draws <= MOST_DRAWS:
        raise EstimationError(f"draws={draws}; a spread needs at least 2, at most {MOST_DRAWS:,}")
    if seed < 0:
        raise EstimationError(f"seed={seed}; it must not be negative")
    if workers == 0:
        raise EstimationError("workers=0; give how many threads, or -1 for all cores")
    fitted = fit_measures(sample, names)
    problems = {key: _problem(sample, key, fitted) for key in fitted.fits}
    place = None if cache is None else cache / f"leaders-{_digest(problems, draws, seed)}.npz"
    if place is not None and (found := _read(place, problems, draws)) is not None:
        return LeaderDraws(fitted, found)
    from joblib import Parallel, delayed
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    seeds = np.random.SeedSequence(seed).spawn(draws)
    pieces = [seeds[i : i + _AT_ONCE] for i in range(0, draws, _AT_ONCE)]
    shared = SentOnce((problems, len(sample.leaders)))
    done: list[dict[str, Floats]] = []
    with threadpool_limits(1):
        for piece in Parallel(n_jobs=workers, prefer="threads", return_as="generator")(
            delayed(_draw_many)(shared, piece) for piece in pieces
        ):
            done += piece
            progress(f"{len(done)} of {draws} draws of leaders")
    coefficients = {key: np.stack([draw[key] for draw in done]) for key in problems}
    if place is not None:
        _write(place, coefficients)
    return LeaderDraws(fitted, coefficients)


def _problem(sample: LeaderSample, key: str, fitted: FittedMeasures) -> _Problem:
    table, model = MODELS[key]
    fit = fitted.fits[key]
    rows = getattr(sample, table).filter(pl.col(model.event).is_not_null())
    seen = with_hazard(rows, fitted.fits["hazard"]) if key == "crisis" else rows
    _, X, y, weight = arrays(seen, model)
    number = dict(zip(sample.leaders, range(len(sample.leaders)), strict=True))
    return _Problem(
        fit=fit,
        rows=rows,
        X=X,
        y=y,
        weight=weight,
        leader=rows["leadid"].replace_strict(number, return_dtype=pl.Int64).to_numpy(),
        fold=folds_of(rows, fit.fold_of),
        start=fit.coefficients.mean(axis=0),
    )


def _draw_many(
    shared: SentOnce[tuple[dict[str, _Problem], int]], seeds: Sequence[np.random.SeedSequence]
) -> list[dict[str, Floats]]:
    problems, people = shared.content
    return [_draw(problems, people, seed) for seed in seeds]


def _draw(
    problems: Mapping[str, _Problem], people: int, seed: np.random.SeedSequence
) -> dict[str, Floats]:
    rng = np.random.default_rng(seed)
    times = rng.multinomial(people, np.full(people, 1 / people))
    found: dict[str, Floats] = {}
    for key, problem in problems.items():
        model, X = problem.fit.model, problem.X
        if key == "crisis":
            hazard = replace(problems["hazard"].fit, coefficients=found["hazard"])
            _, X = model.matrix(with_hazard(problem.rows, hazard))
        weight, folds = problem.weight * times[problem.leader], len(problem.fit.coefficients)
        if model.link == "cloglog":
            found[key] = fit_folds(
                X, problem.y, weight, problem.fold, folds, model, start=problem.start
            )
        else:
            found[key] = refit_redrawn(
                X,
                problem.y,
                weight,
                problem.fold,
                folds,
                ridge=model.ridge,
                start=problem.start,
            )
    return found


def _digest(problems: Mapping[str, _Problem], draws: int, seed: int) -> str:
    """A name for these draws that changes with anything they depend on."""
    digest = hashlib.blake2b(f"{draws} {seed}".encode(), digest_size=12)
    for key, problem in problems.items():
        digest.update(f"{key} {problem.fit.model} {problem.fit.coefficients.shape}".encode())
        for array in (problem.X, problem.y, problem.weight, problem.leader, problem.fold):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _read(place: Path, problems: Mapping[str, _Problem], draws: int) -> dict[str, Floats] | None:
    """The coefficients kept there, if they are all there and whole."""
    try:
        with np.load(place) as kept:
            found = {key: kept[key] for key in problems}
    except (OSError, KeyError, ValueError, BadZipFile):
        return None
    shapes = {key: (draws, *problem.fit.coefficients.shape) for key, problem in problems.items()}
    return found if all(found[key].shape == shape for key, shape in shapes.items()) else None


def _write(place: Path, coefficients: Mapping[str, Floats]) -> None:
    """Keep the coefficients; without a place to write to they are worked out again next time."""
    content: dict[str, Any] = dict(coefficients)
    try:
        with replacing(place) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, **content)
    except OSError:
        return


def intervals(draws: LeaderDraws, rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Give 95 percent intervals of measures over redrawn leaders.

    Parameters
    ----------
    draws
        What `draw_leaders` gave.
    rows
        Leaders on a day, with ``ccode`` and ``date``.
    names
        Which measures.

    Returns
    -------
    polars.DataFrame
        ``ccode``, ``date`` and, for each measure, percentiles 2.5 and 97.5 under its name with
        ``_low`` and ``_high``, to `DIGITS` digits.
    """
    drawn = np.stack([scores.select(names).to_numpy() for scores in draws.scores(rows)])
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    columns = {
        f"{name}_{end}": values[:, place].round(DIGITS)
        for place, name in enumerate(names)
        for end, values in (("low", low), ("high", high))
    }
    return rows.select("ccode", "date").hstack(pl.DataFrame(columns))
