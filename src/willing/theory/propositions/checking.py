"""Check claims on random games; where one fails, find its smallest counterexample."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from willing.theory.propositions.claim import Claim, Counterexample, Verdict, Verdicts
from willing.theory.propositions.scenarios import complexity, renamed, simplify
from willing.theory.propositions.solver_agreement import unlike_the_solvers

# Of the games in which a claim fails this many, with the fewest partners, are made simple.
SIMPLIFIED = 40
# A claim that is put forward as failing is looked at in up to this many times the games asked for.
PATIENCE = 25
# Of the games of a claim that names an event every second is drawn anew until it happens, up to
# this many times: enough for an event that one game in ten has.
REDRAWS = 20
# Of the games of a claim that holds one in so many is solved as well, in some milliseconds.
COMPARED = 10


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
    looked_at, drawn, failing = 0, list[Any](), list[Any]()
    while not failing and looked_at < games * (PATIENCE if claim.stated == "fails" else 1):
        drawn = [_draw(claim, rng, n, eager=j % 2 == 1) for j, n in enumerate(sizes)]
        failing = [scenario for scenario in drawn if claim.violation(scenario) is not None]
        looked_at += games
    event = claim.event
    tried = drawn[::COMPARED] if claim.stated == "holds" else []
    answers = [(scenario, unlike_the_solvers(scenario)) for scenario in tried]
    wrong = [Counterexample(scenario, what) for scenario, what in answers if what]
    return Verdict(
        claim=claim,
        games=looked_at,
        violations=len(failing),
        counterexample=_smallest(claim, failing) if failing else None,
        events=None if event is None else sum(event.happens(scenario) for scenario in drawn),
        compared=sum(what is not None for _, what in answers),
        disagreement=wrong[0] if wrong else None,
    )


def _draw(claim: Claim, rng: np.random.Generator, n: int, *, eager: bool) -> Any:
    """Draw a game; an eager draw is repeated until the claim's event happens in it."""
    scenario = claim.assumptions.draw(rng, n)
    if eager and claim.event is not None:
        for _ in range(REDRAWS):
            if claim.event.happens(scenario):
                break
            scenario = claim.assumptions.draw(rng, n)
    return scenario


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
