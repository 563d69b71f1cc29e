"""What the tests that build a record have in common."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import pytest

from willing.record import build
from willing.security import LeaderSurvival


@pytest.fixture(scope="session")
def fitted_once(raw: Path, survival: LeaderSurvival) -> Callable[[], AbstractContextManager[None]]:
    """Within it a build takes the survival model fitted to the same files: most of its time."""

    def fitted(folder: Path, *, as_of: date | None) -> LeaderSurvival:
        assert (folder, as_of) == (raw, None)
        return survival

    @contextmanager
    def patched() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(build, "survival_of_leaders", fitted)
            yield

    return patched
