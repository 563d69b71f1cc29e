"""The path over security and the near ties against enumeration."""

import numpy as np
import pytest
from games import crises, games
from hypothesis import given, settings

from willing.errors import ScenarioError
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import coalition_strength, total_cost, victory
from willing.theory.search.enumeration import all_coalitions, all_payoffs
from willing.theory.search.search_options import Search

# Each coalition on the path is proven to 4e-12 of the value of victory, which is at most 6 here.
TOLERANCE = 5e-11


def crisis_of(n, seed=0):
    """Give a crisis with `n` partners of different strength, divergence and cost."""
    rng = np.random.default_rng(seed)
    return Crisis(
        leader=Leader("L", strength=0.5, security=0.5),
        target=Target("T", strength=1.0),
        partners=tuple(
            Partner(f"P{i}", strength=m, divergence=d, cost=k)
            for i, (m, d, k) in enumerate(
                zip(rng.random(n) / n, 2.0 * rng.random(n), 0.5 * rng.random(n) / n, strict=True)
            )
        ),
    )


@settings(max_examples=60, deadline=None)
@given(crises(most_partners=8), games())
def test_the_path_is_optimal_at_every_security(crisis, game):
    """Between breakpoints and at them, no coalition beats the one on the path."""
    path = game.path(crisis)
    terms = game.terms(crisis)
    masks = all_coalitions(len(crisis.partners))
    p, cost = victory(terms, coalition_strength(terms, masks)), total_cost(terms, masks)
    edges = [1.0, *path.breakpoints, 0.0]
    assert path.gap == 0.0
    assert len(path.coalitions) == len(edges) - 1
    for place in range(len(edges) - 1):
        for security in np.linspace(edges[place], edges[place + 1], 4):
            worth = game.victory_value(float(security))
            here = worth * path.victory[place] - path.cost[place]
            assert here == pytest.approx((worth * p - cost).max(), abs=TOLERANCE)


@settings(max_examples=60, deadline=None)
@given(crises(most_partners=8), games())
def test_victory_and_cost_never_fall_along_the_path(crisis, game):
    """As the leader gets less secure she buys more victory and pays more for it."""
    path = game.path(crisis)
    assert all(np.diff(path.breakpoints) <= 0.0)
    assert all(np.diff(path.victory) > 0.0)
    assert all(np.diff(path.cost) > -TOLERANCE)


def test_the_path_agrees_with_solving_at_a_security():
    """What the path says for a security is what the game solved at that security gives."""
    crisis, game = crisis_of(30), CoalitionGame(office=3.0, friction=0.05)
    path = game.path(crisis)
    assert len(path.breakpoints) > 2
    for security in (0.95, 0.5, 0.05):
        assert path.at(security) == game.solve(crisis.with_security(security)).coalition


def test_a_limit_on_coalitions_leaves_a_true_gap():
    """Prices proportional to strength make a long path; the gap of a short one is what it costs."""
    base = crisis_of(8)
    crisis = Crisis(
        leader=base.leader,
        target=base.target,
        partners=tuple(
            Partner(p.name, strength=p.strength, cost=0.6 * p.strength) for p in base.partners
        ),
    )
    game = CoalitionGame(office=3.0, pricing="additive")
    short, full = game.path(crisis, limit=5), game.path(crisis, limit=5000)
    assert full.gap == 0.0
    assert short.gap > 0.0
    for security in np.linspace(0.0, 1.0, 101):
        at = crisis.with_security(float(security))
        loss = game.solve(at).value - game.payoff(at, short.at(float(security)))
        assert loss <= short.gap + TOLERANCE


@pytest.mark.parametrize("seed", range(12))
def test_the_gap_of_a_coarse_path_is_true(seed: int):
    """With a coarse tolerance nothing beats the path by more than the gap, at any security."""
    crisis, game = crisis_of(23, seed), CoalitionGame(office=3.0, friction=0.05)
    coarse = game.path(crisis, search=Search(tolerance=0.02))
    for security in np.linspace(0.0, 1.0, 41).tolist():
        at = crisis.with_security(security)
        loss = game.solve(at).value - game.payoff(at, coarse.at(security))
        assert loss <= coarse.gap + TOLERANCE


def test_a_path_cut_short_by_time_is_the_one_found_so_far():
    """Without time there are the coalitions of both ends, one between, and a true gap."""
    crisis, game = crisis_of(30), CoalitionGame(office=3.0, friction=0.05)
    cut = game.path(crisis, time_limit=1e-9)
    assert len(cut.coalitions) <= 3
    for security in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        at = crisis.with_security(security)
        assert game.solve(at).value - game.payoff(at, cut.at(security)) <= cut.gap + TOLERANCE
    with pytest.raises(ScenarioError, match="takes no time_limit"):
        CoalitionGame(power=0.5).path(crisis, time_limit=1.0)


def test_the_value_of_office_is_needed_for_security_to_matter():
    """A leader who does not value office builds the same coalition whatever her security."""
    path = CoalitionGame(office=0.0).path(crisis_of(10))
    assert path.breakpoints == ()
    assert path.at(0.3) == path.coalitions[0]


def test_the_path_says_who_enters_and_who_leaves():
    """Starting from nobody, entries and exits add up to each coalition of the path."""
    path = CoalitionGame(office=3.0).path(crisis_of(20))
    now = set()
    for row, coalition in zip(path.to_frame().iter_rows(named=True), path.coalitions, strict=True):
        now = (now | set(row["enter"])) - set(row["leave"])
        assert now == set(coalition)
    assert "+ P" in str(path)
    assert path.to_dict()["breakpoints"] == list(path.breakpoints)


@settings(max_examples=60, deadline=None)
@given(crises(most_partners=8), games())
def test_near_ties_are_all_coalitions_within_the_loss(crisis, game):
    """The near ties are those that enumeration finds, best first, each once."""
    loss = 0.02
    near = game.near(crisis, loss, limit=300)
    values = all_payoffs(game.terms(crisis))
    within = np.sort(values[values >= values.max() - loss - 1e-12])[::-1]
    assert near.complete
    assert len(near) == len(within)
    assert len(set(near.coalitions)) == len(near)
    np.testing.assert_allclose(near.values, within, atol=TOLERANCE)


def test_near_ties_beyond_the_limit_are_the_best_and_say_so():
    """With a limit of five the five best coalitions come and are not called complete."""
    crisis, game = crisis_of(10), CoalitionGame()
    near = game.near(crisis, 1.0, limit=5)
    best = np.sort(all_payoffs(game.terms(crisis)))[::-1][:5]
    assert not near.complete
    np.testing.assert_allclose(near.values, best, atol=TOLERANCE)
    assert near.to_frame()["loss"][0] == 0.0
    assert "the first 5" in str(near)


def test_the_equilibrium_knows_its_near_ties():
    """The first of an equilibrium's near ties is its own coalition."""
    equilibrium = CoalitionGame().solve(crisis_of(10))
    assert equilibrium.near(1e-3).coalitions[0] == equilibrium.coalition


def test_path_and_near_ties_refuse_unique_implementation():
    """They are computed for partial implementation and say so."""
    game = CoalitionGame(implementation="unique")
    with pytest.raises(ScenarioError, match="partial"):
        game.path(crisis_of(3))
    with pytest.raises(ScenarioError, match="partial"):
        game.near(crisis_of(3), 0.1)


@pytest.mark.parametrize("security", [-0.1, 1.5, float("nan")])
def test_a_security_outside_its_range_is_refused(security):
    """Asking the path for an impossible security names the range."""
    with pytest.raises(ScenarioError, match="from 0 to 1"):
        CoalitionGame().path(crisis_of(3)).at(security)


def test_what_insecurity_costs_the_country_never_falls():
    """Victory less cost is best for the most secure leader, and what is lost never falls."""
    path = CoalitionGame(office=4.0).path(crisis_of(9))
    masks = all_coalitions(9)
    terms = CoalitionGame(office=4.0).terms(crisis_of(9))
    best = (victory(terms, coalition_strength(terms, masks)) - total_cost(terms, masks)).max()
    assert path.welfare[0] == pytest.approx(best, abs=TOLERANCE)
    assert path.welfare_loss[0] == pytest.approx(0.0, abs=TOLERANCE)
    assert len(path.welfare_loss) > 2
    assert np.all(np.diff(path.welfare_loss) >= 0.0)
