"""The command line. Each command imports what it needs when it runs, so that help is instant."""

from __future__ import annotations

import sys

import typer

from willing.cli import casebook, check, data, estimate, forecast, replicate, serve, solve, wider
from willing.errors import WillingError

app = typer.Typer(
    name="willing",
    help="Who joins a military coalition, and at what price: theory, record, evidence, forecasts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


app.command("replicate")(replicate.replicate)
app.command("solve")(solve.solve)
app.command("check")(check.check)
app.command("estimate")(estimate.estimate)
app.command("forecast")(forecast.forecast)
app.command("casebook")(casebook.casebook)
app.command("serve")(serve.serve)
app.add_typer(data.app, name="data")
app.add_typer(wider.app, name="wider")


@app.callback()
def _root() -> None:
    """Commands print to standard output; progress and errors go to standard error."""


def main() -> None:
    """Run the command line; exit with code 2 and a message on bad input."""
    try:
        app()
    except WillingError as error:
        print(f"willing: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(1)
