"""Check claims on random games; where one fails, find its smallest counterexample."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from willing.theory.propositions.claim import Claim, Counterexample, Verdict, Verdicts
from willing.theory.propositions.scenarios import complexity, renamed, simplify

# Of the games in which a claim fails this many, with the fewest partners, are made simple.
SIMPLIFIED = 40
# A claim that is put forward as failing is looked at in up to this many times the games asked for.
PATIENCE = 25


def check_claims(claims: Iterable[Claim], *, games: int = 2000, seed: int = 0) -> Verdicts:
    """Check each claim on random games.

    Parameters
    ----------
    claims
        The claims, such as `willing.theory.propositions.CLAIMS`.
    games
        Random games a claim, shared equally among the numbers of partners it is checked with. A
        claim that should fail and has not is given more, up to `PATIENCE` times as many.
    seed
        Seed of the games. Each claim has its own stream, whatever else is checked.

    Returns
    -------
    Verdicts
        One verdict a claim.
    """
    return Verdicts(tuple(check_claim(claim, games=games, seed=seed) for claim in claims))


def check_claim(claim: Claim, *, games: int = 2000, seed: int = 0) -> Verdict:
    """Check one claim on random games, with few partners first; see `check_claims`."""
    rng = np.random.default_rng([seed, *claim.name.encode()])
    sizes = [claim.partners[i * len(claim.partners) // games] for i in range(games)]
    looked_at, failing = 0, list[Any]()
    while not failing and looked_at < games * (PATIENCE if claim.stated == "fails" else 1):
        drawn = (claim.assumptions.draw(rng, n) for n in sizes)
        failing = [scenario for scenario in drawn if claim.violation(scenario) is not None]
        looked_at += games
    return Verdict(
        claim=claim,
        games=looked_at,
        violations=len(failing),
        counterexample=_smallest(claim, failing) if failing else None,
    )


def contradicts(claim: Claim, scenario: Any) -> bool:
    """Say whether a scenario meets the assumptions of a claim and yet violates it."""
    return claim.assumptions.met(scenario) and claim.violation(scenario) is not None


def _smallest(claim: Claim, failing: list[Any]) -> Counterexample:
    failing = sorted(failing, key=complexity)
    simple = [
        simplify(scenario, lambda changed: contradicts(claim, changed))
        for scenario in islice(failing, SIMPLIFIED)
    ]
    scenario = renamed(min(simple, key=complexity))
    return Counterexample(scenario=scenario, what=str(claim.violation(scenario)))
