"""The one rule by which every claim is judged, on the record and on any other file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from willing.numbers import p_said

Finding = Literal["supported", "contradicted", "undetermined"]
# The convention of the field; the intervals printed are its counterpart.
SIGNIFICANT = 0.05
# Of the weight of all specifications, how much must have the sign of the estimate. If sign were a
# matter of the choices alone, half would; four fifths is what a reader means by "nearly always",
# and what the headline of this package has asked for since its first version.
SAME_SIGN = 0.8
# The methods that must agree, with what stands in where a file does not name leaders. The
# likelihood ratio and the penalised likelihood take the triads of a crisis as independent, and
# clusters by crisis alone miss leaders who lead often.
DECIDING = (
    ("clusters: crisis and leader", "clusters: crisis"),
    ("jackknife: crisis",),
    ("wild scores: crisis",),
    ("permutation",),
)
RULE = (
    "A claim is supported if its estimate has a 95 % interval above zero; if p < "
    f"{SIGNIFICANT} with errors clustered by crisis and leader (by crisis in a file that names no "
    "leaders), by the jackknife over crises, by wild scores and by permutation of leaders; and if "
    f"at least {SAME_SIGN:.0%} of the weight of its specification curve has the same sign. It is "
    "contradicted if all that holds below zero, else undetermined. Partners taken are judged by "
    "the interval of their net divergence, crises redrawn, and their curve."
)


@dataclass(frozen=True)
class Verdict:
    """What is found on one claim.

    Attributes
    ----------
    claim : str
        Its name: ``formation``, ``joining``, ``noise``, ``preferences``, ``target`` or ``taken``.
    hypothesis : str
        ``"H1"`` or ``"H2"``.
    statement : str
        What it says.
    finding : str
        By `RULE`.
    value, low, high : float
        The estimate, positive if the theory is right, and its 95 % interval.
    std_error : float or None
        None where the interval is a bootstrap's.
    p : mapping of str to float
        p-values by deciding method.
    ones : int
        Joins, coalitions or partners that it rests on.
    missing : float
        Fraction of the information lost with missing divergence.
    same_sign : float or None
        Weighted share of the specification curve that has the estimate's sign; None without one.
    """

    claim: str
    hypothesis: str
    statement: str
    finding: Finding
    value: float
    low: float
    high: float
    std_error: float | None
    p: Mapping[str, float] = field(default_factory=dict)
    ones: int = 0
    missing: float = 0.0
    same_sign: float | None = None

    @property
    def sentence(self) -> str:
        """The finding with its numbers."""
        error = "" if self.std_error is None else f", s.e. {self.std_error:.2f}"
        numbers = f"{self.value:.2f}{error}, 95 % interval {self.low:.2f} to {self.high:.2f}"
        if self.p:
            worst = max(self.p, key=lambda name: self.p[name])
            numbers += f"; largest {p_said(self.p[worst])}, {worst}"
        curve = (
            "" if self.same_sign is None else f"; {self.same_sign:.0%} of the curve has its sign"
        )
        return (
            f"{self.hypothesis}, {self.claim}: {self.statement}: {self.finding} ({numbers}{curve}; "
            f"{self.ones:,} {_ONES.get(self.claim, 'joins')})"
        )

    def __str__(self) -> str:
        return self.sentence

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, the sentence with it."""
        return {**vars(self), "p": dict(self.p), "sentence": self.sentence}


_ONES = {"formation": "coalitions", "taken": "partners"}


def deciding_methods(methods: Sequence[str]) -> tuple[str, ...]:
    """Give the methods that decide, of those that could be used."""
    found = (next((m for m in group if m in methods), None) for group in DECIDING)
    return tuple(method for method in found if method is not None)


def judge(low: float, high: float, p: Sequence[float], same_sign: float | None = None) -> Finding:
    """Apply `RULE`.

    Parameters
    ----------
    low, high
        The 95 % interval.
    p
        p-values of the deciding methods.
    same_sign
        Weighted share of the specification curve with the estimate's sign; None if none was drawn,
        which then decides nothing.
    """
    if any(value >= SIGNIFICANT for value in p) or low <= 0 <= high:
        return "undetermined"
    if same_sign is not None and same_sign < SAME_SIGN:
        return "undetermined"
    return "supported" if low > 0 else "contradicted"
