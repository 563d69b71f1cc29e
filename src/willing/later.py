"""Modules that are slow to import, loaded when something of theirs is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as polars


class Later:
    """A module that is imported when an attribute of it is first asked for.

    Parameters
    ----------
    module
        Its full name.
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self._module), name)
        setattr(self, name, value)  # found without a detour from now on
        return value


special = Later("scipy.special")
"""Its import takes a quarter of a second, and a forecast of the record needs none of it."""
linalg = Later("scipy.linalg")
if not TYPE_CHECKING:
    polars = Later("polars")
    """For what is also needed where no table is read."""
