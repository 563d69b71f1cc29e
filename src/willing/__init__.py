"""Military coalition formation in international crises: theory, record, evidence, forecasts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from willing.contest import LogisticContest, RatioContest
    from willing.crisis import Crisis, Leader, Partner, Target
    from willing.equilibrium import Equilibrium
    from willing.errors import DataError, EstimationError, ScenarioError, WillingError
    from willing.game import CoalitionGame
    from willing.record.store import Record, load_record
    from willing.report.replication import Replication, replicate
    from willing.scenario import read_scenario, scenario_toml
    from willing.solvers.one_partner import OnePartnerSolution, one_partner
    from willing.structural.model import CoalitionModel
    from willing.structural.results import Estimates
    from willing.wider import Balancer, ExpansionGame, SignalingGame

__version__ = "0.1.0"

# Where each public name is defined. It is imported when it is first used, so that
# `import willing` and `willing --help` are instant.
_HOMES = {
    "Balancer": "wider",
    "CoalitionGame": "game",
    "CoalitionModel": "structural.model",
    "Crisis": "crisis",
    "DataError": "errors",
    "Equilibrium": "equilibrium",
    "EstimationError": "errors",
    "Estimates": "structural.results",
    "ExpansionGame": "wider",
    "Leader": "crisis",
    "LogisticContest": "contest",
    "OnePartnerSolution": "solvers.one_partner",
    "Partner": "crisis",
    "RatioContest": "contest",
    "Record": "record.store",
    "Replication": "report.replication",
    "ScenarioError": "errors",
    "SignalingGame": "wider",
    "Target": "crisis",
    "WillingError": "errors",
    "load_record": "record.store",
    "one_partner": "solvers.one_partner",
    "read_scenario": "scenario",
    "replicate": "report.replication",
    "scenario_toml": "scenario",
}

__all__ = [
    "Balancer",
    "CoalitionGame",
    "CoalitionModel",
    "Crisis",
    "DataError",
    "Equilibrium",
    "Estimates",
    "EstimationError",
    "ExpansionGame",
    "Leader",
    "LogisticContest",
    "OnePartnerSolution",
    "Partner",
    "RatioContest",
    "Record",
    "Replication",
    "ScenarioError",
    "SignalingGame",
    "Target",
    "WillingError",
    "load_record",
    "one_partner",
    "read_scenario",
    "replicate",
    "scenario_toml",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'willing' has no attribute '{name}'")
    return getattr(import_module(f"willing.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
