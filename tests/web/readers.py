"""Readers of the page without a browser: they speak Shiny's protocol over a websocket.

Run as a script this is the soak: as many readers as the page takes, each moving her slider, typing
nonsense, changing the crisis and leaving, and perhaps some whose crisis is hard on purpose.

    python tests/web/readers.py --readers 20 --seconds 300 --hard 1
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
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


def hard_crisis(seed: int = 1) -> dict[str, Any]:
    """Give the fields of a crisis that holds a search up, from a bug report."""
    rng = random.Random(seed)
    rows = []
    for place in range(190):
        strength = rng.uniform(0.05, 0.15)
        cost = 0.05 * strength * (1.0 + rng.uniform(0.0, 0.001))
        rows.append([f"P{place}", f"{strength}", f"{rng.uniform(0.30, 0.31)}", f"{cost}", "0"])
    return {"leader_strength": "0.01", "target_strength": "10", "partners": rows, **HARD_RULES}


class Reader:
    """One reader: her fields, and what the page shows her."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.fields: dict[str, Any] = {}
        self.shown: dict[str, str] = {}
        self.count: dict[str, int] = {}

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

    async def listen(self) -> None:
        """Read what the page sends and answer as its script would: fields filled are echoed."""
        async for text in self._socket:
            message = json.loads(text)
            for name, value in message.get("values", {}).items():
                self.shown[name] = value["html"] if isinstance(value, dict) else ""
                self.count[name] = self.count.get(name, 0) + bool(self.shown[name])
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
            "a-security": 0.5, "b-security": 0.5,
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
    before = one.count.get("a-summary", 0)
    begun = time.monotonic()
    await one.change(**{"a__security": level})
    await one.wait_for("a-summary", since=before)
    return time.monotonic() - begun


async def hard_reader(port: int, end: float) -> int:
    """Slide on a crisis that is hard until a time; give how often."""
    count = 0
    async with reader(port) as one:
        await one.change(**{k.replace("-", "__"): v for k, v in hard_crisis().items()})
        while time.monotonic() < end:
            await one.change(a__security=random.random())
            await asyncio.sleep(0.5)
            count += 1
    return count


async def plain_reader(port: int, end: float, pause: float, rng: random.Random) -> list[float]:
    """Use the page as people do, and reload it now and then; give the seconds of each slide."""
    took: list[float] = []
    while time.monotonic() < end:
        await asyncio.sleep(rng.uniform(0.0, 10.0) * pause)
        async with reader(port) as one:
            for _ in range(20):
                if time.monotonic() > end:
                    break
                took.append(await slide(one, round(rng.random(), 2)))
                await one.change(a__office=rng.choice(["3", "many", "-1", "2.5"]))
                await asyncio.sleep(rng.uniform(0.5, 1.5) * pause)
                await one.change(a__office="3")
                await asyncio.sleep(rng.uniform(0.5, 1.5) * pause)
    return took


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
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def held(pid: int) -> tuple[float, int]:
    """Give the memory (MB) and the open files of a process and those that it started."""
    memory, files = 0.0, 0
    for each in family(pid):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        memory += int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]) / 1e3
        files += len(list(Path(f"/proc/{each}/fd").iterdir()))
    return memory, files


async def soak(port: int, readers: int, hard: int, seconds: float, pause: float) -> list[float]:
    """Let readers use the page for a time; give the seconds of each of their slides."""
    end = time.monotonic() + seconds
    some = [plain_reader(port, end, pause, random.Random(seed)) for seed in range(readers)]
    others = [hard_reader(port, end) for _ in range(hard)]
    found = await asyncio.gather(*some, *others)
    return [each for one in found if isinstance(one, list) for each in one]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--readers", type=int, default=19, help="readers who use it as people do")
    options.add_argument("--hard", type=int, default=1, help="readers with a crisis that is hard")
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--rounds", type=int, default=4)
    options.add_argument("--pause", type=float, default=0.5, help="seconds between moves")
    asked = options.parse_args()
    with served() as (port, pid):
        for _ in range(asked.rounds):
            took = asyncio.run(
                soak(port, asked.readers, asked.hard, asked.seconds / asked.rounds, asked.pause)
            )
            memory, files = held(pid)
            tail = sorted(took)[int(0.95 * len(took))]
            print(
                f"{len(took)} slides, median {1000 * statistics.median(took):.0f} ms, 95 % within "
                f"{1000 * tail:.0f} ms; {memory:.0f} MB, {files} open files",
                flush=True,
            )


if __name__ == "__main__":
    main()
