"""The compiled loops behind `willing.theory.engine.batches`.

One kernel, because each costs seconds to compile. The numbers are, to rounding, those that plan,
recursion and second pass give one side after another.
"""

from __future__ import annotations

import numpy as np

from willing.kernels import kernel
from willing.theory.engine.grid import PADDING

# Chances of passing below this change no covariance.
_NEVER = 1e-18


@kernel(nogil=True, error_model="numpy")
def fill_sides(  # type: ignore[no-untyped-def]
    low,
    high,
    start,
    strength,
    own,
    victory,
    appeal,
    value,
    design,
    log_partition,
    expected,
    join,
    spread,
    size,
):
    """Fill the sums of the sides from `low` to `high` - 1; arguments as `batches.sum_sides` has."""
    points, r, columns = victory.shape[1], spread.shape[1], size.shape[1]
    most = 0
    for s in range(low, high):
        most = max(most, start[s + 1] - start[s])
    first = np.empty((most, points), np.int64)
    weights = np.empty((most, points, 6))
    policy, mass = np.empty((most, points)), np.empty((most + 1, points))
    rows = np.empty(most + 1, np.int64)
    x, now, then = np.empty(points), np.empty(points), np.empty(points)
    table, other = np.empty((points, r)), np.empty((points, r))
    counts, more = np.empty((points, columns)), np.empty((points, columns))
    news = np.empty(r)
    for s in range(low, high):
        begin, end, p = start[s], start[s + 1], victory[s]
        n = 0
        while begin + n < end and strength[begin + n] > 0.0:
            n += 1
        log_partition[s], expected[s] = value[s] * p[0], p[0]
        for l in range(r):  # noqa: E741
            for q in range(r):
                spread[s, l, q] = 0.0
        if n > 0:
            # The grid and where each step reads, as `plan.make_plan` has them.
            left = 0.0
            for i in range(n - 1, -1, -1):
                left += strength[begin + i]
            step = np.log1p(left / own[s]) / (points - 1 - PADDING)
            for j in range(points):
                x[j] = own[s] * np.expm1(step * j)
            rest = 0.0
            rows[n] = 1
            for k in range(n - 1, -1, -1):
                rest += strength[begin + k]
                place = int(np.ceil(np.log1p(rest / own[s]) / step))
                rows[k] = min(place + 1 + PADDING, points)
            for j in range(points):
                now[j] = value[s] * p[j]
            for k in range(n):
                m, a = strength[begin + k], appeal[begin + k]
                for j in range(rows[k + 1]):
                    place = min(np.log1p((x[j] + m) / own[s]) / step, rows[k] - 1.0)
                    base = min(max(int(place) - 2, 0), max(rows[k] - 6, 0))
                    t = place - base
                    t1, t2, t3, t4, t5 = t - 1.0, t - 2.0, t - 3.0, t - 4.0, t - 5.0
                    ab, cd, ef = t * t1, t2 * t3, t4 * t5
                    w = weights[k, j]
                    w[0] = t1 * cd * ef / -120.0
                    w[1] = t * cd * ef / 24.0
                    w[2] = ab * t3 * ef / -12.0
                    w[3] = ab * t2 * ef / 12.0
                    w[4] = ab * cd * t5 / -24.0
                    w[5] = ab * cd * t4 / 120.0
                    first[k, j] = base
                    read = 0.0
                    for q in range(6):
                        read += w[q] * now[base + q]
                    advantage = a + read - now[j]
                    small = np.exp(-abs(advantage))
                    policy[k, j] = (1.0 if advantage > 0.0 else small) / (1.0 + small)
                    then[j] = now[j] + max(advantage, 0.0) + np.log1p(small)
                now, then = then, now
            log_partition[s] = now[0]
            # The flow.
            mass[n, 0] = 1.0
            for k in range(n - 1, -1, -1):
                for j in range(rows[k]):
                    mass[k, j] = 0.0
                total = 0.0
                for j in range(rows[k + 1]):
                    joining = policy[k, j] * mass[k + 1, j]
                    total += joining
                    mass[k, j] += mass[k + 1, j] - joining
                    base = first[k, j]
                    for q in range(6):
                        mass[k, base + q] += weights[k, j, q] * joining
                join[begin + k] = total
            expected[s] = 0.0
            for j in range(points):
                expected[s] += mass[0, j] * p[j]
            # The covariance, from what each choice tells.
            if r > 0:
                for j in range(points):
                    table[j] = 0.0
                    table[j, 0] = p[j]
                for k in range(n):
                    for j in range(rows[k + 1]):
                        base, chance = first[k, j], policy[k, j]
                        for l in range(r):  # noqa: E741
                            news[l] = -table[j, l]
                        for q in range(6):
                            w0 = weights[k, j, q]
                            for l in range(r):  # noqa: E741
                                news[l] += w0 * table[base + q, l]
                        for l in range(1, r):  # noqa: E741
                            news[l] += design[begin + k, l - 1]
                        for l in range(r):  # noqa: E741
                            other[j, l] = table[j, l] + chance * news[l]
                        passing = mass[k + 1, j] * chance * (1.0 - chance)
                        if abs(passing) > _NEVER:
                            for l in range(r):  # noqa: E741
                                scaled = passing * news[l]
                                for q in range(l, r):
                                    spread[s, l, q] += scaled * news[q]
                    table, other = other, table
                for l in range(r):  # noqa: E741
                    for q in range(l):
                        spread[s, l, q] = spread[s, q, l]
            # The number of members.
            if columns > 0:
                for j in range(points):
                    counts[j] = 0.0
                    counts[j, 0] = 1.0
                for k in range(n):
                    for j in range(rows[k + 1]):
                        base, chance = first[k, j], policy[k, j]
                        for c in range(min(k + 2, columns)):
                            more[j, c] = (1.0 - chance) * counts[j, c]
                        for q in range(6):
                            w0 = chance * weights[k, j, q]
                            for c in range(min(k + 1, columns - 1)):
                                more[j, c + 1] += w0 * counts[base + q, c]
                        for c in range(k + 2, columns):
                            more[j, c] = 0.0
                    counts, more = more, counts
        if columns > 0:
            for c in range(columns):
                size[s, c] = counts[0, c] if n > 0 else 0.0
            if n == 0:
                size[s, 0] = 1.0
        # Partners without strength join independently of everybody.
        for i in range(begin + n, end):
            small = np.exp(-abs(appeal[i]))
            chance = (1.0 if appeal[i] > 0.0 else small) / (1.0 + small)
            join[i] = chance
            log_partition[s] += max(appeal[i], 0.0) + np.log1p(small)
            for l in range(1, r):  # noqa: E741
                for q in range(1, r):
                    both = design[i, l - 1] * design[i, q - 1]
                    spread[s, l, q] += chance * (1.0 - chance) * both
            for c in range(columns - 1, -1, -1):
                before = size[s, c - 1] if c > 0 else 0.0
                size[s, c] = (1.0 - chance) * size[s, c] + chance * before
