"""Quantal response: the probability of every coalition, without visiting each."""

from willing.solvers.quantal.interacting import Limits
from willing.solvers.quantal.results import QuantalResponse, quantal, quantal_many
from willing.solvers.quantal.separable import Statistics, statistics
from willing.solvers.quantal.solver import Method

__all__ = [
    "Limits",
    "Method",
    "QuantalResponse",
    "Statistics",
    "quantal",
    "quantal_many",
    "statistics",
]
