"""Time and error of the quantal response against enumeration and a Markov chain.

Run with ``python benchmarks/quantal.py``: processor time of one core, after compilation, best of
several runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from willing.theory.contest import RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.engine.fixed_prices import sum_at_fixed_prices
from willing.theory.engine.moving_prices import POINTS, freeze_on, sum_at_moving_prices
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import victory
from willing.theory.quantal import quantal
from willing.theory.quantal.weights import Weights

NOISES = (0.2, 0.05, 0.01, 0.005, 0.001, 0.0001)


def crisis_of(n: int, seed: int = 3) -> Crisis:
    """Draw a crisis with strengths over five orders of magnitude that sum to one."""
    rng = np.random.default_rng(seed)
    strength = 10.0 ** rng.uniform(-5.0, -0.7, n)
    strength /= strength.sum()
    divergence, cost = rng.gamma(2.0, 0.5, n), rng.uniform(0.0, 0.2, n)
    return Crisis(
        leader=Leader("L", strength=0.02, security=0.5),
        target=Target("T", strength=0.01),
        partners=tuple(
            Partner(
                f"P{i}",
                strength=float(strength[i]),
                divergence=float(divergence[i]),
                cost=float(cost[i]),
            )
            for i in range(n)
        ),
    )


def best_of(run: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """Time a call; give the least time in milliseconds and its result."""
    result, least = run(), np.inf
    for _ in range(times):
        start = time.thread_time()
        result = run()
        least = min(least, time.thread_time() - start)
    return 1e3 * least, result


@njit(cache=True)
def gibbs(
    strength: np.ndarray,
    appeal: np.ndarray,
    own: float,
    target: float,
    value: float,
    sweeps: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Estimate join probabilities by Gibbs sampling under a ratio contest of decisiveness one."""
    n = len(strength)
    member, x, seen = np.zeros(n), 0.0, np.zeros(n)
    for _ in range(sweeps):
        for i in range(n):
            rest = own + x - member[i] * strength[i]
            gain = (rest + strength[i]) / (rest + strength[i] + target) - rest / (rest + target)
            chance = 1.0 / (1.0 + np.exp(-(appeal[i] + value * gain)))
            seen[i] += chance
            joined = 1.0 if generator.random() < chance else 0.0
            x += (joined - member[i]) * strength[i]
            member[i] = joined
    return seen / sweeps


def large_games() -> None:
    """Print time, error and status for 190 partners."""
    crisis = crisis_of(190)
    print(f"{'rules':<22}{'noise':>8}{'ms':>9}{'error':>10}  status")
    for pricing, friction in (
        ("additive", 0.0),
        ("additive", 0.05),
        ("pivotal", 0.0),
        ("pivotal", 0.05),
    ):
        game = CoalitionGame(pricing=pricing, friction=friction, contest=RatioContest(1.0))
        for noise in NOISES:
            least, found = best_of(lambda g=game, t=noise: quantal(g, crisis, noise=t), times=3)
            label = f"{pricing}, friction {friction:g}"
            print(f"{label:<22}{noise:>8}{least:>9.2f}{found.error:>10.1e}  {found.status}")


def against_a_finer_grid() -> None:
    """Print the error stated where prices move beside that against four times as many nodes."""
    crisis = crisis_of(190)
    print(f"{'rules':<22}{'noise':>8}{'nodes':>7}{'stated':>10}{'true':>10}")
    for friction in (0.0, 0.05):
        game = CoalitionGame(friction=friction, contest=RatioContest(1.0))
        for noise in (0.05, 0.01, 0.005):
            moving = Weights(game.terms(crisis), noise).moving
            total = sum_at_moving_prices(moving, tolerance=1e-6)
            finer = freeze_on(moving, total.bulk, 4 * POINTS[-1])
            apart = np.abs(total.finest.join - finer.join).max()
            nodes = len(total.finest.plan.grid.x)
            label = f"pivotal, friction {friction:g}"
            print(f"{label:<22}{noise:>8}{nodes:>7}{total.error:>10.1e}{apart:>10.1e}")


def against_enumeration() -> None:
    """Print how the recursion compares with enumeration."""
    game = CoalitionGame(pricing="additive")
    print(f"{'n':>3}{'recursion ms':>14}{'enumeration ms':>16}{'difference':>12}")
    for n in (16, 20, 24):
        crisis = crisis_of(n)
        quick, found = best_of(lambda c=crisis: quantal(game, c, noise=0.05, method="recursion"))
        start = time.thread_time()
        exact = quantal(game, crisis, noise=0.05, method="enumeration")
        slow = 1e3 * (time.thread_time() - start)
        apart = max(abs(found.join[name] - exact.join[name]) for name in crisis.names)
        print(f"{n:>3}{quick:>14.2f}{slow:>16.0f}{apart:>12.1e}")


def against_chain() -> None:
    """Print the error of a Gibbs sampler that is given the recursion's time, and 100 times it."""
    crisis, game, noise = crisis_of(190), CoalitionGame(pricing="additive"), 0.05
    terms = game.terms(crisis)
    least, found = best_of(lambda: quantal(game, crisis, noise=noise))
    join = np.array([found.join[name] for name in crisis.names])
    arguments = (
        terms.strength,
        -terms.outlay.clip(0.0) / noise,
        terms.leader_strength,
        terms.target_strength,
        terms.victory_value / noise,
    )
    generator = np.random.default_rng(1)
    sweep, _ = best_of(lambda: gibbs(*arguments, 100, generator))
    for times in (1, 100):
        sweeps = max(1, int(times * least / (sweep / 100)))
        error = np.abs(gibbs(*arguments, sweeps, generator) - join).max()
        print(f"Gibbs, {times} x {least:.2f} ms ({sweeps} sweeps): largest error {error:.1e}")


def moments() -> None:
    """Print the time of one side's score and Hessian, ten regressors."""
    terms = CoalitionGame(pricing="additive").terms(crisis_of(190))
    rng = np.random.default_rng(0)
    design, appeal = rng.normal(size=(190, 10)), rng.uniform(-15.0, 2.0, 190)

    def p(x: np.ndarray) -> np.ndarray:
        return victory(terms, terms.leader_strength + x)

    def moments_at(value: float) -> Any:
        found = sum_at_fixed_prices(
            terms.leader_strength, terms.strength, appeal, lambda x: value * p(x), tolerance=1e-9
        )
        return found.error, found.moments(p, design)

    for value in (2.0, 20.0, 50.0):
        least, (error, _) = best_of(lambda b=value: moments_at(b))
        print(f"score and Hessian, beta {value:g}: {least:.2f} ms, error {error:.1e}")


if __name__ == "__main__":
    large_games()
    against_a_finer_grid()
    against_enumeration()
    against_chain()
    moments()
