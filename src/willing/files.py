"""Write files so that a reader never sees half of one, nor one without its companions."""

from __future__ import annotations

import errno
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from willing.errors import DataError

_WRITING = "writing"


@contextmanager
def replacing(
    path: str | os.PathLike[str], *, failures: tuple[type[Exception], ...] = ()
) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place if the block succeeds.

    Parameters
    ----------
    path
        The file to write; its folder is made if it does not exist.
    failures
        What a library raises, besides `OSError`, where it cannot write.

    Yields
    ------
    Path
        A path with the same suffix in the same folder. It is removed if the block raises.

    Raises
    ------
    DataError
        If the folder cannot be written to, or the disk is full.
    """
    target = Path(path)
    with replacing_all(target.parent, failures=failures) as place:
        yield place(target.name)


@contextmanager
def replacing_all(
    folder: str | os.PathLike[str], *, failures: tuple[type[Exception], ...] = ()
) -> Iterator[Callable[[str], Path]]:
    """Write several files of a folder, of which all take their places or none.

    Parameters
    ----------
    folder
        Where the files go; made if it does not exist.
    failures
        What a library raises, besides `OSError`, where it cannot write.

    Yields
    ------
    callable
        Takes the name of a file and gives a temporary path for it. If the block succeeds, the
        files take their places in the order in which they were named.

    Raises
    ------
    DataError
        If the folder cannot be written to, a file cannot be replaced, or the disk is full. The
        folder is then as it was.
    """
    folder = Path(folder)
    caught: tuple[type[Exception], ...] = (OSError, *failures)
    names: list[str] = []
    stage: Path | None = None
    try:
        stage = make_stage(folder, _WRITING)
        new, old = stage / "new", stage / "old"
        new.mkdir()
        old.mkdir()

        def place(name: str) -> Path:
            names.append(name)
            _require_file(folder / name)
            return new / name

        yield place
        _exchange(folder, new, old, names)
    except caught as error:
        what = folder / names[-1] if len(names) == 1 else folder
        reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
        raise DataError(f"cannot write {what}: {reason}; nothing was replaced") from error
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)


def require_regular(path: str | os.PathLike[str]) -> None:
    """Raise a `DataError` where there is a pipe, a device or a folder, which is not read."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise DataError(f"{path} is no regular file; give a file")


def require_folder(path: str | os.PathLike[str]) -> None:
    """Make a folder, before long work whose results are to go there.

    Raises
    ------
    DataError
        If it cannot be written to.
    """
    try:
        make_stage(Path(path), _WRITING).rmdir()
    except OSError as error:
        raise DataError(
            f"cannot write {path}: {error.strerror or error}; choose a folder you can write to"
        ) from error


def make_stage(folder: Path, purpose: str) -> Path:
    """Make a hidden folder to work in, and sweep those that dead processes left.

    Parameters
    ----------
    folder
        Where it is made, so that files in it can take their places by a renaming.
    purpose
        A word for its name.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f".{purpose}-{platform.node() or 'here'}-"
    for left in folder.glob(f"{prefix}*"):
        process = left.name.removeprefix(prefix).partition("-")[0]
        if process.isdecimal() and not _lives(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=folder))


def _exchange(folder: Path, new: Path, old: Path, names: list[str]) -> None:
    """Put the new files in place; after a failure put the old ones back."""
    replaced: list[str] = []
    try:
        for name in names:
            _keep(folder / name, old / name)
        for name in names:
            replaced.append(name)
            os.replace(new / name, folder / name)
    except OSError:
        for name in replaced:
            if (old / name).exists():
                os.replace(old / name, folder / name)
            elif not (new / name).exists():
                (folder / name).unlink()
        raise


def _require_file(target: Path) -> None:
    """Raise an `OSError` where something else than a file would be replaced."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "there is a folder of that name", str(target))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is a pipe or a device, no file", str(target))


def _keep(target: Path, copy: Path) -> None:
    """Keep what is to be replaced, so that it can be put back."""
    if target.exists():
        try:
            os.link(target, copy)
        except OSError:  # not every file system has links
            shutil.copy2(target, copy)


def _lives(process: int) -> bool:
    """Say whether a process of this computer lives; in doubt, that it does."""
    if os.name != "posix":
        return True  # Windows would end a process that is sent a signal.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
