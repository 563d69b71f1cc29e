"""Files are fetched whole and verified, or the cache is left as it was."""

import dataclasses
import math
import os
import platform
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror import Mirror, contents, serving, wait_for

from willing.errors import DataError
from willing.sources import fetch as fetching
from willing.sources.catalogue import INPUTS, SOURCES, checksum
from willing.sources.download import Downloader, Patience, Silence
from willing.sources.fetch import BASE_VARIABLE, CACHE_VARIABLE, fetch, raw_folder

KEY, FILE = "capabilities", SOURCES["capabilities"].file
# Short, because the server is next door.
IMPATIENT = Patience(timeout=0.3, attempts=2, pause=0.01)
# Bytes a process may write in a file: less than the file has.
FULL_DISK = 300_000


@pytest.fixture
def mirror(raw: Path) -> Iterator[Mirror]:
    with serving(raw) as server:
        yield server


@pytest.fixture
def cache(raw: Path, tmp_path: Path) -> Path:
    """A cache that holds one file already."""
    folder = tmp_path / "cache"
    majors = SOURCES["majors"].path(folder)
    majors.parent.mkdir(parents=True)
    majors.write_bytes(SOURCES["majors"].path(raw).read_bytes())
    return folder


def willing(mirror: Mirror, cache: Path, *arguments: str, **options: object) -> subprocess.Popen:
    """`willing data fetch` in a process of its own."""
    code = "from willing.cli import main; main()"
    command = [sys.executable, "-c", code, "data", "fetch", "--base", mirror.address, *arguments]
    environment = {**os.environ, CACHE_VARIABLE: str(cache)}
    return subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdout=-1,
        stderr=-1,
        **options,  # type: ignore[call-overload]
    )


def test_all_files_of_a_record_are_fetched_and_verified(mirror: Mirror, tmp_path: Path) -> None:
    """What arrives is what the catalogue knows, and a record can be built from it."""
    results = fetch(cache=tmp_path, base=mirror.address)
    assert [result.status for result in results] == ["fetched"] * len(INPUTS)
    assert all(checksum(r.path) in r.source.known.values() for r in results)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (["missing"], "the server answers 404"),
        (["broken", "broken"], "the server answers 503"),
        (["wrong"], "which is no version of nmc/NMC_7.0_abridged.csv that we know"),
        (["cut", "cut"], "the connection closed before the end of the file"),
        (["stall", "stall"], "the connection stalled"),
        (["drip", "drip"], "the connection stalled"),
        (["endless"], "sends more than the 880,388 bytes expected"),
        (["length", "length"], "the server gives the length 'abc'"),
    ],
)
def test_a_failure_leaves_the_cache_as_it_was(
    mirror: Mirror, cache: Path, faults: list[str], message: str
) -> None:
    """Whatever goes wrong, no file, folder or part of one is left behind."""
    mirror.faults[FILE] = faults
    before = contents(cache)
    (result,) = fetch([KEY], cache=cache, base=mirror.address, patience=IMPATIENT)
    assert result.status == "failed"
    assert message in result.detail
    assert contents(cache) == before


def test_an_address_that_is_none_is_not_tried_twice(tmp_path: Path) -> None:
    """What is wrong with it is said at once."""
    (result,) = fetch(["majors"], cache=tmp_path, base="example.org/raw")
    assert "No scheme supplied" in result.detail
    assert "(1 of 4 attempts" in result.detail


def test_a_failure_does_not_keep_others_from_being_fetched(mirror: Mirror, cache: Path) -> None:
    """Each file is on its own."""
    mirror.faults[FILE] = ["missing"]
    results = fetch([KEY, "capitals"], cache=cache, base=mirror.address, patience=IMPATIENT)
    assert [result.status for result in results] == ["failed", "fetched"]


@pytest.mark.parametrize(
    ("faults", "answers"),
    [
        (["cut"], [200, 206]),
        (["stall"], [200, 206]),
        (["early"], [200, 206]),
        (["encoded"], [200]),
        (["cut", "part", ""], [200, 206, 200]),
        (["cut", "changed"], [200, 200]),
        (["cut", "plain"], [200, 200]),
    ],
)
def test_a_broken_download_goes_on_where_it_stopped(
    mirror: Mirror, tmp_path: Path, faults: list[str], answers: list[int]
) -> None:
    """Only the rest is sent, unless the file has changed meanwhile or the server cannot do that."""
    mirror.faults[FILE] = faults
    patience = dataclasses.replace(IMPATIENT, attempts=3)
    (result,) = fetch([KEY], cache=tmp_path, base=mirror.address, patience=patience)
    assert result.status == "fetched"
    assert mirror.answers == answers
    assert checksum(result.path) in SOURCES[KEY].known.values()


def test_every_further_attempt_is_announced(mirror: Mirror, tmp_path: Path) -> None:
    """A watcher hears why it takes longer, and how many bytes there are."""
    heard: list[str] = []
    seen: list[tuple[int, int | None]] = []

    class Watcher:
        def advance(self, received: int, total: int | None) -> None:
            seen.append((received, total))

        def say(self, text: str) -> None:
            heard.append(text)

    mirror.faults[FILE] = ["broken"]
    fetch([KEY], cache=tmp_path, base=mirror.address, patience=IMPATIENT, watch=lambda _: Watcher())
    assert heard == [
        f"{mirror.address}/{FILE}: the server answers 503 Service Unavailable; "
        "trying again (2 of 2)"
    ]
    size = SOURCES[KEY].path(mirror.folder).stat().st_size
    assert seen[-1] == (size, size)


def test_a_proxy_is_honoured(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that only the proxy knows is reached through it."""
    monkeypatch.setenv("http_proxy", mirror.address)
    monkeypatch.delenv("no_proxy", raising=False)
    (result,) = fetch(["majors"], cache=tmp_path, base="http://data.invalid")
    assert result.status == "fetched"


def test_a_full_disk_leaves_the_cache_as_it_was(mirror: Mirror, cache: Path) -> None:
    """A file that cannot be written to its end is not left half."""

    def little_room() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_DISK, FULL_DISK))

    before = contents(cache)
    process = willing(mirror, cache, KEY, preexec_fn=little_room)
    out, errors = process.communicate()
    assert process.returncode == 2
    assert "cannot be written: File too large; make room" in out
    assert "Traceback" not in errors
    assert contents(cache) == before


def test_ctrl_c_leaves_the_cache_as_it_was(mirror: Mirror, cache: Path) -> None:
    """Interrupted with half of a file received, the command leaves nothing of it."""
    mirror.faults[FILE] = ["stall"]
    before = contents(cache)
    process = willing(mirror, cache, KEY)
    wait_for(mirror.half)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode not in (0, 2)
    assert "Traceback" not in errors
    assert contents(cache) == before


def test_two_processes_at_once_do_not_disturb_each_other(mirror: Mirror, cache: Path) -> None:
    """Both fetch the same files into the same cache, and both find them whole."""
    keys = [KEY, "gdp", "democracy", "capitals"]
    processes = [willing(mirror, cache, *keys) for _ in range(2)]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0]
    for key in keys:
        assert checksum(SOURCES[key].path(cache)) in SOURCES[key].known.values()
    assert not list(cache.glob(".*"))


def test_a_file_that_is_there_is_never_touched(mirror: Mirror, cache: Path) -> None:
    """A file of the user's own is kept, and what is no release needs the user's word."""
    own = SOURCES[KEY].path(cache)
    own.parent.mkdir()
    own.write_text("my own release")
    (result,) = fetch([KEY], cache=cache, base=mirror.address)
    assert result.status == "failed"
    assert "is no version that we know; move it away" in result.detail
    (result,) = fetch([KEY], cache=cache, base=mirror.address, accept_unknown=True)
    assert (result.status, result.detail) == ("here", "unknown release")
    assert own.read_text() == "my own release"
    assert mirror.answers == []


def test_a_folder_at_the_place_of_a_file_is_said(mirror: Mirror, cache: Path) -> None:
    """It is neither a file that is there nor replaced."""
    SOURCES[KEY].path(cache).mkdir(parents=True)
    (result,) = fetch([KEY], cache=cache, base=mirror.address)
    assert (result.status, "there is a folder at" in result.detail) == ("failed", True)


def test_all_attempts_together_have_a_deadline(mirror: Mirror, tmp_path: Path) -> None:
    """A server that fails again and again is left when the time is over."""
    mirror.faults[FILE] = ["broken"] * 9
    patience = Patience(timeout=0.3, attempts=9, pause=0.1, deadline=0.25)
    (result,) = fetch([KEY], cache=tmp_path, base=mirror.address, patience=patience)
    assert "0.25 seconds are over" in result.detail
    assert len(mirror.faults[FILE]) > 5


def test_what_dead_processes_left_is_swept(mirror: Mirror, cache: Path) -> None:
    """Folders of processes that were killed go with the next run, those of living ones stay."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = [cache / f".fetching-{platform.node()}-{pid}-x" for pid in (dead.pid, os.getpid())]
    for folder in left:
        folder.mkdir()
    fetch([KEY], cache=cache, base=mirror.address)
    assert [folder.exists() for folder in left] == [False, True]


def test_a_newer_release_is_kept_if_the_user_trusts_it(mirror: Mirror, tmp_path: Path) -> None:
    """With consent, a file of unknown checksum is kept and said to be unknown."""
    mirror.faults[FILE] = ["wrong"]
    (result,) = fetch([KEY], cache=tmp_path, base=mirror.address, accept_unknown=True)
    assert result.status == "fetched"
    assert "unknown release" in result.detail
    assert "as many bytes as the file converted" in result.detail


def test_what_has_no_address_is_to_be_got_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page to get it from and the place to put it are named, and nothing is written."""
    monkeypatch.delenv(BASE_VARIABLE, raising=False)
    (result,) = fetch(["icb_crises"], cache=tmp_path)
    assert result.status == "by hand"
    assert "sites.duke.edu/icbdata" in result.detail
    assert str(tmp_path / "icb/icb1v15.csv") in result.detail
    assert contents(tmp_path) == {}


def test_a_file_is_taken_out_of_an_archive(raw: Path, tmp_path: Path) -> None:
    """An address may name a file inside an archive; an archive without it is refused."""
    served, cache = tmp_path / "served", tmp_path / "cache"
    served.mkdir()
    with zipfile.ZipFile(served / "data.zip", "w") as archive:
        archive.write(SOURCES["majors"].path(raw), "inner/majors.csv")
    download = Downloader(IMPATIENT, Silence())
    with serving(served) as server:
        for member, failure in (("majors.csv", None), ("minors.csv", "no file 'minors.csv'")):
            address = f"{server.address}/data.zip#{member}"
            source = dataclasses.replace(SOURCES["majors"], address=address)
            if failure is None:
                fetching._fetch(source, cache, address, download, accept_unknown=False)
                assert checksum(source.path(cache)) in source.known.values()
            else:
                with pytest.raises(DataError, match=failure):
                    fetching._fetch(source, cache, address, download, accept_unknown=False)
    archive = served / "data.zip"
    with pytest.raises(DataError, match="has more than 300 bytes"):
        fetching._take_out(archive, "majors.csv", tmp_path / "majors", most=300)


def test_every_address_is_secure() -> None:
    """Files come over encrypted connections only."""
    assert all(s.address.startswith("https://") for s in SOURCES.values() if s.address)


def test_an_empty_cache_says_how_to_fill_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build without a folder looks in the cache, and names the command that fills it."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    with pytest.raises(DataError, match=r"lacks (\d+) of the \1 files.*willing data fetch"):
        raw_folder(None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": 0},
        {"timeout": math.nan},
        {"timeout": math.inf},
        {"deadline": math.inf},
        {"attempts": 0},
        {"attempts": 10**6},
        {"pause": -1},
        {"pause": math.nan},
    ],
)
def test_patience_needs_sensible_numbers(wrong: dict[str, float]) -> None:
    """Nobody waits for no time, or asks zero times."""
    with pytest.raises(DataError, match="timeout > 0"):
        Patience(**wrong)  # type: ignore[arg-type]
