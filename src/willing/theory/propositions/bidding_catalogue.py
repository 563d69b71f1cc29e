"""The claims about bidding for partners."""

from __future__ import annotations

from willing.theory.propositions import bidding_claims as bidding
from willing.theory.propositions.claim import Claim, Event

OWN = "willing"
REPLAY = "willing wider bidding"

BIDDING_CLAIMS = (
    Claim(
        name="bidding-insecure-wins",
        statement=(
            "A partner whose price the rival's bid drives joins A iff B_A + v > B_B: the less "
            "secure leader wins her, and strength decides nothing."
        ),
        assumptions=bidding.BiddingGames(),
        source=OWN,
        stated="holds",
        violation=bidding.higher_value_wins,
        partners=(1,),
        event=Event("the rival's bid drives the price", bidding.somebody_is_contested),
        replay=REPLAY,
    ),
    Claim(
        name="bidding-rival",
        statement="Her price never falls as the leader whom she does not join becomes less secure.",
        assumptions=bidding.BiddingGames(),
        source=OWN,
        stated="holds",
        violation=bidding.price_rises_with_rivals_insecurity,
        partners=(1,),
        event=Event(
            "price or winner moves with the rival's security", bidding.price_moves("second")
        ),
        replay=REPLAY,
    ),
    Claim(
        name="bidding-own",
        statement="Her price is free of the security of the leader whom she joins.",
        assumptions=bidding.BiddingGames(),
        source=OWN,
        stated="holds",
        violation=bidding.price_free_of_own_security,
        partners=(1,),
        event=Event("her price or leader moves with it", bidding.price_moves("first")),
        replay=REPLAY,
    ),
    Claim(
        name="bidding-preemption",
        statement="At that price the winner would rather have her than see her neutral.",
        assumptions=bidding.BiddingGames(),
        source=OWN,
        stated="fails",
        violation=bidding.never_preempts,
        partners=(1,),
        replay=REPLAY,
    ),
    Claim(
        name="bidding-neutral",
        statement="Where she is bought in one equilibrium she is neutral in none.",
        assumptions=bidding.BiddingGames(),
        source=OWN,
        stated="fails",
        violation=bidding.bought_if_possible,
        partners=(1,),
        replay=REPLAY,
    ),
    Claim(
        name="bidding-one-side",
        statement=(
            "Where fighting only costs, the division that is best for all together leaves one "
            "leader alone."
        ),
        assumptions=bidding.BiddingGames(),
        source="Bernheim and Whinston (1986), truthful menus",
        stated="holds",
        violation=bidding.one_side_recruits,
        partners=(1, 2, 3, 4),
        event=Event("somebody fights", bidding.somebody_recruits),
        replay=REPLAY,
    ),
)
