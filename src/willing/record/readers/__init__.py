"""Readers of the published files, one module a family, each giving clean Polars frames."""
