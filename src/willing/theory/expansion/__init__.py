"""Conflict expansion: third parties who may join the target."""
