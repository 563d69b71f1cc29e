"""What a claim may assume: random scenarios that meet it, and whether one does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from willing.theory.contest import DrawContest, RatioContest
from willing.theory.propositions.scenarios import Scenario, draw_scenario
from willing.theory.rules import Pricing


@dataclass(frozen=True)
class Assumptions:
    """A class of games.

    Attributes
    ----------
    pricing : {"pivotal", "additive"} or None
        The only pricing rule allowed, if there is one.
    concave : bool
        Whether strength must have decreasing returns: a ratio contest of decisiveness at most 1.
    friction, benefit : bool
        Whether friction, and private benefits above a partner's cost, are allowed.
    friendly : bool
        Whether every stake must be at least zero.
    averse : bool
        Whether divergence must matter to partners: an aversion above zero.
    alike : tuple of str
        Quantities in which partners must not differ.
    """

    pricing: Pricing | None = None
    concave: bool = False
    friction: bool = True
    benefit: bool = False
    friendly: bool = False
    averse: bool = False
    alike: tuple[str, ...] = ()

    def draw(self, rng: np.random.Generator, n: int) -> Scenario:
        """Draw a scenario with `n` partners of the class."""
        scenario = draw_scenario(
            rng,
            n,
            pricing=self.pricing,
            concave=self.concave,
            friction=self.friction,
            benefit=self.benefit,
            # Divergences are drawn up to 2, so that stakes of at least 1 - 2 delta stay positive.
            most_aversion=0.5 if self.friendly else 1.5,
        )
        if self.averse and scenario.game.aversion == 0.0:
            scenario = scenario._replace(game=replace(scenario.game, aversion=1.0))
        first, *others = scenario.crisis.partners
        same = {name: getattr(first, name) for name in self.alike}
        partners = (first, *(replace(partner, **same) for partner in others))
        return scenario._replace(crisis=replace(scenario.crisis, partners=partners))

    def met(self, scenario: Scenario) -> bool:
        """Say whether a scenario is of the class."""
        crisis, game = scenario
        contest = game.contest
        return (
            self.pricing in (None, game.pricing)
            and game.power == 0.0
            and game.retention == 1.0
            and bool(np.isnan(crisis.stakes).all())
            and (
                not self.concave
                or (isinstance(contest, RatioContest | DrawContest) and contest.decisiveness <= 1.0)
            )
            and (self.friction or game.friction == 0.0)
            and (self.benefit or bool((crisis.benefits <= crisis.costs).all()))
            and (not self.averse or game.aversion > 0.0)
            and (not self.friendly or bool((game.stakes(crisis) >= 0.0).all()))
            and all(
                len({getattr(partner, name) for partner in crisis.partners}) == 1
                for name in self.alike
            )
        )

    def __str__(self) -> str:
        said = [
            f"{self.pricing} pricing" if self.pricing else "either pricing rule",
            "a ratio contest with decisiveness at most 1"
            if self.concave
            else "a ratio or logistic contest",
            "stakes that follow from divergence",
            "no bargaining power",
            "certain retention",
            *(["stakes at least zero"] if self.friendly else []),
            *(["aversion above zero"] if self.averse else []),
            *([] if self.friction else ["no friction"]),
            *([] if self.benefit else ["benefits at most costs"]),
            *([f"partners alike in {' and '.join(self.alike)}"] if self.alike else []),
        ]
        return ", ".join(said)
