"""The claims about the wider games: expansion, signals, bargaining, bids, invitations."""

from __future__ import annotations

from willing.theory.propositions.bargaining_catalogue import BARGAINING_CLAIMS
from willing.theory.propositions.bidding_catalogue import BIDDING_CLAIMS
from willing.theory.propositions.claim import Claim, Event
from willing.theory.propositions.expansion_claims import (
    ExpansionGames,
    aligned_meet_more,
    coalition_changes,
    divergence_matters,
    keeps_widening,
    never_falls,
    stops_short,
    third_parties_matter,
    war_widens,
)
from willing.theory.propositions.invitations_catalogue import INVITATION_CLAIMS
from willing.theory.propositions.power_catalogue import POWER_CLAIMS
from willing.theory.propositions.signals import (
    SignalingGames,
    compares,
    differ,
    follows_the_formula,
    formula_applies,
    war_never_falls_with_security,
)

EXPANSION = "Wolford and Ritter (2016), on conflict expansion"
WOLFORD = "in the spirit of Wolford (2014)"
REPLAY_EXPANSION = "willing wider expansion"
REPLAY_SIGNALS = "willing wider signals"

EXPANSION_CLAIMS = (
    Claim(
        name="expansion-victory",
        statement=(
            "The probability of victory, after third parties respond, never falls as security "
            "falls."
        ),
        assumptions=ExpansionGames(),
        source="willing; revealed preference",
        stated="holds",
        violation=never_falls(lambda won, cost: won, "victory"),
        partners=(1, 2, 3, 4, 5),
        event=Event("her coalition changes with security", coalition_changes),
        replay=REPLAY_EXPANSION,
    ),
    Claim(
        name="expansion-cost",
        statement="The total cost, third parties responding, never falls as security falls.",
        assumptions=ExpansionGames(),
        source="willing; revealed preference",
        stated="holds",
        violation=never_falls(lambda won, cost: cost, "total cost"),
        partners=(1, 2, 3, 4, 5),
        event=Event("her coalition changes with security", coalition_changes),
        replay=REPLAY_EXPANSION,
    ),
    Claim(
        name="expansion-restraint",
        statement=(
            "Third parties never make the leader build a stronger coalition: she stops short of "
            "the one that brings them in."
        ),
        assumptions=ExpansionGames(
            pricing="additive", outmatched=True, cohesive=True, frictionless=True
        ),
        source=EXPANSION,
        stated="holds",
        violation=stops_short,
        partners=(1, 2, 3, 4, 5),
        event=Event("third parties change her coalition", third_parties_matter),
        replay=REPLAY_EXPANSION,
    ),
    Claim(
        name="expansion-restraint-any",
        statement="Third parties never make the leader build a stronger coalition.",
        assumptions=ExpansionGames(quiet=True),
        source=EXPANSION,
        stated="fails",
        violation=stops_short,
        partners=(1, 2, 3),
        replay=REPLAY_EXPANSION,
    ),
    Claim(
        name="expansion-insecure-one",
        statement=(
            "With one partner, a leader who widens the war does so at every lower security."
        ),
        assumptions=ExpansionGames(quiet=True),
        source=EXPANSION,
        stated="holds",
        violation=keeps_widening,
        partners=(1,),
        event=Event("some leader widens the war", war_widens),
        replay=REPLAY_EXPANSION,
    ),
    Claim(
        name="expansion-insecure",
        statement="A leader who widens the war does so at every lower security.",
        assumptions=ExpansionGames(quiet=True),
        source=EXPANSION,
        stated="fails",
        violation=keeps_widening,
        partners=(2, 3, 4, 5, 6),
        replay=REPLAY_EXPANSION,
    ),
    Claim(
        name="expansion-aligned",
        statement=(
            "If every partner diverges twice as much, the target never gets more help against all "
            "of them together."
        ),
        assumptions=ExpansionGames(),
        source=EXPANSION,
        stated="holds",
        violation=aligned_meet_more,
        partners=(1, 2, 3),
        event=Event("the target's help changes", divergence_matters),
        replay=REPLAY_EXPANSION,
    ),
    Claim(
        name="expansion-aligned-target",
        statement=(
            "If every partner diverges twice as much, the target never gets more help against all "
            "of them together."
        ),
        assumptions=ExpansionGames(response="target"),
        source=EXPANSION,
        stated="fails",
        violation=aligned_meet_more,
        partners=(1, 2, 3),
        replay=REPLAY_EXPANSION,
    ),
)

SIGNALS_CLAIMS = (
    Claim(
        name="signals-weak",
        statement="A skittish partner never makes war less likely: it suppresses the signal.",
        assumptions=SignalingGames("always", signals=True),
        source=WOLFORD,
        stated="holds",
        violation=compares(lambda eq: eq.war_probability, "the probability of war", sign=-1),
        partners=(1,),
        event=Event("her partner's skittishness matters", differ(lambda eq: eq.war_probability)),
        replay=REPLAY_SIGNALS,
    ),
    Claim(
        name="signals-strong",
        statement="A skittish partner never makes war more likely.",
        assumptions=SignalingGames("mobilized"),
        source=WOLFORD,
        stated="holds",
        violation=compares(lambda eq: eq.war_probability, "the probability of war", sign=1),
        partners=(1,),
        event=Event("her partner's skittishness matters", differ(lambda eq: eq.war_probability)),
        replay=REPLAY_SIGNALS,
    ),
    Claim(
        name="signals-bluff",
        statement="A skittish partner never makes bluffing more frequent.",
        assumptions=SignalingGames("supported", signals=True, wary=True),
        source=WOLFORD,
        stated="holds",
        violation=compares(lambda eq: eq.bluff, "the probability of a bluff", sign=1),
        partners=(1,),
        event=Event("her partner's skittishness matters", differ(lambda eq: eq.bluff)),
        replay=REPLAY_SIGNALS,
    ),
    Claim(
        name="signals-bluff-war",
        statement="A skittish partner never makes war more likely.",
        assumptions=SignalingGames("supported", signals=True, wary=True),
        source=WOLFORD,
        stated="fails",
        violation=compares(lambda eq: eq.war_probability, "the probability of war", sign=1),
        partners=(1,),
        replay=REPLAY_SIGNALS,
    ),
)

SECURITY_CLAIMS = (
    Claim(
        name="signals-formula",
        statement=(
            "Beside a steadfast partner who is sure to support, while a resolute leader signals "
            "and an irresolute one bluffs now and then, war has the probability q (1 - kappa / B)."
        ),
        assumptions=SignalingGames("supported"),
        source=WOLFORD,
        stated="holds",
        violation=follows_the_formula,
        partners=(1,),
        condition="at securities at which an irresolute leader would not fight",
        replay=REPLAY_SIGNALS,
        event=Event("that happens at two securities", formula_applies),
    ),
    Claim(
        name="signals-security",
        statement="War never grows less likely as security falls.",
        assumptions=SignalingGames("supported", signals=True),
        source="willing",
        stated="fails",
        violation=war_never_falls_with_security,
        partners=(1,),
        replay=REPLAY_SIGNALS,
    ),
)

WIDER_CLAIMS = (
    EXPANSION_CLAIMS
    + SIGNALS_CLAIMS
    + SECURITY_CLAIMS
    + BARGAINING_CLAIMS
    + BIDDING_CLAIMS
    + POWER_CLAIMS
    + INVITATION_CLAIMS
)
