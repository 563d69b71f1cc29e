"""Pictures that commands draw to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotnine import ggplot

KINDS = (".png", ".pdf", ".svg")


def check_picture(file: Path | None) -> None:
    """Raise a `ScenarioError` if a picture asked for is of no kind known, before any work."""
    from willing.errors import ScenarioError

    if file is not None and file.suffix not in KINDS:
        raise ScenarioError(f"--plot {file}: a picture ends in {', '.join(KINDS)}")
    if file is not None and not file.parent.is_dir():
        raise ScenarioError(f"--plot {file}: there is no folder {file.parent}")


def save_picture(figure: ggplot, file: Path) -> None:
    """Draw a figure to a file."""
    from willing.files import replacing

    with replacing(file) as temporary:
        figure.save(temporary, dpi=200, verbose=False)
