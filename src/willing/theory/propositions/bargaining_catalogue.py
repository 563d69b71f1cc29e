"""The claims about crisis bargaining."""

from __future__ import annotations

from willing.theory.propositions.bargaining_claims import (
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
from willing.theory.propositions.derivations import Derivation, Step

OWN = "willing"
REPLAY = "willing wider crisis --path"


def war_probability() -> Derivation:
    """Derive the demand, and how the probability of war moves."""
    from sympy import Derivative, diff, symbols

    B, p, z, c, cost = symbols("B p z c c_L", positive=True)
    value = B * (p + z * (1 - z / c)) - cost * z / c
    best = (c - cost / B) / 2
    return Derivation(
        steps=(
            Step("slope of the payoff in z at z*", diff(value, z).subs(z, best), 0 * B),
            Step("payoff at z*", value.subs(z, best), B * p + B / c * best**2),
            Step("d pi/dB", Derivative(best / c, B), cost / (2 * B**2 * c)),
        ),
        conclusion=(
            "where not everything is demanded pi = z*/c is free of the coalition and never falls "
            "in B. Where everything is, z = 1 - p < z* is free of B and falls in p."
        ),
    )


def entrapment() -> Derivation:
    """Derive when insecurity makes the leader keener on a partner who is just worth her price."""
    from sympy import diff, sqrt, symbols

    B, D, u, v, k = symbols("B D u v k", positive=True)
    gain = B * D - (k * (1 - u / B) / 2 - v * D)
    just_worth = 2 * (B + v) * D / (1 - u / B)
    slope = diff(gain, B).subs(k, just_worth)
    root = u + sqrt(u**2 + u * v)
    return Derivation(
        steps=(
            Step("dG/dB at G = 0", slope, D * (B**2 - 2 * u * B - u * v) / (B * (B - u))),
            Step("it is zero at the root", root**2 - 2 * u * root - u * v, 0 * u),
        ),
        conclusion=(
            "G, with u = c_L / c, crosses zero from below only, and she who gains gains at every "
            "lower security, if B >= u + sqrt(u^2 + u v). Below that it crosses from above: war "
            "grows likelier as B rises, and her price with it."
        ),
    )


def share_paid_in_war() -> Derivation:
    """Derive that the share never falls where members' costs count in the demand."""
    from sympy import symbols

    B, B2, Y, Y2, C, C2 = symbols("B B' Y Y' C C'", nonnegative=True)
    return Derivation(
        steps=(
            Step(
                "the two choices' advantages, each at its own B, add up to",
                (B * Y - C - (B * Y2 - C2)) + (B2 * Y2 - C2 - (B2 * Y - C)),
                (B2 - B) * (Y2 - Y),
            ),
        ),
        conclusion=(
            "coalition and demand are chosen as one, with share Y and expected cost C free of B; "
            "both advantages are at least zero, so Y never falls as B rises."
        ),
    )


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
        derivation=war_probability,
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
        derivation=war_probability,
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
        derivation=entrapment,
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
        derivation=share_paid_in_war,
    ),
)
