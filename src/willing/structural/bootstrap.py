"""A bootstrap of both stages: leaders are redrawn for insecurity, and crises for the coalitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.divergence.divergence_measures import put_divergence
from willing.errors import EstimationError
from willing.manner import Progress, Result, silent
from willing.numbers import Floats
from willing.record.leading import PICKED
from willing.record.store import Record
from willing.structural.first_stage import FirstStage, RedrawnLeaders, with_insecurity
from willing.structural.maximum import Fit, fit
from willing.structural.specification import DECISIVENESS_RANGE

if TYPE_CHECKING:
    from distributed import Client
    from plotnine import ggplot

    from willing.structural.estimates import Estimates
    from willing.structural.specification import Specification

# A draw's log-likelihood may miss this of its maximum: some thousandths of a standard error.
_SLACK = 1e-5
# Draws that a worker does before it reports: few, so that a slow one keeps nobody waiting.
_AT_ONCE = 4
# How long a Dask scheduler has to answer, and how often a draw may lose its worker.
_CONNECT = "10s"
_RETRIES = 5
# A draw: its number among the draws of leaders, and the seed of its crises.
_Numbered = tuple[int, np.random.SeedSequence]


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap(Result):
    """Estimates on redrawn leaders and crises.

    Attributes
    ----------
    names
        Names of the parameters, (k,).
    estimates
        Those of the sample, shape (k,).
    std_errors
        Their standard errors with insecurity taken as known, shape (k,).
    draws
        Estimates of each draw, shape (draws, k); NaN where it had none.
    """

    names: tuple[str, ...]
    estimates: Floats
    std_errors: Floats
    draws: Floats = field(repr=False)

    @property
    def failed(self) -> int:
        """Draws without finite estimates, as by separation."""
        return int(np.isnan(self.draws[:, 0]).sum())

    @property
    def used(self) -> Floats:
        """The other draws."""
        return self.draws[~np.isnan(self.draws[:, 0])]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a parameter.

        Columns ``term``, ``estimate``, ``clustered`` (standard error, first stage taken as
        known), ``bootstrap`` (standard error of both stages), ``low`` and ``high`` (percentiles
        2.5 and 97.5).
        """
        low, high = np.quantile(self.used, [0.025, 0.975], axis=0)
        return pl.DataFrame(
            {
                "term": self.names,
                "estimate": self.estimates,
                "clustered": self.std_errors,
                "bootstrap": self.used.std(axis=0, ddof=1),
                "low": low,
                "high": high,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers of draws and the table."""
        return {
            "draws": len(self.draws),
            "failed": self.failed,
            "parameters": self.to_frame().to_dicts(),
        }

    def __str__(self) -> str:
        head = f"{'':24}{'estimate':>10}{'clustered':>11}{'bootstrap':>11}{'95 % percentiles':>20}"
        lines = [f"Bootstrap of leaders and crises, {len(self.draws):,} draws", head]
        lines += [
            f"  {r['term']:22}{r['estimate']:10.3f}{r['clustered']:11.3f}{r['bootstrap']:11.3f}"
            f"{r['low']:10.3f}{r['high']:10.3f}"
            for r in self.to_frame().iter_rows(named=True)
        ]
        if self.failed:
            lines.append(f"{self.failed} draws had no finite estimates and are left out")
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the distribution of each parameter over the draws."""
        from plotnine import aes, facet_wrap, geom_histogram, geom_vline, ggplot, labs

        from willing.figures import BLUE, INK, house_theme

        drawn = pl.DataFrame(dict(zip(self.names, self.used.T, strict=True))).unpivot(
            variable_name="term", value_name="value"
        )
        centre = self.to_frame().select("term", value="estimate")
        return (
            ggplot(drawn, aes("value"))
            + geom_histogram(bins=30, fill=BLUE)
            + geom_vline(aes(xintercept="value"), centre, color=INK)
            + facet_wrap("term", scales="free", ncol=3)
            + labs(x="", y="Draws", title="Estimates on redrawn leaders and crises")
            + house_theme(height=8.0)
        )


@dataclass(frozen=True, eq=False)
class Resampling:
    """What a draw needs: it and a seed give the same numbers on any machine.

    Attributes
    ----------
    model
        The model, its decisiveness set.
    record
        The record.
    leaders
        The redrawn leaders.
    near
        The fit to the sample, from which those to the draws are not far.
    contest
        Covariance of decisiveness and cuts, shape (3, 3), if outcomes tell the contest.
    """

    model: Specification
    record: Record
    leaders: RedrawnLeaders
    near: Fit
    contest: Floats | None = None

    def draw(self, number: int, seed: np.random.SeedSequence) -> Floats:
        """Estimate on the leaders of a draw and crises drawn with replacement.

        NaN without finite estimates.
        """
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        rng = np.random.default_rng(seed)
        # One thread, because the order of sums depends on how many there are.
        with threadpool_limits(1):
            record = with_insecurity(self.record, self.leaders.score(number))
            sides = self.model.sides(record)
            crises = int(sides.cluster.max()) + 1
            times = rng.multinomial(crises, np.full(crises, 1 / crises))[sides.cluster]
            model = self._redrawn_contest(rng)
            likelihood = model.likelihood(sides.take(np.flatnonzero(times)), threads=1)
            likelihood = replace(likelihood, times=times[times > 0].astype(float))
            start, hessian = self.near.params, self.near.hessian
            try:
                return fit(likelihood, start=start, hessian=hessian, slack=_SLACK).params
            except EstimationError:
                return np.full_like(start, np.nan)

    def _redrawn_contest(self, rng: np.random.Generator) -> Specification:
        """Draw decisiveness and cuts from their asymptotic distribution."""
        model, cuts = self.model, self.model.cuts
        if self.contest is None or cuts is None:
            return model
        centre = np.array([model.decisiveness, *cuts])
        g, low, high = rng.multivariate_normal(centre, self.contest, method="cholesky").tolist()
        # A contest in which strength does not help is none; outcomes are six errors from it.
        g, high = max(g, DECISIVENESS_RANGE[0]), max(low, high)
        return replace(model, decisiveness=g, cuts=(low, high))

    def draw_many(self, draws: Sequence[tuple[int, np.random.SeedSequence]]) -> list[Floats]:
        """Do several draws."""
        return [self.draw(*each) for each in draws]


def bootstrap(
    estimates: Estimates,
    record: Record,
    first_stage: FirstStage,
    *,
    draws: int,
    seed: int,
    workers: int = -1,
    scheduler: str | None = None,
    progress: Progress = silent,
) -> Bootstrap:
    """Estimate again on leaders and crises drawn with replacement.

    Insecurity is estimated anew from redrawn leaders, cross-fitted, and the structural model from
    redrawn crises with it, so that the spread of the draws carries the uncertainty of both. A
    contest that comes from outcomes is drawn from its asymptotic distribution; another stays at
    that of the estimates.

    Parameters
    ----------
    estimates
        The estimates on the record.
    record
        The record they were made from.
    first_stage
        The leaders, from `willing.structural.first_stage`.
    draws
        How many, at least 2.
    seed
        Every draw has a seed of its own spawned from it: the numbers do not depend on who does
        which draw.
    workers
        Processes on this machine; all cores by default.
    scheduler
        Address of a Dask scheduler whose workers draw instead. A worker that dies loses nothing:
        its draws are done again elsewhere, with the same result.
    progress
        Called with how many draws are done.
    """
    require_feasible(draws=draws, seed=seed, workers=workers, scheduler=scheduler)
    needed = (
        record.triads
        if estimates.model.leader == "every"
        else record.triads.filter(PICKED[estimates.model.leader])
    )
    # Completed once, since draws of leaders and crises leave divergence as it is.
    needed = put_divergence(needed, estimates.model.divergence)
    as_given = replace(estimates.model, divergence="ideal points")
    unused = ("sides", "members", "leaders", "states", "attrition")
    slim = replace(
        record, triads=needed, **{name: getattr(record, name).clear() for name in unused}
    )
    contest = None if estimates.outcomes is None else estimates.outcomes.logit.covariance
    leaders = first_stage.redraw(draws, seed=seed, workers=workers, progress=progress)
    task = Resampling(as_given, slim, leaders, estimates.fit, contest)
    numbered = list(enumerate(np.random.SeedSequence(seed).spawn(draws)))
    if scheduler is None:
        done = _draw_here(task, numbered, workers, progress)
    else:
        done = _draw_on_cluster(task, numbered, scheduler, progress)
    return Bootstrap(estimates.names, estimates.params, estimates.std_errors, np.vstack(done))


def require_feasible(*, draws: int, seed: int, workers: int, scheduler: str | None) -> None:
    """Check what `bootstrap` is asked, before the estimates it needs are made.

    Raises
    ------
    EstimationError
        If there are too few draws or no workers, the seed is negative, or Dask is asked for and
        not installed or not reached.
    """
    if workers == 0:
        raise EstimationError("workers=0; give how many processes, or -1 for all cores")
    if draws < 2:
        raise EstimationError(f"draws={draws}; a spread needs at least 2")
    if seed < 0:
        raise EstimationError(f"seed={seed}; it must not be negative")
    if scheduler is not None:
        _connect(scheduler).close()


def _draw_here(
    task: Resampling, numbered: Sequence[_Numbered], workers: int, progress: Progress
) -> list[Floats]:
    from joblib import Parallel, delayed

    pieces = [numbered[i : i + _AT_ONCE] for i in range(0, len(numbered), _AT_ONCE)]
    done: list[Floats] = []
    for piece in Parallel(n_jobs=workers, return_as="generator")(
        delayed(task.draw_many)(piece) for piece in pieces
    ):
        done += piece
        progress(f"{len(done):,} of {len(numbered):,} draws")
    return done


def _draw_on_cluster(
    task: Resampling, numbered: Sequence[_Numbered], scheduler: str, progress: Progress
) -> list[Floats]:
    from dask import config
    from distributed import as_completed

    with _connect(scheduler) as client:
        # Submitted and not scattered: a result that is lost with its worker can be made again.
        # It travels once, so that Dask's advice to scatter what is large does not apply.
        with config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
            shared = client.submit(_same, task, pure=False)
        futures = client.map(
            _draw, [shared] * len(numbered), list(numbered), pure=False, retries=_RETRIES
        )
        for number, _ in enumerate(as_completed(futures), start=1):
            progress(f"{number:,} of {len(numbered):,} draws")
        drawn: list[Floats] = client.gather(futures)
    return drawn


def _connect(scheduler: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise EstimationError(
            "a scheduler needs Dask: install willing[cluster], or leave --scheduler out"
        ) from error
    try:
        return Client(scheduler, timeout=_CONNECT)
    except (OSError, ValueError) as error:
        raise EstimationError(f"no Dask scheduler answers at {scheduler} ({error})") from error


def _same(task: Resampling) -> Resampling:
    return task


def _draw(task: Resampling, numbered: _Numbered) -> Floats:
    return task.draw(*numbered)
