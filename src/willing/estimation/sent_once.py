"""What all tasks of a cluster share, sent to its workers once and not with every task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Content = TypeVar("Content")


@dataclass(frozen=True, eq=False)
class SentOnce(Generic[Content]):
    """Mark an argument that many tasks of `joblib` share.

    Threads take it as it is. Joblib's Dask backend sends an argument once where it can be
    referred to weakly and says that it is large, which a mapping of models does not.

    Attributes
    ----------
    content
        What is shared.
    """

    content: Content = field(repr=False)

    def __sizeof__(self) -> int:
        """More than the kilobyte below which an argument travels with each task."""
        return 1 << 20
