"""Other ways to learn the stack of the best model, and what they gain on forecasts before 2000.

Run with ``python benchmarks/stack_trials.py [--to 2017]``. The models forecast five years at a time
from all before (`willing.forecast.rolling`), once; then every way of learning the intercept, the
weights and the shock from what they foretold is tried on the same forecasts, from 1980 on. Nothing
after 1999 is looked at unless it is asked for.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from willing.forecast.forecast_scores import average_precision
from willing.forecast.forecasters import members_of
from willing.forecast.rolling import SPAN, Rolled, roll
from willing.forecast.shared_shock import coalitions
from willing.numbers import Floats, Ints
from willing.record.store import load_record
from willing.structural.leader_sides import Sides
from willing.structural.stored import estimates_of, sample_of

FIRST, BEFORE = 1980, 2000
# As in `willing.forecast.stacking`: values of the shock, and normal priors (precisions) of
# intercept, weights and logarithm of the shock.
NODES = np.linspace(-6.0, 6.0, 61)
NODE_WEIGHTS = np.exp(-(NODES**2) / 2.0) / np.exp(-(NODES**2) / 2.0).sum()
INTERCEPT, WEIGHT, LOG_SHOCK, USUAL_SHOCK = 1.0, 20.0, 1.0, 0.7
LEAST = 1e-6
# Major powers but the United States, and from when to when (COW).
MAJORS = {200: 1816, 220: 1945, 365: 1922, 710: 1950, 255: 1991, 740: 1991}


@dataclass(frozen=True)
class Way:
    """How a stack is learned.

    Attributes
    ----------
    name
        What to call it.
    half_life
        Years after which a crisis counts half as much.
    last
        Years before the origin that alone count.
    recent
        Years before the origin from which the intercept alone is learned, the rest from all.
    leaders
        Prior s.d. of an intercept of each leader's own.
    groups
        Prior s.d. of an intercept by who leads: the United States, another major power, others.
    walk
        Prior s.d. by which that intercept moves in five years.
    shocks
        Prior s.d. of the logarithm of a shock by who leads.
    """

    name: str
    half_life: float | None = None
    last: float | None = None
    recent: float | None = None
    leaders: float | None = None
    groups: float | None = None
    walk: float | None = None
    shocks: float | None = None


WAYS = (
    Way("as it is"),
    *(Way(f"half after {years} years", half_life=years) for years in (10, 20)),
    Way("last fifteen years alone", last=15),
    *(Way(f"intercept of the last {years} years", recent=years) for years in (5, 10, 15, 20)),
    Way("intercept by who leads", groups=0.5),
    Way("shock by who leads", shocks=0.5),
    *(Way(f"intercept by leader, s.d. {s:g}", leaders=s) for s in (0.25, 0.5, 1.0)),
    Way("intercept by who leads and leader", groups=0.5, leaders=0.5),
    *(Way(f"intercept by who leads, moving {s:g}", groups=0.5, walk=s) for s in (0.25, 0.5)),
)


def who_leads(sides: Sides, year: int) -> Ints:
    """Number the leaders' groups, shape (S,): 0 the United States, 1 other major powers, 2 rest."""
    return np.array(
        [0 if c == 2 else 1 if MAJORS.get(c, year + 1) <= year else 2 for c in sides.leader]
    )


def columns(way: Way, done: Sequence[Rolled], test: Rolled) -> tuple[Floats, Floats, Floats]:
    """Give the columns of further intercepts: of the sides before, of the test, and precisions."""
    origins = np.concatenate([[each.origin] * each.sides.count for each in done])
    group = np.concatenate([who_leads(each.sides, each.origin) for each in done])
    own = who_leads(test.sides, test.origin)
    before: list[Floats] = []
    after: list[Floats] = []
    precision: list[float] = []

    def add(mine: Floats, yours: Floats, spread: float) -> None:
        before.append(mine)
        after.append(yours)
        precision.append(1.0 / spread**2)

    if way.leaders is not None:
        leader = np.concatenate([each.sides.leader for each in done])
        for code in np.unique(leader):
            add(leader == code, test.sides.leader == code, way.leaders)
    for g in range(3) if way.groups is not None else ():
        add(group == g, own == g, way.groups or 0.0)
        for each in done[1:] if way.walk is not None else ():
            # What is added from an origin on stays.
            add((group == g) & (origins >= each.origin), own == g, way.walk or 0.0)
    shape = (len(before), -1) if before else (0, len(group))
    return (
        np.array(before, dtype=float).reshape(shape).T,
        np.array(after, dtype=float).reshape(len(after), test.sides.count).T,
        np.array(precision),
    )


def log_odds(done: Sequence[Rolled], names: Sequence[str]) -> Floats:
    """Give what the models foretold, as log odds of shape (N, M)."""
    joins = [np.concatenate([each.found[name].join for each in done]) for name in names]
    p = np.clip(np.stack(joins, axis=-1), LEAST, 1.0 - LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))


def laid_out(theta: Floats, E: Floats, D: Floats, G: Floats, sides: Sides) -> tuple[Floats, Floats]:
    """Give log odds of joining without the shock, (N,), and shocks, (S,).

    The parameters are intercept, weights (M), logarithm of the shock, intercepts of the columns D
    and logarithms of shocks of the columns G.
    """
    M, k = E.shape[1], D.shape[1]
    shock = np.exp(theta[M + 1] + G @ theta[M + 2 + k :])
    return theta[0] + E @ theta[1 : M + 1] + (D @ theta[M + 2 : M + 2 + k])[sides.owner], shock


def learned(
    E: Floats, D: Floats, G: Floats, precision: Floats, sides: Sides, counts: Floats
) -> Floats:
    """Give the mode of intercept, weights, shock and what the columns add, sides counting so much.

    `precision` is of the priors of what D and G add, at 0.
    """
    M = E.shape[1]
    prior = np.array([0.0, *[1.0 / M] * M, np.log(USUAL_SHOCK), *[0.0] * len(precision)])
    all_precision = np.array([INTERCEPT, *[WEIGHT] * M, LOG_SHOCK, *precision])

    def loss(theta: Floats) -> tuple[float, Floats]:
        middle, shock = laid_out(theta, E, D, G, sides)
        total, by_odds, by_shock = coalitions(middle, shock, sides)
        by_odds, by_shock = by_odds * counts[sides.owner], by_shock * shock * counts
        by_side = np.add.reduceat(by_odds, sides.start[:-1])
        slope = [[by_odds.sum()], E.T @ by_odds, [by_shock.sum()], D.T @ by_side, G.T @ by_shock]
        away = theta - prior
        value = 0.5 * away @ (all_precision * away) - counts @ total
        return float(value), all_precision * away - np.concatenate(slope)

    bounds = [(-3.0, 3.0), *[(0.0, 2.0)] * M, (-4.0, 1.5), *[(-2.0, 2.0)] * len(precision)]
    return np.asarray(minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds).x)


def foretold(
    way: Way, done: Sequence[Rolled], test: Rolled, names: Sequence[str]
) -> tuple[Floats, Floats]:
    """Give the log probabilities of the test's coalitions, (S,), and those of joining, (N,)."""
    E, sides = log_odds(done, names), Sides.together([each.sides for each in done])
    D, D_test, precision = columns(way, done, test)
    G, G_test = np.zeros((sides.count, 0)), np.zeros((test.sides.count, 0))
    if way.shocks is not None:
        G, G_test, more = columns(Way("", groups=way.shocks), done, test)
        precision = np.concatenate([precision, more])
    # From the middle of the five years, as from a day that nobody knows.
    age = np.concatenate(
        [[test.origin - each.origin - SPAN / 2] * each.sides.count for each in done]
    )
    counts = np.ones(sides.count)
    if way.half_life is not None:
        counts = 0.5 ** (age / way.half_life)
    if way.last is not None:
        counts = (age < way.last).astype(float)
    theta = learned(E, D, G, precision, sides, counts)
    if way.recent is not None:
        theta = _recent_intercept(theta, E, sides, age < way.recent)
    middle, shock = laid_out(theta, log_odds([test], names), D_test, G_test, test.sides)
    chances = expit(middle[:, np.newaxis] + shock[test.sides.owner][:, np.newaxis] * NODES)
    return coalitions(middle, shock, test.sides)[0], chances @ NODE_WEIGHTS


def _recent_intercept(theta: Floats, E: Floats, sides: Sides, lately: Floats) -> Floats:
    """Learn the intercept anew from some sides, weights and shock as they are."""
    none = np.zeros((sides.count, 0))

    def loss(a: float) -> float:
        middle, shock = laid_out(np.array([a, *theta[1:]]), E, none, none, sides)
        return float(0.5 * INTERCEPT * a**2 - coalitions(middle, shock, sides)[0] @ lately)

    return np.array([minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x, *theta[1:]])


def main() -> None:
    """Print a row a way: log score a side, gain over the stack as it is, ratio and precision."""
    parser = argparse.ArgumentParser(description="Ways to learn the stack of the best model.")
    parser.add_argument("--since", type=int, default=FIRST)
    parser.add_argument("--to", type=int, default=BEFORE)
    options = parser.parse_args()
    record = sample_of(load_record(years="all"))
    estimates = estimates_of(record)
    names = [each.name for each in members_of(estimates)]
    done = [each for each in roll(record, estimates, scored=()) if each.origin < options.to]
    tests = [place for place, each in enumerate(done) if each.origin >= options.since]
    sides = Sides.together([done[place].sides for place in tests])
    base = None
    print("| learned with | log score | gain | s.e. | ratio | precision |")
    for way in WAYS:
        told = [foretold(way, done[:place], done[place], names) for place in tests]
        logs, joins = (np.concatenate(each) for each in zip(*told, strict=True))
        base = logs if base is None else base
        gain = logs - base
        by_crisis = np.bincount(sides.cluster, weights=gain - gain.mean())
        G = len(by_crisis)
        error = np.sqrt(G / (G - 1) * (by_crisis**2).sum()) / sides.count
        print(
            f"| {way.name} | {-logs.mean():.3f} | {gain.mean():+.3f} | {error:.3f} | "
            f"{joins.sum() / sides.joined.sum():.2f} | "
            f"{average_precision(joins, sides.joined):.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
