"""Military coalition formation in international crises: theory, record, evidence, forecasts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from willing.casebook.casebook import casebook
    from willing.contest.contest_estimates import ContestEstimates
    from willing.contest.outcome_model import OutcomeModel
    from willing.errors import DataError, EstimationError, ScenarioError, WillingError
    from willing.evidence.authors_file import read_wr
    from willing.evidence.formation import replicate_models
    from willing.forecast.asking import forecast
    from willing.forecast.scenario_of_states import scenario
    from willing.record.store import Record, load_record
    from willing.replication.replicate import Replication, replicate
    from willing.structural.coalition_model import CoalitionModel
    from willing.structural.estimates import Estimates
    from willing.theory.bargaining.crisis_game import CrisisGame
    from willing.theory.bidding.bidding_game import BiddingGame
    from willing.theory.contest import DrawContest, LogisticContest, RatioContest
    from willing.theory.crisis import Crisis, Leader, Partner, Target
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.expansion.expansion_game import ExpansionGame
    from willing.theory.expansion.expansion_rules import Balancer
    from willing.theory.game import CoalitionGame
    from willing.theory.scenario import read_scenario, scenario_toml
    from willing.theory.search.one_partner import OnePartnerSolution, one_partner
    from willing.theory.signaling.signaling_game import SignalingGame

__version__ = "0.1.0"

# Where each public name is defined. It is imported when it is first used, so that
# `import willing` and `willing --help` are instant.
_HOMES = {
    "Balancer": "theory.expansion.expansion_rules",
    "BiddingGame": "theory.bidding.bidding_game",
    "CoalitionGame": "theory.game",
    "CoalitionModel": "structural.coalition_model",
    "ContestEstimates": "contest.contest_estimates",
    "Crisis": "theory.crisis",
    "CrisisGame": "theory.bargaining.crisis_game",
    "DataError": "errors",
    "DrawContest": "theory.contest",
    "Equilibrium": "theory.equilibrium",
    "EstimationError": "errors",
    "Estimates": "structural.estimates",
    "ExpansionGame": "theory.expansion.expansion_game",
    "Leader": "theory.crisis",
    "LogisticContest": "theory.contest",
    "OnePartnerSolution": "theory.search.one_partner",
    "OutcomeModel": "contest.outcome_model",
    "Partner": "theory.crisis",
    "RatioContest": "theory.contest",
    "Record": "record.store",
    "Replication": "replication.replicate",
    "ScenarioError": "errors",
    "SignalingGame": "theory.signaling.signaling_game",
    "Target": "theory.crisis",
    "WillingError": "errors",
    "casebook": "casebook.casebook",
    "forecast": "forecast.asking",
    "read_wr": "evidence.authors_file",
    "replicate_models": "evidence.formation",
    "load_record": "record.store",
    "one_partner": "theory.search.one_partner",
    "read_scenario": "theory.scenario",
    "replicate": "replication.replicate",
    "scenario": "forecast.scenario_of_states",
    "scenario_toml": "theory.scenario",
}

# Rooms that are called like what one does in them, and can be called.
_ROOMS = ("casebook", "forecast")

__all__ = [
    "Balancer",
    "BiddingGame",
    "CoalitionGame",
    "CoalitionModel",
    "ContestEstimates",
    "Crisis",
    "CrisisGame",
    "DataError",
    "DrawContest",
    "Equilibrium",
    "Estimates",
    "EstimationError",
    "ExpansionGame",
    "Leader",
    "LogisticContest",
    "OnePartnerSolution",
    "OutcomeModel",
    "Partner",
    "RatioContest",
    "Record",
    "Replication",
    "ScenarioError",
    "SignalingGame",
    "Target",
    "WillingError",
    "casebook",
    "forecast",
    "load_record",
    "one_partner",
    "read_scenario",
    "read_wr",
    "replicate",
    "replicate_models",
    "scenario",
    "scenario_toml",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'willing' has no attribute '{name}'")
    if name in _ROOMS:
        return import_module(f"willing.{name}")
    if name in ("CoalitionModel", "Estimates"):
        import_module("willing.forecast.forecast")  # gives estimates their method `forecast`
    return getattr(import_module(f"willing.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
