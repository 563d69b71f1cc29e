"""Who acted against whom, with whom, and in which dispute: the rules, on made-up crises."""

from datetime import date, timedelta

import polars as pl

from willing.record.acts import Named, code_acts
from willing.record.codings import (
    directed_dyads,
    hewitt_coding,
    icb_coding,
    named_pairs,
    responses_of,
)
from willing.record.crisis_disputes import belonging
from willing.record.joining import ties_to_leaders
from willing.record.meetings import meetings
from willing.record.sides import possible_sides

L, P, T, X = 2, 200, 645, 20
START, END = date(1990, 8, 2), date(1990, 12, 31)
CRISES = pl.DataFrame({"crisno": [1], "start": [START], "end": [END]})


def actor(ccode: int, target: int, *, military: bool, violent: bool = False) -> dict[str, object]:
    return {
        "crisno": 1,
        "ccode": ccode,
        "target": target,
        "military": military,
        "violent": violent,
        "trigger": START,
        "cracno": ccode,
        "outcome": "victory",
    }


ACTORS = (actor(L, T, military=True), actor(T, L, military=True, violent=True))
NO_DYADS = pl.DataFrame(
    schema={
        "crisno": pl.Int64,
        "ccode1": pl.Int64,
        "ccode2": pl.Int64,
        "since": pl.Date,
        "actor1": pl.Boolean,
        "actor2": pl.Boolean,
    }
)


def dyad(one: int, other: int, *, actors: tuple[bool, bool] = (True, True)) -> pl.DataFrame:
    row = (1, one, other, START, *actors)
    return pl.DataFrame([row], schema=NO_DYADS.schema, orient="row")


def spell(
    ccode: int,
    *,
    side_a: bool,
    days: tuple[int, int] = (0, 100),
    hostility: int | None = 4,
    dispnum: int = 7,
) -> dict[str, object]:
    """A spell in a dispute, its days counted from the first of the crisis."""
    return {
        "dispnum": dispnum,
        "ccode": ccode,
        "side_a": side_a,
        "since": START + timedelta(days=days[0]),
        "until": START + timedelta(days=days[1]),
        "hostility": hostility,
        "originator": False,
    }


def judged(
    *spells: dict[str, object],
    actors: tuple[dict[str, object], ...] = ACTORS,
    dyads: pl.DataFrame = NO_DYADS,
) -> tuple[pl.DataFrame, pl.DataFrame, Named, pl.DataFrame]:
    """Acts, disputes of the crisis, what ICB and Hewitt say, and the pairs that they name."""
    cases = pl.DataFrame(list(actors))
    named = Named(
        icb_coding(cases), hewitt_coding(dyads, cases), directed_dyads(dyads), responses_of(cases)
    )
    pairs = named_pairs(named.icb, named.hewitt)
    disputes = pl.DataFrame(
        list(spells) or [spell(998, side_a=True)], schema_overrides={"hostility": pl.Int64}
    )
    met = belonging(meetings(disputes, CRISES), pairs, named.responses)
    return code_acts(met, named), met, named, pairs


def basis(acts: pl.DataFrame, ccode: int, target: int = T) -> str | None:
    row = acts.filter(ccode=ccode, target=target)
    return row["basis"][0] if row.height else None


def joined(*spells: dict[str, object], **given: object) -> dict[int, str]:
    """What ties those who acted against T to L, among them those who did not join."""
    acts, met, _, pairs = judged(*spells, **given)  # type: ignore[arg-type]
    led = pl.DataFrame({"crisno": [1], "target": [T], "leader": [L]})
    ties = ties_to_leaders(led, acts, met, pairs)
    return dict(ties.select("ccode", "tie").iter_rows())


FRONT = (spell(L, side_a=True), spell(T, side_a=False))


def test_a_dyad_faces_both_ways() -> None:
    """A dyad is undirected, so that each of the two stands against the other."""
    named = hewitt_coding(dyad(L, T), pl.DataFrame(list(ACTORS))).named
    assert named.select("target", "ccode").rows() == [(L, T), (T, L)]


def test_a_pair_that_met_in_a_dispute_of_the_crisis_acted() -> None:
    """Both fight, so each acted against the other, by the dispute and with its kind."""
    acts = judged(*FRONT)[0]
    assert (basis(acts, L), basis(acts, T, L)) == ("dispute", "dispute")
    assert set(acts["kind"]) == {"force"}


def test_one_common_day_is_no_meeting() -> None:
    """Two states of which one leaves as the other comes have not met; two days are enough."""
    for last, said in ((0, "response"), (1, "dispute")):
        acts = judged(spell(L, side_a=True, days=(-10, last)), spell(T, side_a=False))[0]
        assert basis(acts, L) == said


def test_who_fought_only_others_did_not_answer_its_threat() -> None:
    """L names T its threat, but its disputes of the crisis are against X: it acted elsewhere."""
    against_x = (spell(L, side_a=True), spell(X, side_a=False))
    acts = judged(*against_x, dyads=dyad(L, X, actors=(True, False)))[0]
    assert (basis(acts, L), basis(acts, L, X)) == ("elsewhere", "dispute")


def test_a_crisis_actor_meets_its_named_opponents_only() -> None:
    """A dispute lists everybody on two sides; P is in it beside L, but faces X alone."""
    actors = (*ACTORS, actor(P, X, military=True))
    acts = judged(*FRONT, spell(P, side_a=True), actors=actors)[0]
    assert basis(acts, P) is None


def test_who_has_no_crisis_of_its_own_acts_by_a_dyad() -> None:
    """Canada has no crisis with Iraq; in its dyad with Iraq it is Canada that acts."""
    listed = dyad(X, T, actors=(False, True))
    acts = judged(dyads=listed)[0]
    assert basis(acts, X) == "dyad"
    assert acts.filter(ccode=X)["kind"].to_list() == ["hostile"]


def test_a_dyad_is_void_if_the_two_met_later() -> None:
    """X enters the dispute after the crisis, so its dyad with T says nothing of it."""
    late = spell(X, side_a=True, days=(200, 300))
    front = (spell(L, side_a=True, days=(0, 300)), spell(T, side_a=False, days=(0, 300)))
    acts = judged(*front, late, dyads=dyad(X, T, actors=(False, True)))[0]
    assert basis(acts, X) == "void"


def test_an_old_dispute_needs_force_of_two_crisis_actors() -> None:
    """A war that began a year ago is the crisis's own if L and T fight in it, not if T does."""
    old = (-400, 100)
    pair = (spell(L, side_a=True, days=old), spell(T, side_a=False, days=old))
    assert judged(*pair)[1].height > 0
    quiet = (spell(L, side_a=True, days=old, hostility=3), pair[1])
    assert judged(*quiet)[1].height == 0


def test_an_old_dispute_gives_way_to_a_new_one_of_the_same_states() -> None:
    """If L and T meet in a dispute that begins with the crisis, their old one is another matter."""
    old = [
        spell(L, side_a=True, days=(-400, 100), dispnum=8),
        spell(T, side_a=False, days=(-400, 100), dispnum=8),
    ]
    assert set(judged(*FRONT, *old)[1]["dispnum"]) == {7}


def test_a_target_that_only_protests_is_not_met() -> None:
    """T must have begun the dispute or shown force in it."""
    acts = judged(spell(X, side_a=True), spell(L, side_a=True), spell(T, side_a=False, hostility=2))
    assert basis(acts[0], X) == "none"


def test_partners_share_a_dispute_with_the_leader() -> None:
    """P fights T beside L in one dispute; X fights T in one of its own, and nobody names it."""
    own = [
        spell(X, side_a=True, dispnum=9),
        spell(T, side_a=False, dispnum=9),
        spell(L, side_a=True, dispnum=9, days=(-50, -40)),
    ]
    ties = joined(*FRONT, spell(P, side_a=True), *own)
    assert ties[P] == "shared"
    assert X not in ties or ties[X] == "nothing"


def test_a_named_partner_with_an_older_quarrel_has_its_own() -> None:
    """X is named against T, but began its dispute with T a fortnight before L's."""
    own = [
        spell(X, side_a=True, dispnum=9, days=(-14, 50)),
        spell(T, side_a=False, dispnum=9, days=(-14, 50)),
    ]
    listed = dyad(X, T, actors=(False, True))
    assert joined(*FRONT, *own, dyads=listed)[X] == "own quarrel"
    assert joined(*FRONT, dyads=listed)[X] == "named"


def test_a_state_attacked_by_an_outsider_is_a_target() -> None:
    """X, without a crisis of its own, acts against the crisis actor L: the side faces L."""
    acts, _, named, _ = judged(dyads=dyad(X, L, actors=(False, True)))
    sides = dict(possible_sides(acts, named).select("target", "side_by").iter_rows())
    assert sides == {L: "threat", T: "threat", X: "opponent"}
    alone = (actor(L, T, military=True),)
    acts, _, named, _ = judged(dyads=dyad(X, L, actors=(False, True)), actors=alone)
    sides = dict(possible_sides(acts, named).select("target", "side_by").iter_rows())
    assert sides == {L: "attacked", T: "threat", X: "opponent"}
