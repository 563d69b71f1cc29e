"""Importing this loads the solvers, or compiles them where nothing could be kept.

The processes of `willing.web.workers` begin with it. It keeps to the theory: libraries with threads
of their own, such as Polars, must not have started them when a process divides.
"""

from __future__ import annotations

from willing.kernels import loading
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.search.optimum import EXHAUSTIVE
from willing.web.answer import follow, join_probabilities, solve


def _solve_examples() -> None:
    """Answer each kind of question once, with more partners than are enumerated."""
    partners = tuple(
        Partner(f"{i}", strength=0.01 * (i + 1), divergence=0.03 * i, cost=0.001)
        for i in range(2 * EXHAUSTIVE)
    )
    crisis = Crisis(Leader("L", strength=1.0, security=0.5), Target("T", strength=1.0), partners)
    for pricing in ("pivotal", "additive"):
        game = CoalitionGame(office=3.0, pricing=pricing, friction=0.01)
        solve(game, crisis)
        follow(game, crisis)
        for noise in (0.0005, 0.01):
            join_probabilities(game, crisis, noise)


# A process that began to compile at a reader's question would miss the deadline, each time.
with loading():
    _solve_examples()
