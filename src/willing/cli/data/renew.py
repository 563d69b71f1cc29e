"""`willing data renew`: make again what the package derives, or say what is stale."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from willing.cli.data.data_options import AsJson, RawFolder


def renew(
    raw: RawFolder = None,
    check: Annotated[
        bool, typer.Option("--check", help="Make nothing; say what is stale and why.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Make also what is not stale.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make again what the package derives from the published files, in order.

    Record, measures of security, first stage, pairs, estimates and pages. Needs a checkout. With
    --check nothing is made, and the exit code is 1 if something is stale.
    """
    from willing.renewal.derived import find_stale
    from willing.renewal.derived import renew as make_again
    from willing.renewal.steps import STEPS
    from willing.report.terminal import steps
    from willing.sources.fetch import raw_folder

    folder = raw_folder(raw)
    stale = find_stale(STEPS, folder)
    if check:
        if as_json:
            print(json.dumps([{"step": each.step, "reasons": each.reasons} for each in stale]))
        else:
            print("\n".join(map(str, stale)) or "nothing is stale")
        raise typer.Exit(1 if stale else 0)
    names = {each.step for each in stale}
    wanted = [step for step in STEPS if everything or step.name in names]
    with steps() as progress:
        make_again(wanted, folder, progress=progress)
    made = [step.name for step in wanted]
    if as_json:
        print(json.dumps({"made": made}))
    else:
        print(f"made again: {', '.join(made)}" if made else "nothing was stale")
    if made:
        print("commit what changed, derived.json with it", file=sys.stderr)
