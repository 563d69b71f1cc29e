"""Monte Carlo of the joint likelihood of coalitions and outcomes: are its parameters recovered?

    .venv/bin/python benchmarks/joint_contest.py --replications 40 [--sides 120] [--candidates 20]

Leader sides build coalitions by exact draws from the model, with a contest as the record's outcomes
tell it, and every contest then ends by its strengths. Decisiveness, values of victory and prices
are estimated from both together. Printed: true value, mean and standard deviation of the estimates,
and the shares of 95 % intervals that hold the truth: Wald intervals, and by profile likelihood for
the decisiveness and the values of victory, the decisiveness free at each.
"""

from __future__ import annotations

import argparse

import numpy as np
import polars as pl
from joblib import Parallel, delayed

from structural import NAMES, PARAMS, draw_coalitions, draw_covariates
from willing.contest.outcome_model import OutcomeModel
from willing.estimation.results import Z95
from willing.numbers import Floats
from willing.structural.coalition_model import CoalitionModel
from willing.structural.leader_sides import Sides
from willing.structural.likelihood import VALUE_TERMS
from willing.structural.parameter_profile import jointly_held
from willing.structural.profile_likelihood import DROP
from willing.theory.contest import DrawContest

# The contest of the record, rounded.
CONTEST = DrawContest(0.22, -1.88, 0.46)


def draw_outcomes(sides: Sides, rng: np.random.Generator) -> pl.DataFrame:
    """Let every side's contest end, as `OutcomeModel.fit_contests` takes contests."""
    joiners = np.add.reduceat(sides.strength * sides.joined, sides.start[:-1])
    M, m_T = sides.leader_strength + joiners, sides.target_strength
    u = rng.uniform(size=sides.count)
    lost, won = CONTEST.defeat(M, m_T), CONTEST(M, m_T)
    return pl.DataFrame(
        {
            "contest": sides.crisis,
            "m_leader": sides.leader_strength,
            "m_joiners": joiners,
            "m_target": m_T,
            "m_allies": np.zeros(sides.count),
            "outcome": np.where(u < lost, "defeat", np.where(u > 1.0 - won, "victory", "draw")),
        }
    )


def replicate(seed: np.random.SeedSequence, count: int, candidates: int) -> Floats:
    """Estimate on one sample; shape (1 + parameters, 3).

    Each row has the estimate, and whether the Wald and the profile interval hold the truth.
    """
    rng = np.random.default_rng(seed)
    sides = draw_coalitions(draw_covariates(rng, count, candidates), rng, CONTEST)
    outcomes = OutcomeModel().fit_contests(draw_outcomes(sides, rng))
    found = CoalitionModel(contest="joint").fit_sides(sides, outcomes, threads=1)
    curve = found.profile
    assert curve is not None
    wald = np.abs(found.params - PARAMS) < Z95 * found.std_errors
    by_profile = np.full(len(PARAMS), np.nan)
    for k in range(len(VALUE_TERMS)):
        lost = max(curve.log_likelihoods) - jointly_held(found, NAMES[k])(float(PARAMS[k]))
        by_profile[k] = lost < DROP
    decisiveness = [curve.best, np.nan, curve.low <= CONTEST.decisiveness <= curve.high]
    return np.vstack([decisiveness, np.column_stack([found.params, wald, by_profile])])


def main() -> None:
    """Run the Monte Carlo and print its table."""
    parser = argparse.ArgumentParser(description="Monte Carlo of the joint likelihood.")
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--sides", type=int, default=120)
    parser.add_argument("--candidates", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=-1)
    options = parser.parse_args()
    seeds = np.random.SeedSequence(options.seed).spawn(options.replications)
    found = np.array(
        Parallel(n_jobs=options.workers)(
            delayed(replicate)(seed, options.sides, options.candidates) for seed in seeds
        )
    )
    print(
        f"{options.replications} samples of {options.sides} sides x {options.candidates} candidates"
    )
    print(f"{'':22}{'truth':>8}{'mean':>9}{'median':>9}{'s.d.':>8}{'Wald':>8}{'profile':>9}")
    truth = [CONTEST.decisiveness, *PARAMS]
    for k, name in enumerate(("decisiveness", *NAMES)):
        values, holds = found[:, k, 0], found[:, k, 1:].mean(axis=0)
        print(
            f"{name:22}{truth[k]:8.2f}{values.mean():9.3f}{np.median(values):9.3f}"
            f"{values.std(ddof=1):8.3f}{holds[0]:8.2f}{holds[1]:9.2f}"
        )


if __name__ == "__main__":
    main()
