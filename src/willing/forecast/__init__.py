"""Forecasts of coalitions, their scores out of sample, and a casebook."""
