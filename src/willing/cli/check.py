"""`willing check`: the propositions, on random games."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from willing.cli.save_picture import check_picture, save_picture

if TYPE_CHECKING:
    from willing.theory.propositions import Claim, Verdict


def check(
    games: Annotated[int, typer.Option(min=1, max=10_000_000, help="Random games a claim.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random games.")] = 0,
    claim: Annotated[
        list[str] | None, typer.Option("--claim", help="Check this claim only; repeatable.")
    ] = None,
    derivations: Annotated[
        bool, typer.Option("--derivations", help="Print the symbolic derivations, verified.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write counterexamples to, as files for `willing solve`."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .pdf or .svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Check the claims of the theory; exit with 1 if one does not come out as stated."""
    from willing.errors import ScenarioError
    from willing.files import require_folder
    from willing.report.terminal import steps
    from willing.theory.propositions import Verdicts, check_claim

    check_picture(plot)
    claims = _chosen(claim or [])
    if derivations and plot is not None:
        raise ScenarioError("--plot draws the check on random games; leave out --derivations")
    if derivations:
        _print_derivations(claims)
        return
    found = []
    if out is not None:
        require_folder(out)
    with steps() as step:
        for number, one in enumerate(claims, start=1):
            found.append(check_claim(one, games=games, seed=seed))
            step(f"{number} of {len(claims)} claims, {one.name}")
    verdicts = Verdicts(tuple(found))
    if out is not None:
        for verdict in verdicts.verdicts:
            _write_counterexample(verdict, out)
    if plot is not None:
        save_picture(verdicts.plot(), plot)
    print(json.dumps(verdicts.to_dict()) if as_json else verdicts)
    if not verdicts.as_stated:
        raise typer.Exit(1)


def _chosen(names: list[str]) -> list[Claim]:
    from willing.errors import ScenarioError
    from willing.theory.propositions import CLAIMS

    known = {claim.name: claim for claim in CLAIMS}
    for name in names:
        if name not in known:
            raise ScenarioError(f"--claim {name}: known claims are {', '.join(known)}")
    return [known[name] for name in names] or list(CLAIMS)


def _print_derivations(claims: list[Claim]) -> None:
    for claim in claims:
        if claim.derivation is None:
            continue
        derivation = claim.derivation()
        verified = "verified" if derivation.holds() else "NOT VERIFIED"
        print(f"{claim.name} ({verified})\n{claim.statement}\n{derivation}\n")


def _write_counterexample(verdict: Verdict, folder: Path) -> None:
    from willing.files import replacing
    from willing.theory.propositions.scenarios import scenario_text

    found = verdict.counterexample
    if found is None:
        return
    text = (
        f"# Not in general: {verdict.claim.statement}\n"
        f"# Here: {found.what}.\n"
        f"# Replay with: {verdict.claim.replay} {verdict.claim.name}.toml\n\n"
        f"{scenario_text(found.scenario)}"
    )
    with replacing(folder / f"{verdict.claim.name}.toml") as file:
        file.write_text(text, encoding="utf-8")
