"""Make `src/willing/web/outlines.json` from Natural Earth's countries at 1:110 million.

They are public domain (naturalearthdata.com); the npm package world-atlas 2.0.2 has them as
`countries-110m.json`, which is what this reads:

    python tests/web/make_outlines.py package/countries-110m.json
"""

from __future__ import annotations

import json
import sys
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from willing.record.store import load_record

# Natural Earth's names where the Correlates of War have others; parts of states belong to them.
COW = {
    "Dominican Rep.": 42, "Dem. Rep. Congo": 490, "Côte d'Ivoire": 437, "Central African Rep.": 482,
    "Eq. Guinea": 411, "eSwatini": 572, "Timor-Leste": 860, "Solomon Is.": 940, "Czechia": 316,
    "Serbia": 345, "Bosnia and Herz.": 346, "S. Sudan": 626, "Greenland": 390, "Puerto Rico": 2,
    "Falkland Is.": 200, "New Caledonia": 220, "Fr. S. Antarctic Lands": 220,
}  # fmt: skip
# Where a line may be off by so many degrees, points are dropped.
TOLERANCE = 0.2
SOUTHERNMOST = -60.0


def simplified(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Drop points of a line that are near the line without them (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5

    def away(point: tuple[float, float]) -> float:
        x, y = point
        if length == 0.0:
            return ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5
        return abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / length

    far = max(range(1, len(points) - 1), key=lambda place: away(points[place]))
    if away(points[far]) <= TOLERANCE:
        return [points[0], points[-1]]
    return simplified(points[: far + 1])[:-1] + simplified(points[far:])


def on_the_map(ring: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Cut a ring where it crosses the date line."""
    whole = [ring[0]]
    for x, y in ring[1:]:
        before = whole[-1][0]
        whole.append((x - 360.0 * round((x - before) / 360.0), y))
    pieces = []
    for turn in (-360.0, 0.0, 360.0):
        piece = [(x + turn, y) for x, y in whole]
        for side in (1.0, -1.0):
            piece = clipped(piece, side)
        if len(piece) > 3:
            pieces.append(piece)
    return pieces


def clipped(ring: list[tuple[float, float]], side: float) -> list[tuple[float, float]]:
    """Keep what of a ring is west (1) or east (-1) of the map's edge (Sutherland and Hodgman)."""
    kept: list[tuple[float, float]] = []
    for (x1, y1), (x2, y2) in pairwise([*ring, *ring[:1]]):
        inside, next_inside = side * x1 <= 180.0, side * x2 <= 180.0
        if inside:
            kept.append((x1, y1))
        if inside != next_inside:
            share = (side * 180.0 - x1) / (x2 - x1)
            kept.append((side * 180.0, y1 + share * (y2 - y1)))
    return kept


def main(path: str) -> None:
    topology: dict[str, Any] = json.loads(Path(path).read_text())
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        xs, ys = (accumulate([step[k] for step in arc]) for k in (0, 1))
        # Arcs are shared by neighbours, so simplified borders still meet.
        arcs.append(simplified([(sx * x + tx, sy * y + ty) for x, y in zip(xs, ys, strict=True)]))
    names = {
        name: code
        for code, name in load_record(years="all").states.select("ccode", "name").iter_rows()
    }
    outlines: dict[str, list[list[float]]] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        code = COW.get(name, names.get(name, 0))
        parts = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for part in parts:
            ring: list[tuple[float, float]] = []
            for place in part[0]:
                arc = arcs[place] if place >= 0 else arcs[~place][::-1]
                ring += arc[1:] if ring else arc
            if min(y for _, y in ring) < SOUTHERNMOST:
                continue
            for piece in on_the_map(ring):
                flat = [round(number, 1) for point in piece for number in point]
                outlines.setdefault(str(code), []).append(flat)
        if code == 0:
            print("no state of the system:", name)
    content = {
        "source": "Natural Earth, Admin 0 countries, 1:110 million, public domain, simplified",
        "outlines": outlines,
    }
    target = Path(__file__).parents[2] / "src" / "willing" / "web" / "outlines.json"
    target.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
