"""The claims about the cutoffs of the one-partner game: H1, H2 and the comparative statics."""

from __future__ import annotations

from typing import Any

from willing.numbers import Masks
from willing.theory.propositions import derivations
from willing.theory.propositions.assumptions import Assumptions
from willing.theory.propositions.claim import Claim, Event, Stated
from willing.theory.propositions.cutoffs import (
    Direction,
    Parameter,
    Where,
    built_up_to_a_security,
    cutoff_inside,
    cutoffs_move,
    cutoffs_never,
)

WORDS: dict[Parameter, str] = {
    "leader strength": "the leader's strength",
    "target strength": "the target's strength",
    "strength": "the partner's strength",
    "cost": "the partner's cost",
    "benefit": "the partner's benefit",
    "divergence": "the partner's divergence",
    "office": "the value of office",
    "decisiveness": "the contest's decisiveness",
}
WR = "Wolford and Ritter (2016)"
ONE = (1,)
ANY = Assumptions(benefit=True)
# With a benefit above her cost a partner may be paid for nothing but her dislike of victory.
COSTLY = Assumptions()


def _statics(
    parameter: Parameter,
    never: Direction,
    *,
    stated: Stated = "holds",
    assumptions: Assumptions = ANY,
    suffix: str = "",
    condition: str = "",
    where: Where | None = None,
) -> Claim:
    """State how both cutoffs, where they hang on a parameter, move with it."""
    return Claim(
        name=f"{parameter.replace(' ', '-')}-never-{never}{suffix}",
        statement=f"Neither cutoff {never} as {WORDS.get(parameter, parameter)} rises.",
        assumptions=assumptions,
        source="comparative statics of the one-partner game",
        stated=stated,
        violation=cutoffs_never(parameter, never, where=where),
        partners=ONE,
        condition=condition,
        derivation=derivations.STATICS[parameter] if stated == "holds" else None,
        event=_moves(parameter, where) if stated == "holds" else None,
    )


def _moves(parameter: Parameter, where: Where | None = None) -> Event:
    return Event("a cutoff moves", cutoffs_move(parameter, where=where))


def _adds(varied: dict[str, Any]) -> Masks:
    adds: Masks = varied["together"] > varied["alone"]
    return adds


def _likely(varied: dict[str, Any]) -> Masks:
    likely: Masks = varied["alone"] + varied["together"] >= 1.0
    return likely


def _unlikely(varied: dict[str, Any]) -> Masks:
    unlikely: Masks = varied["alone"] + varied["together"] <= 1.0
    return unlikely


def _turns_the_balance(varied: dict[str, Any]) -> Masks:
    turns: Masks = (varied["alone"] <= 0.5) & (varied["together"] >= 0.5)
    return turns


CUTOFF_CLAIMS = (
    Claim(
        name="h1-one",
        statement="She builds exactly at securities up to the cutoff sigma_hat.",
        assumptions=ANY,
        source=f"{WR}, H1",
        stated="holds",
        violation=built_up_to_a_security,
        partners=ONE,
        event=Event("she builds at some securities only", cutoff_inside),
        derivation=derivations.STATICS["security"],
    ),
    Claim(
        name="h2-one",
        statement="The divergence cutoff d_hat never falls as security falls.",
        assumptions=ANY,
        source=f"{WR}, H2",
        stated="holds",
        violation=cutoffs_never("security", "rises"),
        partners=ONE,
        event=_moves("security"),
        derivation=derivations.STATICS["security"],
    ),
    _statics("divergence", "rises"),
    _statics("office", "falls"),
    _statics("cost", "rises"),
    _statics("benefit", "falls"),
    _statics("aversion", "rises"),
    _statics("friction", "rises"),
    # One who adds nothing and asks nothing leaves the leader indifferent at every divergence.
    _statics(
        "strength", "falls", assumptions=COSTLY, condition="while she adds something", where=_adds
    ),
    _statics(
        "strength",
        "falls",
        stated="fails",
        suffix="-benefit",
        condition="while she adds something",
        where=_adds,
    ),
    _statics("leader strength", "rises", assumptions=Assumptions(concave=True), suffix="-concave"),
    _statics("leader strength", "rises", assumptions=COSTLY, stated="fails"),
    _statics("leader strength", "falls", assumptions=COSTLY, stated="fails"),
    _statics(
        "target strength",
        "falls",
        assumptions=COSTLY,
        suffix="-if-likely",
        condition="while p0 + p1 >= 1",
        where=_likely,
    ),
    _statics(
        "target strength",
        "rises",
        assumptions=Assumptions(friction=False),
        suffix="-if-unlikely",
        condition="while p0 + p1 <= 1",
        where=_unlikely,
    ),
    _statics("target strength", "rises", assumptions=COSTLY, stated="fails"),
    _statics("target strength", "falls", assumptions=COSTLY, stated="fails"),
    _statics(
        "decisiveness",
        "falls",
        assumptions=Assumptions(friction=False),
        suffix="-if-pivotal",
        condition="while p0 <= 1/2 <= p1",
        where=_turns_the_balance,
    ),
    _statics("decisiveness", "rises", assumptions=COSTLY, stated="fails"),
    _statics("decisiveness", "falls", assumptions=COSTLY, stated="fails"),
)
