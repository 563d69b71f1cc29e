"""Crises, games, contests and scenario files: what they accept and what they say if they do not."""

import math
import pickle

import numpy as np
import pytest

from willing.errors import ScenarioError
from willing.numbers import check_number
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.scenario import read_scenario

SCENARIO = """
title = "A crisis"
[leader]
name = "USA"
strength = 0.14
security = 0.8
[target]
name = "Iraq"
strength = 0.05
[[partners]]
name = "Turkey"
strength = 0.012
divergence = 0.9
cost = 0.01
[game]
office = 2.0
contest = "logistic"
decisiveness = 20.0
pricing = "additive"
"""


def crisis_of(*partners):
    """Give a crisis with these partners."""
    return Crisis(
        leader=Leader("USA", strength=0.14, security=0.8),
        target=Target("Iraq", strength=0.05),
        partners=partners or (Partner("Turkey", strength=0.012, divergence=0.9, cost=0.01),),
    )


def write(tmp_path, text):
    """Write a scenario file and give its path."""
    path = tmp_path / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, "much", None, True])
@pytest.mark.parametrize("field", ["strength", "divergence", "cost", "benefit"])
def test_a_partner_refuses_values_outside_their_range(field, value):
    """The message names the partner, the field and the range."""
    values = {"strength": 0.1, field: value}
    with pytest.raises(ScenarioError, match=f"'Turkey': {field} .* at least 0"):
        Partner("Turkey", **values)


@pytest.mark.parametrize(
    ("value", "bounds", "said"),
    [
        (math.inf, {"least": 0.0}, "a finite number of at least 0"),
        (math.nan, {}, "a finite number"),
        (-math.inf, {"above": 0.0}, "a finite number above 0"),
        (-(10**400), {"least": 0.0}, "a number of at least 0"),
        ("a", {}, "a number"),
        (2, {"least": 0.0, "most": 1.0}, "a number from 0 to 1"),
    ],
)
def test_a_number_that_is_refused_is_told_what_is_allowed(value, bounds, said):
    """No bound that is not there is named, and infinity is said to be the trouble."""
    with pytest.raises(ScenarioError, match=f"must be {said}$"):
        check_number(value, "x", **bounds)


@pytest.mark.parametrize("security", [-0.01, 1.01, math.nan])
def test_security_is_a_probability(security):
    """A security outside 0 to 1 is refused with its range."""
    with pytest.raises(ScenarioError, match=r"leader\.security .* from 0 to 1"):
        Leader("USA", strength=0.1, security=security)


def test_leader_and_target_have_strength():
    """A contest needs two sides that can fight."""
    with pytest.raises(ScenarioError, match=r"leader\.strength .* above 0"):
        Leader("USA", strength=0.0, security=0.5)
    with pytest.raises(ScenarioError, match=r"target\.strength .* above 0"):
        Target("Iraq", strength=-1.0)


def test_names_are_unique_and_not_empty():
    """Two partners of one name, or a partner called like the target, are refused."""
    with pytest.raises(ScenarioError, match="'Turkey' occurs twice"):
        crisis_of(Partner("Turkey", strength=0.1), Partner("Turkey", strength=0.2))
    with pytest.raises(ScenarioError, match="'Iraq' occurs twice"):
        crisis_of(Partner("Iraq", strength=0.1))
    with pytest.raises(ScenarioError, match="not empty"):
        Partner(" ", strength=0.1)


def test_a_crisis_needs_a_partner():
    """An empty list of partners is refused."""
    with pytest.raises(ScenarioError, match="at least one"):
        Crisis(
            leader=Leader("USA", strength=0.14, security=0.8),
            target=Target("Iraq", strength=0.05),
            partners=(),
        )


def test_a_crisis_pickles_and_gives_read_only_columns():
    """Crises travel between processes, and nobody can change their numbers by the way."""
    crisis = crisis_of()
    assert crisis.strengths.tolist() == [0.012]
    assert pickle.loads(pickle.dumps(crisis)) == crisis
    with pytest.raises(ValueError, match="read-only"):
        crisis.strengths[0] = 1.0


def test_a_coalition_is_named_by_its_partners():
    """An unknown name is refused, and the known ones are listed."""
    assert crisis_of().coalition(["Turkey"]).tolist() == [True]
    with pytest.raises(ScenarioError, match="'Syria' is not a partner; partners are Turkey"):
        crisis_of().coalition(["Syria"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("office", -1.0),
        ("aversion", math.nan),
        ("friction", -0.1),
        ("retention", 1.2),
        ("pricing", "free"),
        ("contest", 0.5),
    ],
)
def test_a_game_refuses_values_outside_their_range(field, value):
    """The message names the field of the game."""
    with pytest.raises(ScenarioError, match=rf"game\.{field} is"):
        CoalitionGame(**{field: value})


def test_victory_must_be_worth_having_to_a_secure_leader():
    """Where retention is so low that defeat were better, the least allowed is stated."""
    with pytest.raises(ScenarioError, match=r"at least 0\.666667"):
        CoalitionGame(office=3.0, retention=0.5)
    assert CoalitionGame(office=2.0, retention=0.5).victory_value(1.0) == 0.0


def test_the_value_of_victory_counts_office():
    """B = 1 + office (retention - security)."""
    assert CoalitionGame(office=2.0).victory_value(0.25) == pytest.approx(2.5)
    assert CoalitionGame(office=2.0, retention=0.75).victory_value(0.25) == pytest.approx(2.0)


@pytest.mark.parametrize("contest", [RatioContest(0.5), RatioContest(4.0), LogisticContest(3.0)])
def test_contests_increase_from_zero_to_one(contest):
    """Both contests are increasing probabilities, even at the tiniest and largest strength."""
    p = contest(np.array([0.0, 1e-300, 0.1, 1.0, 2.0, 1e300]), 1.0)
    assert np.all(np.diff(p) >= 0.0)
    assert np.all((p >= 0.0) & (p <= 1.0))
    assert contest(1.0, 1.0) == 0.5


@pytest.mark.parametrize(
    ("contest", "message"),
    [
        (lambda M, m_T: m_T / (np.asarray(M) + m_T), "must increase"),
        (lambda M, m_T: np.asarray(M) * 100.0, "probability from 0 to 1"),
        (lambda M, m_T: 0.5, "shapes must agree"),
        (lambda M, m_T: math.exp(M), "fails on an array"),
    ],
)
def test_a_contest_of_the_user_is_checked(contest, message):
    """A callable that decreases, leaves [0, 1] or takes no arrays is refused with the reason."""
    with pytest.raises(ScenarioError, match=message):
        CoalitionGame(contest=contest).solve(crisis_of())


def test_a_scenario_file_gives_the_crisis_and_the_game(tmp_path):
    """Every table of the file ends up where it belongs."""
    path = write(tmp_path, SCENARIO)
    crisis, game = read_scenario(path)
    assert crisis == Crisis(
        leader=Leader("USA", strength=0.14, security=0.8),
        target=Target("Iraq", strength=0.05),
        partners=(Partner("Turkey", strength=0.012, divergence=0.9, cost=0.01),),
        title="A crisis",
    )
    assert game == CoalitionGame(office=2.0, contest=LogisticContest(20.0), pricing="additive")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("divergence = 0.9", "divergance = 0.9", "did you mean 'divergence'"),
        ("security = 0.8", "", r"leader lacks security"),
        ("strength = 0.012", "strength = nan", "'Turkey': strength is nan"),
        ("strength = 0.012", "strength = 'big'", "'Turkey': strength is 'big'"),
        ("office = 2.0", "office = 2.0\nluck = 1", "unknown key 'luck'"),
        ('contest = "logistic"', 'contest = "lottery"', "one of ratio, logistic"),
        ("[target]", "[goal]", "unknown key 'goal'"),
        ("[[partners]]", "[partners]", "each headed"),
        ('title = "A crisis"', "title = 3", "title is 3"),
        ("[leader]", "[leader", "not a TOML file"),
    ],
)
def test_a_scenario_file_with_a_mistake_names_it(tmp_path, old, new, message):
    """The message names the file and the field, and what is allowed there."""
    path = write(tmp_path, SCENARIO.replace(old, new, 1))
    with pytest.raises(ScenarioError, match=message) as raised:
        read_scenario(path)
    assert "scenario.toml" in str(raised.value)


def test_a_scenario_file_that_is_not_there_is_named(tmp_path):
    """A missing file is no traceback."""
    with pytest.raises(ScenarioError, match=r"none\.toml cannot be read"):
        read_scenario(tmp_path / "none.toml")


def test_a_scenario_without_partners_is_refused(tmp_path):
    """An empty list of partners in the file is refused like one in code."""
    text = "partners = []\n" + SCENARIO.replace(
        SCENARIO[SCENARIO.index("[[partners]]") : SCENARIO.index("[game]")], ""
    )
    with pytest.raises(ScenarioError, match="at least one"):
        read_scenario(write(tmp_path, text))


@pytest.mark.parametrize("value", [10**400, 1e308])
def test_numbers_that_arithmetic_cannot_hold_are_refused(value):
    """A number too large to compute with gets a message, not an overflow."""
    with pytest.raises(ScenarioError, match="largest number allowed"):
        Partner("A", strength=value)


def test_strengths_whose_squares_are_zero_are_refused():
    """A number too small to divide by gets a message, where it must be positive."""
    with pytest.raises(ScenarioError, match="smallest number allowed"):
        Target("T", strength=1e-300)
    assert Partner("A", strength=1e-300).strength > 0.0
