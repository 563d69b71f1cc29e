"""Leaders' security in office: what they risk in a year, after a victory and after a defeat."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from willing.security.evaluation import Evaluation, evaluate
    from willing.security.fates import leaders_fates
    from willing.security.fitted_measures import FittedMeasures, fit_measures
    from willing.security.folds import CrossFit, cross_fit
    from willing.security.leader_sample import LeaderSample, leaders_to_score, sample_leaders
    from willing.security.leader_scores import LeaderSurvival, leader_years, survival_of_leaders
    from willing.security.measures import MEASURES, Measure, find_measure
    from willing.security.survival_model import SurvivalEstimates, SurvivalModel, fit_model

# Where each name is defined; imported when it is first used, so that the record, which knows the
# names of the measures, loads without what estimates them.
_HOMES = {
    "Evaluation": "evaluation",
    "evaluate": "evaluation",
    "leaders_fates": "fates",
    "FittedMeasures": "fitted_measures",
    "fit_measures": "fitted_measures",
    "CrossFit": "folds",
    "cross_fit": "folds",
    "LeaderSample": "leader_sample",
    "leaders_to_score": "leader_sample",
    "sample_leaders": "leader_sample",
    "MEASURES": "measures",
    "Measure": "measures",
    "find_measure": "measures",
    "SurvivalEstimates": "survival_model",
    "SurvivalModel": "survival_model",
    "fit_model": "survival_model",
    "LeaderSurvival": "leader_scores",
    "leader_years": "leader_scores",
    "survival_of_leaders": "leader_scores",
}

__all__ = [
    "MEASURES",
    "CrossFit",
    "Evaluation",
    "FittedMeasures",
    "LeaderSample",
    "LeaderSurvival",
    "Measure",
    "SurvivalEstimates",
    "SurvivalModel",
    "cross_fit",
    "evaluate",
    "find_measure",
    "fit_measures",
    "fit_model",
    "leader_years",
    "leaders_fates",
    "leaders_to_score",
    "sample_leaders",
    "survival_of_leaders",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'willing.security' has no attribute '{name}'")
    return getattr(import_module(f"willing.security.{_HOMES[name]}"), name)
