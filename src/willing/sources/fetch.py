"""Fetch published files into the user's cache: verified, and whole or not at all."""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from willing.errors import DataError
from willing.files import make_stage
from willing.sources.catalogue import INPUTS, Source, checksum, identify, source
from willing.sources.download import CHUNK, Downloader, Patience, Silence, Watcher

# Environment variables: the cache, and the address of a mirror laid out like the catalogue.
CACHE_VARIABLE = "WILLING_CACHE"
BASE_VARIABLE = "WILLING_BASE_URL"

# Archives and new releases may have this many bytes, or so many times as many as the one known.
_NEW_RELEASE, _GROWTH = 64_000_000, 20

Status = Literal["here", "fetched", "by hand", "failed"]


@dataclass(frozen=True)
class Fetched:
    """What became of one source.

    Attributes
    ----------
    source
        The source.
    path
        Where its file lies or should lie.
    status
        ``here`` (it was there before), ``fetched``, ``by hand`` (no address is known: the user
        has to get it) or ``failed``.
    detail
        Which release it is, where to get it, or what went wrong.
    """

    source: Source
    path: Path
    status: Status
    detail: str

    def __str__(self) -> str:
        return f"{self.source.key}: {self.status}, {self.detail}"

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return {
            "key": self.source.key,
            "file": self.source.file,
            "path": str(self.path),
            "status": self.status,
            "detail": self.detail,
        }


def cache_folder() -> Path:
    """Give the folder that fetched files are kept in: ``WILLING_CACHE``, or the system's place."""
    import pooch  # type: ignore[import-untyped]

    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    return Path(pooch.os_cache("willing")) / "raw"


def raw_folder(raw: str | Path | None) -> Path:
    """Give the folder of published files: the one named or, by default, the cache.

    Raises
    ------
    DataError
        If the folder is not there or, for the cache, files that a record needs are not in it.
    """
    if raw is not None:
        if not Path(raw).is_dir():
            raise DataError(f"{raw} is not a folder; give the one that holds the published files")
        return Path(raw)
    folder = cache_folder()
    absent = [source(key).file for key in INPUTS if not source(key).path(folder).exists()]
    if absent:
        raise DataError(
            f"the cache {folder} lacks {len(absent)} of the {len(INPUTS)} files that a record "
            f"needs (first {absent[0]}); `willing data fetch` fetches what it can and says where "
            "to get the rest, or name a folder with --raw"
        )
    return folder


def fetch(
    keys: Iterable[str] | None = None,
    *,
    cache: str | Path | None = None,
    base: str | None = None,
    accept_unknown: bool = False,
    patience: Patience | None = None,
    watch: Callable[[Source], Watcher] | None = None,
) -> tuple[Fetched, ...]:
    """Fetch published files into the cache.

    Each file is written beside its place, checked against the checksums of the catalogue and only
    then moved there. One that fails leaves the cache as it was and does not keep the others from
    being fetched. A file that is there already is never touched.

    Parameters
    ----------
    keys
        Keys of `willing.sources.catalogue.SOURCES`; by default those that a record is made from.
    cache
        The folder; `cache_folder` by default.
    base
        Address of a mirror that holds the files under the names of the catalogue; by default
        that of the environment variable ``WILLING_BASE_URL`` or, without one, the addresses of
        the catalogue.
    accept_unknown
        Keep a file whose checksum is not in the catalogue, such as a newer release.
    patience
        How long to try.
    watch
        Gives, for each source that is fetched, who is told of it.

    Returns
    -------
    tuple of Fetched
        One a source, in the order asked for.

    Raises
    ------
    DataError
        If there is no such source.
    """
    sources = [source(key) for key in (INPUTS if keys is None else keys)]
    folder = cache_folder() if cache is None else Path(cache)
    mirror = os.environ.get(BASE_VARIABLE, "") if base is None else base
    results = []
    for wanted in sources:
        path, address = wanted.path(folder), _address(wanted, mirror)
        if path.exists():
            results.append(_found(wanted, path, accept_unknown=accept_unknown))
        elif not address:
            where = f"get it from {wanted.home or 'its authors'} and put it at {path}"
            results.append(Fetched(wanted, path, "by hand", where))
        else:
            watcher = Silence() if watch is None else watch(wanted)
            most = _most_bytes(wanted, address, accept_unknown=accept_unknown)
            download = Downloader(patience or Patience(), watcher, most)
            try:
                release = _fetch(wanted, folder, address, download, accept_unknown=accept_unknown)
                results.append(Fetched(wanted, path, "fetched", release))
            except DataError as error:
                results.append(Fetched(wanted, path, "failed", str(error)))
    return tuple(results)


def _address(wanted: Source, mirror: str) -> str:
    return f"{mirror.rstrip('/')}/{quote(wanted.file)}" if mirror else wanted.address


def _fetch(
    wanted: Source, folder: Path, address: str, download: Downloader, *, accept_unknown: bool
) -> str:
    """Fetch one file and put it in its place; say which release it is."""
    import pooch

    # pooch tells of a download without a single known checksum; ours are checked below.
    pooch.get_logger().setLevel("WARNING")
    url, _, member = address.partition("#")
    path = wanted.path(folder)
    try:
        stage = make_stage(folder, "fetching")
        try:
            file = Path(pooch.retrieve(url, None, fname="file", path=stage, downloader=download))
            if member:
                file = _take_out(file, member, stage / "member", most=download.most)
            release = _verify(file, wanted, url, accept_unknown=accept_unknown)
            path.parent.mkdir(parents=True, exist_ok=True)
            file.chmod(0o644)
            os.replace(file, path)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written: {error.strerror or error}; make room, or choose another "
            f"folder with --cache or {CACHE_VARIABLE}"
        ) from error
    return release


def _take_out(archive: Path, member: str, to: Path, *, most: int) -> Path:
    """Take one file out of an archive, wherever in it that lies."""
    try:
        with zipfile.ZipFile(archive) as content:
            found = [name for name in content.namelist() if Path(name).name == member]
            if not found:
                raise DataError(f"the archive fetched has no file '{member}'")
            # What the archive says of the size need not be true.
            with content.open(found[0]) as stream, to.open("wb") as out:
                left = most
                while chunk := stream.read(min(CHUNK, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        raise DataError(f"'{member}' in the archive has more than {most:,} bytes")
                    out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"what was fetched is not an archive with '{member}' in it") from error
    return to


def _verify(file: Path, wanted: Source, url: str, *, accept_unknown: bool) -> str:
    """Say which release of the source a file is; refuse one that is not known."""
    digest = checksum(file)
    for release, known in wanted.known.items():
        if digest == known:
            return release
    size = file.stat().st_size
    alike = [release for release, known in wanted.sizes.items() if size == known]
    what = f"{size:,} bytes with SHA-256 {digest}"
    if alike:
        what += f" (as many bytes as the file {alike[0]})"
    if accept_unknown:
        return f"unknown release: {what}"
    raise DataError(
        f"{url} gave {what}, which is no version of {wanted.file} that we know "
        f"({', '.join(wanted.known.values())}). If it is a newer or whole release that you trust, "
        "keep it with --accept-unknown"
    )


def _most_bytes(wanted: Source, address: str, *, accept_unknown: bool) -> int:
    """Say how many bytes a file may have: what the catalogue knows, or room for a new release."""
    largest = max(wanted.sizes.values(), default=0)
    whole = largest and not accept_unknown and "#" not in address
    return largest if whole else max(_NEW_RELEASE, _GROWTH * largest)


def _found(wanted: Source, path: Path, *, accept_unknown: bool) -> Fetched:
    """Say what lies at the place of a source."""
    if not path.is_file():
        return Fetched(wanted, path, "failed", f"there is a folder at {path}; move it away")
    version = identify(path).version
    if version is None and not accept_unknown:
        why = (
            f"the file at {path} is no version that we know; move it away to fetch the source, or "
            "keep it with --accept-unknown"
        )
        return Fetched(wanted, path, "failed", why)
    return Fetched(wanted, path, "here", version or "unknown release")
