"""Signals of resolve: what a coalition tells the target."""
