"""What keeps the memory of a page flat that is left running."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

# Of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MOST_ARENAS = -1, -3, -8
# Charts of 190 partners have some hundred thousand characters; blocks of this size and more are
# given back when they are freed. Left to itself glibc raises the bound to the largest it has seen.
_LARGE = 1 << 17
# Answers arrive in a dozen threads, which would get a heap each.
_ARENAS = 2


def give_memory_back() -> None:
    """Have glibc return to the system what the page no longer holds.

    With a reader of a hard game the page's own process otherwise held 80 MB more, all of it free.
    Does nothing where there is another allocator.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):
        return
    mallopt(_MOST_ARENAS, _ARENAS)
    mallopt(_MMAP_THRESHOLD, _LARGE)
    mallopt(_TRIM_THRESHOLD, _LARGE)


def let_go_of_isolated_reads() -> None:
    """Make Shiny drop the context of an isolated read when the read is over.

    Shiny 1.8 keeps it among those to be told when the value changes, though nobody waits for it.
    With each message of a browser it reads, isolated, whether each output is hidden, which hardly
    ever changes: some 40 kB a message, for as long as the reader stays.
    """
    from shiny.reactive import _core

    environment = _core._reactive_environment
    kept = type(environment).isolate

    @contextmanager
    def isolate() -> Iterator[None]:
        with kept(environment):
            context = _core.get_current_context()
            try:
                yield
            finally:
                context.invalidate()

    # The one place through which `reactive.isolate` and all of Shiny's own isolated reads go.
    environment.isolate = isolate  # type: ignore[method-assign]
