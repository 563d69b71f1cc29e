"""The coding by blocs, on small made-up crises."""

from datetime import date

import polars as pl

from willing.record.blocs import dispute_coding, link_disputes

L, P, T, X = 2, 200, 645, 20
CRISES = pl.DataFrame({"crisno": [1], "start": [date(1990, 8, 2)], "end": [date(1991, 4, 12)]})
ACTORS = pl.DataFrame(
    {
        "crisno": [1, 1, 1],
        "ccode": [L, L, T],
        "target": [T, T, L],
        "military": [False, True, True],
    }
)
OPPONENTS = pl.DataFrame({"crisno": [1], "target": [T], "ccode": [L]})


def spell(
    ccode: int,
    *,
    side_a: bool,
    since: date = date(1990, 8, 3),
    until: date = date(1991, 3, 3),
    hostility: int | None = 4,
    originator: bool = False,
) -> dict[str, object]:
    return {
        "dispnum": 7,
        "ccode": ccode,
        "side_a": side_a,
        "since": since,
        "until": until,
        "hostility": hostility,
        "originator": originator,
    }


def coded(*spells: dict[str, object], actors: pl.DataFrame = ACTORS) -> dict[int, bool | None]:
    """The states that a dispute puts on the side facing T, and whether they acted."""
    disputes = pl.DataFrame(spells, schema_overrides={"hostility": pl.Int64})
    links = link_disputes(disputes, OPPONENTS, CRISES)
    coding = dispute_coding(disputes, links, CRISES, actors, OPPONENTS)
    return dict(coding.named.select("ccode", "act").iter_rows())


def test_a_partner_in_a_linked_dispute_joins() -> None:
    """P fights T beside L, so the dispute puts both on the side."""
    assert coded(spell(L, side_a=True), spell(T, side_a=False), spell(P, side_a=True)) == {
        L: True,
        P: True,
    }


def test_a_threat_alone_is_below_the_level_of_a_linked_act() -> None:
    """Hostility of 2 is no act, and an unknown level is not known to be one."""
    sides = coded(
        spell(L, side_a=True),
        spell(T, side_a=False),
        spell(P, side_a=True, hostility=2),
        spell(X, side_a=True, hostility=None),
    )
    assert sides == {L: True, P: False, X: None}


def test_a_dispute_without_the_same_opponents_is_not_linked() -> None:
    """If L is not in it, or stands beside T, the dispute is another matter."""
    assert coded(spell(P, side_a=True), spell(T, side_a=False)) == {}
    assert coded(spell(L, side_a=False), spell(T, side_a=False), spell(P, side_a=True)) == {}


def test_opponents_that_meet_within_thirty_days_are_linked() -> None:
    """A dispute over within thirty days before the crisis is linked, a day earlier it is not."""
    near = {"since": date(1990, 1, 1), "until": date(1990, 7, 3)}
    far = {"since": date(1990, 1, 1), "until": date(1990, 7, 2)}
    partner = spell(P, side_a=True)
    assert P in coded(spell(L, side_a=True, **near), spell(T, side_a=False, **near), partner)
    assert coded(spell(L, side_a=True, **far), spell(T, side_a=False, **far), partner) == {}


def test_a_partner_counts_only_in_its_own_days() -> None:
    """In a long dispute a state that left before the crisis, or came after, has not joined."""
    target, leader = spell(T, side_a=False), spell(L, side_a=True)
    early = spell(P, side_a=True, since=date(1990, 1, 1), until=date(1990, 8, 1))
    late = spell(P, side_a=True, since=date(1991, 4, 13), until=date(1991, 5, 1))
    assert P not in coded(target, leader, early)
    assert P not in coded(target, leader, late)


def test_a_target_that_only_protests_is_not_in_the_dispute() -> None:
    """The target must have begun the dispute or shown force in it."""
    leader, partner = spell(L, side_a=True), spell(P, side_a=True)
    assert coded(leader, partner, spell(T, side_a=False, hostility=2)) == {}
    assert P in coded(leader, partner, spell(T, side_a=False, hostility=2, originator=True))


def test_a_crisis_actor_fights_only_its_known_opponents() -> None:
    """The USA shows force over Suez, but against the Soviet Union: blocs mislead about actors."""
    other = pl.DataFrame({"crisno": [1], "ccode": [P], "target": [365], "military": [True]})
    actors = pl.concat([ACTORS, other], how="diagonal_relaxed")
    spells = (spell(L, side_a=True), spell(T, side_a=False), spell(P, side_a=True))
    assert P not in coded(*spells, actors=actors)


def test_the_code_of_the_first_day_holds_for_the_whole_crisis() -> None:
    """Germany enters the Gulf dispute as 255 in 1991; when the crisis began it was 260."""
    germany = spell(255, side_a=True, since=date(1991, 1, 6))
    assert 260 in coded(spell(L, side_a=True), spell(T, side_a=False), germany)
