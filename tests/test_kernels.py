"""Compiled loops: the same as Python, never stale, and never in need of a place to be kept."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from willing import kernels
from willing.kernels import interpreted
from willing.theory.contest import RatioContest
from willing.theory.payoffs import Terms
from willing.theory.search.branch import explore
from willing.theory.search.branch_and_bound import search_best
from willing.theory.search.search_options import Search
from willing.theory.search.sorting import below, sort_by

CALLEE = """
from willing.kernels import kernel

FACTOR = {factor}


@kernel
def callee(x):
    return FACTOR * x + {added}
"""
CALLER = """
from willing.kernels import kernel
from {callee} import callee


@kernel
def caller(x):
    return 2.0 * callee(x)
"""


def load(folder: Path, name: str, source: str) -> ModuleType:
    """Write a module and import it under a name of its own."""
    path = folder / f"{name}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Give what makes the two kernels, from sources that differ, in one cache folder."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    # Python takes a source of the same size, written in the same second, for the one it knows.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def build(factor: float, added: float):
        module = load(tmp_path, "callee_module", CALLEE.format(factor=factor, added=added))
        monkeypatch.setitem(sys.modules, "callee_module", module)
        return load(tmp_path, "caller_module", CALLER.format(callee="callee_module")).caller

    return build


def test_a_kernel_is_the_same_as_python_and_compiled(build):
    """Within `interpreted` nothing is compiled, and what comes out is the same."""
    caller = build(3.0, 1.0)
    with interpreted():
        assert caller(2.0) == 14.0
    assert not caller.ready
    assert caller(2.0) == 14.0
    assert caller.ready


def test_what_is_compiled_is_kept_for_the_next_process(build):
    """A kernel of the same source finds what was compiled before, and says nothing."""
    first = build(3.0, 1.0)
    assert not first.kept
    first(2.0)
    assert build(3.0, 1.0).kept


@pytest.mark.parametrize(("factor", "added", "expected"), [(3.0, 5.0, 22.0), (4.0, 1.0, 18.0)])
def test_an_edited_callee_or_constant_is_compiled_anew(build, factor, added, expected):
    """A caller whose callee, or a constant that this reads, has changed is never served stale."""
    assert build(3.0, 1.0)(2.0) == 14.0
    edited = build(factor, added)
    assert not edited.kept
    assert edited(2.0) == expected


def test_without_a_home_or_a_folder_to_write_to_kernels_work(build, monkeypatch, tmp_path):
    """No HOME, no cache folder or one that is a file: nothing is kept and everything runs."""
    (tmp_path / "file").write_text("")
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file"))
    monkeypatch.delenv("LOCALAPPDATA", raising=False)

    def homeless():
        raise RuntimeError("no home")

    monkeypatch.setattr(kernels.Path, "home", homeless)
    caller = build(3.0, 7.0)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert not caller.kept
    assert caller(2.0) == 26.0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_to_be_written_to_is_passed_over(monkeypatch, tmp_path):
    """A read-only cache folder is left alone, and the next one taken."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(locked))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "free"))
    assert kernels._folder(explore).is_relative_to(tmp_path / "free")


def test_the_search_finds_the_same_as_python():
    """Branch and bound gives the same coalitions whether or not it is compiled."""
    rng = np.random.default_rng(4)
    strength = rng.uniform(0.05, 0.5, 24)
    terms = Terms(
        leader_strength=1.0,
        target_strength=2.0,
        strength=strength,
        outlay=0.2 * strength * rng.uniform(0.9, 1.1, 24),
        stake=rng.uniform(-0.5, 1.0, 24),
        drag=np.full(24, 0.01),
        victory_value=2.0,
        contest=RatioContest(1.0),
    )
    options = {"most": 5, "floor": -np.inf, "search": Search()}
    with interpreted():
        plain, gap = search_best(terms, np.arange(24), **options)
    compiled, same_gap = search_best(terms, np.arange(24), **options)
    assert gap == same_gap == 0.0
    assert {tuple(mask) for mask in plain} == {tuple(mask) for mask in compiled}


def test_numpy_takes_the_place_of_a_loop_that_is_not_compiled():
    """Sorting and picking places are the same by NumPy and by the loops that are compiled."""
    rng = np.random.default_rng(7)
    for n in (0, 1, 2, 3, 50):
        key = rng.integers(0, 5, n).astype(float)
        places = rng.permutation(n)
        loops = [kernels.kernel(each.function) for each in (sort_by, below)]
        by_loop, by_numpy = places.copy(), places.copy()
        with interpreted():
            loops[0](by_loop, key)
            sort_by(by_numpy, key)
            np.testing.assert_array_equal(by_loop, by_numpy)
            np.testing.assert_array_equal(loops[1](key, 2.0), below(key, 2.0))


def test_few_calls_are_not_worth_compiling():
    """A kernel with patience runs as Python at first and is compiled when it is called more."""
    loop = kernels.kernel(lambda x: x + 1.0, patience=(2, 2))
    assert [loop(1.0), loop(2.0)] == [2.0, 3.0]
    assert not loop.ready
    assert loop(3.0) == 4.0
    assert loop.ready


def test_what_is_loaded_in_advance_knows_no_patience():
    """Within `loading` the first call compiles."""
    loop = kernels.kernel(lambda x: x + 1.0, patience=(2, 2))
    with kernels.loading():
        assert loop(1.0) == 2.0
    assert loop.ready
