"""The command line. Each command imports what it needs when it runs, so that help is instant."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from willing import __version__
from willing.cli import casebook_command as casebook
from willing.cli import check, data, estimate, serve, solve, streams, wider
from willing.cli import cite_command as cite
from willing.cli import episodes_command as episodes
from willing.cli import forecast_command as forecast
from willing.cli import payments_command as payments
from willing.cli import replicate_command as replicate
from willing.cli import scenario_command as scenario
from willing.cli import security_command as security
from willing.errors import WillingError

# Objects made before Python looks for garbage. Imports make tens of thousands that stay: looking
# through them at Python's own 700 is a twentieth of the time of a short command. Older ones are
# looked through at every second time, for a page that runs on for days.
_GARBAGE_AFTER = 50_000

app = typer.Typer(
    name="willing",
    help="Who joins a military coalition, and at what price: theory, record, evidence, forecasts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


app.command("replicate")(replicate.replicate)
app.command("security")(security.security)
app.command("solve")(solve.solve)
app.command("check")(check.check)
app.command("estimate")(estimate.estimate)
app.command("scenario")(scenario.scenario)
app.command("forecast")(forecast.forecast)
app.command("casebook")(casebook.casebook)
app.command("payments")(payments.payments)
app.command("episodes")(episodes.episodes)
app.command("cite")(cite.cite)
app.command("serve")(serve.serve)
app.add_typer(data.app, name="data")
app.add_typer(wider.app, name="wider")


def _version(asked: bool) -> None:
    if asked:
        print(f"willing {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Commands print to standard output; progress and errors go to standard error."""


def main() -> None:
    """Run the command line; exit with code 2 and a message on bad input."""
    gc.set_threshold(_GARBAGE_AFTER, 1, 1)
    streams.make_safe()
    sys.exit(streams.close(_run()))


def _run() -> int:
    """Run the command that was typed; give its exit code."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except WillingError as error:
        streams.complain(str(error))
        return 2
    except BrokenPipeError:
        return 1
    except OSError as error:
        streams.complain(f"{error.filename or 'cannot write'}: {error.strerror or error}")
        return 2
    return 0
