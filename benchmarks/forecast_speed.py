"""Processor time of the contest, the structural fit, a forecast, its evaluation and the bootstrap.

Run with ``python benchmarks/forecast_speed.py [--draws 200] [--evaluate]``. Beside each stands a
peer or a bound from the same run: statsmodels' ordered logit for the contest, its logit of joining
on the same columns for the fit (which sums over no coalitions), for a forecast one evaluation of
the likelihood of its side for each draw, for the bootstrap as many fits as it has draws.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

from willing.contest.contests import CATEGORIES
from willing.contest.outcome_model import OutcomeModel
from willing.forecast.asking import question
from willing.forecast.evaluate import evaluate_record
from willing.forecast.forecast import forecast
from willing.record.store import load_record
from willing.structural.bootstrap import bootstrap
from willing.structural.coalition_model import CoalitionModel
from willing.structural.first_stage import load_first_stage


def timed(run: Callable[[], Any]) -> tuple[float, float, Any]:
    """Give processor and wall time in seconds, and the result."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = run()
    return time.process_time() - cpu, time.perf_counter() - wall, result


def show(what: str, cpu: float, wall: float, peer: str, bound: float) -> None:
    """Print a row."""
    print(f"{what:32}{cpu:9.3f}{wall:9.3f}   {peer:44}{bound:9.3f}", flush=True)


def main() -> None:
    """Print a row a task."""
    parser = argparse.ArgumentParser(description="Processor time of estimates and forecasts.")
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()
    record = load_record(leader="every")
    print(f"{'seconds':32}{'proc.':>9}{'wall':>9}   {'peer or bound, processor time':44}")

    outcomes = OutcomeModel()
    rows = outcomes.contests(record)
    cpu, wall, told = timed(lambda: outcomes.fit_contests(rows))
    y = rows["outcome"].replace_strict(dict(zip(CATEGORIES, range(3), strict=True))).to_numpy()
    ordered = OrderedModel(y, outcomes.matrix(rows), distr="logit")
    bound, _, peer = timed(lambda: ordered.fit(method="bfgs", disp=False))
    np.testing.assert_allclose(peer.params[0], told.decisiveness, rtol=1e-3)
    show("contest", cpu, wall, "statsmodels, ordered logit", bound)

    model = CoalitionModel()
    sides = model.sides(record)
    fit_cpu, wall, found = timed(lambda: model.fit_sides(sides, told))
    logit = sm.Logit(sides.joined.astype(float), sides.design)
    bound, _, _ = timed(lambda: logit.fit(disp=False))
    show("estimate, all coalitions", fit_cpu, wall, "statsmodels, logit of joining", bound)

    asked = question("kosovo")

    def once() -> Any:
        return forecast(asked.estimates, asked.subject, **asked.options)

    once()
    cpu, wall, told_draws = timed(once)
    likelihood = found.model.likelihood(asked.subject.sides, threads=1)
    one, _, _ = timed(lambda: [likelihood.expectations(found.params) for _ in range(20)])
    bound = one / 20 * told_draws.draws
    show(
        "forecast of Kosovo, warm", cpu, wall, f"{told_draws.draws} likelihoods, one by one", bound
    )

    if options.evaluate:
        whole = load_record(years="all")
        cpu, wall, _ = timed(lambda: evaluate_record(whole))
        show("evaluate, 12 origins", cpu, wall, "as many fits to all years", 12 * fit_cpu)
    if options.draws:
        first = load_first_stage()
        cpu, wall, _ = timed(
            lambda: bootstrap(found, record, first, draws=options.draws, seed=1, workers=1)
        )
        bound = options.draws * fit_cpu
        show(f"bootstrap, {options.draws} draws", cpu, wall, "as many cold fits", bound)


if __name__ == "__main__":
    main()
