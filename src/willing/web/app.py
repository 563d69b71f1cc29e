"""Serve the page."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterable

from willing.errors import WillingError
from willing.web.guard import Application, Guard
from willing.web.limits import MOST_MESSAGE_BYTES, MOST_SESSIONS
from willing.web.memory import give_memory_back
from willing.web.workers import Workers


def make_app(
    workers: Workers,
    forecasters: Workers,
    *,
    hosts: Iterable[str] = (),
    frames: Iterable[str] = (),
    most_sessions: int = MOST_SESSIONS,
) -> Application:
    """Make the page as an ASGI application.

    Parameters
    ----------
    workers
        The processes that solve games for it.
    forecasters
        Those that have the estimates loaded, from `estimates_loaded`.
    hosts
        Names by which readers may address it, besides those of the machine itself.
    frames
        Origins whose pages may show it in a frame, such as ``https://lab.example.org``.
    most_sessions
        How many readers it takes at a time.

    Raises
    ------
    WillingError
        If Shiny is not installed, a text of `frames` is no origin, or one of `hosts` no name.
    """
    try:
        from shiny import App, Inputs, Outputs, Session
    except ImportError as error:
        raise WillingError(
            "the page needs Shiny for Python; install it with: pip install 'willing[web]'"
        ) from error
    from willing.web.crisis_page import page_server, page_ui
    from willing.web.memory import let_go_of_isolated_reads

    let_go_of_isolated_reads()

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        page_server(input, output, session, workers, forecasters)

    return Guard(App(page_ui(), server), hosts=hosts, frames=frames, most_sessions=most_sessions)


def estimates_loaded() -> Workers:
    """Give a process, not started, that will have the estimates loaded."""
    from willing.web.estimated import load

    return Workers(1, prepare=load)


def warm_up(*pools: Workers) -> None:
    """Load solvers, estimates and record, so that no reader waits for them."""
    from willing.web.crises import choices

    for pool in pools:
        pool.start()
    choices()


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to serve on; port 0 takes a free one.

    Raises
    ------
    WillingError
        If the address cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        raise WillingError(
            f"cannot serve on {host} port {port}: {error}; choose another with --host or --port"
        ) from error


def _worth_a_word(record: logging.LogRecord) -> bool:
    """Say whether the server's log should have it: refusals and readers cut off are no faults."""
    error = record.exc_info[1] if record.exc_info else None
    refused = "without completing handshake" in record.getMessage()
    stopped = record.getMessage().startswith("Cancel ")
    return not (refused or stopped or isinstance(error, asyncio.CancelledError))


def serve(application: Application, sock: socket.socket) -> None:
    """Serve an application until interrupted."""
    import uvicorn

    give_memory_back()
    logging.getLogger("uvicorn.error").addFilter(_worth_a_word)

    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        ws_max_size=MOST_MESSAGE_BYTES,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[sock])
