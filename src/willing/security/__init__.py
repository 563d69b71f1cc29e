"""Leaders' security in office: what they risk in a year, after a victory and after a defeat."""

from willing.security.evaluate import Evaluation, evaluate
from willing.security.fates import leaders_fates
from willing.security.fitted_measures import FittedMeasures, fit_measures
from willing.security.folds import CrossFit, cross_fit
from willing.security.leader_sample import LeaderSample, leaders_to_score, sample_leaders
from willing.security.measures import MEASURES, Measure, find_measure
from willing.security.model import SurvivalEstimates, SurvivalModel, fit_model
from willing.security.scores import (
    LeaderSurvival,
    insecurity_on,
    leader_years,
    leaders_table,
    survival_of_leaders,
)

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
    "insecurity_on",
    "leader_years",
    "leaders_fates",
    "leaders_table",
    "leaders_to_score",
    "sample_leaders",
    "survival_of_leaders",
]
