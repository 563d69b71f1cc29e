"""The picture of the local page in its documentation: served, opened in a browser, shot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from willing.errors import DataError
from willing.files import replacing
from willing.renewal.derived import PACKAGE
from willing.renewal.shown_pages import CHECKOUT

BROWSER = Path("/usr/bin/chromium")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
_SIZE = {"width": 1600, "height": 1000}
# Milliseconds; the first reader waits until solvers are loaded.
_PATIENCE = 120_000


def web_files() -> tuple[str, ...]:
    """Give what the page is made of, under the package."""
    found = [*(PACKAGE / "web").glob("*.py"), *(PACKAGE / "web" / "static").iterdir()]
    return tuple(sorted(str(path.relative_to(PACKAGE)) for path in found))


def draw_web_page() -> None:
    """Shoot the page with the crisis that it opens with.

    Without a browser the picture stays what it is.

    Raises
    ------
    DataError
        If the page does not start.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    if not BROWSER.exists():
        return
    command = [sys.executable, "-m", "willing", "serve", "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        try:
            address = served.stdout.readline().split() if served.stdout else []
            if not address:
                raise DataError("willing serve gave no address; run it to see why")
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=BROWSER, args=_FLAGS)
                page = browser.new_page(viewport=_SIZE, color_scheme="light")  # type: ignore[arg-type]
                page.goto(address[0])
                for drawn in ("path", "tolerance", "region", "join", "map"):
                    page.locator(f"#a-{drawn} svg").wait_for(timeout=_PATIENCE)
                with replacing(CHECKOUT / "docs" / "_static" / "page.png") as path:
                    path.write_bytes(page.screenshot(full_page=True))
                browser.close()
        finally:
            served.terminate()
