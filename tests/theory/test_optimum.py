"""The search for the best coalition against enumeration, and its certificate."""

import numpy as np
import pytest
from games import crises, games
from hypothesis import given, settings

from willing.errors import ScenarioError
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.payoffs import Terms, payoffs
from willing.theory.search.branch_and_bound import common_unit, search_best
from willing.theory.search.enumeration import all_coalitions, all_payoffs, best_by_enumeration
from willing.theory.search.optimum import best_coalition
from willing.theory.search.search_options import Search

# The search proves the optimum to 1e-12 of the value of victory; payoffs round at about 1e-15.
TOLERANCE = 2e-12


def separable(strength, outlay, *, contest=None, drag=None, stake=None, worth=2.0, leader=1.0):
    """Give terms for a target of strength 2; additive pricing without friction by default."""
    n = len(strength)
    return Terms(
        leader_strength=leader,
        target_strength=2.0,
        strength=np.asarray(strength, dtype=float),
        outlay=np.asarray(outlay, dtype=float),
        stake=np.zeros(n) if stake is None else stake,
        drag=np.zeros(n) if drag is None else drag,
        victory_value=worth,
        contest=contest or RatioContest(1.0),
    )


def searched(terms, *, most=1, floor=-np.inf):
    """Give the best coalitions by branch and bound, which games of few partners do without."""
    partners = np.arange(len(terms.strength))
    masks, gap = search_best(
        terms, partners, most=most, floor=floor, search=Search(), stop_when_full=False
    )
    assert gap == 0.0
    return masks


@settings(max_examples=200, deadline=None)
@given(crises(most_partners=14), games())
def test_the_optimum_is_worth_what_enumeration_finds(crisis, game):
    """Under either pricing rule, any contest, ties and friction, no coalition beats the optimum."""
    terms = game.terms(crisis)
    _, value = best_by_enumeration(terms)
    within = TOLERANCE * max(1.0, terms.victory_value)
    assert payoffs(terms, searched(terms)[0]) == pytest.approx(value, abs=within)
    found = best_coalition(terms)
    assert found.status == "optimal"
    assert found.gap == 0.0
    assert found.value == pytest.approx(value, abs=within)
    assert found.value == payoffs(terms, found.members)


@settings(max_examples=50, deadline=None)
@given(crises(most_partners=8), games())
def test_the_search_lists_the_best_coalitions(crisis, game):
    """The five best by branch and bound are worth what the five best of all are."""
    terms = game.terms(crisis)
    most = min(5, 2 ** len(crisis.partners))
    best = np.sort(all_payoffs(terms))[::-1][:most]
    found = np.sort(payoffs(terms, searched(terms, most=most)))[::-1]
    np.testing.assert_allclose(found, best, atol=TOLERANCE * max(1.0, terms.victory_value))


@pytest.mark.parametrize("contest", [RatioContest(1.0), RatioContest(3.0), LogisticContest(2.0)])
@pytest.mark.parametrize("pricing", ["additive", "additive with friction", "pivotal"])
@pytest.mark.parametrize("seed", range(3))
def test_sixteen_partners_are_solved_exactly(contest, pricing, seed):
    """Games of 16 partners whose prices are near the margin agree with enumeration."""
    rng = np.random.default_rng(seed)
    strength = rng.uniform(0.05, 0.5, 16)
    terms = separable(
        strength,
        0.2 * strength * rng.uniform(0.9, 1.1, 16),
        contest=contest,
        drag=None if pricing == "additive" else 0.03 * rng.random(16),
        stake=rng.uniform(-0.5, 1.0, 16) if pricing == "pivotal" else None,
    )
    _, value = best_by_enumeration(terms)
    assert payoffs(terms, searched(terms)[0]) == pytest.approx(value, abs=TOLERANCE)


def hard_costs(kind, strength, rng):
    """Give costs that make 200 partners hard: ratios equal, nearly equal, or a fixed charge."""
    if kind == "equal":
        return 0.12 * strength
    if kind == "nearly equal":
        return 0.12 * strength * (1.0 + 1e-6 * rng.random(len(strength)))
    return 0.11 * (strength + 0.3 / len(strength))


@pytest.mark.parametrize("kind", ["equal", "nearly equal", "fixed charge"])
@pytest.mark.parametrize("decisiveness", [0.5, 1.0, 3.0])
def test_correlated_strengths_and_prices_are_proven_optimal(kind, decisiveness):
    """Two hundred partners with costs tied to strength, hard for knapsack solvers, are proven."""
    rng = np.random.default_rng(1)
    strength = rng.uniform(0.1, 1.0, 200) / 50.0
    terms = separable(strength, hard_costs(kind, strength, rng), contest=RatioContest(decisiveness))
    found = best_coalition(terms)
    assert found.status == "optimal"
    assert found.value >= greedy(terms) - TOLERANCE


def greedy(terms):
    """Give the payoff of adding and dropping partners as long as one change helps."""
    members = np.zeros(len(terms.strength), dtype=bool)
    changes = np.eye(len(members), dtype=bool)
    value = float(payoffs(terms, members))
    while True:
        neighbours = payoffs(terms, members ^ changes)
        best = int(np.argmax(neighbours))
        if neighbours[best] <= value:
            return value
        value, members = float(neighbours[best]), members ^ changes[best]


def test_adding_and_dropping_one_at_a_time_is_not_enough():
    """Under a decisive contest neither of two partners is worth her price, and both are."""
    terms = separable([0.5, 0.5], [0.19, 0.19], contest=RatioContest(4.0), worth=1.0)
    assert searched(terms).all()
    assert best_coalition(terms).members.all()
    assert best_coalition(terms).value > greedy(terms) + 0.05


def test_equal_partners_are_no_trouble():
    """A hundred equal partners have 2^100 coalitions and a hundred and one that differ."""
    terms = separable(np.full(100, 0.0371), np.full(100, 0.0049))
    counts = np.tri(101, 100, -1, dtype=bool)
    found = best_coalition(terms)
    assert found.status == "optimal"
    assert found.value == pytest.approx(payoffs(terms, counts).max(), abs=TOLERANCE)


def test_strengths_of_few_decimals_have_a_unit():
    """The search sees that strengths are whole multiples, but does not imagine it."""
    assert common_unit(np.array([0.012, 0.03, 0.105])) == pytest.approx(0.003)
    assert common_unit(np.array([0.012, 0.03, np.pi / 100.0])) == 0.0


def test_the_optimum_does_not_depend_on_the_unit_of_strength():
    """With every strength times a million the ratio contest gives the same coalition."""
    rng = np.random.default_rng(5)
    strength, outlay = rng.random(40) / 10.0, rng.random(40) / 100.0
    small = separable(strength, outlay)
    large = Terms(1e6, 2e6, strength * 1e6, outlay, small.stake, small.drag, 2.0, small.contest)
    np.testing.assert_array_equal(best_coalition(small).members, best_coalition(large).members)


def test_a_limit_leaves_a_true_gap():
    """A search stopped at once says so, and the optimum is within the gap it gives."""
    rng = np.random.default_rng(2)
    strength = rng.uniform(0.1, 1.0, 60) / 10.0
    terms = separable(
        strength, 0.1 * strength, drag=0.05 * rng.random(60), stake=rng.uniform(-1.0, 1.0, 60)
    )
    optimum = best_coalition(terms)
    cut = best_coalition(terms, search=Search(node_limit=1))
    assert optimum.status == "optimal"
    assert cut.status == "limit"
    assert cut.value <= optimum.value <= cut.value + cut.gap


@pytest.mark.parametrize("contest", [RatioContest(1.0), RatioContest(3.0), LogisticContest(2.0)])
@pytest.mark.parametrize("strengths", [[1e30, 0.1], [1e30, 1e30, 1e-30], [1e-30]])
def test_giants_and_dwarfs_are_no_trouble(contest, strengths):
    """Beside a giant the leader's own strength is lost in rounding; the optimum is not."""
    stake = np.full(len(strengths), 0.5)
    terms = separable(strengths, [0.2] * len(strengths), contest=contest, stake=stake)
    _, value = best_by_enumeration(terms)
    assert payoffs(terms, searched(terms)[0]) == pytest.approx(value, abs=TOLERANCE)


def test_partners_without_strength_are_not_invited():
    """A partner who adds nothing and costs nothing makes no difference, so she stays at home."""
    assert not best_coalition(separable([0.0, 0.5], [0.0, 0.0])).members[0]


def test_a_contest_that_raises_gives_a_scenario_error():
    """An exception in the user's contest reaches the user as a message."""

    def fails_on_numbers(M, m_T):
        if np.ndim(M) == 0:
            raise ValueError("no numbers please")
        return M / (M + m_T)

    def fails_on_arrays(M, m_T):
        if np.ndim(M) == 1:
            raise ValueError("no arrays please")
        return M / (M + m_T)

    with pytest.raises(ScenarioError, match="no numbers please"):
        searched(separable([0.5, 0.2], [0.1, 0.1], contest=fails_on_numbers))
    with pytest.raises(ScenarioError, match="no arrays please"):
        best_coalition(separable([0.5, 0.2], [0.1, 0.1], contest=fails_on_arrays))


def test_enumeration_lists_every_coalition_once():
    """There are 2^n coalitions, nobody first and everybody last, each with its payoff."""
    masks = all_coalitions(3)
    assert len({tuple(mask) for mask in masks.tolist()}) == 8
    assert not masks[0].any()
    assert masks[-1].all()
    terms = separable([0.5, 0.2, 0.1], [0.1, 0.1, 0.0])
    np.testing.assert_allclose(all_payoffs(terms), payoffs(terms, masks))


def test_enumeration_refuses_what_takes_hours():
    """Beyond its limit enumeration says so rather than run."""
    with pytest.raises(ScenarioError, match="too many"):
        best_by_enumeration(separable(np.ones(30), np.ones(30)))
