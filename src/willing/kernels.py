"""Loops that run as plain Python until compiling them pays.

Compiling a loop costs seconds once, and importing the compiler half a second each time. A `kernel`
is compiled when it is first called, and kept for the next process; within `interpreted` it runs as
Python instead, which is quicker where there is little to do.

What was compiled is kept in a folder of the user's cache that is named by all it was compiled from:
the source files of the kernel and of the kernels it calls, and the constants they read. So no
kernel is ever served from before an edit or an upgrade. Where no folder can be written nothing is
kept.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

_CONSTANTS = (bool, int, float, str, tuple, type(None))
_MODE = threading.local()


class Kernel:
    """A loop over numbers and arrays in the part of Python that Numba compiles.

    Parameters
    ----------
    function
        The loop. Of its globals it may use constants, modules and other kernels.
    options
        Options of `numba.njit`. With ``inline="always"`` a loop is compiled as a part of the one
        that calls it: a second less for a long loop that is called from one place, since
        otherwise it is compiled by itself, and all that it calls, and all of it with its caller.
    patience
        How many calls of a process run as Python before the kernel is loaded, and before it is
        compiled.
    plain
        What to run as Python in its place: the same, where NumPy has a function for it.
    """

    def __init__(
        self,
        function: FunctionType,
        options: dict[str, Any],
        patience: tuple[int, int] = (0, 0),
        plain: Callable[..., Any] | None = None,
    ) -> None:
        self.function = function
        self.plain = plain or function
        # As NumPy: dividing by zero is no error. Each check for one would be compiled.
        self.options = {"error_model": "numpy", **options}
        self.patience = patience
        self._calls = 0
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__module__, self.__qualname__ = function.__module__, function.__qualname__
        self.__wrapped__ = function

    def __call__(self, *arguments: Any) -> Any:
        if getattr(_MODE, "interpreted", False):
            return self.plain(*arguments)
        if self._calls < max(self.patience) and not (self.ready or in_advance()):
            self._calls += 1
            if self._calls <= self.patience[0 if self.kept else 1]:
                with interpreted():
                    return self.plain(*arguments)
        if self.ready:
            return self.compiled(*arguments)
        with _no_garbage():
            return self.compiled(*arguments)

    @property
    def ready(self) -> bool:
        """Whether it has been compiled, or loaded, in this process."""
        return "compiled" in self.__dict__

    @cached_property
    def kept(self) -> bool:
        """Whether it was compiled in an earlier process and kept."""
        return self._folder is not None and any(self._folder.rglob("*.nbi"))

    @cached_property
    def compiled(self) -> Any:
        """The compiled loop."""
        if not self.kept:
            print(f"compiling {self.__name__.strip('_')}, once, some seconds", file=sys.stderr)
        return self._compile(self._folder)

    @cached_property
    def _folder(self) -> Path | None:
        return _folder(self)

    def _compile(self, folder: Path | None) -> Any:
        from numba import config as settings
        from numba import njit

        config: Any = settings
        before = config.CACHE_DIR
        config.CACHE_DIR = "" if folder is None else str(folder)
        try:
            # Nor is anything compiled to call it by from C.
            options: Any = {"no_cfunc_wrapper": True, **self.options}
            return njit(cache=folder is not None, **options)(self._twin())
        finally:
            config.CACHE_DIR = before

    @cached_property
    def _part(self) -> Any:
        """The loop as other compiled loops call it: nothing to call it from Python is compiled."""
        from numba import njit

        inner: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **self.options}
        return njit(**inner)(self._twin())

    def _twin(self) -> FunctionType:
        """The function, with compiled loops in the place of those it calls."""
        namespace = dict(self.function.__globals__)
        for callee in self._callees():
            namespace[callee.function.__name__] = callee._part
        twin = FunctionType(self.function.__code__, namespace, self.__name__)
        twin.__module__, twin.__qualname__ = self.__module__, self.__qualname__
        return twin

    def _callees(self) -> list[Kernel]:
        names = sorted(_names(self.function.__code__))
        known = [self.function.__globals__.get(name) for name in names]
        return [value for value in known if isinstance(value, Kernel) and value is not self]

    def _sources(self, seen: dict[str, Kernel]) -> dict[str, Kernel]:
        """Collect the kernel and all that it calls, by name."""
        if f"{self.__module__}.{self.__name__}" not in seen:
            seen[f"{self.__module__}.{self.__name__}"] = self
            for callee in self._callees():
                callee._sources(seen)
        return seen

    def digest(self) -> str:
        """Identify all that the kernel is compiled from."""
        found, files = hashlib.sha256(sys.version.encode()), set()
        for name, each in sorted(self._sources({}).items()):
            files.add(each.function.__code__.co_filename)
            values: dict[str, Any] = {
                n: each.function.__globals__.get(n) for n in _names(each.function.__code__)
            }
            constants = [(n, repr(v)) for n, v in values.items() if isinstance(v, _CONSTANTS)]
            found.update(repr((name, sorted(each.options.items()), sorted(constants))).encode())
            for n, value in sorted(values.items()):
                if hasattr(value, "tobytes"):
                    found.update(n.encode() + value.tobytes())
        for file in sorted(files):
            found.update(Path(file).read_bytes())
        return found.hexdigest()[:16]


def kernel(
    function: Callable[..., Any] | None = None,
    *,
    patience: tuple[int, int] = (0, 0),
    plain: Callable[..., Any] | None = None,
    **options: Any,
) -> Any:
    """Make a function a `Kernel`; further options are those of `numba.njit`."""
    if function is None:
        return lambda wrapped: Kernel(wrapped, options, patience, plain)
    return Kernel(function, options, patience, plain)  # type: ignore[arg-type]


@contextmanager
def interpreted(whether: bool = True) -> Iterator[None]:
    """Run kernels as Python in this thread, if so wished."""
    before = getattr(_MODE, "interpreted", False)
    if not whether or before:
        yield
        return
    import numpy as np

    _MODE.interpreted = True
    try:
        # Compiled loops know no warnings either.
        with np.errstate(all="ignore"):
            yield
    finally:
        _MODE.interpreted = before


@contextmanager
def loading() -> Iterator[None]:
    """Load or compile kernels of this thread at the first call, whatever their patience."""
    before = in_advance()
    _MODE.in_advance = True
    try:
        yield
    finally:
        _MODE.in_advance = before


def in_advance() -> bool:
    """Say whether this thread is within `loading`."""
    return bool(getattr(_MODE, "in_advance", False))


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Look for no garbage: among the many objects that compiling makes it takes a tenth longer."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _names(code: CodeType) -> set[str]:
    """Give the names that code reads, that of functions inside it included."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*(_names(each) for each in inner))


def _folder(loop: Kernel) -> Path | None:
    """Give the folder for what a kernel compiles to; None if there is none to be had."""
    for base in _bases():
        folder = base / "kernels" / f"{loop.__name__}-{loop.digest()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


def _bases() -> Iterator[Path]:
    """Give the user's own cache folders: what others may write is not loaded."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(chosen)
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        if chosen := os.environ.get(variable):
            yield Path(chosen) / "willing"
    try:
        yield Path.home() / ".cache" / "willing"
    except RuntimeError:
        return
