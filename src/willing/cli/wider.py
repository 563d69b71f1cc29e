"""`willing wider`: signals of resolve and the expansion of conflicts, from scenario files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from plotnine import ggplot

app = typer.Typer(
    name="wider",
    help="Signals of resolve and war; balancers who widen a war.",
    no_args_is_help=True,
)

Scenario = Annotated[Path, typer.Argument(help="Scenario file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw to this file (PNG, PDF, SVG).")]


@app.command("signals")
def signals(
    scenario: Scenario,
    refinement: Annotated[
        str, typer.Option(help="Which equilibria to print: none, intuitive or d1.")
    ] = "d1",
    as_json: AsJson = False,
    plot: Plot = None,
) -> None:
    """Print the equilibria of a signalling game, with its partner and with a steadfast one."""
    from willing.wider.scenario import read_signaling
    from willing.wider.signaling_regions import compare_partners

    game = read_signaling(scenario)
    found = {
        name: one.equilibria(refinement=refinement)  # type: ignore[arg-type]
        for name, one in (("as given", game), ("steadfast partner", game.steadfast()))
    }
    if as_json:
        content = {name: [eq.to_dict() for eq in equilibria] for name, equilibria in found.items()}
        print(json.dumps(content, indent=2))
    else:
        for name, equilibria in found.items():
            print(f"{name.capitalize()}: {len(equilibria)} equilibria ({refinement})")
            for eq in equilibria:
                print(eq)
    if plot is not None:
        values = [game.target_strength * (0.25 + 0.025 * i) for i in range(91)]
        _draw(compare_partners(game, along=("target_strength", values)).plot(), plot)


@app.command("expansion")
def expansion(
    scenario: Scenario,
    noise: Annotated[
        float | None, typer.Option(help="Also give the logit choice with this scale of shocks.")
    ] = None,
    as_json: AsJson = False,
    plot: Plot = None,
) -> None:
    """Find the coalition a leader builds when third parties may join her target."""
    from willing.wider.scenario import read_expansion

    crisis, balancers, game = read_expansion(scenario)
    found = game.solve(crisis, balancers)
    quantal = None if noise is None else game.quantal(crisis, balancers, noise=noise)
    if as_json:
        content = found.to_dict() | ({"quantal": quantal.to_dict()} if quantal else {})
        print(json.dumps(content, indent=2))
    else:
        print(found)
        if quantal:
            print(quantal)
    if plot is not None:
        _draw(game.path(crisis, balancers).plot(), plot)


def _draw(figure: ggplot, path: Path) -> None:
    """Write a figure to a file."""
    from willing.files import replacing

    with replacing(path) as temporary:
        figure.save(temporary, dpi=200, verbose=False)
