"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
import typer.main
import typer.testing
from hypothesis import settings

if TYPE_CHECKING:
    from willing.security import LeaderSurvival

# The workers of a run share the cores; threads of their own would only wait for each other. The
# libraries read this when the tests import them.
for threads in ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# The same examples in every run, so that a failure is a change of the code. To look for new ones:
# `pytest --hypothesis-profile=explore`.
# No deadline: where others use the machine too, a quick example takes long now and then.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, max_examples=1000, deadline=None)
settings.load_profile("same")

# Typer makes all commands anew at each call, 40 ms; for the hundreds of calls here, once will do.
typer.main.get_command = typer.testing._get_command = cache(typer.main.get_command)

# The files that take longest, begun first, so that no worker is left alone with one at the end.
LONGEST = ("test_replicate.py", "test_build.py", "test_page.py", "test_insecurity.py")

T = TypeVar("T")
Once = Callable[[str, Callable[[], T]], T]

RAW = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of published files beside the checkout, laid out as its SOURCES.md says."""
    if not RAW.is_dir():
        pytest.skip(f"the raw data are not here: {RAW}")
    return RAW


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once[T]:
    """Make what takes seconds once a run: the worker that comes first keeps it for the others."""
    from willing.files import replacing

    folder = tmp_path_factory.getbasetemp().parent

    def made(name: str, make: Callable[[], T]) -> T:
        # Only the workers of a run have a folder of that run in common.
        if "PYTEST_XDIST_WORKER" not in os.environ:
            return make()
        kept = folder / f"{name}.pickle"
        if kept.exists():
            found: T = pickle.loads(kept.read_bytes())
            return found
        found = make()
        with replacing(kept) as temporary:
            temporary.write_bytes(pickle.dumps(found))
        return found

    return made


@pytest.fixture(scope="session")
def survival(raw: Path, once: Once[LeaderSurvival]) -> LeaderSurvival:
    """Leaders of the published files, with the fitted models: no other fit is made so often."""
    from willing.security import survival_of_leaders

    return once("survival", lambda: survival_of_leaders(raw))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the order within a file stays."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
