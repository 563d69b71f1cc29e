"""`willing data`: fetch, build, describe, explain, export, cite, verify and renew the record."""

from __future__ import annotations

import typer

from willing.cli.data.audit_command import audit
from willing.cli.data.build_command import build, describe, explain
from willing.cli.data.export_command import agree, cite, export, verify
from willing.cli.data.fetch_command import fetch
from willing.cli.data.renew import renew

app = typer.Typer(
    help="The record of crises: fetch, build, describe, export, cite, verify and renew it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for command in (fetch, build, describe, explain, agree, audit, export, cite, verify, renew):
    app.command(command.__name__)(command)
