"""Pictures on pages of the documentation, each by the command or the call that a reader gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from willing.renewal.shown_pages import CHECKOUT, run_shown, save_shown

if TYPE_CHECKING:
    from plotnine import ggplot

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
# The same for pictures of the record.
RECORD_COMMANDS: Mapping[str, str] = MappingProxyType(
    {"aftermath.png": "willing wider aftermath", "joiners.png": "willing wider joiners"}
)
_SIGNALS = f"{_WIDER}/signals-weak.toml"


def _acceptance() -> ggplot:
    from willing.replication.replicate import illustration

    return illustration().plot()


def _regions() -> ggplot:
    import numpy as np

    from willing.theory.signaling.signaling_regions import signaling_regions
    from willing.theory.wider_scenario import read_signaling

    return signaling_regions(
        read_signaling(CHECKOUT / _SIGNALS),
        x=("target_strength", np.linspace(0.4, 4.4, 161).round(3).tolist()),
        y=("skittishness", np.linspace(0.0, 1.0, 81).round(4).tolist()),
    ).plot()


# Pictures that no command draws.
CALLS: Mapping[str, Callable[[], ggplot]] = MappingProxyType(
    {"acceptance-region.png": _acceptance, "signals-regions.png": _regions}
)


def scenarios() -> dict[str, str]:
    """Give the text of the scenario that each command draws, empty without a checkout."""
    files = {
        command: CHECKOUT / next(word for word in command.split() if word.endswith(".toml"))
        for command in (*COMMANDS.values(), _SIGNALS)
    }
    return {
        command: file.read_text(encoding="utf-8") if file.is_file() else ""
        for command, file in files.items()
    }


def draw_theory() -> None:
    """Draw every picture of the theory to the documentation.

    Raises
    ------
    DataError
        If a command fails.
    """
    _run(COMMANDS)
    for name, draw in CALLS.items():
        save_shown(draw(), name)


def draw_aftermath() -> None:
    """Draw the pictures of what the record says of the time after a crisis, and of balancers.

    Raises
    ------
    DataError
        If a command fails.
    """
    _run(RECORD_COMMANDS)


def _run(commands: Mapping[str, str]) -> None:
    for name, command in commands.items():
        run_shown(f"{command} --plot docs/_static/{name}")
