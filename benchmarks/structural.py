"""Monte Carlo of the structural model: coverage, and maximum against pseudo-likelihood.

    .venv/bin/python benchmarks/structural.py --replications 100 [--sides 120] [--candidates 40]

Leader sides are drawn from the model by exact sequential draws, and both estimators are applied to
each sample. Printed: true value, mean and standard deviation of the estimates, mean standard error,
and the share of nominal 95 % intervals that hold the truth.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed

from willing.numbers import Floats
from willing.structural.coalition_model import CoalitionModel
from willing.structural.leader_sides import Sides
from willing.structural.likelihood import Likelihood, tabulate_victory
from willing.structural.pseudo_likelihood import fit_pseudo
from willing.theory.contest import Contest, RatioContest
from willing.theory.engine.fixed_prices import sum_at_fixed_prices

CONTEST = RatioContest(0.7)
MODEL = CoalitionModel(decisiveness=CONTEST.decisiveness)
TERMS = ("divergence", "alliance", "constant")
NAMES = ("victory", "victory x insecurity", *TERMS)
# Partners depend on one another: victory is worth much, and each adds to it less than the last.
PARAMS = np.array([12.0, 10.0, 0.6, -1.0, 2.5])


def draw_covariates(rng: np.random.Generator, count: int, candidates: int) -> Sides:
    """Draw leader sides, two a crisis, on which nobody has joined."""
    N = count * candidates
    strength = np.sort(rng.lognormal(-5.5, 1.5, (count, candidates)), axis=1)[:, ::-1]
    design = np.column_stack([rng.gamma(1.5, 0.8, N), rng.uniform(size=N) < 0.2, np.ones(N)])
    return Sides(
        names=tuple(map(str, range(count))),
        crisis=np.arange(count) // 2,
        start=np.arange(count + 1) * candidates,
        partner=np.tile(np.arange(candidates), count),
        strength=strength.ravel(),
        design=design.astype(float),
        joined=np.zeros(N, dtype=bool),
        terms=TERMS,
        leader=np.zeros(count, dtype=np.int64),
        target=np.ones(count, dtype=np.int64),
        leader_strength=rng.lognormal(-4.0, 1.0, count),
        target_strength=rng.lognormal(-3.5, 1.0, count),
        insecurity=rng.beta(1.5, 5.0, count),
        retention=np.ones(count),
    )


def draw_coalitions(sides: Sides, rng: np.random.Generator, contest: Contest = CONTEST) -> Sides:
    """Draw every side's coalition from the model."""
    likelihood = Likelihood(sides, tabulate_victory(sides, contest), contest, threads=1)
    appeal, value = likelihood.appeal(PARAMS), likelihood.weights @ PARAMS[:2]
    joined = np.zeros(len(sides.partner), dtype=bool)
    for s in range(sides.count):
        rows = sides.rows(s)
        m_L, m_T = float(sides.leader_strength[s]), float(sides.target_strength[s])

        def reward(x: Floats, m_L: float = m_L, m_T: float = m_T, v: float = value[s]) -> Floats:
            return v * np.asarray(contest(m_L + x, m_T))

        found = sum_at_fixed_prices(m_L, sides.strength[rows], appeal[rows], reward, tolerance=1e-9)
        joined[rows] = found.draw(1, rng)[0]
    return replace(sides, joined=joined)


def replicate(seed: np.random.SeedSequence, count: int, candidates: int) -> Floats:
    """Estimate on one sample; shape (2 estimators, estimate and standard error, parameters)."""
    rng = np.random.default_rng(seed)
    sides = draw_coalitions(draw_covariates(rng, count, candidates), rng)
    full = MODEL.fit_sides(sides, threads=1)
    pseudo = fit_pseudo(full.likelihood)
    return np.array(
        [
            [full.params, full.std_errors],
            [pseudo.params, np.sqrt(np.diag(pseudo.covariance))],
        ]
    )


def main() -> None:
    """Run the Monte Carlo and print its table."""
    parser = argparse.ArgumentParser(description="Monte Carlo of the structural model.")
    parser.add_argument("--replications", type=int, default=100)
    parser.add_argument("--sides", type=int, default=120)
    parser.add_argument("--candidates", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=-1)
    options = parser.parse_args()
    begin = time.perf_counter()
    seeds = np.random.SeedSequence(options.seed).spawn(options.replications)
    results = np.array(
        Parallel(n_jobs=options.workers)(
            delayed(replicate)(seed, options.sides, options.candidates) for seed in seeds
        )
    )
    print(
        f"{options.replications} samples of {options.sides} sides x {options.candidates} "
        f"candidates, {time.perf_counter() - begin:.0f} s"
    )
    print(f"{'':40}{'truth':>8}{'mean':>9}{'s.d.':>8}{'mean s.e.':>11}{'coverage':>10}")
    for place, estimator in enumerate(("maximum likelihood", "pseudo-likelihood")):
        values, errors = results[:, place, 0], results[:, place, 1]
        covered = np.abs(values - PARAMS) < 1.96 * errors
        for k, name in enumerate(NAMES):
            print(
                f"{estimator:18}  {name:20}{PARAMS[k]:8.2f}{values[:, k].mean():9.3f}"
                f"{values[:, k].std(ddof=1):8.3f}{errors[:, k].mean():11.3f}"
                f"{covered[:, k].mean():10.2f}"
            )


if __name__ == "__main__":
    main()
