"""A perfect Bayesian equilibrium of the signalling game, as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from willing.manner import Result
from willing.numbers import Floats
from willing.theory.signaling import assessments as columns

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["separating", "pooling", "semi-separating"]
TYPES = ("irresolute", "resolute")
LEVELS = ("low", "high")
STANCES = ("out", "support")

# Probabilities that differ by less are the same choice: rounding in the closed forms.
_SAME = 1e-9


@dataclass(frozen=True, repr=False)
class SignalingEquilibrium(Result):
    """A perfect Bayesian equilibrium of a `SignalingGame`.

    Attributes
    ----------
    kind
        ``"separating"``, ``"pooling"`` or ``"semi-separating"`` (a type mixes).
    mobilize
        Probability of high mobilization, by type.
    belief
        Beliefs that the leader is resolute, as an interval, by level of mobilization: one point
        where Bayes' rule or somebody's indifference fixes it.
    support
        Probability of the partner's support, by level.
    resist
        Probability of the target's resistance, by level and stance of the partner. Where only an
        unreached response mixes, it is one member of an interval.
    fight
        Whether the leader fights if resisted, by type, level and stance.
    war_probability, concession_probability, backdown_probability
        Probabilities of the three outcomes; they add up to one.
    values
        Expected payoffs of ``irresolute``, ``resolute``, ``partner`` and ``target``.
    survives
        The refinements it survives, of ``"intuitive"`` and ``"d1"``.
    """

    kind: Kind
    mobilize: dict[str, float]
    belief: dict[str, tuple[float, float]]
    support: dict[str, float]
    resist: dict[str, dict[str, float]]
    fight: dict[str, dict[str, dict[str, bool]]]
    war_probability: float
    concession_probability: float
    backdown_probability: float
    values: dict[str, float]
    survives: tuple[str, ...]

    @property
    def bluff(self) -> float:
        """The probability that the irresolute type mobilizes high."""
        return self.mobilize["irresolute"]

    @property
    def pure(self) -> bool:
        """Whether nobody mixes, on the path or off it."""
        choices = [*self.mobilize.values(), *self.support.values()]
        choices += [r for by_stance in self.resist.values() for r in by_stance.values()]
        return all(min(choice, 1.0 - choice) < _SAME for choice in choices)

    def to_dict(self) -> dict[str, Any]:
        """Give the equilibrium in plain numbers and texts."""
        return {
            "kind": self.kind,
            "mobilize": dict(self.mobilize),
            "belief": {level: list(interval) for level, interval in self.belief.items()},
            "support": dict(self.support),
            "resist": {level: dict(stances) for level, stances in self.resist.items()},
            "fight": {
                resolve: {level: dict(stances) for level, stances in by_level.items()}
                for resolve, by_level in self.fight.items()
            },
            "war_probability": self.war_probability,
            "concession_probability": self.concession_probability,
            "backdown_probability": self.backdown_probability,
            "values": dict(self.values),
            "survives": list(self.survives),
        }

    def to_frame(self) -> pl.DataFrame:
        """Give one row a level of mobilization: who sends it, what is believed, what follows."""
        import polars as pl

        return pl.DataFrame(
            [
                {
                    "mobilization": level,
                    **{resolve: self.sends(resolve, level) for resolve in TYPES},
                    "belief_low": self.belief[level][0],
                    "belief_high": self.belief[level][1],
                    "support": self.support[level],
                    **{f"resist_{stance}": self.resist[level][stance] for stance in STANCES},
                }
                for level in LEVELS
            ]
        )

    def sends(self, resolve: str, level: str) -> float:
        """Give the probability that a type mobilizes at a level."""
        high = self.mobilize[resolve]
        return high if level == "high" else 1.0 - high

    def __str__(self) -> str:
        survives = ", ".join(self.survives) or "none"
        lines = [
            f"{self.kind}: war {self.war_probability:.4f}, "
            f"concession {self.concession_probability:.4f}, "
            f"backing down {self.backdown_probability:.4f} (survives {survives})",
            "  high mobilization: "
            + ", ".join(f"{resolve} {self.mobilize[resolve]:.4f}" for resolve in reversed(TYPES)),
        ]
        for level in LEVELS:
            low, high = self.belief[level]
            belief = f"{low:.4f}" if high - low < _SAME else f"[{low:.4f}, {high:.4f}]"
            lines.append(
                f"  after {level}: belief {belief}, support {self.support[level]:.4f}, "
                f"resistance {self.resist[level]['out']:.4f} without and "
                f"{self.resist[level]['support']:.4f} with support"
            )
        return "\n".join(lines)


def read_equilibrium(row: Floats) -> SignalingEquilibrium:
    """Read an equilibrium off a row of `willing.theory.signaling.assessments`."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    values: list[float] = row.tolist()
    after = {
        level: values[columns.AFTER + i * columns.BLOCK :][: columns.BLOCK]
        for i, level in enumerate(LEVELS)
    }
    war, concession, backdown = values[columns.OUTCOME : columns.OUTCOME + 3]
    return SignalingEquilibrium(
        kind=kinds[int(values[columns.KIND])],
        mobilize=dict(zip(TYPES, values[columns.HIGH : columns.HIGH + 2], strict=True)),
        belief={level: (after[level][3], after[level][4]) for level in LEVELS},
        support={level: after[level][0] for level in LEVELS},
        resist={level: dict(zip(STANCES, after[level][1:3], strict=True)) for level in LEVELS},
        fight={
            resolve: {
                level: {
                    stance: bool(after[level][5 + 2 * i + s]) for s, stance in enumerate(STANCES)
                }
                for level in LEVELS
            }
            for i, resolve in enumerate(TYPES)
        },
        war_probability=war,
        concession_probability=concession,
        backdown_probability=backdown,
        values=dict(
            zip(
                (*TYPES, "partner", "target"),
                values[columns.VALUE : columns.VALUE + 4],
                strict=True,
            )
        ),
        survives=tuple(
            name
            for i, name in enumerate(("intuitive", "d1"))
            if values[columns.SURVIVES + i] == 1.0
        ),
    )
