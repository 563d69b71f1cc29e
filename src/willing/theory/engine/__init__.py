"""Sums over all coalitions by one recursion over the partners, as pure functions of arrays."""
