"""What a reader reads is not kept for as long as she stays."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

pytest.importorskip("shiny")
from shiny import reactive

from willing.web.memory import let_go_of_isolated_reads


def test_an_isolated_read_leaves_nothing_behind():
    """Shiny asks so with every message whether an output is hidden, and that hardly changes."""
    let_go_of_isolated_reads()
    value = reactive.value(1)
    contexts: list[weakref.ref[Any]] = []
    for _ in range(5):
        with reactive.isolate():
            assert value() == 1
            contexts.append(weakref.ref(reactive.get_current_context()))
    gc.collect()
    assert [each() for each in contexts] == [None] * 5
