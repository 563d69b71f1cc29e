"""Estimators and tables that evidence, security and structural share."""
