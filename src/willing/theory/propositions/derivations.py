"""Symbolic derivations of the claims. Each step is an identity that sympy verifies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any


@dataclass(frozen=True)
class Step:
    """One step of a derivation: `left = right`, and what it says."""

    text: str
    left: Any
    right: Any

    def holds(self) -> bool:
        """Verify the identity."""
        from sympy import simplify, together

        difference = (self.left - self.right).doit()
        return bool(together(difference.expand()).factor() == 0 or simplify(difference) == 0)


@dataclass(frozen=True)
class Derivation:
    """How a claim follows.

    Attributes
    ----------
    steps : tuple of Step
        Identities, in order.
    conclusion : str
        What follows from them.
    """

    steps: tuple[Step, ...]
    conclusion: str

    def holds(self) -> bool:
        """Verify every step."""
        return all(step.holds() for step in self.steps)

    def __str__(self) -> str:
        lines = [f"{step.text}: {step.left} = {step.right}" for step in self.steps]
        return "\n".join([*lines, f"Hence {self.conclusion}"])


def statics(parameter: str) -> Derivation:
    """Derive how the gain of the one-partner game moves with a parameter other than strength."""
    from sympy import Derivative, diff

    s, gains = _one_partner()
    symbol, conclusion = {
        "security": (s.sigma, "G falls in sigma, and both cutoffs exist and never rise with it."),
        "divergence": (s.d, "G falls in d, so sigma_hat never rises with d."),
        "office": (s.Psi, "with r = 1 >= sigma neither cutoff falls with Psi."),
        "cost": (s.k, "neither cutoff rises with k."),
        "benefit": (s.b, "neither cutoff falls with b."),
        "aversion": (s.delta, "neither cutoff rises with delta."),
        "friction": (s.lam, "neither cutoff rises with lambda."),
    }[parameter]
    return Derivation(
        steps=tuple(
            Step(regime, Derivative(gain, symbol), diff(gain, symbol).factor())
            for regime, gain in gains.items()
        ),
        conclusion=conclusion,
    )


def partner_strength() -> Derivation:
    """Derive the sign of the effect of the partner's strength at a cutoff, where `G = 0`."""
    from sympy import diff, expand, solve

    s, gains = _one_partner()
    steps = []
    for regime, gain in gains.items():
        gain = gain.subs(s.D, s.p1 - s.p0).subs(s.Psi * (s.r - s.sigma), s.B - 1)
        at_cutoff = solve(gain, s.B)[0]
        slope = diff(gain, s.p1).subs(s.B, at_cutoff)
        paid = {"free": 0, "paid, pivotal": s.k - s.b, "paid, additive": s.k + s.delta * s.d - s.b}
        steps.append(
            Step(
                f"dG/dp1 at G = 0, {regime}",
                expand(slope).together().factor(),
                (paid[regime] + s.lam * s.d * s.p0) / (s.p1 - s.p0),
            )
        )
    return Derivation(
        steps=tuple(steps),
        conclusion=(
            "where G is zero it never falls as the partner grows stronger, if k >= b or her price "
            "does not hang on her stake; so neither cutoff falls with m."
        ),
    )


def leader_strength() -> Derivation:
    """Derive the effect of the leader's strength: what help adds, and what it costs."""
    from sympy import diff, symbols

    s, gains = _one_partner()
    slope0, slope1 = symbols("p'_0 p'_1", nonnegative=True)
    steps = []
    for regime, gain in gains.items():
        gain = gain.subs(s.D, s.p1 - s.p0)
        total = diff(gain, s.p1) * slope1 + diff(gain, s.p0) * slope0
        stake = 1 - s.delta * s.d if regime == "paid, pivotal" else 0
        B = 1 + s.Psi * (s.r - s.sigma)
        right = (B + stake) * (slope1 - slope0) - s.lam * s.d * slope1
        steps.append(Step(f"dG/dm_L, {regime}", total, right))
    return Derivation(
        steps=tuple(steps),
        conclusion=(
            "if the contest is concave, p'_1 <= p'_0 and neither cutoff rises with m_L, B + v being"
            " at least zero at a cutoff with k >= b. With increasing returns the sign is open."
        ),
    )


def target_strength() -> Derivation:
    """Derive how what the partner adds to victory moves with the target's strength."""
    from sympy import diff

    def right(p0: Any, p1: Any, s: Any, kind: str) -> Any:
        rate = s.g / s.m_T if kind == "ratio" else s.g
        return -rate * (p1 - p0) * (1 - p0 - p1)

    return _contest_steps(
        "m_T",
        lambda p, s: diff(p, s.m_T),
        right,
        "what she adds rises with m_T exactly where p0 + p1 > 1, and friction falls with it.",
    )


def decisiveness() -> Derivation:
    """Derive how what the partner adds to victory moves with decisiveness."""
    from sympy import diff, log

    def right(p0: Any, p1: Any, s: Any, kind: str) -> Any:
        def lead(M: Any) -> Any:
            return log(M) - log(s.m_T) if kind == "ratio" else M - s.m_T

        return p1 * (1 - p1) * lead(s.m_L + s.m) - p0 * (1 - p0) * lead(s.m_L)

    return _contest_steps(
        "g",
        lambda p, s: diff(p, s.g),
        right,
        "what she adds never falls with g where m_L <= m_T <= m_L + m. Elsewhere it may.",
    )


def revealed_preference() -> Derivation:
    """Derive that victory and cost of the optimum never fall in the value of victory."""
    from sympy import symbols

    B, more, p, q, C, K = symbols("B B' p p' C C'", real=True)
    first = (B * p - C) - (B * q - K)
    second = (more * q - K) - (more * p - C)
    return Derivation(
        steps=(
            Step("S is best at B, S' at B' > B; their two advantages sum to",
                 first + second, (more - B) * (q - p)),
            Step("and the first alone says", K - C - B * (q - p), first),
        ),
        conclusion=(
            "p' >= p, since both advantages are at least zero, and then C' - C >= B (p' - p) >= 0."
        ),
    )  # fmt: skip


def country() -> Derivation:
    """Derive that what an insecure leader costs her country never falls as security falls."""
    from sympy import symbols

    B, p, q, C, K = symbols("B p p' C C'", real=True)
    first = (B * p - C) - (B * q - K)
    return Derivation(
        steps=(
            Step("S is best at B, S' at B' > B; what the country loses by S' is",
                 (p - C) - (q - K), first + (B - 1) * (q - p)),
        ),
        conclusion=(
            "p' >= p, and S has the advantage at B, so the loss is at least zero where B >= 1, as "
            "it is at every security if the leader is sure to keep office after victory."
        ),
    )  # fmt: skip


def gain_from_building() -> Derivation:
    """Derive that the gain over acting alone never falls in the value of victory."""
    from sympy import Derivative, diff, symbols

    B, p, p0, C = symbols("B p p_0 C", real=True)
    gain = B * p - C - B * p0
    return Derivation(
        steps=(Step("slope of the gain, by the envelope theorem", Derivative(gain, B),
                    diff(gain, B)),),
        conclusion="the gain never falls as security falls, since p >= p_0 for any coalition.",
    )  # fmt: skip


def margin() -> Derivation:
    """Derive the slopes of the gain from one partner for a fixed rest of the coalition."""
    from sympy import Derivative, diff

    s, gains = _one_partner()
    steps = [
        Step(f"{regime}, in {symbol}", Derivative(gain, symbol), diff(gain, symbol).factor())
        for regime, gain in gains.items()
        for symbol in (s.sigma, s.d)
    ]
    return Derivation(
        steps=tuple(steps),
        conclusion=(
            "the gain falls in security and in her divergence; what the rest costs hangs on "
            "neither. So d_hat_i exists and never falls as security falls."
        ),
    )


def marginal_cost() -> Derivation:
    """Derive what an optimal coalition says about the cost of each member."""
    from sympy import symbols

    B, p0, p1, C0, C1, lam, d, rest = symbols("B p0 p1 C0 C1 lambda d d_rest", real=True)
    return Derivation(
        steps=(
            Step("U(S) - U(S without i)", (B * p1 - C1) - (B * p0 - C0),
                 B * (p1 - p0) - (C1 - C0)),
            Step("of C1 - C0 friction is", lam * (p1 * (rest + d) - p0 * rest),
                 lam * (p1 - p0) * rest + lam * p1 * d),
        ),
        conclusion=(
            "C1 - C0 <= B (p1 - p0) for every member of an optimal coalition. If the others do not "
            "become cheaper when she joins, C1 - C0 is at least her price."
        ),
    )  # fmt: skip


def partners_alike() -> Derivation:
    """Derive that of equally strong partners the cheapest are taken first."""
    from sympy import symbols

    D, k, delta, lam, p, near, far = symbols("D k delta lambda p d_i d_j", nonnegative=True)

    def cost(d: Any) -> Any:
        return k - (1 - delta * d) * D + lam * p * d

    return Derivation(
        steps=(
            Step("taking i in place of j, both paid and pivotal, saves", cost(far) - cost(near),
                 (delta * D + lam * p) * (far - near)),
        ),
        conclusion=(
            "of each size the coalition of the cheapest is best. Size never falls as security "
            "falls, since victory does not; so coalitions grow by adding dearer partners, who are "
            "the more divergent ones if nothing else differs."
        ),
    )  # fmt: skip


STATICS: dict[str, Callable[[], Derivation]] = {
    **{
        name: partial(statics, name)
        for name in (
            "security", "divergence", "office", "cost", "benefit", "aversion", "friction",
        )
    },
    "strength": partner_strength,
    "leader strength": leader_strength,
    "target strength": target_strength,
    "decisiveness": decisiveness,
}  # fmt: skip


def _one_partner() -> tuple[SimpleNamespace, dict[str, Any]]:
    """Give the symbols of the one-partner game and its gain where she is free and where paid."""
    from sympy import symbols

    names = ["D", "p0", "p1", "d", "k", "b", "delta", "lam", "Psi", "sigma", "r", "B"]
    shown = ["lambda" if name == "lam" else name for name in names]
    s = SimpleNamespace(**dict(zip(names, symbols(shown, nonnegative=True), strict=True)))
    worth = (1 + s.Psi * (s.r - s.sigma)) * s.D - s.lam * s.d * s.p1
    return s, {
        "free": worth,
        "paid, pivotal": worth - (s.k - s.b - (1 - s.delta * s.d) * s.D),
        "paid, additive": worth - (s.k + s.delta * s.d - s.b),
    }


def _contest_steps(
    name: str,
    slope: Callable[[Any, Any], Any],
    right: Callable[[Any, Any, Any, str], Any],
    conclusion: str,
) -> Derivation:
    """Differentiate what the partner adds under both contest functions."""
    from sympy import exp, symbols

    s = SimpleNamespace(**{name: symbols(name, positive=True) for name in ("m_L", "m_T", "m", "g")})

    def ratio(M: Any) -> Any:
        return M**s.g / (M**s.g + s.m_T**s.g)

    def logistic(M: Any) -> Any:
        return 1 / (1 + exp(-s.g * (M - s.m_T)))

    steps = []
    for kind, contest in (("ratio", ratio), ("logistic", logistic)):
        p0, p1 = contest(s.m_L), contest(s.m_L + s.m)
        steps.append(Step(f"d(p1 - p0)/d{name}, {kind}", slope(p1 - p0, s), right(p0, p1, s, kind)))
    return Derivation(steps=tuple(steps), conclusion=conclusion)
