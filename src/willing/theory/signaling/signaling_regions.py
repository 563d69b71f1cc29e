"""War, concession and bluffing across parameter regions of the signalling game."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from willing.manner import Result
from willing.texts import check_choice
from willing.theory.signaling.signaling_game import Refinement, SignalingGame

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot

    from willing.theory.signaling.signaling_equilibrium import SignalingEquilibrium

Axis: TypeAlias = tuple[str, Sequence[float]]
Quantity = Literal["war", "concession", "backdown", "bluff"]

_LABELS = {
    "war": "probability of war",
    "concession": "probability of concession",
    "backdown": "probability of backing down",
    "bluff": "probability that an irresolute leader mobilizes high",
}


@dataclass(frozen=True, eq=False, repr=False)
class SignalingRegions(Result):
    """The equilibria of a signalling game over a grid of two of its parameters.

    Attributes
    ----------
    frame
        One row a grid point: the two parameters; ``kind``, ``war``, ``concession``, ``backdown``
        and ``bluff`` of the surviving equilibrium that the leader prefers before she learns her
        cost of war; ``equilibria``, how many survive; ``war_least`` and ``war_most``, the range of
        the probability of war over them. Null where the game is not generic and none survives.
    x, y
        Names of the parameters.
    game
        The game whose other parameters are held.
    """

    frame: pl.DataFrame
    x: str
    y: str
    game: SignalingGame = field(repr=False)

    def to_frame(self) -> pl.DataFrame:
        """Give the grid."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the grid as plain values, one mapping a point."""
        return {"x": self.x, "y": self.y, "points": self.frame.to_dicts()}

    def __str__(self) -> str:
        return (
            f"Signalling over {_words(self.x)} and {_words(self.y)}: {self.frame.height:,} games, "
            f"{_range_of_war(self.frame)}"
        )

    def plot(self, quantity: Quantity = "war") -> ggplot:
        """Draw a probability over the grid.

        Raises
        ------
        ScenarioError
            If the quantity is not known.
        """
        from plotnine import aes, geom_raster, ggplot, labs, scale_fill_gradient

        from willing.figures import BLUE, house_theme

        check_choice(quantity, "quantity", get_args(Quantity))
        return (
            ggplot(self.frame.to_pandas(), aes(self.x, self.y, fill=quantity))
            + geom_raster()
            + scale_fill_gradient(low="#EEF3F7", high=BLUE, limits=(0, 1))
            + labs(
                x=_words(self.x), y=_words(self.y), fill="", title=_LABELS[quantity].capitalize()
            )
            + house_theme()
        )


@dataclass(frozen=True, eq=False, repr=False)
class PartnerComparison(Result):
    """What a partner's skittishness does to war and bluffing, along one parameter.

    Attributes
    ----------
    frame
        One row a value of the parameter and a partner (``skittish`` or ``steadfast``), with the
        columns of `SignalingRegions`.
    along
        Name of the parameter.
    """

    frame: pl.DataFrame
    along: str

    def to_frame(self) -> pl.DataFrame:
        """Give the comparison."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the comparison as plain values, one mapping a value and partner."""
        return {"along": self.along, "points": self.frame.to_dicts()}

    def __str__(self) -> str:
        lines = [f"Signalling over {_words(self.along)}, by partner"]
        for (partner,), rows in self.frame.group_by("partner", maintain_order=True):
            lines.append(f"  {partner}: {rows.height:,} games, {_range_of_war(rows)}")
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the probabilities of war and of a bluff, with the two partners."""
        from plotnine import aes, facet_wrap, geom_line, ggplot, labs, scale_color_manual

        from willing.figures import BLUE, ORANGE, house_theme

        long = self.frame.unpivot(
            on=["war", "bluff"], index=[self.along, "partner"], variable_name="what"
        )
        shown = long.to_pandas()
        shown["what"] = shown["what"].map(_LABELS)
        return (
            ggplot(shown, aes(self.along, "value", color="partner", linetype="partner"))
            + geom_line(size=1)
            + facet_wrap("what")
            + scale_color_manual(values=[ORANGE, BLUE])
            + labs(x=_words(self.along), y="")
            + house_theme(width=7.5, height=3.6)
        )


def signaling_regions(
    game: SignalingGame, *, x: Axis, y: Axis, refinement: Refinement = "d1"
) -> SignalingRegions:
    """Solve a game over a grid of two of its parameters.

    Parameters
    ----------
    game
        The game.
    x, y
        Name and values of each parameter, e.g. ``("target_strength", [0.5, 1.0, 2.0])``.
    refinement
        Which equilibria to keep.

    Raises
    ------
    ScenarioError
        If a parameter is not known, or a value is outside its range.
    """
    import polars as pl

    for name in (x[0], y[0]):
        _check_parameter(name)
    rows = [
        {x[0]: a, y[0]: b, **_summary(_changed(game, {x[0]: a, y[0]: b}), refinement)}
        for b in map(float, y[1])
        for a in map(float, x[1])
    ]
    return SignalingRegions(pl.DataFrame(rows, infer_schema_length=None), x[0], y[0], game)


def compare_partners(
    game: SignalingGame, *, along: Axis, refinement: Refinement = "d1"
) -> PartnerComparison:
    """Set a skittish partner beside a steadfast one, along one parameter.

    Parameters
    ----------
    game
        The game with the skittish partner.
    along
        Name and values of the parameter.
    refinement
        Which equilibria to keep.

    Raises
    ------
    ScenarioError
        If the parameter is not known, or a value is outside its range.
    """
    import polars as pl

    name, values = along
    _check_parameter(name)
    rows = [
        {name: value, "partner": partner, **_summary(_changed(one, {name: value}), refinement)}
        for partner, one in (("skittish", game), ("steadfast", game.steadfast()))
        for value in map(float, values)
    ]
    return PartnerComparison(pl.DataFrame(rows, infer_schema_length=None), name)


def _summary(game: SignalingGame, refinement: Refinement) -> dict[str, Any]:
    """Give the columns of one grid point."""
    survivors = game.equilibria(refinement=refinement)
    if not survivors:
        empty = ("kind", "war", "concession", "backdown", "bluff", "war_least", "war_most")
        return {"equilibria": 0, **dict.fromkeys(empty)}

    def ex_ante(one: SignalingEquilibrium) -> float:
        return (1 - game.prior) * one.values["irresolute"] + game.prior * one.values["resolute"]

    best = max(survivors, key=ex_ante)
    wars = [one.war_probability for one in survivors]
    return {
        "equilibria": len(survivors),
        "kind": best.kind,
        "war": best.war_probability,
        "concession": best.concession_probability,
        "backdown": best.backdown_probability,
        "bluff": best.bluff,
        "war_least": min(wars),
        "war_most": max(wars),
    }


def _range_of_war(frame: pl.DataFrame) -> str:
    """Say between which probabilities of war the games lie."""
    wars = frame["war"].drop_nulls().to_list()
    if not wars:
        return "no equilibrium survives"
    return f"probability of war {min(wars):.2f} to {max(wars):.2f}"


def _changed(game: SignalingGame, values: dict[str, Any]) -> SignalingGame:
    """Give the game with other values of some parameters."""
    return replace(game, **values)


def _check_parameter(name: str) -> None:
    """Raise a `ScenarioError` unless the game has a number of that name."""
    known = [entry.name for entry in fields(SignalingGame) if entry.name != "contest"]
    check_choice(name, "parameter", known)


def _words(name: str) -> str:
    """Write a parameter's name for an axis."""
    return name.replace("_", " ")
