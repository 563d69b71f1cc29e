"""Keep linear algebra to one thread while models are fitted."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def one_blas_thread() -> AbstractContextManager[object]:
    """Hold BLAS to one thread: on matrices a few columns wide more only wait for each other."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits
