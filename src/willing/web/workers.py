"""Processes that compute for the page, so that no reader can hold up the others.

Compiled loops keep Python's lock while they run, so a thread would stop the page as long as they
do. A process does not, and can be killed when its time is over.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from willing.errors import WillingError
from willing.web.limits import DEADLINE, QUICK_SECONDS, SLOW_SECONDS, WORKERS

# On a busy machine a question may take this many times its processor time.
_KEPT_WAITING = 4.0
# Seconds between two looks at the processor time, when little of it is left.
_LOOK = 0.05


class TimeOverError(WillingError):
    """A question was not answered in the time that the page takes for one."""


@dataclass(eq=False)
class _Worker:
    """A process and the pipe to it."""

    process: BaseProcess
    pipe: Connection

    @classmethod
    def start(cls, prepare: Callable[[], None] | None) -> _Worker:
        """Start a process and wait until it is ready."""
        context = _context()
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=[theirs, prepare], daemon=True)
        process.start()
        theirs.close()
        ours.recv()
        return cls(process, ours)

    def ask(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Any:
        """Have a function computed; give its result or the exception that stands for it."""
        begun, used, left = time.monotonic(), self._seconds(), seconds
        try:
            self.pipe.send((function, arguments))
            while left > 0.0 and time.monotonic() - begun < _KEPT_WAITING * seconds:
                if self.pipe.poll(max(left, _LOOK)):
                    return self.pipe.recv()
                left = seconds - (self._seconds() - used)
        except (EOFError, OSError):
            self.stop()
            return WillingError("the computation broke off; change something to ask again")
        self.stop()
        return TimeOverError(f"no answer within {seconds:g} seconds")

    def _seconds(self) -> float:
        """Give the processor time of the process, or the time where the system does not tell."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return time.monotonic()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(eq=False)
class _Job:
    """A question that a reader has asked."""

    reader: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    answer: asyncio.Future[Any] = field(repr=False)


class Workers:
    """Some processes, shared fairly among readers.

    A reader has one question answered at a time, in the order asked. Those who had to wait long
    lately get no more than half of the processes, so the others find one. A process that has not
    answered at the deadline is killed and replaced; time that it waited for a processor counts for
    a quarter.

    Parameters
    ----------
    count
        How many processes. More than there are cores are of use: they take turns.
    deadline
        Most seconds of processor time a question may take.
    prepare
        What each process does before its first question, besides loading the solvers.
    """

    def __init__(
        self,
        count: int = WORKERS,
        *,
        deadline: float = DEADLINE,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._count, self._deadline, self._prepare = count, deadline, prepare
        self._free: list[_Worker] = []
        self._waiting: list[_Job] = []
        self._served: set[str] = set()
        self._slow_until: dict[str, float] = {}
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Start the processes; it takes as long as loading or compiling the solvers does."""
        while len(self._free) < self._count:
            self._free.append(_Worker.start(self._prepare))

    def close(self) -> None:
        """Stop the processes that are at rest; those at work end with this process."""
        while self._free:
            self._free.pop().stop()

    async def run(self, reader: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Have a function computed for a reader.

        Parameters
        ----------
        reader
            Who asks.
        function, arguments
            A function of a module and its arguments, which go to another process.

        Raises
        ------
        TimeOverError
            If it takes longer than the deadline.
        WillingError
            If the function raises it, or the process dies.
        """
        job = _Job(reader, function, arguments, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._assign()
        return await job.answer

    def forget(self, reader: str) -> None:
        """Drop what a reader who has left still asks."""
        for job in [job for job in self._waiting if job.reader == reader]:
            self._waiting.remove(job)
            job.answer.cancel()
        self._slow_until.pop(reader, None)

    def _assign(self) -> None:
        for job in list(self._waiting):
            if job.answer.done():  # nobody waits for it any more
                self._waiting.remove(job)
                continue
            slow = time.monotonic() < self._slow_until.get(job.reader, 0.0)
            least = 1 + self._count // 2 if slow else 1
            if job.reader in self._served or len(self._free) < least:
                continue
            self._waiting.remove(job)
            self._served.add(job.reader)
            task = asyncio.get_running_loop().create_task(self._serve(job, self._free.pop()))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _serve(self, job: _Job, worker: _Worker) -> None:
        begun = time.monotonic()
        found = await asyncio.to_thread(worker.ask, job.function, job.arguments, self._deadline)
        took = time.monotonic() - begun
        self._served.discard(job.reader)
        if took > QUICK_SECONDS and not job.answer.cancelled():
            self._slow_until[job.reader] = time.monotonic() + SLOW_SECONDS
        if not job.answer.done():
            if isinstance(found, BaseException):
                job.answer.set_exception(found)
            else:
                job.answer.set_result(found)
        if not worker.pipe.closed:
            self._free.append(worker)
        else:
            self._free.append(await asyncio.to_thread(_Worker.start, self._prepare))
        self._assign()


def _context() -> Any:
    """Give the way to start processes: from one that has the solvers loaded, where there is one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["willing.web.loaded"])
    return context


def _work(pipe: Connection, prepare: Callable[[], None] | None) -> None:
    """Answer questions until the page goes away."""
    import willing.web.loaded  # noqa: F401

    # The page itself, which draws for everybody, comes first.
    if hasattr(os, "nice"):
        os.nice(5)

    if prepare is not None:
        prepare()
    pipe.send("ready")
    while True:
        try:
            function, arguments = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            found = function(*arguments)
        except WillingError as error:
            found = error
        except Exception as error:
            found = WillingError(f"the computation failed: {error!r}")
        try:
            pipe.send(found)
        except OSError:
            return  # the page went away meanwhile
