"""`willing wider`: the games around the main one from scenario files, and what the record says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from willing.cli.save_picture import check_picture, save_picture

app = typer.Typer(
    name="wider",
    help="Demands before a war, bids, invitations, signals, balancers; partners after a war.",
    no_args_is_help=True,
)

Scenario = Annotated[Path, typer.Argument(help="Scenario file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
Noise = Annotated[
    float | None, typer.Option(help="Also give the logit choice with this scale of shocks.")
]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw to this file (PNG, PDF, SVG).")]


@app.command("signals")
def signals(
    scenario: Scenario,
    refinement: Annotated[
        str, typer.Option(help="Which equilibria to print: none, intuitive or d1.")
    ] = "d1",
    as_json: AsJson = False,
    plot: Plot = None,
    over: Annotated[
        str, typer.Option(help="What the picture shows war over: target_strength or security.")
    ] = "target_strength",
) -> None:
    """Print the equilibria of a signalling game, with its partner and with a steadfast one."""
    from willing.errors import ScenarioError
    from willing.theory.signaling.signaling_regions import compare_partners
    from willing.theory.wider_scenario import read_signaling

    check_picture(plot)
    game = read_signaling(scenario)
    values = {
        "target_strength": [game.target_strength * (0.25 + 0.025 * i) for i in range(91)],
        "security": [0.01 * i for i in range(101)],
    }
    if over not in values:
        raise ScenarioError(f"--over {over}: choose one of {', '.join(values)}")
    found = {
        name: one.equilibria(refinement=refinement)  # type: ignore[arg-type]
        for name, one in (("as given", game), ("steadfast partner", game.steadfast()))
    }
    if as_json:
        content = {name: [eq.to_dict() for eq in equilibria] for name, equilibria in found.items()}
        print(json.dumps(content, indent=2))
    else:
        for name, equilibria in found.items():
            noun = "equilibrium" if len(equilibria) == 1 else "equilibria"
            print(f"{name.capitalize()}: {len(equilibria)} {noun} ({refinement})")
            for eq in equilibria:
                print(eq)
    if plot is not None:
        save_picture(compare_partners(game, along=(over, values[over])).plot(), plot)


@app.command("crisis")
def crisis(
    scenario: Scenario,
    path: Annotated[
        bool, typer.Option("--path", help="Follow coalition and war over the leader's security.")
    ] = False,
    noise: Noise = None,
    as_json: AsJson = False,
    plot: Plot = None,
    figure: Annotated[
        str, typer.Option(help="What the picture shows war over: security or strength.")
    ] = "security",
) -> None:
    """Find the coalition a leader builds, and what she demands of her target before a war."""
    from willing.errors import ScenarioError
    from willing.theory.bargaining.crisis_pictures import plot_war_over_strength
    from willing.theory.wider_scenario import read_crisis

    check_picture(plot)
    if figure not in ("security", "strength"):
        raise ScenarioError(f"--figure {figure}: choose one of security, strength")
    one, game = read_crisis(scenario)
    found = game.solve(one)
    policy = game.path(one) if path else None
    quantal = None if noise is None else game.quantal(one, noise=noise)
    if as_json:
        content = found.to_dict() | ({"quantal": quantal.to_dict()} if quantal else {})
        print(json.dumps(content | (policy.to_dict() if policy else {}), indent=2))
    else:
        for result in (found, policy, quantal):
            if result is not None:
                print(result)
    if plot is not None:
        picture = found.plot() if figure == "security" else plot_war_over_strength(game, one)
        save_picture(picture, plot)


@app.command("bidding")
def bidding(scenario: Scenario, as_json: AsJson = False, plot: Plot = None) -> None:
    """Find whom partners join when two leaders bid for them, and at what price."""
    from willing.theory.wider_scenario import read_bidding

    check_picture(plot)
    game = read_bidding(scenario)
    alone = len(game.partners) == 1
    found = game.bids() if alone else None
    menus = game.menus()
    if as_json:
        print(json.dumps((found.to_dict() if found else {}) | {"menus": menus.to_dict()}, indent=2))
    else:
        for result in (found, menus):
            if result is not None:
                print(result)
    if plot is not None:
        save_picture(menus.plot() if found is None else found.plot(), plot)


@app.command("invitations")
def invitations(scenario: Scenario, as_json: AsJson = False, plot: Plot = None) -> None:
    """Find offers and refusals when partners are invited one by one, their costs their secret."""
    from willing.theory.invitations.invitation_pictures import plot_acceptance_over_security
    from willing.theory.wider_scenario import read_invitations

    check_picture(plot)
    crisis, game = read_invitations(scenario)
    found = game.solve(crisis)
    print(json.dumps(found.to_dict(), indent=2) if as_json else found)
    if plot is not None:
        save_picture(plot_acceptance_over_security(game, crisis), plot)


@app.command("expansion")
def expansion(
    scenario: Scenario,
    noise: Noise = None,
    as_json: AsJson = False,
    plot: Plot = None,
) -> None:
    """Find the coalition a leader builds when third parties may join her target."""
    from willing.theory.wider_scenario import read_expansion

    check_picture(plot)
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
        save_picture(found.plot(), plot)


@app.command("aftermath")
def aftermath(
    horizon: Annotated[int, typer.Option(help="Years to follow each pair after its crisis.")] = 10,
    dispute_cost: Annotated[
        float, typer.Option(help="Cost of a dispute with a former partner; victory is worth 1.")
    ] = 1.0,
    raw: Annotated[
        Path | None,
        typer.Option(help="Derive the pairs from these published files, not the embedded ones."),
    ] = None,
    as_json: AsJson = False,
    plot: Plot = None,
) -> None:
    """Estimate how soon partners come to blows, and the friction that implies for the game."""
    from willing.aftermath.aftermath import study_aftermath

    check_picture(plot)
    pairs = None
    if raw is not None:
        from willing.aftermath.pairs import build_pairs
        from willing.record.store import load_record

        pairs = build_pairs(raw, load_record(years="all"))
    found = study_aftermath(pairs, horizon=horizon, dispute_cost=dispute_cost)
    print(json.dumps(found.to_dict(), indent=2) if as_json else found)
    if plot is not None:
        save_picture(found.plot(), plot)


@app.command("joiners")
def joiners(as_json: AsJson = False, plot: Plot = None) -> None:
    """Ask the record whether strong, cohesive coalitions bring others to the target's side."""
    from willing.aftermath.expansion_record import target_support
    from willing.record.store import load_record

    check_picture(plot)
    found = target_support(load_record(years="all"))
    print(json.dumps(found.to_dict(), indent=2) if as_json else found)
    if plot is not None:
        save_picture(found.plot(), plot)


@app.command("rivals")
def rivals(
    measure: Annotated[
        str, typer.Option(help="The measure of security, of leaders and rivals; see docs.")
    ] = "hazard",
    draws: Annotated[
        int,
        typer.Option(min=0, help="Draws of leaders and crises, for both stages' uncertainty."),
    ] = 0,
    as_json: AsJson = False,
    plot: Plot = None,
) -> None:
    """Ask the record whether insecure rivals keep partners away, and who sees violence."""
    from willing.evidence.rivals_and_violence import rivals_and_violence
    from willing.record.store import load_record
    from willing.report.terminal import steps
    from willing.sources.fetch import cache_folder

    check_picture(plot)
    with steps() as step:
        found = rivals_and_violence(
            load_record(leader="every", years="all"),
            measure=measure,
            draws=draws,
            cache=cache_folder().parent / "draws",
            progress=step,
        )
    print(json.dumps(found.to_dict(), indent=2) if as_json else found)
    if plot is not None:
        save_picture(found.plot(), plot)


@app.command("refusals")
def refusals(as_json: AsJson = False, plot: Plot = None) -> None:
    """Estimate the game in which partners alone know their costs on the record; two minutes."""
    from willing.record.store import load_record
    from willing.structural.private_costs import fit_private_costs

    check_picture(plot)
    found = fit_private_costs(load_record(years="all"))
    print(json.dumps(found.to_dict(), indent=2) if as_json else found)
    if plot is not None:
        save_picture(found.plot(), plot)
