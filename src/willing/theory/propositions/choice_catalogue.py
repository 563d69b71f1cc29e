"""The claims about the chosen coalition, for any number of partners."""

from __future__ import annotations

from willing.theory.propositions import derivations, paths
from willing.theory.propositions.assumptions import Assumptions
from willing.theory.propositions.claim import Claim, Event
from willing.theory.propositions.paths import (
    always,
    largest_of_members,
    mean_of_members,
    never_falls,
)

WR = "Wolford and Ritter (2016)"
OWN = "willing"
MANY = (1, 2, 3, 4, 5, 6)
SEVERAL = (2, 3, 4, 5)
CHANGES = Event("her coalition changes with security", paths.coalition_changes)
PAID = Event("a member is paid", paths.somebody_is_paid)
MARGIN = Event("security decides on a partner", paths.margin_moves)

CHOICE_CLAIMS = (
    Claim(
        name="h1-victory",
        statement="The chosen coalition's probability of victory never falls as security falls.",
        assumptions=Assumptions(benefit=True),
        source=f"{WR}, H1; revealed preference",
        stated="holds",
        violation=never_falls(lambda found: found.victory, "victory"),
        partners=MANY,
        event=CHANGES,
        derivation=derivations.revealed_preference,
    ),
    Claim(
        name="h1-cost",
        statement="The chosen coalition's total cost never falls as security falls.",
        assumptions=Assumptions(benefit=True),
        source=f"{WR}, H1; revealed preference",
        stated="holds",
        violation=never_falls(lambda found: found.cost, "cost"),
        partners=MANY,
        event=CHANGES,
        derivation=derivations.revealed_preference,
    ),
    Claim(
        name="welfare-loss",
        statement=(
            "Victory less cost, what is left to a country that has no office to lose, never rises "
            "as security falls."
        ),
        assumptions=Assumptions(benefit=True),
        source=f"{OWN}; revealed preference",
        stated="holds",
        violation=never_falls(lambda found: found.cost - found.victory, "cost less victory"),
        partners=MANY,
        event=CHANGES,
        derivation=derivations.country,
    ),
    Claim(
        name="h1-coalition",
        statement="A leader who gains by a coalition gains at every lower security.",
        assumptions=Assumptions(benefit=True),
        source=f"{WR}, H1",
        stated="holds",
        violation=paths.gains_at_lower_security,
        partners=MANY,
        event=CHANGES,
        derivation=derivations.gain_from_building,
    ),
    Claim(
        name="h2-margin",
        statement=(
            "For a fixed rest of the coalition a partner is acceptable up to a divergence, which "
            "never falls as security falls."
        ),
        assumptions=Assumptions(benefit=True),
        source=f"{WR}, H2",
        stated="holds",
        violation=paths.acceptable_at_the_margin,
        partners=MANY[:5],
        event=MARGIN,
        derivation=derivations.margin,
    ),
    Claim(
        name="marginal-cost",
        statement=(
            "No member raises the total cost by more than B(sigma) times the victory she adds: "
            "the more secure the leader, the cheaper each partner must be at the margin."
        ),
        assumptions=Assumptions(benefit=True),
        source=f"{WR}, selectivity; revealed preference",
        stated="holds",
        violation=always(paths.worth_it(paths.added_cost), "a member costs more than she adds"),
        partners=MANY,
        event=PAID,
        derivation=derivations.marginal_cost,
    ),
    Claim(
        name="price-cap",
        statement="No member is paid more than B(sigma) times the victory she adds.",
        assumptions=Assumptions(pricing="additive", benefit=True),
        source=f"{WR}, secure leaders take only cheap partners",
        stated="holds",
        violation=always(
            paths.worth_it(lambda found: found.price),
            "a member is paid more than B times her help",
        ),
        partners=MANY,
        event=PAID,
        derivation=derivations.marginal_cost,
    ),
    Claim(
        name="price-cap-concave",
        statement="No member is paid more than B(sigma) times the victory she adds.",
        assumptions=Assumptions(concave=True, friendly=True, benefit=True),
        source=f"{WR}, secure leaders take only cheap partners",
        stated="holds",
        violation=always(
            paths.worth_it(lambda found: found.price),
            "a member is paid more than B times her help",
        ),
        partners=MANY,
        event=PAID,
        derivation=derivations.marginal_cost,
    ),
    Claim(
        name="price-cap-any",
        statement="No member is paid more than B(sigma) times the victory she adds.",
        assumptions=Assumptions(pricing="pivotal"),
        source=f"{WR}, secure leaders take only cheap partners",
        stated="fails",
        violation=always(
            paths.worth_it(lambda found: found.price),
            "a member is paid more than B times her help",
        ),
        partners=SEVERAL,
    ),
    Claim(
        name="dearest-member",
        statement="The highest price paid in the chosen coalition never falls as security falls.",
        assumptions=Assumptions(),
        source=f"{WR}, secure leaders take only cheap partners, read of the coalition",
        stated="fails",
        violation=never_falls(
            lambda found: largest_of_members(found.price, found.members), "highest price"
        ),
        partners=MANY[:5],
    ),
    Claim(
        name="average-divergence",
        statement="The average divergence of the chosen coalition never falls as security falls.",
        assumptions=Assumptions(averse=True),
        source=f"{WR}, H2, read of the coalition",
        stated="fails",
        violation=never_falls(
            lambda found: mean_of_members(found.divergence, found.members), "average divergence"
        ),
        partners=MANY[:5],
    ),
    Claim(
        name="highest-divergence",
        statement="The highest divergence in the chosen coalition never falls as security falls.",
        assumptions=Assumptions(averse=True),
        source=f"{WR}, H2, read of the coalition",
        stated="fails",
        violation=never_falls(
            lambda found: largest_of_members(found.divergence, found.members), "highest divergence"
        ),
        partners=MANY[:5],
    ),
    Claim(
        name="average-divergence-alike",
        statement="The average divergence of the chosen coalition never falls as security falls.",
        assumptions=Assumptions(alike=("strength", "cost", "benefit"), benefit=True),
        source=OWN,
        stated="holds",
        violation=never_falls(
            lambda found: mean_of_members(found.divergence, found.members), "average divergence"
        ),
        partners=MANY,
        event=CHANGES,
        derivation=derivations.partners_alike,
    ),
    Claim(
        name="size",
        statement="The chosen coalition never has fewer members as security falls.",
        assumptions=Assumptions(),
        source=OWN,
        stated="fails",
        violation=never_falls(lambda found: found.members.sum(axis=1).astype(float), "members"),
        # With two, fewer members would mean less strength, which h1-victory rules out.
        partners=(3, 4, 5),
    ),
    Claim(
        name="nested",
        statement="A less secure leader keeps every partner whom a more secure one takes.",
        assumptions=Assumptions(pricing="additive", friction=False),
        source=OWN,
        stated="fails",
        violation=paths.nested,
        partners=MANY[:5],
    ),
    Claim(
        name="nested-alike",
        statement="A less secure leader keeps every partner whom a more secure one takes.",
        assumptions=Assumptions(
            pricing="additive", friction=False, benefit=True, alike=("strength",)
        ),
        source=OWN,
        stated="holds",
        violation=paths.nested,
        partners=MANY,
        event=CHANGES,
        derivation=derivations.partners_alike,
    ),
)
