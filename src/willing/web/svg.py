"""Draw charts as SVG text: quick enough to follow a slider."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from willing.figures import BLUE, INK, ORANGE, SKY

# The page's style sheet sets the variables by colour scheme; a saved file has the fallbacks.
_STYLE = f"""
text {{ font: 12px system-ui, sans-serif; fill: var(--ink, {INK}); }}
.faint {{ fill: var(--faint, #5f6368); }}
.bold {{ font-weight: 600; }}
.grid {{ stroke: var(--line, #dddddd); stroke-width: 1; }}
.frame {{ fill: var(--card, #ffffff); }}
.in {{ fill: var(--in, {BLUE}); }}
.taken {{ fill: var(--taken, {SKY}); }}
.out {{ fill: var(--out, {ORANGE}); }}
.shade {{ fill: var(--shade, #e8edf2); }}
.curve {{ fill: none; stroke: var(--in, {BLUE}); stroke-width: 2; }}
.border {{ fill: none; stroke: var(--ink, {INK}); stroke-width: 1.5; }}
.now {{ stroke: var(--ink, {INK}); stroke-width: 2; }}
.own {{ stroke: var(--ink, {INK}); stroke-width: 1.5; stroke-dasharray: 5 4; }}
.hollow {{ fill: var(--card, #ffffff); stroke: var(--out, {ORANGE}); stroke-width: 2.5; }}
path {{ stroke: var(--card, #ffffff); stroke-width: 0.5; }}
.nobody, .p0 {{ fill: var(--shade, #e8edf2); }}
.p1, .p2, .p3, .p4 {{ fill: var(--in, {BLUE}); }}
.p1 {{ fill-opacity: 0.3; }}
.p2 {{ fill-opacity: 0.5; }}
.p3 {{ fill-opacity: 0.75; }}
.leads {{ fill: var(--ink, {INK}); }}
.interval {{ stroke: var(--ink, {INK}); stroke-width: 1.5; }}
.dot {{ fill: var(--ink, {INK}); stroke: var(--card, #ffffff); stroke-width: 1.5; }}
"""
# Room for an average letter at the size of the text, in a wide font and bold.
_LETTER = 7.0
_WIDE_LETTER = 8.0


class Drawing:
    """A picture in the making, in pixels from the top left, as tall as it turns out."""

    def __init__(self, width: float) -> None:
        self.width = width
        self._parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """Draw a rectangle."""
        self._parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" '
            f'width="{max(width, 0.0):.1f}" height="{height:.1f}" rx="1.5"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a line."""
        self._parts.append(
            f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        )

    def curve(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        """Draw a line through points."""
        self._parts.append(f'<polyline class="{kind}" points="{_pairs(points)}"/>')

    def area(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        """Fill the area within points."""
        self._parts.append(f'<polygon class="{kind}" points="{_pairs(points)}"/>')

    def shape(
        self, rings: Iterable[Iterable[tuple[float, float]]], kind: str, words: str = ""
    ) -> None:
        """Fill the areas within several rings of points, explained by words when pointed at."""
        path = "".join(f"M{_pairs(ring)}Z" for ring in rings)
        title = f"<title>{escape(words)}</title>" if words else ""
        self._parts.append(f'<path class="{kind}" d="{path}">{title}</path>')

    def dot(self, x: float, y: float, radius: float, kind: str) -> None:
        """Draw a disc."""
        self._parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>')

    def text(
        self, x: float, y: float, words: str, kind: str = "", *, anchor: str = "start"
    ) -> None:
        """Write words with their base line at `y`."""
        self._parts.append(
            f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def name(self, x: float, y: float, words: str, room: float, kind: str = "") -> None:
        """Write a name that ends at `x`, cut to the room in pixels, whole when pointed at."""
        fits = int(room / _WIDE_LETTER)
        shown = words if len(words) <= fits else words[: fits - 1].rstrip() + "…"
        self._parts.append(
            f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="end">{escape(shown)}'
            f"<title>{escape(words)}</title></text>"
        )

    def legend(self, entries: Sequence[tuple[str, str, str]]) -> float:
        """Explain marks on top: for each its shape (box, dot or line), kind and meaning.

        Returns
        -------
        float
            Where the legend ends.
        """
        x, y = 2.0, 14.0
        for shape, kind, words in entries:
            needed = 18 + _LETTER * len(words)
            if x > 2.0 and x + needed > self.width:
                x, y = 2.0, y + 18
            if shape == "box":
                self.rect(x, y - 9, 12, 10, kind)
            elif shape == "dot":
                self.dot(x + 6, y - 4, 4.5, kind)
            else:
                self.line(x, y - 4, x + 13, y - 4, kind)
            self.text(x + 18, y, words, "faint")
            x += needed + 14
        return y + 4

    def render(self, height: float, label: str) -> str:
        """Give the picture as SVG, described by a label for who cannot see it."""
        size = f'width="{self.width:.0f}" height="{height:.0f}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'viewBox="0 0 {self.width:.0f} {height:.0f}" role="img" '
            f'aria-label="{escape(label)}"><style>{_STYLE}</style>'
            f'<rect class="frame" width="100%" height="100%"/>{"".join(self._parts)}</svg>'
        )


def _pairs(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
