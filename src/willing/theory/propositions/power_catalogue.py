"""The claims about partners with bargaining power."""

from __future__ import annotations

from willing.theory.propositions.claim import Claim, Event
from willing.theory.propositions.power import (
    PowerGames,
    builds_as_without,
    price_moves,
    price_never_falls,
    security_decides,
    victory_never_falls,
)

POWER_CLAIMS = (
    Claim(
        name="power-one",
        statement="With one partner bargaining power changes nothing about when she is taken.",
        assumptions=PowerGames(friction=False),
        source="willing",
        stated="holds",
        event=Event("security decides whether she is taken", security_decides),
        violation=builds_as_without,
        partners=(1,),
    ),
    Claim(
        name="power-one-friction",
        statement="With one partner bargaining power changes nothing about when she is taken.",
        assumptions=PowerGames(),
        source="willing",
        stated="fails",
        violation=builds_as_without,
        partners=(1,),
    ),
    Claim(
        name="power-price",
        statement="In a given coalition nobody is paid less as security falls.",
        assumptions=PowerGames(),
        source="Wolford and Ritter (2016), an insecure leader pays a hefty price",
        stated="holds",
        event=Event("somebody's pay moves with security", price_moves),
        violation=price_never_falls,
        partners=(1, 2, 3, 4),
    ),
    Claim(
        name="power-h1-victory",
        statement="The chosen coalition's probability of victory never falls as security falls.",
        assumptions=PowerGames(decisive=True),
        source="Wolford and Ritter (2016), H1",
        stated="fails",
        violation=victory_never_falls,
        partners=(3, 4, 5),
    ),
)
