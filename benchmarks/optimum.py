"""Time the search for the best coalition against other ways to find it.

Run ``python benchmarks/optimum.py``. It prints two tables: the solver on easy and hard crises, and
one crisis after another solved by every method that applies, with what each got wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from willing.numbers import Masks
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import Terms, coalition_strength, payoffs, victory
from willing.theory.search.branch import explore
from willing.theory.search.enumeration import best_by_enumeration

SEEDS = range(5)
REPEATS = 3
# Tangents are added to the mixed-integer programme until its contest is this close to the true one,
# no closer than HiGHS keeps its constraints.
MILP_TOLERANCE = 1e-6
# The squeezing procedure is stopped at this many branches.
MOST_BRANCHES = 20_000

FAMILIES: dict[str, str] = {
    "independent": "prices independent of strength",
    "near margin": "price per strength within 10 % of the margin",
    "proportional": "price proportional to strength, ratios equal",
    "almost proportional": "the same to one in a million",
    "fixed charge": "price linear in strength with a fixed part",
    "equal strengths": "strengths equal, prices differ",
    "heavy tail": "strengths over four orders of magnitude",
    "three decimals": "strengths in thousandths",
}


def make_crisis(family: str, n: int, seed: int) -> Crisis:
    """Draw a crisis whose partners have about twice the target's strength together."""
    rng = np.random.default_rng(seed)
    share = rng.uniform(0.1, 1.0, n)
    if family == "heavy tail":
        share = 10.0 ** rng.uniform(-4.0, 0.0, n)
    if family == "equal strengths":
        share = np.ones(n)
    strength = 4.0 * share / share.sum()
    if family == "three decimals":
        strength = np.maximum(np.round(strength, 3), 0.001)
    ratio = {
        "independent": rng.uniform(0.0, 2.0, n),
        "near margin": rng.uniform(0.9, 1.1, n),
        "proportional": np.ones(n),
        "almost proportional": 1.0 + 1e-6 * rng.random(n),
        "fixed charge": 0.9 + 0.3 / (n * strength),
    }.get(family, rng.uniform(0.5, 1.5, n))
    return Crisis(
        leader=Leader("L", strength=1.0, security=0.5),
        target=Target("T", strength=2.0),
        partners=tuple(
            Partner(f"P{i}", strength=m, cost=k, divergence=d)
            for i, (m, k, d) in enumerate(
                zip(strength, 0.12 * ratio * strength, rng.uniform(0.0, 2.0, n), strict=True)
            )
        ),
    )


def rules(pricing: str, contest: object) -> CoalitionGame:
    """Give the additive game of the costs alone, or the pivotal game with friction."""
    if pricing == "additive":
        return CoalitionGame(office=2.0, contest=contest, pricing="additive", aversion=0.0)
    return CoalitionGame(office=2.0, contest=contest, aversion=0.5, friction=0.002)


def timed(call: Callable[[], object]) -> tuple[object, float]:
    """Give the result and the least processor time of some calls, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        result = call()
        times.append(1000.0 * (time.process_time() - start))
    return result, min(times)


def solver_table() -> Iterator[str]:
    """Give the lines of the table of the solver's times."""
    contests = [RatioContest(1.0), RatioContest(0.5), RatioContest(3.0), LogisticContest(2.0)]
    yield "| game | n | crises | min ms | median ms | max ms | proven |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for pricing, sizes in (("additive", (200, 1000)), ("pivotal, friction", (200,))):
        for n in sizes:
            for family in FAMILIES:
                times, proven = [], 0
                for contest in contests:
                    game = rules(pricing, contest)
                    for seed in SEEDS:
                        crisis = make_crisis(family, n, seed)
                        found, spent = timed(lambda game=game, crisis=crisis: game.solve(crisis))
                        times.append(spent)
                        proven += found.status == "optimal"
                yield (
                    f"| {pricing} | {n} | {family} | {min(times):.2f} | {np.median(times):.2f} | "
                    f"{max(times):.2f} | {proven} of {len(times)} |"
                )


def path_table() -> Iterator[str]:
    """Give the lines of the table of the path's times, n = 50."""
    yield "| game | crises | coalitions | ms | gap |"
    yield "| --- | --- | --- | --- | --- |"
    for pricing in ("additive", "pivotal, friction"):
        game = rules(pricing, RatioContest(1.0))
        for family in FAMILIES:
            crisis = make_crisis(family, 50, 0)
            start = time.process_time()
            path = game.path(crisis)
            spent = 1000.0 * (time.process_time() - start)
            count = len(path.coalitions)
            yield f"| {pricing} | {family} | {count} | {spent:.0f} | {path.gap:.1e} |"


def by_milp(terms: Terms) -> Masks:
    """Solve an additive game with a concave contest by HiGHS, adding tangents as needed.

    The programme maximises ``B t - price'z`` over binary `z`, with `t` below tangents of the
    contest at strengths visited so far.
    """
    n = len(terms.strength)
    price = np.maximum(terms.outlay, 0.0)

    def tangent(M: float) -> tuple[float, float]:
        step = 1e-6 * M
        below, above = victory(terms, np.array([M - step, M + step]))
        return float(victory(terms, M)), float((above - below) / (2.0 * step))

    total = terms.leader_strength + terms.strength.sum()
    points = list(np.linspace(terms.leader_strength, total, 33))
    while True:
        cuts = [(*tangent(M), M) for M in points]
        # t - slope * strength'z <= p - slope * (M - m_L)
        rows = np.array([[1.0, *(-slope * terms.strength)] for _, slope, _ in cuts])
        most = [p - slope * (M - terms.leader_strength) for p, slope, M in cuts]
        found = milp(
            np.array([-terms.victory_value, *price]),
            integrality=np.array([0, *np.ones(n)]),
            bounds=Bounds(0.0, 1.0),
            constraints=LinearConstraint(rows, ub=most),
            options={"mip_rel_gap": MILP_TOLERANCE},
        )
        members = found.x[1:] > 0.5
        M = float(coalition_strength(terms, members))
        if found.x[0] - victory(terms, M) <= MILP_TOLERANCE:
            return members
        points.append(M)


def by_squeezing(terms: Terms) -> tuple[Masks, bool]:
    """Solve an additive game with a concave contest by squeezing and branching.

    Partners are substitutes there: what one adds falls with who else is in. So whoever is worth her
    price even with all others is in, and whoever is not even alone is out; this is repeated with
    what is known, and branches on an undecided partner where it stalls (Arkolakis, Eckert and Shi,
    Combinatorial Discrete Choice, 2023). Gives the best found and whether all branches were seen.
    """
    price = np.maximum(terms.outlay, 0.0)
    order = np.argsort(-terms.strength)
    best, best_value = np.zeros(len(price), dtype=bool), -np.inf
    stack = [(best.copy(), np.ones(len(price), dtype=bool))]
    for _ in range(MOST_BRANCHES):
        if not stack:
            break
        lower, upper = stack.pop()
        while True:
            with_most = added(terms, upper) - price > 0.0
            with_least = added(terms, lower) - price >= 0.0
            new_lower, new_upper = lower | (upper & with_most), upper & (lower | with_least)
            if (new_lower == lower).all() and (new_upper == upper).all():
                break
            lower, upper = new_lower, new_upper
        open_ = order[(upper & ~lower)[order]]
        if len(open_) == 0:
            value = float(payoffs(terms, lower))
            if value > best_value:
                best, best_value = lower, value
            continue
        without, including = upper.copy(), lower.copy()
        without[open_[0]], including[open_[0]] = False, True
        stack += [(lower, without), (including, upper)]
    return best, not stack


def added(terms: Terms, members: Masks) -> np.ndarray:
    """Give B times what each partner adds to victory, given the other members."""
    M = terms.leader_strength + terms.strength @ members
    others = M - terms.strength * members
    p = victory(terms, np.stack([others + terms.strength, others]))
    return terms.victory_value * (p[0] - p[1])


def once(call: Callable[[], object]) -> tuple[object, float]:
    """Give the result and the processor time of one call, in milliseconds."""
    start = time.process_time()
    result = call()
    return result, 1000.0 * (time.process_time() - start)


def method_table() -> Iterator[str]:
    """Give the lines of the table that compares methods."""
    yield "| game | n | crisis | method | ms | short of the best by | |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for pricing, n, family in (
        ("additive", 20, "near margin"),
        ("additive", 24, "near margin"),
        ("pivotal, friction", 20, "near margin"),
        ("pivotal, friction", 24, "near margin"),
        ("additive", 200, "independent"),
        ("additive", 200, "near margin"),
        ("additive", 200, "fixed charge"),
    ):
        game = rules(pricing, RatioContest(1.0))
        crisis = make_crisis(family, n, 0)
        terms = game.terms(crisis)
        start = f"| {pricing} | {n} | {family} |"
        found, spent = timed(lambda game=game, crisis=crisis: game.solve(crisis))
        yield f"{start} willing | {spent:.2f} | 0 | {found.status} |"
        methods: dict[str, Callable[[], tuple[Masks, str]]] = {}
        if n <= 24:
            methods["NumPy enumeration"] = lambda terms=terms: (best_by_enumeration(terms)[0], "")
        if pricing == "additive":
            methods["HiGHS, tangents"] = lambda terms=terms: (
                by_milp(terms),
                f"to {MILP_TOLERANCE:g}",
            )
            methods["squeezing"] = lambda terms=terms: squeezed(terms)
        for method, call in methods.items():
            (members, note), spent = once(call)
            short = max(0.0, found.value - float(payoffs(terms, members)))
            yield f"{start} {method} | {spent:.1f} | {short:.1e} | {note} |"


def squeezed(terms: Terms) -> tuple[Masks, str]:
    """Give what squeezing finds and whether it finished."""
    members, done = by_squeezing(terms)
    return members, "" if done else f"stopped at {MOST_BRANCHES} branches"


def warm_up() -> None:
    """Solve games until the search is no longer run as Python."""
    game, seed = rules("additive", RatioContest(1.0)), 0
    while not explore.ready:
        game.solve(make_crisis("independent", 1000, seed))
        seed += 1


def main() -> None:
    """Print the tables."""
    warm_up()
    for table in (solver_table, path_table, method_table):
        for line in table():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
