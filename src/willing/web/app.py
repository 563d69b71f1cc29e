"""Serve the page."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from willing.errors import WillingError
from willing.web.guard import Application, Guard
from willing.web.limits import MOST_MESSAGE_BYTES, MOST_SESSIONS


def make_app(*, hosts: Iterable[str] = (), most_sessions: int = MOST_SESSIONS) -> Application:
    """Make the page as an ASGI application.

    Parameters
    ----------
    hosts
        Names by which readers may address it, besides those of the machine itself.
    most_sessions
        How many readers it takes at a time.

    Raises
    ------
    WillingError
        If Shiny is not installed.
    """
    try:
        from shiny import App
    except ImportError as error:
        raise WillingError(
            "the page needs Shiny for Python; install it with: pip install 'willing[web]'"
        ) from error
    from willing.web.crisis_page import page_server, page_ui

    return Guard(App(page_ui(), page_server), hosts=hosts, most_sessions=most_sessions)


def warm_up() -> None:
    """Solve an example, so that no reader waits for compilation."""
    from willing.web.answer import follow, join_probabilities, solve
    from willing.web.crises import choices
    from willing.web.draft import read_crisis, read_rules

    for choice in list(choices().values())[:2]:
        draft = choice.draft()
        crisis, (game, noise, _) = read_crisis(draft).crisis, read_rules(draft.rules)
        if crisis is not None and game is not None:
            solve(game, crisis)
            follow(game, crisis)
            join_probabilities(game, crisis, noise)


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
    except (OSError, OverflowError) as error:
        raise WillingError(
            f"cannot serve on {host} port {port}: {error}; choose another with --host or --port"
        ) from error


def serve(application: Application, sock: socket.socket) -> None:
    """Serve an application until interrupted."""
    import uvicorn

    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        ws_max_size=MOST_MESSAGE_BYTES,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[sock])
