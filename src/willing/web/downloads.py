"""Results as files to take away."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.quantal import QuantalResponse
    from willing.theory.security_path import SecurityPath


# What a download holds that is asked for past its disabled link.
WAITING = "waits until the fields marked on the page are mended"
# Long enough for the longest label of the record, short enough for every file system.
_MOST_NAME = 100


def file_name(title: str, security: float, office: str, ending: str) -> str:
    """Name a file after the crisis and the setting: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    crisis = re.sub(r"[^a-z0-9]+", "-", plain)[:_MOST_NAME].strip("-") or "crisis"
    worth = re.sub(r"[^0-9.]", "", office)
    return f"{crisis}-security-{security:.2f}-office-{worth}{ending}"


def numbers_csv(found: Equilibrium, response: QuantalResponse) -> str:
    """Give one row a partner: membership, prices, margins and probability of joining."""
    import polars as pl

    join = pl.Series("join_probability", list(response.join.values()))
    # A spreadsheet would take a name that begins like a formula for one.
    name = pl.col("partner")
    harmless = pl.when(name.str.contains(r"^\s*[=+\-@]")).then("'" + name).otherwise(name)
    return found.to_frame().with_columns(join, harmless.alias("partner")).write_csv()


def numbers_json(found: Equilibrium, policy: SecurityPath, response: QuantalResponse) -> str:
    """Give the equilibrium, the path over security and the quantal response."""
    results = {
        "equilibrium": found.to_dict(),
        "path": policy.to_dict(),
        "quantal": response.to_dict(),
    }
    return json.dumps(results, indent=1)
