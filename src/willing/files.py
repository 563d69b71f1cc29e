"""Write files so that a reader never sees half of one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from willing.errors import DataError


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place if the block succeeds.

    Parameters
    ----------
    path
        The file to write; its folder is made if it does not exist.

    Yields
    ------
    Path
        A path with the same suffix in the same folder. It is removed if the block raises.

    Raises
    ------
    DataError
        If the folder cannot be written to.
    """
    target = Path(path)
    folder = _scratch(target.parent, target)
    try:
        temporary = folder / target.name
        yield temporary
        os.replace(temporary, target)
    except OSError as error:
        raise DataError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def require_folder(path: str | os.PathLike[str]) -> None:
    """Make a folder, before long work whose results are to go there.

    Raises
    ------
    DataError
        If it cannot be written to.
    """
    _scratch(Path(path), Path(path)).rmdir()


def _scratch(folder: Path, target: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    except OSError as error:
        raise DataError(
            f"cannot write {target}: {error.strerror or error}; choose a folder you can write to"
        ) from error
