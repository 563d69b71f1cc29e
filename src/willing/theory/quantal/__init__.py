"""Quantal response: the probability of every coalition, without visiting each."""

from willing.theory.quantal.quantal_response import QuantalResponse, quantal, quantal_many
from willing.theory.quantal.solver import Method

__all__ = ["Method", "QuantalResponse", "quantal", "quantal_many"]
