"""Complete the ideal points of states that did not vote, by multiple imputation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from willing.divergence.kriging import ResidualProcess, fit_process
from willing.divergence.predicting import predict_held_out
from willing.divergence.predictors import STATE_YEAR, predictors
from willing.files import replacing
from willing.later import special
from willing.manner import Result
from willing.numbers import Floats, Ints
from willing.sources.alliances import read_alliances
from willing.sources.capabilities import read_capabilities
from willing.sources.keys import look_up
from willing.sources.regime import read_regimes
from willing.sources.states import state_system
from willing.sources.unga import read_ideal_points

DRAWS = 20
SEED = 20161101
EMBEDDED = Path(__file__).parent / "embedded"
FIRST_YEAR = 1945
# Share of the votes that is hidden at random in the second check, and the level of its intervals.
MASKED, LEVEL = 0.3, 0.9
# Ideal points are published with six digits; three are beyond what anybody can tell.
DIGITS = 3
# States whose ideal point someone would set by hand to the mean of others: South Vietnam, which
# never voted and had few allies, to that of its neighbours in the American camp.
BY_HAND = {817: (713, 800, 840)}


@dataclass(frozen=True, repr=False)
class CompletionChecks(Result):
    """How well ideal points are told of states that did not vote.

    Attributes
    ----------
    never
        Share of variance explained, of all votes, each state predicted as if it never voted.
    masked
        The same of a random `MASKED` of the votes, predicted with the state's other votes.
    never_coverage, masked_coverage
        Share of true values in 90 % intervals, likewise.
    process
        The process of residuals.
    votes, states
        Numbers of state-years and of states checked.
    """

    never: float
    masked: float
    never_coverage: float
    masked_coverage: float
    process: ResidualProcess
    votes: int
    states: int

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"Ideal points of states left out: R2 {self.never:.3f}, 90 % intervals cover "
            f"{self.never_coverage:.1%}; with {MASKED:.0%} of votes hidden at random: R2 "
            f"{self.masked:.3f}, {self.masked_coverage:.1%} ({self.votes:,} votes of "
            f"{self.states} states)"
        )


def complete(
    raw: Path, acts: pl.DataFrame, *, progress: Callable[[str], object] = lambda _: None
) -> tuple[pl.DataFrame, CompletionChecks]:
    """Complete the ideal points of all members of the state system.

    Parameters
    ----------
    raw
        The folder of published files.
    acts
        Who acted with and against whom, as `willing.divergence.predictors.predictors` takes it.
    progress
        Told what is done.

    Returns
    -------
    tuple of polars.DataFrame and CompletionChecks
        One row a state-year: ``ccode``, ``year``, ``ideal_point`` (missing where it did not vote),
        and where it is missing ``mean``, ``spread`` and ``draw_1`` to ``draw_20``: draws of all
        years of a state together, so that its path hangs together.
    """
    alliances = read_alliances(raw)
    members = _members(int(alliances["year"].max()))  # type: ignore[arg-type]
    points = read_ideal_points(raw)
    told = predictors(raw, members, points, acts)
    own = look_up(members, points, STATE_YEAR)["ideal_point"].to_numpy()
    predicted = predict_held_out(told, own, progress=progress)
    states, years = members["ccode"].to_numpy(), members["year"].to_numpy().astype(float)
    process = _fit(states, years, own - predicted)
    mean, spread, drawn = impute(states, years, own, predicted, process)
    checks = check_completion(states, years, own, predicted, process)
    gone = ~np.isfinite(own)
    columns = {"mean": mean, "spread": spread}
    columns |= {f"draw_{k + 1}": drawn[:, k] for k in range(drawn.shape[1])}
    frame = members.with_columns(
        pl.Series("ideal_point", own, nan_to_null=True),
        *(
            pl.Series(name, np.where(gone, values, np.nan).round(DIGITS), nan_to_null=True)
            for name, values in columns.items()
        ),
    )
    return frame, checks


def impute(
    states: Ints,
    years: Floats,
    observed: Floats,
    predicted: Floats,
    process: ResidualProcess,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[Floats, Floats, Floats]:
    """Krige each state's residuals in time and draw the years in which it did not vote.

    Parameters
    ----------
    states, years, observed, predicted
        State-years, shape (n,) each; NaN in `observed` where the state did not vote.
    process
        How residuals hang together.
    draws, seed
        Number and seed of the draws.

    Returns
    -------
    tuple of ndarray
        Mean and standard deviation, shape (n,), and draws, shape (n, draws). Observed values stand
        in all three as they are, with standard deviation 0.
    """
    mean, spread = observed.copy(), np.zeros(len(observed))
    drawn = np.repeat(observed[:, None], draws, axis=1)
    rng = np.random.default_rng(seed)
    for state in np.unique(states):
        rows = np.flatnonzero(states == state)
        voted = np.isfinite(observed[rows])
        known, gone = rows[voted], rows[~voted]
        if not len(gone):
            continue
        m, V = process.predict(years[known], (observed - predicted)[known], years[gone])
        mean[gone] = predicted[gone] + m
        spread[gone] = np.sqrt(np.diag(V))
        drawn[gone] = rng.multivariate_normal(mean[gone], V, size=draws, method="eigh").T
    return mean, spread, drawn


def check_completion(
    states: Ints, years: Floats, observed: Floats, predicted: Floats, process: ResidualProcess
) -> CompletionChecks:
    """Predict votes that are known, with the state left out and with some of its votes hidden."""
    voted = np.isfinite(observed)
    total = float(((observed - observed[voted].mean())[voted] ** 2).sum())
    z = special.ndtri(0.5 + LEVEL / 2)
    wrong = (observed - predicted)[voted]
    hidden = voted & (np.random.default_rng(SEED).random(len(observed)) < MASKED)
    mean, spread, _ = impute(
        states, years, np.where(hidden, np.nan, observed), predicted, process, draws=1
    )
    miss, about = (observed - mean)[hidden], observed[hidden]
    return CompletionChecks(
        never=1 - float((wrong**2).sum()) / total,
        masked=1 - float((miss**2).sum() / ((about - about.mean()) ** 2).sum()),
        never_coverage=float(np.mean(np.abs(wrong) < z * process.spread)),
        masked_coverage=float(np.mean(np.abs(miss) < z * spread[hidden])),
        process=process,
        votes=int(voted.sum()),
        states=len(np.unique(states[voted])),
    )


def write_completed(
    raw: Path, acts: pl.DataFrame, *, progress: Callable[[str], object] = lambda _: None
) -> None:
    """Write the completed ideal points, their checks and the commitments of alliances.

    Parameters as in :func:`complete`.
    """
    frame, checks = complete(raw, acts, progress=progress)
    for table in (read_capabilities(raw).select(*STATE_YEAR, "cinc"), _regimes(raw)):
        frame = look_up(frame, table, STATE_YEAR)
    promised = read_alliances(raw).filter(pl.col("year") >= FIRST_YEAR)
    small = {"ccode": pl.Int16, "year": pl.Int16}
    _write(frame.cast(small), "states.parquet")  # type: ignore[arg-type]
    _write(
        promised.cast({"ccode1": pl.Int16, "ccode2": pl.Int16, "year": pl.Int16}),
        "commitments.parquet",
    )
    with replacing(EMBEDDED / "checks.json") as path:
        path.write_text(json.dumps(checks.to_dict(), indent=1) + "\n", encoding="utf-8")


def load_checks() -> CompletionChecks:
    """Give the checks of the embedded points."""
    found = json.loads((EMBEDDED / "checks.json").read_text(encoding="utf-8"))
    return CompletionChecks(**{**found, "process": ResidualProcess(**found["process"])})


def _regimes(raw: Path) -> pl.DataFrame:
    """Extended UDS, and who is a democracy by V-Dem or, where it is silent, by the UDS."""
    vdem = read_regimes(raw, democracy="polyarchy").rename({"democracy": "by_vdem"})
    uds = read_regimes(raw, democracy="uds").select(*STATE_YEAR, by_uds="democracy")
    return look_up(vdem, uds, STATE_YEAR).select(
        *STATE_YEAR, "euds", democratic=pl.coalesce("by_vdem", "by_uds")
    )


def _members(last: int) -> pl.DataFrame:
    spells = state_system().select(
        "ccode",
        since=pl.col("start").dt.year().cast(pl.Int64),
        until=pl.col("end").dt.year().cast(pl.Int64).fill_null(last),
    )
    return (
        spells.with_columns(year=pl.int_ranges("since", pl.col("until") + 1, dtype=pl.Int64))
        .explode("year")
        .filter(pl.col("year").is_between(FIRST_YEAR, last))
        .select(pl.col("ccode").cast(pl.Int64), "year")
        .unique()
        .sort(STATE_YEAR)
    )


def _fit(states: Ints, years: Floats, residuals: Floats) -> ResidualProcess:
    known = np.isfinite(residuals)
    each = [np.flatnonzero((states == s) & known) for s in np.unique(states[known])]
    return fit_process([years[rows] for rows in each], [residuals[rows] for rows in each])


def _write(frame: pl.DataFrame, name: str) -> None:
    with replacing(EMBEDDED / name) as path:
        frame.write_parquet(path, compression="zstd", compression_level=9, statistics=False)
