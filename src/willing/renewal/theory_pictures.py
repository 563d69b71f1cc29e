"""Pictures of the theory on pages of the documentation, each by the command that a reader gives."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from willing.renewal.shown_pages import CHECKOUT, run_shown

_WIDER = "examples/wider"
# What draws each picture of the folder `docs/_static`, without `--plot FILE`.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "gulf-path.png": "willing solve examples/gulf.toml",
        "gulf-acceptance.png": "willing solve examples/gulf.toml --figure acceptance",
        "gulf-power.png": "willing solve examples/gulf-power.toml --figure pay",
        "crisis-war-security.png": f"willing wider crisis {_WIDER}/crisis-kosovo.toml",
        "crisis-war-strength.png": (
            f"willing wider crisis {_WIDER}/crisis-kosovo.toml --figure strength"
        ),
        "bidding-italy.png": f"willing wider bidding {_WIDER}/bidding-italy.toml",
        "invitations-iraq.png": f"willing wider invitations {_WIDER}/invitations-iraq.toml",
        "expansion-korea.png": f"willing wider expansion {_WIDER}/expansion-korea.toml",
        "signals-weak.png": f"willing wider signals {_WIDER}/signals-weak.toml",
        "signals-strong.png": f"willing wider signals {_WIDER}/signals-strong.toml",
        "signals-security.png": (
            f"willing wider signals {_WIDER}/signals-strong.toml --over security"
        ),
    }
)


def scenarios() -> dict[str, str]:
    """Give the text of the scenario that each command draws, empty without a checkout."""
    files = {
        command: CHECKOUT / next(word for word in command.split() if word.endswith(".toml"))
        for command in COMMANDS.values()
    }
    return {
        command: file.read_text(encoding="utf-8") if file.is_file() else ""
        for command, file in files.items()
    }


def draw_theory() -> None:
    """Draw every picture of `COMMANDS` to the documentation.

    Raises
    ------
    DataError
        If a command fails.
    """
    for name, command in COMMANDS.items():
        run_shown(f"{command} --plot docs/_static/{name}")
