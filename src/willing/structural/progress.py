"""Who is told what a long computation has just done."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], object]


def silent(step: str) -> None:
    """Tell nobody."""
