"""The claims about invitations one after another, with partners' costs private."""

from __future__ import annotations

from willing.theory.propositions import invitations_claims as invitations
from willing.theory.propositions.claim import Claim, Event
from willing.theory.propositions.invitations_claims import InvitationGames

OWN = "willing"
REPLAY = "willing wider invitations"

INVITATION_CLAIMS = (
    Claim(
        name="invitations-offer",
        statement="A single partner is never offered less as security falls.",
        assumptions=InvitationGames(),
        source="Wolford and Ritter (2016), an insecure leader pays a hefty price",
        stated="holds",
        violation=invitations.offer_never_falls,
        partners=(1,),
        replay=REPLAY,
        event=Event("the offer moves with security", invitations.offer_moves),
    ),
    Claim(
        name="invitations-acceptance",
        statement="A single partner never joins less often as security falls.",
        assumptions=InvitationGames(),
        source="Wolford and Ritter (2016), H1",
        stated="holds",
        violation=invitations.acceptance_never_falls,
        partners=(1,),
        replay=REPLAY,
        event=Event("her acceptance moves with security", invitations.acceptance_moves),
    ),
    Claim(
        name="invitations-divergence",
        statement="A single partner never joins more often as she diverges more.",
        assumptions=InvitationGames(),
        source="Wolford and Ritter (2016), H2",
        stated="holds",
        violation=invitations.acceptance_never_rises_with_divergence,
        partners=(1,),
        replay=REPLAY,
        event=Event("her acceptance moves with divergence", invitations.divergence_moves),
    ),
    Claim(
        name="invitations-h1-victory",
        statement="The expected probability of victory never falls as security falls.",
        assumptions=InvitationGames(pricing="additive"),
        source="willing; revealed preference",
        stated="holds",
        violation=invitations.victory_never_falls,
        partners=(1, 2, 3, 4),
        replay=REPLAY,
        event=Event("victory moves with security", invitations.victory_moves),
    ),
    Claim(
        name="invitations-h1-pivotal",
        statement="The expected probability of victory never falls as security falls.",
        assumptions=InvitationGames(pricing="pivotal"),
        source="Wolford and Ritter (2016), H1",
        stated="fails",
        violation=invitations.victory_never_falls,
        partners=(2, 3, 4),
        replay=REPLAY,
    ),
    Claim(
        name="invitations-dearer",
        statement=(
            "With costs known, inviting partners one after another is never worth more to the "
            "leader than inviting all at once."
        ),
        assumptions=InvitationGames(pricing="pivotal", known=True, concave=True),
        source=OWN,
        stated="holds",
        violation=invitations.never_worth_more_than_at_once,
        partners=(2, 3, 4, 5),
        replay=REPLAY,
        event=Event("the two are not worth the same", invitations.order_matters),
    ),
    Claim(
        name="invitations-dearer-any",
        statement=(
            "With costs known, inviting partners one after another is never worth more to the "
            "leader than inviting all at once."
        ),
        assumptions=InvitationGames(pricing="pivotal", known=True),
        source=OWN,
        stated="fails",
        violation=invitations.never_worth_more_than_at_once,
        partners=(2, 3, 4),
        replay=REPLAY,
    ),
    Claim(
        name="invitations-order",
        statement="No order of invitations is worth more to the leader than the strongest first.",
        assumptions=InvitationGames(),
        source=OWN,
        stated="fails",
        violation=invitations.strongest_first_is_best,
        partners=(2, 3, 4),
        replay=REPLAY,
    ),
    Claim(
        name="invitations-open",
        statement=(
            "Choosing after every answer whom to ask next is worth at least as much to the leader "
            "as the best order announced."
        ),
        assumptions=InvitationGames(),
        source=OWN,
        stated="fails",
        violation=invitations.open_never_worth_less,
        partners=(2, 3),
        replay=REPLAY,
    ),
)
