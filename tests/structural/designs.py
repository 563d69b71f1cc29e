"""Leader sides drawn from the model, by going through all coalitions."""

from itertools import product

import numpy as np

from willing.structural.leader_sides import Sides
from willing.theory.contest import RatioContest

PARAMS = np.array([4.0, 3.0, 0.6, -0.8, 2.0])
TERMS = ("divergence", "alliance", "constant")
CONTEST = RatioContest(0.7)


def coalitions(n: int) -> np.ndarray:
    """Masks of all coalitions, shape (2^n, n)."""
    return np.array(list(product([False, True], repeat=n)), dtype=bool)


def utilities(sides: Sides, s: int, params: np.ndarray, rho: float = 0.0) -> np.ndarray:
    """Utility over noise of every coalition of a side, in the order of `coalitions`."""
    rows = sides.rows(s)
    masks = coalitions(rows.stop - rows.start)
    h = sides.insecurity[s]
    p = CONTEST(
        sides.leader_strength[s] + masks @ sides.strength[rows], float(sides.target_strength[s])
    )
    price = masks @ (sides.design[rows] @ params[2:])
    return np.exp(-rho * h) * ((params[0] + params[1] * h) * p - price)


def draw_sides(
    seed: int,
    *,
    count: int = 80,
    candidates: int = 8,
    params: np.ndarray = PARAMS,
    rho: float = 0.0,
    idle: int = 0,
) -> Sides:
    """Draw sides, two a crisis, of which the last `idle` candidates have no strength."""
    rng = np.random.default_rng(seed)
    strength = np.sort(rng.lognormal(-4.0, 1.2, (count, candidates)), axis=1)[:, ::-1]
    if idle:
        strength[:, -idle:] = 0.0
    N = count * candidates
    design = np.column_stack([rng.gamma(1.5, 0.8, N), rng.uniform(size=N) < 0.3, np.ones(N)])
    sides = Sides(
        names=tuple(f"{i // 2}-{i}" for i in range(count)),
        crisis=np.arange(count) // 2,
        start=np.arange(count + 1) * candidates,
        partner=np.tile(np.arange(candidates), count),
        strength=strength.ravel(),
        design=design.astype(float),
        joined=np.zeros(N, dtype=bool),
        terms=TERMS,
        leader=np.arange(count),
        target=np.arange(count) + count,
        leader_strength=rng.lognormal(-4.0, 1.0, count),
        target_strength=rng.lognormal(-3.5, 1.0, count),
        insecurity=rng.beta(1.5, 5.0, count),
        retention=np.ones(count),
    )
    masks = coalitions(candidates)
    for s in range(count):
        weight = np.exp(utilities(sides, s, params, rho))
        sides.joined[sides.rows(s)] = masks[rng.choice(len(masks), p=weight / weight.sum())]
    return sides
