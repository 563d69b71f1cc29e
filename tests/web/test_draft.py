"""Fields read into crises, and the crises there are to choose from."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from willing.errors import ScenarioError
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.scenario import crisis_and_game, read_scenario, scenario_toml
from willing.web.answer import acceptance_of, next_steps
from willing.web.crises import choices, matching
from willing.web.draft import (
    Rules,
    draft_of,
    read_crisis,
    read_rules,
    read_upload,
    rows_from,
    rules_of,
)
from willing.web.limits import MOST_PARTNERS

GULF = Path(__file__).parents[2] / "examples" / "gulf.toml"
# Prices and margins are sums of a few numbers of order one.
ROUNDING = 1e-9

names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20
).filter(lambda text: bool(text.strip()))  # fmt: skip


def test_worked_example_is_the_one_of_the_repository():
    """The page ships the example that the documentation solves."""
    crisis, game = read_scenario(GULF)
    draft = choices()["gulf.toml"].draft()
    reading = read_crisis(draft)
    assert reading.crisis is not None
    assert reading.crisis.with_security(draft.security) == crisis
    assert read_rules(draft.rules)[0] == game


def test_every_crisis_of_the_record_can_be_shown():
    """Each reads without a problem, but for those where nobody's divergence is known."""
    for choice in choices().values():
        draft = choice.draft()
        reading = read_crisis(draft)
        assert set(reading.problems) <= {"partners"}, choice.label
        assert (reading.crisis is None) == (len(reading.left_out) == len(draft.rows))


def test_search_finds_all_words_in_any_order():
    """Words of a search are looked for in any order and case."""
    found = matching("IRAQ 1990 united")
    assert "393-645" in {key for group in found.values() for key in group}


def test_unknown_divergence_is_left_out_and_not_zero():
    """A partner without a divergence is named as left out, not taken for a friend."""
    draft = choices()["gulf.toml"].draft()
    rows = (replace(draft.rows[0], divergence=""), *draft.rows[1:])
    reading = read_crisis(replace(draft, rows=rows))
    assert reading.crisis is not None
    assert reading.left_out == (draft.rows[0].name,)
    assert draft.rows[0].name not in reading.crisis.names


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("leader_strength", "0", "leader_strength"),
        ("target_strength", "much", "target_strength"),
        ("leader", " ", "leader"),
        ("target", "USA", "target"),
    ],
)
def test_a_problem_is_named_at_its_field(field: str, value: str, place: str):
    """What is wrong with a side is said at the field in which it stands."""
    reading = read_crisis(replace(choices()["gulf.toml"].draft(), **{field: value}))
    assert reading.crisis is None
    assert set(reading.problems) == {place}


@pytest.mark.parametrize("number", ["nan", "inf", "-1", "", "1e999", "0x1", "1e300", "1e-300"])
def test_a_cell_that_holds_no_number_is_named(number: str):
    """Costs that are no nonnegative number, or beyond arithmetic, are refused cell by cell."""
    draft = choices()["gulf.toml"].draft()
    rows = (draft.rows[0], replace(draft.rows[1], cost=number), *draft.rows[2:])
    assert set(read_crisis(replace(draft, rows=rows)).problems) == {"partners:1:cost"}


def test_retention_that_makes_defeat_welcome_is_refused_at_its_field():
    """The one condition between two rules is reported at the retention."""
    assert set(read_rules(Rules(office="3", retention="0.1"))[2]) == {"retention"}


def test_partners_are_bounded():
    """More partners than the page takes are refused from the table and from a file."""
    crisis = Crisis(
        Leader("L", strength=1.0, security=0.5),
        Target("T", strength=1.0),
        tuple(Partner(f"p{i}", strength=0.1) for i in range(MOST_PARTNERS + 1)),
    )
    game = CoalitionGame()
    draft = draft_of(crisis, rules_of(game, {}))
    assert "at most 250" in read_crisis(draft).problems["partners"]
    with pytest.raises(ScenarioError, match="the page takes 250"):
        read_upload(scenario_toml(crisis, game))


def test_a_number_too_large_for_arithmetic_is_no_scenario():
    """A whole number beyond floating point is refused and does not stop the page."""
    text = GULF.read_text(encoding="utf-8").replace("strength = 0.8", f"strength = 1{'0' * 400}")
    with pytest.raises(ScenarioError):
        read_upload(text)


def test_rules_that_the_page_does_not_have_are_refused():
    """A file with bargaining power is not shown as if it had none."""
    text = GULF.read_text(encoding="utf-8").replace("[game]", "[game]\npower = 0.5")
    with pytest.raises(ScenarioError, match="without bargaining power"):
        read_upload(text)


@pytest.mark.parametrize("table", [None, 1, "text", {"0": []}, [[1], "ab", None]])
def test_a_table_of_another_shape_is_empty(table: object):
    """What the page's own script would not send is not read."""
    assert rows_from(table) == ()


@given(names, st.floats(1e-6, 1e6), st.floats(0.0, 10.0))
def test_a_downloaded_scenario_is_the_same_crisis(name: str, strength: float, divergence: float):
    """Whatever its names and numbers, a scenario survives being written and read."""
    crisis = Crisis(
        Leader(f"{name}L", strength=strength, security=0.25),
        Target(f"{name}T", strength=1.0),
        (Partner(name, strength=strength / 7.0, divergence=divergence, cost=0.1),),
        title=name,
    )
    game = CoalitionGame(friction=0.03)
    assert crisis_and_game(tomllib.loads(scenario_toml(crisis, game))) == (crisis, game)


@pytest.mark.parametrize("security", [0.1, 0.6, 0.9])
def test_acceptance_region_agrees_with_the_equilibrium(security: float):
    """At the leader's security its border is the divergence tolerated of the equilibrium."""
    crisis, game = read_scenario(GULF)
    found = game.solve(crisis.with_security(security))
    for position, name in enumerate(crisis.names):
        region = acceptance_of(found, name)
        at = int(abs(region.security - security).argmin())
        tolerated = found.margins.tolerated_divergence[position]
        assert region.cutoff[at] == pytest.approx(tolerated, abs=ROUNDING)


def test_next_steps_lead_to_the_neighbours_of_the_path():
    """Who would enter and leave next is what distinguishes neighbours on the path."""
    crisis, game = read_scenario(GULF)
    path = game.path(crisis)
    below, above = next_steps(path, 0.6)
    assert below is not None
    assert above is not None
    assert above.security > 0.6 > below.security
    at = set(path.at(0.6))
    just_below = at - set(below.changes.left) | set(below.changes.entered)
    assert just_below == set(path.at(below.security - ROUNDING))
