"""Solvers of the coalition game. Each knows arrays only."""
