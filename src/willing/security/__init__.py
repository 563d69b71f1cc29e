"""Leaders' survival in office: how likely a leader is to lose it within a year."""

from willing.security.evaluate import Evaluation, evaluate
from willing.security.model import CrossFit, SurvivalEstimates, SurvivalModel, cross_fit
from willing.security.scores import (
    LeaderSurvival,
    insecurity_on,
    leader_years,
    leaders_table,
    survival_of_leaders,
)

__all__ = [
    "CrossFit",
    "Evaluation",
    "LeaderSurvival",
    "SurvivalEstimates",
    "SurvivalModel",
    "cross_fit",
    "evaluate",
    "insecurity_on",
    "leader_years",
    "leaders_table",
    "survival_of_leaders",
]
