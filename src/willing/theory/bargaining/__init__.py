"""Bargaining with the target before a war."""
