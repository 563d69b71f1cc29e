"""A contest that may end in a draw, in the game and in files."""

import numpy as np
import pytest
from games import crises
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.errors import ScenarioError
from willing.theory.contest import DrawContest, RatioContest
from willing.theory.game import CoalitionGame
from willing.theory.propositions.choice_catalogue import CHOICE_CLAIMS
from willing.theory.propositions.cutoff_catalogue import CUTOFF_CLAIMS
from willing.theory.scenario import crisis_and_game, read_scenario, scenario_toml
from willing.theory.search.enumeration import best_by_enumeration

HOLDING = [claim for claim in CUTOFF_CLAIMS + CHOICE_CLAIMS if claim.stated == "holds"]
# Payoffs round at about 1e-15 and the search proves its optimum to 1e-12.
TOLERANCE = 2e-12
GAMES = 30
# About what the outcomes of crises give.
ESTIMATED = DrawContest(0.24, -1.9, 0.43)

draw_contests = st.builds(
    lambda g, low, width: DrawContest(g, low, low + width),
    st.floats(0.1, 4.0),
    st.floats(-3.0, 1.0),
    st.floats(0.0, 4.0),
)


@given(draw_contests, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_the_three_outcomes_are_a_distribution(contest, M, m_T):
    """Victory, draw and defeat are probabilities that add up to one."""
    chances = np.array([contest(M, m_T), contest.draw(M, m_T), contest.defeat(M, m_T)])
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= -1e-15).all()


@given(st.floats(0.1, 4.0), st.floats(-3.0, 3.0), st.floats(0.01, 100.0))
def test_swapping_the_sides_swaps_victory_and_defeat(g, cut, M):
    """With cuts that mirror each other, one side's victory is the other's defeat."""
    contest = DrawContest(g, -abs(cut), abs(cut))
    assert contest(M, 1.0) == pytest.approx(contest.defeat(1.0, M))
    assert contest.draw(M, 1.0) == pytest.approx(contest.draw(1.0, M))


@given(st.floats(0.1, 4.0), st.floats(0.01, 100.0))
def test_without_room_for_draws_it_is_the_ratio_contest(g, M):
    """With both cuts at 0 nobody draws and Tullock's contest is left."""
    assert DrawContest(g)(M, 1.0) == pytest.approx(RatioContest(g)(M, 1.0))
    assert DrawContest(g).draw(M, 1.0) == 0.0


@given(draw_contests, st.floats(0.01, 100.0), st.floats(0.01, 100.0))
def test_victory_is_a_ratio_contest_against_a_stronger_target(contest, M, m_T):
    """So a proposition that holds for every ratio contest holds when there are draws."""
    stronger = m_T * np.exp(contest.victory_cut / contest.decisiveness)
    assert contest(M, m_T) == pytest.approx(RatioContest(contest.decisiveness)(M, stronger))


@settings(max_examples=60, deadline=None)
@given(crises(most_partners=9), draw_contests, st.sampled_from(["pivotal", "additive"]))
def test_the_game_is_solved_exactly(crisis, contest, pricing):
    """Nothing beats the coalition found, and its outcomes are those of the contest."""
    game = CoalitionGame(office=2.0, contest=contest, pricing=pricing, friction=0.1)
    found = game.solve(crisis)
    _, value = best_by_enumeration(game.terms(crisis))
    assert found.status == "optimal"
    assert found.value == pytest.approx(value, abs=TOLERANCE * 10)
    assert sum(found.outcomes.values()) == pytest.approx(1.0)
    assert found.outcomes["victory"] == found.victory


@pytest.mark.parametrize("claim", HOLDING, ids=lambda claim: claim.name)
def test_propositions_that_hold_hold_when_there_are_draws(claim):
    """No random game of a claim's class, its contest that of outcomes, is a counterexample."""
    rng = np.random.default_rng(7)
    for n in claim.partners:
        for _ in range(GAMES):
            scenario = claim.assumptions.draw(rng, n)
            g = min(1.0, scenario.game.contest.decisiveness)
            contest = DrawContest(g, ESTIMATED.defeat_cut, ESTIMATED.victory_cut)
            crisis, game = scenario
            drawn = scenario._replace(game=CoalitionGame(**{**vars(game), "contest": contest}))
            assert claim.assumptions.met(drawn)
            assert claim.violation(drawn) is None, scenario_toml(crisis, drawn.game)


def test_a_scenario_file_holds_it(tmp_path):
    """What is written is read back."""
    crisis, _ = crisis_and_game(
        {
            "leader": {"name": "L", "strength": 1.0, "security": 0.5},
            "target": {"name": "T", "strength": 2.0},
            "partners": [{"name": "P", "strength": 0.5}],
        }
    )
    path = tmp_path / "draws.toml"
    path.write_text(scenario_toml(crisis, CoalitionGame(contest=ESTIMATED)))
    assert read_scenario(path)[1].contest == ESTIMATED


@pytest.mark.parametrize(
    ("game", "message"),
    [
        ({"contest": "draw", "defeat_cut": 1.0, "victory_cut": 0.0}, "must not be the larger"),
        ({"contest": "ratio", "defeat_cut": 1.0}, "parameter of the contest 'draw'"),
        ({"contest": "draw", "victory_cut": "high"}, "contest.victory_cut is 'high'"),
        ({"contest": "tie"}, "one of ratio, logistic, draw"),
    ],
)
def test_bad_contests_are_named(game, message):
    """Cuts out of order, of another contest or no numbers are errors that say so."""
    with pytest.raises(ScenarioError, match=message):
        crisis_and_game(
            {
                "leader": {"name": "L", "strength": 1.0, "security": 0.5},
                "target": {"name": "T", "strength": 2.0},
                "partners": [{"name": "P", "strength": 0.5}],
                "game": game,
            }
        )
