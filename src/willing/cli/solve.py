"""`willing solve`: the equilibrium of a scenario file."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from willing.cli.save_picture import check_picture, save_picture

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.theory.crisis import Crisis
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.game import CoalitionGame
    from willing.theory.near_ties import NearTies
    from willing.theory.security_path import SecurityPath

FIGURES = ("path", "prices", "pay", "acceptance", "sizes", "near")


def solve(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML).")],
    path: Annotated[
        bool, typer.Option("--path", help="Follow the coalition over the leader's security.")
    ] = False,
    welfare: Annotated[
        bool, typer.Option("--welfare", help="Show what insecurity costs the country.")
    ] = False,
    security: Annotated[
        float | None, typer.Option(help="Another security of the leader than the file's.")
    ] = None,
    quantal: Annotated[
        float | None,
        typer.Option(help="Also give the logit choice with this scale of shocks, the noise."),
    ] = None,
    near: Annotated[
        float | None, typer.Option(help="List the coalitions within this loss of the optimum.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .pdf or .svg.")] = None,
    figure: Annotated[
        str, typer.Option(help=f"What the picture shows: {', '.join(FIGURES)}.")
    ] = "path",
    efg: Annotated[Path | None, typer.Option(help="Gambit file to write the tree to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Find the coalition a leader builds, what she pays, and who is turned away."""
    from willing.errors import ScenarioError
    from willing.report.terminal import steps
    from willing.theory.scenario import read_scenario

    check_picture(plot)
    if figure not in FIGURES:
        raise ScenarioError(f"--figure {figure}: choose one of {', '.join(FIGURES)}")
    if figure == "near" and plot is not None and near is None:
        raise ScenarioError("--figure near draws the coalitions of --near LOSS; give that too")
    crisis, game = read_scenario(scenario)
    if len(crisis.partners) > 1 and not any(one.cost or one.benefit for one in crisis.partners):
        print(
            "note: no partner has a cost or a benefit; those who care for victory come for nothing "
            "until the file gives `cost`",
            file=sys.stderr,
        )
    if security is not None:
        crisis = crisis.with_security(security)
    with steps() as step:
        found = game.solve(crisis)
        step("coalition found")
        if not as_json and game.implementation == "partial":
            _ = found.margins  # kept for the table
            step("partners valued")
        policy = game.path(crisis) if path or welfare else None
        ties = None if near is None else game.near(crisis, near)
        response = None if quantal is None else game.quantal(crisis, noise=quantal)
    if plot is not None and ties is not None and figure == "near":
        save_picture(ties.plot(), plot)
    elif plot is not None:
        save_picture(_draw(figure, game, crisis), plot)
    if efg is not None:
        _export(efg, game, crisis)
    if as_json:
        results = {"equilibrium": found.to_dict()}
        results |= {"path": policy.to_dict()} if policy else {}
        results |= {"near": ties.to_dict()} if ties else {}
        results |= {"quantal": response.to_dict()} if response else {}
        print(json.dumps(results))
        return
    _print_equilibrium(found)
    if policy is not None and path:
        _print_path(policy)
    if policy is not None and welfare:
        _print_welfare(policy)
    if ties is not None:
        _print_near(ties)
    if response is not None:
        print(response)


def _print_equilibrium(found: Equilibrium) -> None:
    crisis = found.crisis
    if crisis.title:
        print(f"{crisis.title}\n")
    proof = "proven optimal" if found.status == "optimal" else f"not proven, gap {found.gap:.2g}"
    alone = found.game.contest(crisis.leader.strength, crisis.target.strength)
    print(
        f"{crisis.leader.name} (security {crisis.leader.security:g}) against {crisis.target.name}, "
        f"{found.game.pricing} pricing, {found.game.implementation} implementation\n"
        f"{_listed('coalition  ', found.coalition)}\n"
        f"victory    {alone:.4f} alone, {found.victory:.4f} with the coalition, "
        "by the file's rules\n"
        f"payoff     {found.alone:.4f} alone, {found.value:.4f} with the coalition ({proof})\n"
        f"office     {found.office_kept:.4f} kept after defeat\n"
        f"in all     {found.alone + found.office_kept:.4f} alone, "
        f"{found.payoff:.4f} with the coalition\n"
        f"bill       {found.bill:.4f}\n"
    )
    if found.game.implementation == "partial":
        _print_partners(found)
    else:
        rows = [[name, f"{paid:.4f}"] for name, paid in found.side_payments.items()]
        _print_table("In the order in which they are convinced", ["partner", "paid"], rows)


def _listed(head: str, names: Sequence[str]) -> str:
    """Names after a head, further lines below the first name."""
    from textwrap import fill

    from willing.report.terminal import text_width

    text = ", ".join(names) or "nobody"
    return fill(
        text,
        text_width(),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _print_partners(found: Equilibrium) -> None:
    rows = [
        [
            row["partner"],
            "joins" if row["member"] else "refused",
            f"{row['price']:.4f}",
            f"{row['reservation_price']:.4f}",
            f"{row['divergence']:.2f}",
            _cutoff(row["tolerated_divergence"]),
            f"{row['marginal_value']:+.4f}",
        ]
        for row in found.to_rows()
    ]
    _print_table(
        "Partners, each given the rest of the coalition",
        ["partner", "", "price", "max price", "divergence", "max div.", "gain"],
        rows,
        note="max price, max div.: the highest at which the leader still takes the partner; "
        "gain: what it adds to her payoff",
    )


def _cutoff(divergence: float | None) -> str:
    if divergence is None:
        return "none"
    return "any" if math.isinf(divergence) else f"{divergence:.2f}"


def _print_path(policy: SecurityPath) -> None:
    rows = [
        [
            f"{row['security_from']:.4f}",
            f"{row['security_to']:.4f}",
            str(row["size"]),
            f"{row['victory']:.4f}",
            f"{row['cost']:.4f}",
            ", ".join([f"+{name}" for name in row["enter"]] + [f"-{n}" for n in row["leave"]]),
        ]
        for row in policy.to_rows()
    ]
    _print_table(
        "The coalition as the leader becomes less secure",
        ["from", "to", "members", "victory", "cost", "who enters and leaves"],
        rows,
    )
    if policy.gap:
        print(f"not proven, gap {policy.gap:.2g}")


def _print_welfare(policy: SecurityPath) -> None:
    rows = [
        [
            f"{row['security_from']:.4f}",
            f"{row['security_to']:.4f}",
            f"{row['victory']:.4f}",
            f"{row['cost']:.4f}",
            f"{row['welfare']:.4f}",
            f"{row['welfare_loss']:.4f}",
        ]
        for row in policy.to_rows()
    ]
    _print_table(
        "What is left to the country, which has no office to lose",
        ["from", "to", "victory", "cost", "victory less cost", "lost to insecurity"],
        rows,
    )


def _print_near(ties: NearTies) -> None:
    rows = [
        [f"{row['value']:.4f}", f"{row['loss']:.4f}", ", ".join(row["coalition"]) or "nobody"]
        for row in ties.to_rows()
    ]
    _print_table(
        f"Coalitions within {ties.loss:g} of the best", ["payoff", "loss", "coalition"], rows
    )
    if not ties.complete:
        print("there are more; ask for a smaller loss")


def _print_table(title: str, columns: list[str], rows: list[list[str]], note: str = "") -> None:
    from willing.escapes import printable
    from willing.report.terminal import console, print_table

    console().print(printable(title), style="bold")
    print_table(columns, rows, note=note)


def _draw(figure: str, game: CoalitionGame, crisis: Crisis) -> ggplot:
    from willing.errors import ScenarioError
    from willing.theory import pictures as theory_figures

    if game.implementation != "partial":
        raise ScenarioError(
            f"game.implementation is {game.implementation!r}; the figures are drawn for 'partial'"
        )
    if figure == "path":
        return theory_figures.plot_path(game.path(crisis))
    if figure == "prices":
        return game.solve(crisis).plot()
    if figure == "pay":
        return theory_figures.plot_pay(game, crisis)
    if figure == "acceptance":
        return theory_figures.plot_acceptance(game, crisis)
    return theory_figures.plot_sizes(game, crisis)


def _export(file: Path, game: CoalitionGame, crisis: Crisis) -> None:
    from willing.files import replacing
    from willing.theory.gambit import to_efg

    tree = to_efg(game, crisis)
    with replacing(file) as temporary:
        temporary.write_text(tree, encoding="utf-8")
