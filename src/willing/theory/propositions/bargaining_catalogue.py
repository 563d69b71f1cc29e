"""The claims about crisis bargaining."""

from __future__ import annotations

from willing.theory.propositions import bargaining_derivations as derivations
from willing.theory.propositions.bargaining import (
    BargainingGames,
    builds_at_lower_security,
    share_moves,
    share_never_falls,
    sometimes_builds,
    sometimes_capped,
    war_moves,
    war_with_coalition,
    war_with_security,
)
from willing.theory.propositions.claim import Claim, Event

OWN = "willing"
REPLAY = "willing wider crisis --path"

BARGAINING_CLAIMS = (
    Claim(
        name="crisis-war-security",
        statement="With a fixed coalition, war never grows less likely as security falls.",
        assumptions=BargainingGames(),
        source=OWN,
        stated="holds",
        violation=war_with_security,
        partners=(1, 2, 3),
        event=Event("war moves with security", war_moves),
        replay=REPLAY,
        derivation=derivations.war_probability,
    ),
    Claim(
        name="crisis-war-coalition",
        statement=(
            "A coalition leaves the probability of war as it is if the leader goes alone, unless "
            "everything is demanded; there it never makes war likelier."
        ),
        assumptions=BargainingGames(),
        source=OWN,
        stated="holds",
        violation=war_with_coalition,
        partners=(1, 2, 3),
        event=Event(
            "everything is demanded with some coalition, not with another", sometimes_capped
        ),
        replay=REPLAY,
        derivation=derivations.war_probability,
    ),
    Claim(
        name="crisis-keen",
        statement="A leader who gains by a coalition gains at every lower security.",
        assumptions=BargainingGames(uncapped=True, keen=True, benefit=False),
        source=OWN,
        stated="holds",
        violation=builds_at_lower_security,
        partners=(1,),
        event=Event("security decides whether a partner is taken", sometimes_builds),
        replay=REPLAY,
        derivation=derivations.entrapment,
    ),
    Claim(
        name="crisis-entrapment",
        statement="A leader who gains by a coalition gains at every lower security.",
        assumptions=BargainingGames(uncapped=True, benefit=False),
        source=OWN,
        stated="fails",
        violation=builds_at_lower_security,
        partners=(1, 2, 3),
        replay=REPLAY,
    ),
    Claim(
        name="crisis-share",
        statement="The expected share never falls as security falls.",
        assumptions=BargainingGames(),
        source=OWN,
        stated="fails",
        violation=share_never_falls,
        partners=(1, 2, 3),
        replay=REPLAY,
    ),
    Claim(
        name="crisis-share-paid-in-war",
        statement="The expected share never falls as security falls.",
        assumptions=BargainingGames(payment="war", pricing="additive"),
        source="willing; revealed preference",
        stated="holds",
        violation=share_never_falls,
        partners=(1, 2, 3, 4),
        event=Event("the share moves with security", share_moves),
        replay=REPLAY,
        derivation=derivations.share_paid_in_war,
    ),
)
