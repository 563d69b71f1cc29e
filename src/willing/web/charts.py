"""The page's charts, each from results of the theory to SVG of a given width in pixels."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from willing.web.answer import divergence_shown, time_in
from willing.web.svg import Drawing

if TYPE_CHECKING:
    from willing.forecast.result import Forecast
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.search.acceptance import AcceptanceRegion
    from willing.theory.security_path import SecurityPath

# Rows that a chart still shows at a readable height.
MOST_ROWS = 24
_ROW = 20.0
_NARROWEST, _WIDEST = 260.0, 1000.0


def rows_shown(policy: SecurityPath) -> list[str]:
    """Choose the partners worth a row, the same at every security of the leader.

    First who is in the coalition over the widest range of security; among those never in it, the
    strongest.
    """
    width = time_in(policy)
    strength = dict(zip(policy.crisis.names, policy.crisis.strengths.tolist(), strict=True))
    return sorted(width, key=lambda name: (-width[name], -strength[name]))[:MOST_ROWS]


def path_chart(policy: SecurityPath, security: float, width: float) -> str:
    """Draw who is in the coalition at which security, victory on top, and where the leader is."""
    width = _clamped(width)
    ever = {name for coalition in policy.coalitions for name in coalition}
    rows = [name for name in rows_shown(policy) if name in ever]
    chart = Drawing(width)
    legend = chart.legend([("box", "in", "in the coalition"), ("line", "now", "her security now")])
    left, right, top, band = _room(width), width - 12, legend + 18, 64.0
    first = top + band + 14
    bottom = first + _ROW * max(len(rows), 1)

    def x(level: float) -> float:
        return left + level * (right - left)

    least = math.floor(10 * min(policy.victory)) / 10
    most = max(math.ceil(10 * max(policy.victory)) / 10, least + 0.1)
    for level in (least, most):
        at = top + band * (most - level) / (most - least)
        chart.line(left, at, right, at, "grid")
        chart.text(left - 8, at + 4, f"{level:.0%}", "faint", anchor="end")
    chart.name(left - 8, top + band / 2 + 4, "Victory", left - 8, "bold")
    bounds = [1.0, *policy.breakpoints, 0.0]
    steps = []
    for j, chance in enumerate(policy.victory):
        at = top + band * (most - chance) / (most - least)
        steps += [(x(bounds[j]), at), (x(bounds[j + 1]), at)]
    chart.curve(steps, "curve")
    for position, name in enumerate(rows):
        at = first + _ROW * position
        chart.line(left, at + _ROW / 2, right, at + _ROW / 2, "grid")
        chart.name(left - 8, at + 14, name, left - 8)
        for low, high in _stays(policy, name):
            chart.rect(x(low), at + 4, x(high) - x(low), 12, "in")
    if not rows:
        chart.text(left, first + 14, "nobody at any security", "faint")
    chart.line(x(security), top - 8, x(security), bottom + 4, "now")
    _share_axis(chart, left, right, bottom, "Leader's security")
    height, hidden = bottom + 44, len(ever) - len(rows)
    if hidden > 0:
        chart.text(2, height + 12, f"and {hidden} more who are in over a narrower range", "faint")
        height += 20
    return chart.render(
        height,
        f"Who is in the coalition at which security of the leader; now at {security:.2f}",
    )


def _stays(policy: SecurityPath, name: str) -> list[tuple[float, float]]:
    """Give the ranges of security over which a partner is in, neighbours joined."""
    bounds = [1.0, *policy.breakpoints, 0.0]
    stays: list[tuple[float, float]] = []
    for j, coalition in enumerate(policy.coalitions):
        if name in coalition:
            high = stays.pop()[1] if stays and stays[-1][0] == bounds[j] else bounds[j]
            stays.append((bounds[j + 1], high))
    return stays


def tolerance_chart(found: Equilibrium, names: Sequence[str], width: float) -> str:
    """Draw how divergent each partner is and may be, given the rest of the coalition."""
    width = _clamped(width)
    crisis = found.crisis
    index = {name: position for position, name in enumerate(crisis.names)}
    tolerated = np.nan_to_num(found.margins.tolerated_divergence, nan=0.0, posinf=np.inf)
    rows = sorted(names, key=lambda name: crisis.divergences[index[name]])
    top = divergence_shown(crisis)
    chart = Drawing(width)
    legend = chart.legend(
        [
            ("box", "taken", "divergence tolerated"),
            ("dot", "in", "own: joins"),
            ("dot", "hollow", "own: refused"),
        ]
    )
    left, right, first = _room(width), width - 12, legend + 12
    bottom = first + _ROW * len(rows)

    def x(divergence: float) -> float:
        return left + min(divergence, top) / top * (right - left)

    for tick in _ticks(top):
        chart.line(x(tick), first - 4, x(tick), bottom, "grid")
        chart.text(x(tick), bottom + 18, f"{tick:g}", "faint", anchor="middle")
    for position, name in enumerate(rows):
        at, i = first + _ROW * position, index[name]
        chart.name(left - 8, at + 14, name, left - 8)
        chart.rect(left, at + 3, x(float(tolerated[i])) - left, 14, "taken")
        own = x(float(crisis.divergences[i]))
        kind, radius = ("in", 5.0) if found.members[i] else ("hollow", 4.5)
        chart.dot(own, at + 10, radius, kind)
    chart.text((left + right) / 2, bottom + 38, "Divergence from the leader", anchor="middle")
    height = bottom + 46
    if len(names) < len(crisis.names):
        words = f"{len(names)} of {len(crisis.names)}: those longest in, then the strongest"
        chart.text(2, height + 12, words, "faint")
        height += 20
    return chart.render(height, "Each partner's divergence against the divergence tolerated")


def region_chart(
    region: AcceptanceRegion, security: float, divergence: float, name: str, width: float
) -> str:
    """Draw which leaders would take a partner of which divergence, and where the two are."""
    width = _clamped(width)
    chart = Drawing(width)
    legend = chart.legend(
        [
            ("box", "in", "comes for nothing"),
            ("box", "taken", "taken at a price"),
            ("box", "shade", "turned away"),
        ]
    )
    left, right, first = 44.0, width - 12, legend + 28
    bottom = first + min(280.0, 0.62 * (right - left))
    top = float(region.divergence[-1])

    def at(level: float, value: float) -> tuple[float, float]:
        return left + level * (right - left), bottom - min(value, top) / top * (bottom - first)

    free_to = max(region.free_cutoff, 0.0)
    taken = np.clip(region.cutoff, 0.0, top)
    border = [at(s, d) for s, d in zip(region.security.tolist(), taken.tolist(), strict=True)]
    free = [
        at(s, d)
        for s, d in zip(region.security.tolist(), np.minimum(taken, free_to).tolist(), strict=True)
    ]
    floor = [at(1.0, 0.0), at(0.0, 0.0)]
    chart.rect(left, first, right - left, bottom - first, "shade")
    chart.area([*border, *floor], "taken")
    chart.area([*free, *floor], "in")
    chart.curve(border, "border")
    for tick in _ticks(top):
        chart.text(left - 8, at(0.0, tick)[1] + 4, f"{tick:g}", "faint", anchor="end")
    chart.line(*at(0.0, divergence), *at(1.0, divergence), "own")
    chart.line(*at(security, 0.0), *at(security, top), "now")
    chart.dot(*at(security, divergence), 6.0, "dot")
    _share_axis(chart, left, right, bottom, "Leader's security")
    chart.text(2, first - 8, "Divergence", "bold")
    return chart.render(
        bottom + 44,
        f"Divergences at which {name} is acceptable, by the leader's security; "
        f"own divergence {divergence:.2f}, security now {security:.2f}",
    )


def join_chart(join: Mapping[str, float], joined: Collection[str] | None, width: float) -> str:
    """Draw the likeliest partners to join, ranked; a mark for those who joined in fact."""
    width = _clamped(width)
    ranked = sorted(join.items(), key=lambda item: -item[1])
    shown, rest = ranked[:MOST_ROWS], ranked[MOST_ROWS:]
    chart = Drawing(width)
    entries = [("box", "in", "probability of joining")]
    legend = chart.legend(entries + [("dot", "dot", "joined in fact")] * (joined is not None))
    left, right, first = _room(width), width - 56, legend + 12
    bottom = first + _ROW * len(shown)
    chart.line(left, first - 4, left, bottom, "grid")
    for position, (name, chance) in enumerate(shown):
        at = first + _ROW * position
        in_fact = joined is not None and name in joined
        chart.name(left - 20, at + 14, name, left - 20, "bold" if in_fact else "")
        if in_fact:
            chart.dot(left - 9, at + 10, 4.5, "dot")
        chart.rect(left, at + 3, chance * (right - left), 14, "in")
        chart.text(left + chance * (right - left) + 6, at + 14, _percent(chance), "faint")
    height = bottom + 8
    if rest:
        words = f"and {len(rest)} more, none above {_percent(rest[0][1])}"
        chart.text(2, height + 12, words, "faint")
        height += 20
    return chart.render(height, "Probability of joining, partners ranked")


def forecast_chart(found: Forecast, width: float) -> str:
    """Draw the likeliest partners with their intervals; a mark for those who joined in fact."""
    width = _clamped(width)
    ranked = found.to_frame().head(MOST_ROWS).rows(named=True)
    known = found.joined is not None
    chart = Drawing(width)
    entries = [("box", "taken", "probability"), ("line", "interval", "95 % interval")]
    legend = chart.legend(entries + [("dot", "dot", "joined in fact")] * known)
    left, right, first = _room(width), width - 48, legend + 12
    bottom = first + _ROW * len(ranked)
    chart.line(left, first - 4, left, bottom, "grid")
    most = max((row["high"] for row in ranked), default=1.0)

    def x(chance: float) -> float:
        return left + chance / most * (right - left)

    for position, row in enumerate(ranked):
        at = first + _ROW * position
        in_fact = bool(row["joined"])
        chart.name(left - 20, at + 14, row["partner"], left - 20, "bold" if in_fact else "")
        if in_fact:
            chart.dot(left - 9, at + 10, 4.5, "dot")
        chart.rect(left, at + 3, x(row["join"]) - left, 14, "taken")
        chart.line(x(row["low"]), at + 10, x(row["high"]), at + 10, "interval")
        chart.text(x(row["high"]) + 6, at + 14, _percent(row["join"]), "faint")
    rest = len(found.partner) - len(ranked)
    if rest > 0:
        chart.text(2, bottom + 20, f"and {rest} less likely", "faint")
    return chart.render(bottom + 28, "Probability of joining, forecast, candidates ranked")


def _percent(chance: float) -> str:
    return "<1%" if 0.0 < chance < 0.01 else f"{chance:.0%}"


def _share_axis(chart: Drawing, left: float, right: float, bottom: float, title: str) -> None:
    for tick, words in ((0.0, "0 insecure"), (0.5, "0.5"), (1.0, "secure 1")):
        anchor = "start" if tick == 0.0 else "end" if tick == 1.0 else "middle"
        chart.text(left + tick * (right - left), bottom + 18, words, "faint", anchor=anchor)
    chart.text((left + right) / 2, bottom + 36, title, anchor="middle")


def _ticks(top: float) -> list[float]:
    """Give four to eight round values from 0 to `top`."""
    raw = top / 5.0
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(step * size for step in (1.0, 2.0, 5.0, 10.0) if step * size >= raw)
    return [round(k * step, 12) for k in range(int(top / step) + 1)]


def _room(width: float) -> float:
    """Give the room for names left of a chart."""
    return min(170.0, 0.34 * width)


def _clamped(width: float) -> float:
    return min(max(width, _NARROWEST), _WIDEST)
