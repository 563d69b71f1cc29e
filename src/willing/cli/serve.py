"""`willing serve`: the local page."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="Further name by which readers address the page; may be repeated."),
    ] = None,
    allow_frame: Annotated[
        list[str] | None,
        typer.Option(help="Origin whose pages may embed this one, as https://lab.example.org."),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Explore crises, side payments and security on a local page."""
    from willing.web.app import estimates_loaded, listen, make_app, warm_up
    from willing.web.app import serve as run
    from willing.web.workers import Workers

    with listen(host, port) as sock:
        workers, forecasters = Workers(), estimates_loaded()
        page = make_app(
            workers, forecasters, hosts=[host, *(allow_host or [])], frames=allow_frame or ()
        )
        print("preparing", file=sys.stderr)
        warm_up(workers, forecasters)
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{sock.getsockname()[1]}"
        print(f"{address}  (stop with Ctrl+C)", flush=True)
        if open_page:
            import threading
            import webbrowser

            # The socket listens already, so a browser waits until the server answers; some
            # browsers are waited for, which the server must not be.
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
        try:
            run(page, sock)
        finally:
            workers.close()
            forecasters.close()
