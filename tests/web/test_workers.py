"""Processes that compute for readers, shared fairly and stopped in time."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from readers import complete, reader, search_is_ready

from willing.errors import ScenarioError, WillingError
from willing.web.app import listen, make_app
from willing.web.draft import read_upload
from willing.web.workers import TimeOverError, Workers

DEADLINE = 1.0


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two processes with a short deadline."""
    some = Workers(2, deadline=DEADLINE)
    some.start()
    yield some
    some.close()


def test_an_answer_comes_from_another_process(workers: Workers):
    """What is asked is computed elsewhere."""
    assert complete(workers.run("a", os.getpid)) != os.getpid()


def test_a_process_begins_with_the_search_compiled(workers: Workers):
    """No reader's question is cut off while the search is being compiled."""
    assert complete(workers.run("a", search_is_ready))


def test_the_page_says_which_answer_did_not_come_in_time():
    """Beside the charts over security and of joining too, not only where the coalition stands."""

    class Late(Workers):
        async def run(self, *asked: object) -> None:
            raise TimeOverError("no answer within 6 seconds")

    async def read() -> list[str]:
        sock = listen("127.0.0.1", 0)
        page = uvicorn.Server(
            uvicorn.Config(make_app(Late(), Late()), log_level="warning", lifespan="off")
        )
        serving = asyncio.create_task(page.serve(sockets=[sock]))
        async with reader(sock.getsockname()[1]) as one:
            said = [await one.wait_for(f"a-{name}", since=0) for name in ("outlook", "join_words")]
        page.should_exit = True
        await serving
        return said

    for text in complete(read()):
        assert "no answer within 6 seconds" in text


def test_what_takes_too_long_is_stopped_and_the_next_question_answered(workers: Workers):
    """A process that does not answer in time is replaced by a new one."""

    async def ask() -> int:
        with pytest.raises(TimeOverError, match="within 1 seconds"):
            await workers.run("slow", time.sleep, 60.0)
        return await workers.run("slow", os.getpid)

    assert complete(ask()) != os.getpid()


@pytest.mark.skipif(not Path("/proc").exists(), reason="the system tells no processor time")
def test_a_process_kept_from_the_processor_is_waited_for():
    """What counts is the time that it computed, not how busy the machine is."""

    async def ask() -> int:
        kept_waiting = Workers(1, deadline=0.4)
        kept_waiting.start()
        pid = await kept_waiting.run("a", os.getpid)
        os.kill(pid, signal.SIGSTOP)
        answer = asyncio.create_task(kept_waiting.run("a", abs, -3))
        await asyncio.sleep(0.8)
        os.kill(pid, signal.SIGCONT)
        found = await answer
        kept_waiting.close()
        return found

    assert complete(ask()) == 3


def test_slow_readers_leave_a_process_to_the_others(workers: Workers):
    """While two readers known to be slow keep asking, another is answered before they are."""

    async def ask() -> list[str]:
        order: list[str] = []

        async def one(reader: str, seconds: float) -> None:
            await workers.run(reader, time.sleep, seconds)
            order.append(reader)

        await asyncio.gather(one("s1", 0.6), one("s2", 0.6))
        order.clear()
        await asyncio.gather(one("s1", 0.6), one("s2", 0.6), one("quick", 0.0))
        return order

    assert complete(ask())[0] == "quick"


def test_a_reader_who_leaves_is_not_waited_for(workers: Workers):
    """Her questions that have not begun are dropped."""

    async def ask() -> None:
        running = asyncio.create_task(workers.run("left", time.sleep, 0.2))
        waiting = asyncio.create_task(workers.run("left", time.sleep, 60.0))
        await asyncio.sleep(0.05)
        workers.forget("left")
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await running

    complete(ask())


def test_errors_come_back_as_they_are(workers: Workers):
    """A message about bad input is the reader's; a process that dies is said and replaced."""

    async def ask() -> int:
        with pytest.raises(ScenarioError, match="leader is 1"):
            await workers.run("a", read_upload, "leader = 1")
        with pytest.raises(WillingError, match="failed: ZeroDivisionError"):
            await workers.run("a", divmod, 1, 0)
        with pytest.raises(WillingError, match="broke off"):
            await workers.run("a", os._exit, 1)
        return await workers.run("a", abs, -3)

    assert complete(ask()) == 3
