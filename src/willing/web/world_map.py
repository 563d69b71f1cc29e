"""A map of the world's states, coloured by their probability of joining."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from willing.sources.state_names import codes_called
from willing.web.svg import Drawing

# Shades from the least probability of each on; the page's own order of magnitude.
SHADES = ((0.0, "p0"), (0.01, "p1"), (0.05, "p2"), (0.2, "p3"), (0.5, "p4"))
# States that are no more, and the one that has most of their land today.
_TODAY = {260: 255, 265: 255, 315: 316, 678: 679, 680: 679, 817: 816}
_NORTH, _SOUTH = 84.0, -57.0


def map_chart(join: Mapping[str, float], leader: str, target: str, width: float) -> str:
    """Draw who is likely to join, where.

    Parameters
    ----------
    join
        Probability by name of a state, or its abbreviation.
    leader, target
        Names of the two sides.
    width
        In pixels.
    """
    width = min(max(width, 260.0), 1000.0)
    chart = Drawing(width)
    first = chart.legend(
        [
            ("box", "p1", "1 % and more"),
            ("box", "p2", "5 %"),
            ("box", "p3", "20 %"),
            ("box", "p4", "50 %"),
            ("box", "leads", "leader"),
            ("box", "out", "target"),
        ]
    )
    scale = width / 360.0
    found: dict[int, tuple[str, float]] = {}
    for name, chance in join.items():
        code = code_of(name)
        if code is not None and chance >= found.get(code, ("", 0.0))[1]:
            found[code] = (name, chance)
    sides = {code_of(leader): "leads", code_of(target): "out"}
    shapes = outlines()
    for code, rings in shapes.items():
        name, chance = found.get(code, ("", -1.0))
        kind = next((kind for least, kind in reversed(SHADES) if chance >= least), "nobody")
        kind = sides.get(code, kind) if code else "nobody"
        lines = [
            [
                ((x + 180.0) * scale, first + 6 + (_NORTH - y) * scale)
                for x, y in zip(ring[::2], ring[1::2], strict=True)
            ]
            for ring in rings
        ]
        words = f"{name}: {chance:.1%}" if name and code not in sides else ""
        chart.shape(lines, kind, words or {"leads": leader, "out": target}.get(kind, ""))
    height = first + 6 + (_NORTH - _SOUTH) * scale
    off = sum(code_of(name) not in shapes for name in join)
    note = "Today's borders. Natural Earth." + (f" {off} not on the map." if off else "")
    chart.text(2, height + 14, note, "faint")
    return chart.render(height + 22, "Map of the probabilities of joining, today's borders")


@cache
def outlines() -> dict[int, list[list[float]]]:
    """Give the outlines of today's states: COW code to rings of longitudes and latitudes in turn.

    Land that is no state of the system has code 0.
    """
    text = (resources.files("willing.web") / "outlines.json").read_text(encoding="utf-8")
    return {int(code): rings for code, rings in json.loads(text)["outlines"].items()}


def code_of(name: str) -> int | None:
    """Give the COW code of a state as it is called on the map, None if there is none.

    A state that is no more has the code of the one that has most of its land today.
    """
    codes = {_TODAY.get(code, code) for code in codes_called(name)}
    return codes.pop() if len(codes) == 1 else None
