"""Tables and pictures that pages of the documentation enclose, by name: what writes each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from willing.record.choices import CodingRule
from willing.renewal.security_tables import security_tables

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.payments.prices import PricesAndPayments
    from willing.payments.study import PaymentStudy

# The standard error of a spread over so many draws is 5 % of it.
STAGE_DRAWS = 200
_PAYMENT_TABLES = ("differences", "events", "dollars", "doses", "insecurity")
_REPLICATION_TABLES = (
    "claims",
    "inference",
    "pooled",
    "models",
    "models-affinity",
    "models-plain",
    "regimes",
    "regimes-probit",
    "insecurity",
    "agreement",
    "attrition",
    "joining",
    "building",
    "coalitions",
    "differences",
    "divergence",
    "built",
    "rates",
    "specifications",
    "choices",
    "curve-influence",
    "influence",
    "without-usa",
    "codings",
)


def page_tables() -> dict[str, Callable[[], str]]:
    """Give what writes each table that a page of the documentation encloses, by name."""
    return {
        "record/attrition": lambda: _record_table("attrition"),
        "record/agreement": lambda: _record_table("agreement"),
        "record/changes": lambda: _record_table("changes"),
        "replication/findings": _findings,
        **{f"replication/{name}": _replication_table(name) for name in _REPLICATION_TABLES},
        "payments/findings": lambda: "\n\n".join(f"> {line}" for line in _payment_findings()),
        "payments/codings": _payment_codings,
        **{f"payments/{name}": _payment_table(name) for name in _PAYMENT_TABLES},
        "payments/prices": lambda: _prices().table().to_markdown(),
        "payments/implied": lambda: f"```text\n{_prices().implied}\n```",
        "rebels/tests": _rebel_tests,
        "scenarios/keys": _scenario_keys,
        "rebels/forecasts": _rebel_forecasts,
        **security_tables(),
        "invitations/refusals": _refusals,
        "divergence/measures": _claims_by_divergence,
        "divergence/bounds": _divergence_bounds,
        "forecasts/scores": _forecast_scores,
        "forecasts/likeliest": _likeliest_partners,
    }


def _refusals() -> str:
    from willing.record.store import load_record
    from willing.structural.private_costs import fit_private_costs

    return f"```text\n{fit_private_costs(load_record(years='all'))}\n```"


def _claims_by_divergence() -> str:
    from willing.evidence.by_divergence import claims_by_divergence
    from willing.record.store import load_record
    from willing.replication.rests_on import divergence_table

    return divergence_table(claims_by_divergence(load_record(leader="every").triads)).to_markdown()


def _divergence_bounds() -> str:
    from willing.evidence.divergence_bounds import divergence_bounds
    from willing.record.store import load_record
    from willing.replication.rests_on import bounds_table

    return bounds_table(divergence_bounds(load_record(leader="every").triads)).to_markdown()


def _forecast_scores() -> str:
    from willing.forecast.kept_scores import score_tables, stack_said

    return "\n\n".join([*(table.to_markdown() for table in score_tables()), stack_said()])


def _likeliest_partners() -> str:
    from willing.forecast.face_validity import likeliest_partners
    from willing.record.store import load_record

    return likeliest_partners(load_record(years="all")).to_markdown()


@cache
def _payment_study(coding: CodingRule) -> PaymentStudy:
    from willing.payments.study import study_payments
    from willing.record.store import load_record

    leader_draws = STAGE_DRAWS if coding == "acts" else 0
    return study_payments(load_record(coding=coding, years="all"), leader_draws=leader_draws)


def _payment_findings() -> list[str]:
    from willing.payments.account import findings

    return findings(_payment_study("acts"))


def _payment_codings() -> str:
    from willing.payments.account import coding_table

    codings: tuple[CodingRule, ...] = ("acts", "blocs")
    return coding_table({name: _payment_study(name) for name in codings}).to_markdown()


def _payment_table(name: str) -> Callable[[], str]:
    def text() -> str:
        from willing.payments.account import tables

        found = {table.name: table for table in tables(_payment_study("acts"))}
        return found[f"payments-{name}"].to_markdown()

    return text


@cache
def _prices() -> PricesAndPayments:
    from willing.payments.prices import compare_prices
    from willing.record.store import load_record
    from willing.structural.stored import estimates_of, sample_of

    record = load_record(years="all")
    return compare_prices(record, estimates_of(sample_of(record)))


def payment_pictures() -> dict[str, Callable[[], ggplot]]:
    """Give what draws each picture of the page on payments, by the name of its file."""
    return {
        "payments-events.png": lambda: _payment_study("acts").plot(),
        "payments-prices.png": lambda: _prices().plot(),
    }


def _scenario_keys() -> str:
    from willing.theory.scenario_keys import keys_page

    return keys_page()


def _rebel_tests() -> str:
    from willing.evidence.rebel_coalitions import study_rebel_coalitions
    from willing.record.store import load_record

    record = load_record(years="all")
    return study_rebel_coalitions(record, draws=STAGE_DRAWS).to_table().to_markdown()


def _rebel_forecasts() -> str:
    from willing.forecast.rebel_forecasts import forecast_rebel_coalitions
    from willing.record.store import load_record

    return forecast_rebel_coalitions(load_record(years="all")).to_table().to_markdown()


@cache
def _replication_report() -> Any:
    from willing.replication.findings import replication_report
    from willing.replication.replicate import replicate

    return replication_report(replicate())


def _findings() -> str:
    """The first screen in words: asked, found, what it hangs on; what to believe and what not."""
    report = _replication_report()
    pairs = "\n".join(f"| {pair.this} | {pair.not_that} |" for pair in report.believe)
    said = "\n\n".join(f"> {sentence}" for sentence in report.summary)
    return f"{said}\n\n| Believe this | Not that |\n| --- | --- |\n{pairs}"


def _replication_table(name: str) -> Callable[[], str]:
    def text() -> str:
        found = {table.name: table for table in _replication_report().tables}
        return str(found[name].to_markdown())

    return text


def _record_table(name: str) -> str:
    from willing.record.pages import record_table
    from willing.record.store import load_record

    return record_table(name, load_record(years="all"))
