"""The best coalition."""

from __future__ import annotations

from willing.payoffs import Terms
from willing.solvers.enumeration import best_by_enumeration
from willing.solvers.search import Optimum, Search


def best_coalition(terms: Terms, *, search: Search | None = None) -> Optimum:
    """Find the coalition of the highest payoff."""
    members, value = best_by_enumeration(terms)
    return Optimum(members=members, value=value, gap=0.0, status="optimal")
