"""Readers of the page without a browser: they speak Shiny's protocol over a websocket.

Run as a script this is the soak: as many readers as the page takes, who move the slider, type
nonsense, lose their connection and come back by the page's link, and perhaps some whose crisis is
hard on purpose. It prints a line a minute.

    python tests/web/readers.py --readers 19 --hard 1 --seconds 3600 --pause 8
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect

T = TypeVar("T")

# On a machine that does other things as well, twenty readers who come at once wait for seconds.
PATIENCE = 60.0
OUTPUTS = ("summary", "members", "outlook", "path", "tolerance", "region", "join", "join_words")
# A game that is hard to solve: 190 partners whose prices are nearly proportional to strength.
HARD_RULES = {
    "a-office": "3",
    "a-contest": "ratio",
    "a-decisiveness": "3",
    "a-pricing": "pivotal",
    "a-aversion": "0.05",
    "a-friction": "0",
    "a-retention": "1",
    "a-noise": "0.01",
}


def complete(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own, since the browser's tests leave a loop running in theirs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def search_is_ready() -> bool:
    """Say, in a process of the page's, whether the search is compiled or loaded."""
    from willing.theory.search.branch import explore

    return bool(explore.ready)


def hard_crisis(seed: int = 1) -> dict[str, Any]:
    """Give the fields of a crisis that holds a search up, from a bug report."""
    rng = random.Random(seed)
    rows = []
    for place in range(190):
        strength = rng.uniform(0.05, 0.15)
        cost = 0.05 * strength * (1.0 + rng.uniform(0.0, 0.001))
        rows.append([f"P{place}", f"{strength}", f"{rng.uniform(0.30, 0.31)}", f"{cost}", "0"])
    return {"leader_strength": "0.01", "target_strength": "10", "partners": rows, **HARD_RULES}


@dataclass
class Seen:
    """What readers saw: the seconds of each slide, and how often one came back to her settings."""

    slides: list[float] = field(default_factory=list)
    returned: int = 0


class Reader:
    """One reader: her fields, and what the page shows her."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.fields: dict[str, Any] = {}
        self.shown: dict[str, str] = {}
        self.count: dict[str, int] = {}
        self.link = ""

    async def change(self, **fields: Any) -> None:
        """Change fields; a double underscore stands for a hyphen."""
        data = {name.replace("__", "-"): value for name, value in fields.items()}
        self.fields |= data
        await self._socket.send(json.dumps({"method": "update", "data": data}))

    async def send(self, text: str) -> None:
        """Send any message."""
        await self._socket.send(text)

    async def wait_for(self, output: str, *, since: int) -> str:
        """Wait until an output has been shown more than `since` times."""
        async with asyncio.timeout(PATIENCE):
            while self.count.get(output, 0) <= since:
                await asyncio.sleep(0.005)
        return self.shown[output]

    def drop(self) -> None:
        """Lose the connection without a word."""
        self._socket.transport.abort()

    async def wait_for_field(self, name: str, value: str) -> None:
        """Wait until the page has filled a field with a value."""
        async with asyncio.timeout(PATIENCE):
            while self.fields.get(name) != value:
                await asyncio.sleep(0.005)

    async def listen(self) -> None:
        """Read what the page sends and answer as its script would: fields filled are echoed."""
        async for text in self._socket:
            message = json.loads(text)
            for name, value in message.get("values", {}).items():
                self.shown[name] = value["html"] if isinstance(value, dict) else ""
                self.count[name] = self.count.get(name, 0) + bool(self.shown[name])
            self.link = message.get("custom", {}).get("link", {}).get("text", self.link)
            echoes = {}
            for each in message.get("inputMessages", []):
                body = each["message"]
                if "value" in body:
                    value = body["value"]
                    menu = isinstance(value, list) and each["id"] != "partners"
                    echoes[each["id"]] = value[0] if menu else value
            if echoes:
                self.fields |= echoes
                await self._socket.send(json.dumps({"method": "update", "data": echoes}))


@asynccontextmanager
async def reader(port: int, **fields: Any) -> AsyncIterator[Reader]:
    """Open the page as a reader does, the worked example chosen."""
    address = f"ws://127.0.0.1:{port}/websocket/"
    async with connect(address, origin=f"http://127.0.0.1:{port}", max_size=None) as socket:
        one = Reader(socket)
        listening = asyncio.create_task(one.listen())
        start = {
            "search": "", "crisis": "gulf.toml", "compare": False, "partner": "",
            "leader": "", "leader_strength": "", "target": "", "target_strength": "",
            "partners": [], "upload": None, "a-partner": "", "b-partner": "",
            "tab": "game", "link": "",
            ".clientdata_url_search": "", **HARD_RULES,
            **{name.replace("a-", "b-"): value for name, value in HARD_RULES.items()},
            "a-security": 0.5, "b-security": 0.5, "f-security": 0.5,
            **{f".clientdata_output_a-{name}_hidden": False for name in OUTPUTS},
            ".clientdata_output_about_hidden": False,
        }  # fmt: skip
        await socket.send(json.dumps({"method": "init", "data": start | fields}))
        try:
            await one.wait_for("a-summary", since=0)
            yield one
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await listening


async def slide(one: Reader, level: float) -> float:
    """Move the slider; give the seconds until the page says what the leader does."""
    if one.fields.get("a-security") == level:  # the page would have nothing new to say
        level = round(1.0 - level, 2) if level != 0.5 else 0.51
    before = one.count.get("a-summary", 0)
    begun = time.monotonic()
    await one.change(**{"a__security": level})
    await one.wait_for("a-summary", since=before)
    return time.monotonic() - begun


async def hard_reader(port: int, end: float, pause: float) -> None:
    """Slide on a crisis that is hard until a time."""
    async with reader(port) as one:
        await one.change(**{k.replace("-", "__"): v for k, v in hard_crisis().items()})
        while time.monotonic() < end:
            await one.change(a__security=random.random())
            await asyncio.sleep(pause)


async def place_free(port: int) -> None:
    """Wait as the page's script does: a second, then until the page takes readers again."""
    await asyncio.sleep(1.0)
    while True:
        answer, question = await asyncio.open_connection("127.0.0.1", port)
        question.write(f"HEAD / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        status = await answer.readline()
        question.close()
        if b" 200 " in status:
            return
        await asyncio.sleep(2.0)


async def plain_reader(port: int, end: float, pause: float, rng: random.Random, seen: Seen) -> None:
    """Use the page as people do until a time; lose the connection now and then, and come back."""
    link = ""
    await asyncio.sleep(rng.uniform(0.0, 2.0) * pause)
    while time.monotonic() < end:
        async with reader(port, link=link) as one:
            if link:
                await one.wait_for_field("a-office", "2.5")
                seen.returned += 1
            for _ in range(20):
                if time.monotonic() > end:
                    return
                seen.slides.append(await slide(one, round(rng.random(), 2)))
                before = one.count["a-summary"]
                await one.change(a__office=rng.choice(["many", "-1", ""]))
                await asyncio.sleep(rng.uniform(0.5, 1.5) * pause)
                await one.change(a__office="3")
                await one.wait_for("a-summary", since=before)
                await asyncio.sleep(rng.uniform(0.5, 1.5) * pause)
            await one.change(a__office="2.5")
            async with asyncio.timeout(PATIENCE):
                while "a.office=2.5" not in one.link:
                    await asyncio.sleep(0.05)
            link = one.link
            one.drop()
        await place_free(port)


@contextmanager
def served(log: IO[str] | None = None) -> Iterator[tuple[int, int]]:
    """Serve the page with the real command; give its port and process id."""
    command = [sys.executable, "-m", "willing", "serve", "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield int(re.findall(r":(\d+)", line)[0]), process.pid
        finally:
            process.terminate()


def family(pid: int) -> list[int]:
    """Give a process and those that it started."""
    found = [pid]
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it just ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def held(pid: int, *, alone: bool = False) -> tuple[float, int]:
    """Give the memory (MB) and the open files of a process, alone or with those it started."""
    memory, files = 0.0, 0
    for each in [pid] if alone else family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # one just ended
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
            memory += int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]) / 1e3
            files += len(list(Path(f"/proc/{each}/fd").iterdir()))
    return memory, files


async def soak(port: int, pid: int, asked: argparse.Namespace) -> None:
    """Let readers use the page for a time, and print what they saw and what it holds."""
    begun = time.monotonic()
    end = begun + asked.seconds
    seen = Seen()
    every = [
        plain_reader(port, end, asked.pause, random.Random(seed), seen)
        for seed in range(asked.readers)
    ]
    reading = asyncio.gather(
        *every, *[hard_reader(port, end, asked.pause) for _ in range(asked.hard)]
    )
    told = 0
    while not reading.done():
        await asyncio.wait([reading], timeout=asked.every)
        memory, files = await asyncio.to_thread(held, pid)
        own = await asyncio.to_thread(held, pid, alone=True)
        slides, told = sorted(seen.slides[told:]) or [math.nan], len(seen.slides)
        print(
            f"{(time.monotonic() - begun) / 60:5.1f} min: {told} slides, of the last median "
            f"{1000 * statistics.median(slides):.0f} ms, 95 % within "
            f"{1000 * slides[int(0.95 * len(slides))]:.0f} ms; {seen.returned} came back; "
            f"{own[0]:.0f} MB the page, {memory:.0f} MB in all; {own[1]} and {files} open files",
            flush=True,
        )
    await reading
    print(f"median of all {1000 * statistics.median(seen.slides):.0f} ms")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--readers", type=int, default=19, help="readers who use it as people do")
    options.add_argument("--hard", type=int, default=1, help="readers with a crisis that is hard")
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--every", type=float, default=60.0, help="seconds between lines")
    options.add_argument("--pause", type=float, default=0.5, help="seconds between moves")
    asked = options.parse_args()
    with served(sys.stderr) as (port, pid):
        memory, files = held(pid)
        print(f"  0.0 min: {memory:.0f} MB in all, {files} open files", flush=True)
        asyncio.run(soak(port, pid, asked))


if __name__ == "__main__":
    main()
