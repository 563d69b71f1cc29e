"""Whose side the United Nations took, by the rule."""

import polars as pl
import pytest

from willing.record.triad_covariates import add_un_support

L, T = 2, 645


def support(
    leader: tuple[bool | None, str | None], target: tuple[bool | None, str | None]
) -> object:
    """What `unsupport` is if this is what ICB knows of L and T as crisis actors."""
    actors = pl.DataFrame(
        {
            "crisno": [1, 1],
            "ccode": [L, T],
            "un_active": [leader[0], target[0]],
            "un_view": [leader[1], target[1]],
        },
        schema_overrides={"un_active": pl.Boolean, "un_view": pl.String},
    )
    triad = pl.DataFrame({"crisno": [1], "leader": [L], "target": [T], "year": [1990]})
    return add_un_support(triad, actors)["unsupport"].item()


@pytest.mark.parametrize(
    ("leader", "target", "expected"),
    [
        ((True, "favourable"), (True, "unfavourable"), 1),
        ((True, "favourable"), (True, None), 1),
        ((True, "favourable"), (True, "favourable"), 0),
        ((True, "neutral"), (True, "unfavourable"), 0),
        ((False, None), (False, None), 0),
        ((True, None), (True, "favourable"), 0),
        ((True, None), (True, "neutral"), None),
        ((None, "favourable"), (True, "neutral"), 1),
        ((None, "favourable"), (None, None), None),
    ],
)
def test_the_united_nations_take_a_side(
    leader: tuple[bool | None, str | None],
    target: tuple[bool | None, str | None],
    expected: int | None,
) -> None:
    """Support is favour to L and not to T; inaction is none; what is not known is missing."""
    assert support(leader, target) == expected


def test_a_target_that_is_no_crisis_actor_has_no_view() -> None:
    """Favour to L is support if T, no crisis actor, is not heard."""
    actors = pl.DataFrame(
        {"crisno": [1], "ccode": [L], "un_active": [True], "un_view": ["favourable"]}
    )
    triad = pl.DataFrame(
        {"crisno": [1, 1], "leader": [L, L], "target": [T, T], "year": [1989, 1990]}
    )
    told = add_un_support(triad, actors)
    assert told["unsupport"].to_list() == [1, 1]
    assert told["pcw"].to_list() == [0, 1]


@pytest.mark.parametrize(
    ("active", "view", "expected"),
    [(False, None, 0), (True, "favourable", 0), (True, "unfavourable", None)],
)
def test_a_leader_that_is_no_crisis_actor_has_no_view(
    active: bool, view: str | None, expected: int | None
) -> None:
    """Of her ICB tells only what the inaction of the United Nations or T's favour tells."""
    actors = pl.DataFrame(
        {"crisno": [1], "ccode": [T], "un_active": [active], "un_view": [view]},
        schema_overrides={"un_view": pl.String},
    )
    triad = pl.DataFrame({"crisno": [1], "leader": [L], "target": [T], "year": [1990]})
    assert add_un_support(triad, actors)["unsupport"].to_list() == [expected]
